"""Remind now: a person has the ladder's reminder written before its time; the ladder itself stays where it is."""

from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.duties import OUTSIDERS
from npm_cases.domain.errors import Conflict
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Ladder
from npm_cases.domain.records import Case, Notice, Obligation, Receipt
from npm_cases.history.event import EventType
from npm_cases.services import answers
from npm_cases.services.casework import OnCase, seen_case
from npm_cases.services.exclusion import shut_posts, told_posts
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

BY_HAND = "by_hand"
OUTSIDE_LETTER = "addressee_reminder"
DUE_SOON, OVERDUE = "due_soon", "overdue"
REMINDERS = frozenset({OUTSIDE_LETTER, DUE_SOON, OVERDUE})
"""Templates that remind; what raises or notifies is the ladder's alone."""


def remind_now(office: Office, command: OnCase) -> Receipt:
    """Write to whoever the ladder would remind next of what a body outside owes soonest; mail waits for working time.

    A post is reminded of a case once on a day, of the country's zone, by a person or by the ladder. About an allegation
    only posts of the Commissioner's office are written to, and nobody who is kept from it. The version of the case does not
    move. Raises NotFound; NotAllowed; Conflict where nobody outside owes anything, or everybody was written to today.
    """
    role = access.need(command.actor, "send a reminder")
    return once_more(lambda: _reminded_once(office, command, role), command.key)


def _reminded_once(office: Office, command: OnCase, role: str) -> Receipt:
    body = [command.case, "remind"]
    with office.open_work() as work:
        if (done := answers.earlier(work, command.key, command.actor.user, body)) is not None:
            return Receipt(**done["receipt"])
        case = seen_case(work, command)
        at = instant(case, command.at)
        owed = _owed_outside(work, case)
        for post in _posts(work, office, case, owed, at):
            notice = _notice(office, owed, post, at)
            facts: dict[str, Any] = {
                "mail": notice.id, "rung": notice.rung, "post": post, "obligation": owed.id, "duty": owed.duty,
                "due_on": owed.due_on,
            }  # fmt: skip
            record(work, office, case, EventType.MAIL_QUEUED, at, command.actor, role, facts=facts)
            work.queue(notice)
        work.save_case(case)
        receipt = Receipt(case.id, case.seq, case.head.hex())
        answer = {"receipt": {"case": receipt.case, "seq": receipt.seq, "leaf": receipt.leaf}}
        answers.keep(work, command.key, command.actor.user, body, answer, command.at)
        work.commit()
    return receipt


def kind_of(due_on: str, today: date) -> str:
    """Say in a word what our own people are told: the date comes up, or it has passed."""
    return OVERDUE if due_on < today.isoformat() else DUE_SOON


def _owed_outside(work: Work, case: Case) -> Obligation:
    """Return what a body outside owes soonest, clocks that stand left out."""
    running = [owed for owed in work.open_obligations(case.id) if owed.owed_by in OUTSIDERS and not owed.suspended_on]
    if not running:
        raise Conflict(say("nothing_owed_outside", number=case.number))
    return min(running, key=lambda owed: (owed.due_on, owed.id))


def _posts(work: Work, office: Office, case: Case, owed: Obligation, at: str) -> list[str]:
    """Return the posts to be written to: those outside where the ladder has any, else its own people's."""
    told = told_posts(
        office, case, _reminded(office.pack.ladder(owed.ladder), owed.rung_no), shut_posts(work, office, case, at)
    )
    if not told:
        raise Conflict(say("all_shut_out", number=case.number))
    outside = [post for post in told if office.pack.posts[post].outside]
    left = [post for post in outside or told if post not in _written_to(work, office, case, at)]
    if not left:
        raise Conflict(say("reminded_today", number=case.number))
    return left


def _reminded(ladder: Ladder, rung_no: int) -> tuple[str, ...]:
    """Return the posts of the next rung that reminds, else of the last one, else of the one after intake."""
    behind = rung_no if rung_no >= 0 else -rung_no - 1
    reminding = [(number, rung) for number, rung in enumerate(ladder.rungs) if rung.act == "remind"]
    ahead = [rung for number, rung in reminding if number >= behind]
    return (ahead or [rung for _, rung in reminding[-1:]] or [ladder.after_intake])[0].posts


def _written_to(work: Work, office: Office, case: Case, at: str) -> frozenset[str]:
    today = office.times.day(from_text(at))
    return frozenset(
        row["post"]
        for row in work.rows("outbox", {"chain": case.id})
        if row["template"] in REMINDERS and office.times.day(from_text(row["created_at"])) == today
    )


def _notice(office: Office, owed: Obligation, post: str, at: str) -> Notice:
    outside, today, notice_id = office.pack.posts[post].outside, office.times.day(from_text(at)), office.new_id()
    not_before = office.times.next_working_time(at) if office.holds_mail else at
    return Notice(
        notice_id, f"<{notice_id}@{office.mail_domain}>", owed.chain, owed.id, f"{BY_HAND}:{today}", post,
        owed.party if outside else "", OUTSIDE_LETTER if outside else kind_of(owed.due_on, today), not_before, at,
        owed.due_on, outside,
    )  # fmt: skip
