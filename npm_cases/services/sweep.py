"""Take every rung that is due: once, in any number of workers, after any outage.

A flow decides when; this decides what. One call takes one batch, oldest rung first, in one transaction.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from npm_cases.domain.duties import OUTSIDERS, PROTECT
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.ladders import AFTER_INTAKE, Planned, plan
from npm_cases.domain.pack import Ladder
from npm_cases.domain.records import ALLEGATION, CLOCK, Case, Notice, Obligation, SweepCounts, TakenRung
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.exclusion import shut_posts, told_posts
from npm_cases.services.incidents import raise_incident
from npm_cases.services.moves import REST, escalate
from npm_cases.services.obligations import schedule
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Chain, DueRung, Office, Work
from npm_cases.services.recording import record
from state_machines.facts import Facts

BATCH = 1_000
SWEEPS_OF_GRACE = 2
TAKEN = "taken"
RAISED_STATES = frozenset({"escalated_to_ombudsman", "ombudsman_acted", "petitioned", "before_highest_authority"})


def take_due_rungs(office: Office, now: str, limit: int = BATCH) -> SweepCounts:
    """Take up to ``limit`` due rungs and return what was done; zero taken means nothing more is due.

    Idempotent: a rung is an insert under a unique key, and the obligation forgets it in the same transaction.
    """
    office.at_point("sweep.before_claim")
    return once_more(lambda: _taken_batch(office, now, limit), "a rung is taken once")


def _taken_batch(office: Office, now: str, limit: int) -> SweepCounts:
    counts = SweepCounts()
    with office.open_work() as work:
        due = work.due_rungs(now, limit)
        office.at_point("sweep.after_claim")
        for item in due:
            take(work, office, item, now, counts)
        office.at_point("sweep.before_commit")
        work.commit()
    office.at_point("sweep.after_commit")
    return counts


def take(work: Work, office: Office, item: DueRung, now: str, counts: SweepCounts) -> None:
    """Take the next rung of one obligation: the event, the notices, the escalation, and when the next one is due."""
    owed, case = item.obligation, item.case
    ladder = office.pack.ladder(owed.ladder)
    times = office.times.of(owed.calendar_version)
    planned = plan(times, ladder, owed.due_on, owed.opened_at, owed.rung_no, owed.revision)
    if planned is None:
        owed.next_rung_at = ""
        work.save_obligation(owed)
        return
    chain = case or work.chain(OFFICE)
    now = max(now, chain.last_at)  # an act may have come between the start of the sweep and this rung
    taken = _Rung(owed, case, chain, ladder, planned, now, _is_late(office, owed, planned, now))
    shut = shut_posts(work, office, case, now) if case is not None else frozenset()
    posts = _posts(work, office, taken, shut)
    notices = [_notice(office, taken, post) for post in posts]
    _record(work, office, taken, notices, len(shut.intersection(planned.rung.posts)))
    for notice in notices:
        work.queue(notice)
    if planned.rung.act == "escalate" and case is not None:
        _raise(work, office, taken, counts)
    owed.rung_no = planned.next_no
    schedule(office, owed)
    work.save_obligation(owed)
    _count(counts, taken, len(notices))


@dataclass(frozen=True, slots=True)
class _Rung:
    owed: Obligation
    case: Case | None
    chain: Case | Chain
    ladder: Ladder
    planned: Planned
    now: str
    late: bool


def _is_late(office: Office, owed: Obligation, planned: Planned, now: str) -> bool:
    """Say whether the lateness is the engine's own: more than two sweeps after the rung could first be taken."""
    return max(planned.due_at, owed.opened_at) < _grace_began(now, SWEEPS_OF_GRACE * office.sweep_seconds)


@lru_cache(16)  # one instant for a whole sweep
def _grace_began(now: str, seconds: int) -> str:
    return as_text(from_text(now) - timedelta(seconds=seconds))


def _posts(work: Work, office: Office, taken: _Rung, shut: frozenset[str]) -> list[str]:
    """Return the posts to be told: about an allegation only those of the Commissioner's office, never an excluded one."""
    told = told_posts(office, taken.case, taken.planned.rung.posts, shut)
    if not told and taken.case is not None and taken.case.kind == ALLEGATION:
        what = "every post is excluded from this case: name somebody independent who is told of it"
        raise_incident(work, office, "everybody_excluded", taken.case.id, what, taken.now)
    return told


def _notice(office: Office, taken: _Rung, post: str) -> Notice:
    outside = office.pack.posts[post].outside
    notice_id = office.new_id()
    template = "addressee_reminder" if outside else _kind(taken)
    body = taken.owed.party if outside else ""
    at_once = taken.planned.rung.at_once or not office.holds_mail
    not_before = taken.now if at_once else office.times.next_working_time(taken.now)
    return Notice(
        notice_id, f"<{notice_id}@{office.mail_domain}>", taken.chain.id, taken.owed.id, taken.planned.key, post, body,
        template, not_before, taken.now, taken.owed.due_on, outside,
    )  # fmt: skip


def _kind(taken: _Rung) -> str:
    """Say in a word what our own people are told: a date comes up, has passed, was raised, or a reprisal."""
    if taken.owed.duty == PROTECT:
        return "reprisal"
    if taken.planned.rung.act != "remind":
        return "escalated"
    return "overdue" if taken.planned.rung.offset > 0 or taken.planned.rung.id == AFTER_INTAKE else "due_soon"


def _record(work: Work, office: Office, taken: _Rung, notices: list[Notice], excluded: int) -> None:
    planned, rung = taken.planned, taken.planned.rung
    facts: dict[str, object] = {
        "obligation": taken.owed.id, "duty": taken.owed.duty, "rung": planned.key, "act": rung.act,
        "due_at": planned.due_at, "due_on": taken.owed.due_on, "posts": [notice.post for notice in notices],
        "mail": [notice.id for notice in notices],
    }  # fmt: skip
    if taken.late:
        facts["late_by_engine"] = True
    if excluded:
        facts["excluded"] = excluded  # how many posts of the rung were passed over
    record(work, office, taken.chain, EventType.RUNG_TAKEN, taken.now, CLOCK, "clock", facts=facts)
    posts = ",".join(notice.post for notice in notices)
    work.take_rung(
        TakenRung(
            taken.owed.id, planned.key, taken.chain.id, rung.act, TAKEN, planned.due_at, taken.now, taken.late, posts
        )
    )


def _raise(work: Work, office: Office, taken: _Rung, counts: SweepCounts) -> None:
    """Raise the case's escalation as far as the rung says; what is raised already is raised again."""
    case, owed = taken.case, taken.owed
    if case is None:
        return
    wanted = taken.planned.rung.event
    event = _event(case.escalation, wanted, owed, taken.ladder)
    owed.raised = True
    if event is None:
        return
    facts = _facts(owed.owed_by in OUTSIDERS, taken.ladder.has_superior, owed.duty == PROTECT)
    escalate(work, office, case, event, facts, taken.now, {"obligation": owed.id, "rung": taken.planned.key})
    counts.escalations += 1
    counts.to_ombudsman += event == "escalate_to_ombudsman"


@lru_cache(8)  # three answers, for all rungs there are
def _facts(is_outsider: bool, has_superior: bool, is_reprisal: bool) -> Facts:
    return Facts(
        role="clock", owed_by_outsider=is_outsider, ladder_has_superior=has_superior, rung_due=True,
        another_overdue=True, reprisal_reported=is_reprisal,
    )  # fmt: skip


def _event(escalation: str, wanted: str, owed: Obligation, ladder: Ladder) -> str | None:
    """Choose the escalation machine's event: a superior is asked once, the Ombudsman is told again."""
    if wanted == "raise_to_superior":
        possible = escalation == REST and owed.owed_by in OUTSIDERS and ladder.has_superior
        return wanted if possible else None
    return "escalate_again" if escalation in RAISED_STATES else wanted


def _count(counts: SweepCounts, taken: _Rung, notices: int) -> None:
    rung = taken.planned.rung
    counts.taken += 1
    counts.reminders += rung.act == "remind"
    counts.notices += rung.act == "notify"
    counts.mails += notices
    counts.late_by_engine += taken.late
    counts.by_rung[rung.id] = counts.by_rung.get(rung.id, 0) + 1


def take_at_once(work: Work, office: Office, case: Case, owed: Obligation, now: str) -> None:
    """Take a rung that waits for no sweep, in the transaction of the act that opened the obligation."""
    if owed.next_rung_at and owed.next_rung_at <= now:
        take(work, office, DueRung(owed, case), now, SweepCounts())


def expire_proposals(office: Office, now: str, limit: int = BATCH) -> int:
    """Let proposals lapse that nobody confirmed in time, each with an event; returns how many."""
    with office.open_work() as work:
        lapsed = work.expired_approvals(now, limit)
        for approval in lapsed:
            chain: Any = work.chain(OFFICE) if approval.chain == OFFICE else work.case(approval.chain)
            at = max(now, chain.last_at)
            work.decide_approval(approval.id, "expired", "clock", at)
            facts = {"approval": approval.id, "event": approval.event}
            record(work, office, chain, EventType.ACT_EXPIRED, at, CLOCK, "clock", facts=facts)
        work.commit()
    return len(lapsed)


def sweep(office: Office, now: str, limit: int = BATCH) -> SweepCounts:
    """Take everything that is due at an instant, batch by batch, and let unconfirmed proposals lapse."""
    total = SweepCounts()
    while (batch := take_due_rungs(office, now, limit)).taken:
        total.add(batch)
    total.expired = expire_proposals(office, now)
    return total
