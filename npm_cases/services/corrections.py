"""Telling those who were reminded of a wrong date that it was wrong; reminders not yet sent are withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import CLOCK, Case, Notice, Obligation
from npm_cases.history.event import EventType
from npm_cases.services import remind
from npm_cases.services.exclusion import shut_posts, told_posts
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import record

CORRECTED = "corrected"
OUTSIDE_CORRECTION, OUR_CORRECTION = "addressee_correction", "correction"
GONE_OUT = frozenset({"bundled", "sent"})
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: the obligation it was about, and the date that is wrong now."""

    obligation: str
    due_on: str


def tell_of_correction(
    work: Work, office: Office, owed: Obligation, chain: Case | Chain, told: Told, now: str
) -> tuple[str, ...]:
    """Queue a correction to each post whose last word on the date is wrong now, and return those posts.

    What still waits with the old date is withdrawn, so that nobody is told a date that was corrected before; whoever waits
    for such a correction still needs one. A reminder withdrawn that the ladder does not come to again is written anew.
    """
    work.hold_notices(owed.chain, told.obligation)
    rows = work.rows("outbox", {"chain": owed.chain, "obligation": told.obligation})
    written = [row for row in rows if row["due_on"] == told.due_on]
    withdrawn = [row for row in written if row["status"] == "waiting"]
    for row in withdrawn:
        work.withdraw(row["id"], now)
        facts = {"mail": row["id"], "post": row["post"], "due_on": told.due_on}
        record(work, office, chain, EventType.MAIL_WITHDRAWN, now, CLOCK, "clock", facts=facts)
    corrections = [row for row in withdrawn if is_correction(row)]
    last = last_words(rows)
    concerned = {row["post"] for row in written if row["status"] in GONE_OUT} | {row["post"] for row in corrections}
    wrong = {post for post in concerned if last.get(post, owed.due_on) != owed.due_on}
    lost = [row for row in withdrawn if _is_lost(office, owed, row)]
    may_be_told = _may_be_told(work, office, chain, wrong | {row["post"] for row in lost}, now)
    notices = [_correction(office, owed, post, now) for post in may_be_told if post in wrong]
    again = (row for row in lost if row["post"] in may_be_told and row["post"] not in wrong)
    for notice in (*notices, *(_reminder(office, owed, row, now) for row in again)):
        _queue(work, office, chain, owed, notice)
    return tuple(notice.post for notice in notices)


def reminded_of(work: Work, owed: Obligation) -> tuple[str, ...]:
    """Return the posts whose last word on an obligation is the date it has: another date makes what went out wrong."""
    last = last_words(work.rows("outbox", {"chain": owed.chain, "obligation": owed.id}))
    return tuple(sorted(post for post, due_on in last.items() if due_on == owed.due_on))


def is_correction(row: Row) -> bool:
    """Say whether a row of the outbox is a correction."""
    return str(row["rung"]).startswith(CORRECTED)


def last_words(rows: Iterable[Row]) -> dict[str, str]:
    """Return the due date each post was told of last, of the notices of one obligation that went out."""
    gone = sorted((row for row in rows if row["status"] in GONE_OUT), key=lambda row: row["created_at"])
    return {row["post"]: row["due_on"] for row in gone}


def _may_be_told(work: Work, office: Office, chain: Case | Chain, posts: Iterable[str], now: str) -> list[str]:
    """Return which of some posts may be written to by now: nobody is told of a case that is kept from them since."""
    case = chain if isinstance(chain, Case) else None
    known = sorted(post for post in posts if post in office.pack.posts)
    shut = shut_posts(work, office, case, now) if case is not None else frozenset[str]()
    return [post for post in known if post in told_posts(office, case, known, shut)]


def _is_lost(office: Office, owed: Obligation, row: Row) -> bool:
    """Say whether a withdrawn reminder would not be written again: a person's, or one the ladder has behind it now."""
    if is_correction(row):
        return False
    rung = str(row["rung"]).partition("~")[0].partition(":")[0]
    ahead = office.pack.ladder(owed.ladder).rungs[max(owed.rung_no, 0) :]
    return rung not in {one.id for one in ahead}


def _correction(office: Office, owed: Obligation, post: str, now: str) -> Notice:
    outside, notice_id = office.pack.posts[post].outside, office.new_id()
    return Notice(
        notice_id, f"<{notice_id}@{office.mail_domain}>", owed.chain, owed.id, f"{CORRECTED}:{owed.revision}", post,
        owed.party if outside else "", OUTSIDE_CORRECTION if outside else OUR_CORRECTION, _not_before(office, now), now,
        owed.due_on, outside,
    )  # fmt: skip


def _reminder(office: Office, owed: Obligation, row: Row, now: str) -> Notice:
    """Return a withdrawn reminder again, with the date that holds; a clock begun again has no such rung behind it."""
    notice_id, outside, today = office.new_id(), bool(row["alone"]), office.times.day(from_text(now))
    rung = str(row["rung"]) if row["obligation"] == owed.id else f"{remind.BY_HAND}:{today}"
    by_hand = rung.startswith(remind.BY_HAND) and not outside
    template = remind.kind_of(owed.due_on, today) if by_hand else row["template"]
    return Notice(
        notice_id, f"<{notice_id}@{office.mail_domain}>", owed.chain, owed.id, rung, row["post"], row["body"],
        template, _not_before(office, now), now, owed.due_on, outside,
    )  # fmt: skip


def _not_before(office: Office, now: str) -> str:
    return office.times.next_working_time(now) if office.holds_mail else now


def _queue(work: Work, office: Office, chain: Case | Chain, owed: Obligation, notice: Notice) -> None:
    facts = {
        "mail": notice.id, "rung": notice.rung, "post": notice.post, "obligation": owed.id, "duty": owed.duty,
        "due_on": owed.due_on,
    }  # fmt: skip
    record(work, office, chain, EventType.MAIL_QUEUED, notice.created_at, CLOCK, "clock", facts=facts)
    work.queue(notice)
