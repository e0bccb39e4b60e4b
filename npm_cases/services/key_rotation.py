"""Rotate the wrapping key: every key of a case is wrapped anew, the history says so, the old key is destroyed last.

Whatever stops it in between, running it again goes on from there: the successor is made once, wrapping is one
transaction, the event is written once, and until the last step both keys are there.
"""

from dataclasses import dataclass
from typing import Protocol

from npm_cases.history.event import OFFICE, EventType, read
from npm_cases.services.office_acts import ROTATE_WRAPPING_KEY, Seconded, carry, check
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

WRAPPING = "wrapping"


class Rotation(Protocol):
    """The steps of a rotation over key store and key files; each may be taken again."""

    def is_begun(self) -> bool: ...
    def begin(self) -> tuple[str, str]: ...
    def wrap_anew(self, old: str, new: str) -> int: ...
    def finish(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done: the short names of both keys, and how many keys of cases lie under the new one."""

    old: str
    new: str
    keys: int


def rotate_wrapping_key(office: Office, steps: Rotation, second: Seconded, at: str) -> Rotated:
    """Put a new wrapping key in the place of the present one, or complete a rotation that broke off.

    Raises NotAllowed for a person who may not confirm it; Conflict for a proposal that is not pending; TryAgain when the
    key store stood in the way.
    """
    if not steps.is_begun():
        check(office, ROTATE_WRAPPING_KEY, second, at)
    old, new = steps.begin()
    rotated = Rotated(old, new, steps.wrap_anew(old, new))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        if not _is_recorded(work, new):
            by = carry(work, office, chain, ROTATE_WRAPPING_KEY, second, instant(chain, at))
            facts = {"which": WRAPPING, "old": rotated.old, "new": rotated.new, "keys": rotated.keys}
            record(
                work, office, chain, EventType.KEY_ROTATED, by.at, by.actor, by.role, facts=facts,
                approved_by=second.actor.user,
            )  # fmt: skip
            work.commit()
    steps.finish()
    office.sealer.forget()
    return rotated


def _is_recorded(work: Work, new: str) -> bool:
    lines = work.rows("case_events", {"chain": OFFICE, "type": EventType.KEY_ROTATED.value})
    facts = [read(bytes(line["data"])).facts for line in lines]
    return any(said["which"] == WRAPPING and said["new"] == new for said in facts)
