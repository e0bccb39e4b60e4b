"""The daily digest: one mail per caseworker with what is overdue or due within the week, at most once a day."""

from datetime import date, timedelta

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import CLOCK, Notice
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.ports import Office
from npm_cases.services.recording import record

TEMPLATE = "daily_digest"
WEEK = timedelta(weeks=1)
MOST_LISTED = 50


def queue_daily_digests(office: Office, now: str) -> int:
    """Queue today's digest for everybody who has something overdue or due within the week; returns how many.

    On a day off nothing is queued; a second call on one day queues nothing more.
    """
    today = office.times.day(from_text(now))
    if not office.pack.calendar.is_working(today, office.pack.week):
        return 0
    queued = 0
    with office.open_work() as work:
        for user in work.users_with_clocks(horizon(today)):
            message_id = f"<daily-{today}-{user}@{office.mail_domain}>"
            if work.rows("outbox", {"message_id": message_id}):
                continue
            notice = Notice(
                office.new_id(), message_id, OFFICE, "", f"daily:{today}", f"user:{user}", "", TEMPLATE,
                office.times.next_working_time(now), now, "", True,
            )  # fmt: skip
            work.queue(notice)
            chain = work.chain(OFFICE)
            facts = {"mail": notice.id, "rung": notice.rung, "user": user}
            record(work, office, chain, EventType.MAIL_QUEUED, max(now, chain.last_at), CLOCK, "clock", facts=facts)
            queued += 1
        work.commit()
    return queued


def horizon(today: date) -> str:
    """Return the last day the digest looks at."""
    return (today + WEEK).isoformat()
