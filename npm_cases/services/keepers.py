"""The keepers of checkpoints: people in different bodies who get the daily one and hold it against us.

Who they are is a setting, not a row: whoever can change our database cannot quietly send their letters elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import CLOCK, Notice
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.ports import Office, Recipient, Work
from npm_cases.services.recording import record

TEMPLATE = "checkpoint"
KEEPER = "keeper:"


def queue_for_keepers(office: Office, made: StoredCheckpoint, keepers: int, at: str) -> int:
    """Queue today's letter with the checkpoint to every keeper, once a day; returns how many were queued."""
    today = office.times.day(from_text(at))
    queued = 0
    with office.open_work() as work:
        for number in range(1, keepers + 1):
            message_id = f"<checkpoint-{today}-{number}@{office.mail_domain}>"
            if work.rows("outbox", {"message_id": message_id}):
                continue
            notice = Notice(
                office.new_id(), message_id, OFFICE, "", f"{TEMPLATE}:{made.number}", f"{KEEPER}{number}", "", TEMPLATE,
                at, at, "", True,
            )  # fmt: skip
            work.queue(notice)
            chain = work.chain(OFFICE)
            facts = {"mail": notice.id, "rung": notice.rung, "post": notice.post}
            record(work, office, chain, EventType.MAIL_QUEUED, max(at, chain.last_at), CLOCK, "clock", facts=facts)
            queued += 1
        work.commit()
    return queued


def found(addresses: Sequence[str], language: str, key: str) -> Recipient | None:
    """Return the keeper a key names, None for any other key or for a keeper who is no longer set."""
    number = int(key.removeprefix(KEEPER)) if key.startswith(KEEPER) else 0
    return Recipient(addresses[number - 1], language, "") if 0 < number <= len(addresses) else None


def letter(work: Work, office: Office, notice: Notice) -> dict[str, Any]:
    """Return what the letter to a keeper holds: the size, the day, and the signed lines word for word."""
    made = work.rows("checkpoints", {"number": int(notice.rung.partition(":")[2])})[0]
    return {
        "size": made["size"], "made_on": office.times.day(from_text(made["at"])),
        "note": made["note"].rstrip("\n").split("\n"),
    }  # fmt: skip
