"""Telling those who were reminded of a wrong date that it was wrong; reminders not yet sent are withdrawn."""

from npm_cases.domain.records import CLOCK, Case, Notice, Obligation
from npm_cases.history.event import EventType
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import record

CORRECTED = "corrected"
OUTSIDE_CORRECTION, OUR_CORRECTION = "addressee_correction", "correction"
_GONE_OUT = frozenset({"bundled", "sent"})


def tell_of_correction(work: Work, office: Office, owed: Obligation, chain: Case | Chain, was: str, now: str) -> int:
    """Queue a correction to each post that was written to about the old date; returns how many notices.

    What still waits with the old date is withdrawn, so that nobody is told a date that was corrected before.
    """
    written = [
        row for row in work.rows("outbox", {"chain": owed.chain, "obligation": owed.id}) if row["due_on"] == was
    ]  # fmt: skip
    for row in written:
        if row["status"] == "waiting":
            work.withdraw(row["id"], now)
            facts = {"mail": row["id"], "post": row["post"]}
            record(work, office, chain, EventType.MAIL_WITHDRAWN, now, CLOCK, "clock", facts=facts)
    posts = sorted({row["post"] for row in written if row["status"] in _GONE_OUT})
    for post in posts:
        _queue(work, office, owed, chain, post, now)
    return len(posts)


def _queue(work: Work, office: Office, owed: Obligation, chain: Case | Chain, post: str, now: str) -> None:
    outside, notice_id = office.pack.posts[post].outside, office.new_id()
    not_before = office.times.next_working_time(now) if office.holds_mail else now
    notice = Notice(
        notice_id, f"<{notice_id}@{office.mail_domain}>", owed.chain, owed.id, f"{CORRECTED}:{owed.revision}", post,
        owed.party if outside else "", OUTSIDE_CORRECTION if outside else OUR_CORRECTION, not_before, now, owed.due_on,
        outside,
    )  # fmt: skip
    facts = {
        "mail": notice.id, "rung": notice.rung, "post": post, "obligation": owed.id, "duty": owed.duty,
        "due_on": owed.due_on,
    }  # fmt: skip
    record(work, office, chain, EventType.MAIL_QUEUED, now, CLOCK, "clock", facts=facts)
    work.queue(notice)
