"""Opening, moving and discharging obligations, always in the transaction of the act that causes it.

What a state owes is the table in domain/duties.py; how long it takes is the pack's dated rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from npm_cases.domain import duties
from npm_cases.domain.due_dates import DueDate, notice_due_on
from npm_cases.domain.duties import Circumstances, OwedBy
from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.ladders import intake, plan
from npm_cases.domain.message_values import a_date, a_duty, duty_list
from npm_cases.domain.messages import say
from npm_cases.domain.pauses import Extension
from npm_cases.domain.records import ALLEGATION, CLOCK, By, Case, Obligation, TakenRung
from npm_cases.domain.terms import Rule, Unit
from npm_cases.history.event import EventType
from npm_cases.services.acts import Act
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import Head, record
from state_machines import MACHINES

BEFORE_INTAKE = "before_intake"
ONE_DAY = timedelta(days=1)


def running_duties(office: Office, case: Case) -> dict[str, OwedBy]:
    """Return the duties the present states of a case call for, in table order."""
    if case.state in MACHINES[case.kind].final:
        return {}
    circumstances = Circumstances(
        office.pack.channel(case.channel).issued_here, case.facts, office.pack.inquiry_qualifications
    )
    found: dict[str, OwedBy] = {}
    for machine, state in _states(case):
        for duty in duties.duties_in(machine, state, circumstances):
            found[duty.name] = duty.owed_by
    return found


def _states(case: Case) -> Iterable[tuple[str, str]]:
    yield case.kind, case.state
    if case.kind == ALLEGATION:
        yield "compensation", case.compensation
        yield "rehabilitation", case.rehabilitation


def follow(work: Work, office: Office, case: Case, act: Act) -> None:
    """Bring the obligations of a case into line with its states after an act.

    Duties the case has left are discharged, duties it entered are opened from the day the thing happened; a final
    state discharges everything.
    """
    running = work.open_obligations(case.id)
    final = case.state in MACHINES[case.kind].final
    wanted = running_duties(office, case)
    answered = set(duties.DISCHARGED_BY.get(act.event, ()))
    for owed in running:
        left = owed.duty not in wanted and owed.duty not in duties.OTHER_DUTIES
        if final or left or owed.duty in answered:
            discharge(work, office, case, owed, act.by, act.event)
    have = {owed.duty for owed in running if not owed.discharged_at}
    for duty, owed_by in wanted.items():
        if duty not in have:
            _enter(work, office, case, duty, owed_by, act)
    _apply_event_rows(work, office, case, act, running)
    _end_reviews(work, office, case, act.by, act.event)


def _enter(work: Work, office: Office, case: Case, duty: str, owed_by: OwedBy, act: Act) -> None:
    earlier = work.last_obligation(case.id, duty) if _carries(duty, act.event) else None
    if earlier is not None:
        _carry(work, office, case, earlier, act)
        return
    start = _counted_from(work, case, duty, act)
    open_obligation(work, office, case, duty, owed_by, start, act.by, act.due_on)


def _counted_from(work: Work, case: Case, duty: str, act: Act) -> date:
    """Return the first day of a duty: that of the duty it counts from, as the law may say, else the day of the act."""
    since = duties.COUNTED_SINCE.get(duty)
    earlier = work.last_obligation(case.id, since) if since else None
    return date.fromisoformat(earlier.started_on) if earlier is not None else act.occurred_on


def _carries(duty: str, event: str) -> bool:
    return any(row.name == duty and event in row.carried_on for row in duties.DUTIES)


def _apply_event_rows(work: Work, office: Office, case: Case, act: Act, running: list[Obligation]) -> None:
    if act.event in duties.OPENED_BY:
        duty, owed_by = duties.OPENED_BY[act.event]
        if not any(o.duty == duty and not o.discharged_at for o in running):
            open_obligation(work, office, case, duty, owed_by, act.occurred_on, act.by)
    if act.event in duties.EXTENDED_BY:
        for owed in running:
            if owed.duty in duties.EXTENDED_BY[act.event] and not owed.discharged_at:
                extend(work, office, case, owed, act)


def open_obligation(
    work: Work, office: Office, case: Case, duty: str, owed_by: OwedBy, start: date, by: By, set_on: date | None = None
) -> Obligation:
    """Open one obligation of a case from a day, under the rule in force on that day.

    ``set_on`` is a date set by the document itself where the rule allows one.
    Raises BadInput when the set date lies outside the rule's bounds.
    """
    rule = office.pack.rule_for(case.channel, duty, start)
    party = case.addressee if owed_by is OwedBy.ADDRESSEE else ""
    owed = make_obligation(office, subject_of(office, case), duty, owed_by, party, rule, start, by.at, set_on)
    put(work, office, case, owed, rule, by)
    return owed


@dataclass(frozen=True, slots=True)
class Subject:
    """What an obligation is about: its chain, its kind, the channel that chooses the ladder, the zone of its days.

    ``region`` chooses the calendar, where the region has one of its own.
    """

    chain: str
    kind: str
    channel: str
    zone: str
    region: str


def subject_of(office: Office, case: Case) -> Subject:
    """Return a case as the subject of an obligation."""
    return Subject(case.id, "case", case.channel, zone_of(office, case), case.region)


def make_obligation(
    office: Office,
    subject: Subject,
    duty: str,
    owed_by: OwedBy,
    party: str,
    rule: Rule,
    start: date,
    at: str,
    set_on: date | None = None,
) -> Obligation:
    """Compute an obligation with its due date and derivation; nothing is written yet."""
    chosen = set_on if rule.set_in_document else None
    started_at = at if rule.unit is Unit.hours else ""
    due, derivation = office.times.in_region(subject.region).due(start, rule, chosen, started_at)
    ladder = office.times.ladder_for(subject.channel, owed_by.value, duty)
    return Obligation(
        id=office.new_id(), chain=subject.chain, subject_kind=subject.kind, duty=duty, owed_by=owed_by.value,
        party=party, rule=rule.id, rule_version=rule.version, channel=subject.channel,
        calendar_version=due.calendar_version, provisional=due.provisional, started_on=start.isoformat(),
        amount=rule.amount, unit=rule.unit.value, due_on=due.due_on.isoformat(),
        due_at=due_instant(office, due, subject.zone), set_on=chosen.isoformat() if chosen else "",
        derivation=derivation, ledger=[], opened_at=at, opened_seq=0, ladder=ladder.key,
    )  # fmt: skip


def rule_of(office: Office, owed: Obligation) -> Rule:
    """Return the version of the rule an obligation runs under, whatever is in force for new ones by now.

    Raises ConfigurationError where the pack no longer has it, which no adoption lets happen while clocks run under it.
    """
    for rule in office.pack.rules.get(owed.rule, ()):
        if rule.version == owed.rule_version:
            return rule
    return office.pack.rule(owed.rule, date.fromisoformat(owed.started_on))


def due_instant(office: Office, due: DueDate, zone: str) -> str:
    """Return the instant a due date is over: the end of its day in a zone, or the hour of a term in hours."""
    return as_text(due.due_at) if due.due_at else office.times.end_of(due.due_on, zone)


def zone_of(office: Office, chain: Head) -> str:
    """Return the zone in which legal days of a chain are counted: the addressee's, else the pack's."""
    facts = getattr(chain, "facts", {})
    return str(facts.get("zone", office.pack.zone))


def put(work: Work, office: Office, chain: Head, owed: Obligation, rule: Rule, by: By) -> None:
    """Write an obligation with its event, and record the rungs whose time had passed before it was opened."""
    ladder = office.pack.ladder(owed.ladder)
    behind = intake(office.times.of(owed.calendar_version), ladder, owed.due_on, by.at, owed.revision)
    owed.rung_no = behind.rung_no
    schedule(office, owed)
    facts: dict[str, Any] = {
        "obligation": owed.id, "duty": owed.duty, "owed_by": owed.owed_by, "rule": owed.rule,
        "rule_version": owed.rule_version, "start": owed.started_on, "amount": owed.amount, "unit": owed.unit,
        "starts": rule.starts, "rolls_to": rule.rolls_to, "week": rule.week, "due_on": owed.due_on,
        "calendar": owed.calendar_version, "ladder": owed.ladder,
    }  # fmt: skip
    if owed.provisional:
        facts["provisional"] = True
    if behind.missed:
        facts["before_intake"] = [name for name, _ in behind.missed]
    line = record(work, office, chain, EventType.OBLIGATION_OPENED, by.at, by.actor, by.role, facts=facts)
    owed.opened_seq = line.event.seq
    work.add_obligation(owed)
    for name, due_at in behind.missed:
        work.take_rung(TakenRung(owed.id, name, chain.id, "none", BEFORE_INTAKE, due_at, by.at, False, ""))


def schedule(office: Office, owed: Obligation) -> None:
    """Put the instant of the next rung into the index the sweep looks in; empty when there is none."""
    if owed.discharged_at or owed.suspended_on:
        owed.next_rung_at = ""
        return
    ladder = office.pack.ladder(owed.ladder)
    times = office.times.of(owed.calendar_version)
    planned = plan(times, ladder, owed.due_on, owed.opened_at, owed.rung_no, owed.revision)
    owed.next_rung_at = planned.due_at if planned else ""


def discharge(work: Work, office: Office, chain: Head, owed: Obligation, by: By, why: str) -> None:
    """Discharge an obligation: its reminders stop with it, and it no longer holds an escalation up."""
    facts = {"obligation": owed.id, "duty": owed.duty, "due_on": owed.due_on, "by": why}
    line = record(work, office, chain, EventType.OBLIGATION_DISCHARGED, by.at, by.actor, by.role, facts=facts)
    owed.discharged_at, owed.discharged_seq, owed.next_rung_at, owed.raised = by.at, line.event.seq, "", False
    work.save_obligation(owed)


def _carry(work: Work, office: Office, case: Case, earlier: Obligation, act: Act) -> None:
    """Open the duty again with the due date it had, by the calendar in force: an insufficient answer wins no time."""
    rule = rule_of(office, earlier)
    again = replace(earlier, id=office.new_id(), opened_at=act.at, discharged_at="", discharged_seq=0, raised=False)
    if again.unit != Unit.hours and not again.suspended_on:
        recount(office, case, again, again.ledger)
    again.revision = 1
    put(work, office, case, again, rule, act.by)


def extend(work: Work, office: Office, case: Case, owed: Obligation, act: Act) -> None:
    """Move a due date by an extension inside the rule's bound; one beyond it is marked and moves nothing.

    What others did is recorded even when it is unlawful: then the mechanism owes an answer to it (DESIGN decision 4).
    Raises BadInput when the act does not say until when.
    """
    if act.due_on is None:
        raise BadInput(say("extension_needs_day", field="due_on"))
    entry = {"kind": "extension", "decided_on": act.occurred_on.isoformat(), "until": act.due_on.isoformat()}
    was = owed.due_on
    told_by = _notice_due(office, owed, act)
    lawful = recount(office, case, owed, [*owed.ledger, entry])
    facts = {
        "obligation": owed.id, "duty": owed.duty, "was": was, "decided_on": entry["decided_on"], "to": entry["until"],
        "lawful": lawful, "due_on": owed.due_on, "calendar": owed.calendar_version,
    }  # fmt: skip
    if told_by:
        facts |= {"notice_due_on": told_by, "notice_late": office.times.day(from_text(act.at)).isoformat() > told_by}
    record(work, office, case, EventType.OBLIGATION_EXTENDED, act.at, act.actor, act.role.value, facts=facts)
    work.save_obligation(owed)
    if not lawful:
        _owe_an_answer(work, office, case, act)


def _notice_due(office: Office, owed: Obligation, act: Act) -> str:
    """Return the day by which we had to be told of an extension, empty where the rule asks for no notice."""
    if act.due_on is None:
        return ""
    rule = rule_of(office, owed)
    day = notice_due_on(
        Extension(act.occurred_on, until=act.due_on), rule, office.times.of(owed.calendar_version).pack.calendar
    )
    return day.isoformat() if day else ""


def answer_unlawful_acts(work: Work, office: Office, case: Case, act: Act) -> None:
    """Discharge what an act of the Commissioner answers, also one that moves the escalation only."""
    for owed in work.open_obligations(case.id):
        if owed.duty in duties.DISCHARGED_BY.get(act.event, ()):
            discharge(work, office, case, owed, act.by, act.event)


def recount(office: Office, chain: Head, owed: Obligation, ledger: list[dict[str, Any]]) -> bool:
    """Count the due date anew under a changed ledger, with fresh rungs when it moved.

    Returns whether the last entry was lawful; an unlawful extension stays in the ledger and moves nothing.
    """
    rule = rule_of(office, owed)
    unlawful_before = sum(1 for step in owed.derivation if step["kind"] == "not_extended")
    due, derivation = office.times.of(owed.calendar_version).counted(owed, rule, ledger)
    owed.ledger, owed.derivation, owed.provisional = ledger, derivation, due.provisional
    owed.calendar_version = due.calendar_version
    moved = due.due_on.isoformat() != owed.due_on
    owed.due_on, owed.due_at = due.due_on.isoformat(), due_instant(office, due, zone_of(office, chain))
    if moved:
        owed.revision += 1
        owed.rung_no = 0
    schedule(office, owed)
    return len(due.unlawful_extensions) == unlawful_before


def _owe_an_answer(work: Work, office: Office, case: Case, act: Act) -> None:
    open_already = {o.duty for o in work.open_obligations(case.id)}
    if duties.ANSWER_UNLAWFUL_ACT not in open_already:
        open_obligation(
            work,
            office,
            case,
            duties.ANSWER_UNLAWFUL_ACT,
            OwedBy.MECHANISM,
            act.occurred_on,
            By(CLOCK, "clock", act.at),
        )


def suspend(work: Work, office: Office, case: Case, duty: str, on: date, by: By, reason: str) -> None:
    """Stop one clock of a case; a review obligation is opened, so that no suspension lasts for ever.

    Raises BadInput when no such clock runs, it stands already, or it is one that never stands: the ceiling of a
    case's age, protection from reprisal, the review of a suspension.
    """
    if duty in duties.NEVER_SUSPENDED:
        raise BadInput(say("clock_never_suspended", duty=a_duty(duty)))
    owed = _running(work, case, duty)
    if owed.unit == Unit.hours:
        raise BadInput(say("clock_in_hours", duty=a_duty(duty), number=case.number))
    if owed.suspended_on:
        raise BadInput(say("clock_stands", duty=a_duty(duty), number=case.number, since=a_date(owed.suspended_on)))
    owed.suspended_on = on.isoformat()
    schedule(office, owed)
    facts = {"obligation": owed.id, "duty": duty, "from": on.isoformat()}
    record(work, office, case, EventType.OBLIGATION_SUSPENDED, by.at, by.actor, by.role, facts=facts, reason=reason)
    work.save_obligation(owed)
    open_obligation(work, office, case, duties.REVIEW_SUSPENSION, OwedBy.MECHANISM, on, by)


def resume(work: Work, office: Office, case: Case, duty: str, on: date, by: By, reason: str) -> None:
    """Let a suspended clock run on: the days it stood are added to its due date.

    Raises BadInput when the clock does not stand or the day lies before the suspension.
    """
    owed = _running(work, case, duty)
    if not owed.suspended_on:
        raise BadInput(say("clock_is_running", duty=a_duty(duty), number=case.number))
    since = date.fromisoformat(owed.suspended_on)
    last = on - ONE_DAY
    owed.suspended_on = ""
    if last < since:
        raise BadInput(say("resumed_too_early", field="on", on=on, since=since))
    entry = {"kind": "suspension", "first": since.isoformat(), "last": last.isoformat(), "reason": reason}
    recount(office, case, owed, [*owed.ledger, entry])
    facts = {
        "obligation": owed.id, "duty": duty, "from": since.isoformat(), "to": on.isoformat(), "due_on": owed.due_on,
        "calendar": owed.calendar_version,
    }  # fmt: skip
    record(work, office, case, EventType.OBLIGATION_RESUMED, by.at, by.actor, by.role, facts=facts)
    work.save_obligation(owed)
    _end_reviews(work, office, case, by, "resume")


def _end_reviews(work: Work, office: Office, case: Case, by: By, why: str) -> None:
    """Discharge the review of suspensions once no clock of the case stands any more."""
    running = work.open_obligations(case.id)
    if any(owed.suspended_on for owed in running):
        return
    for review in running:
        if review.duty == duties.REVIEW_SUSPENSION:
            discharge(work, office, case, review, by, why)


def _running(work: Work, case: Case, duty: str) -> Obligation:
    running = work.open_obligations(case.id)
    for owed in running:
        if owed.duty == duty:
            return owed
    names = sorted({o.duty for o in running})
    if not names:
        raise BadInput(say("no_clock_at_all", duty=a_duty(duty), number=case.number))
    raise BadInput(say("no_such_clock", duty=a_duty(duty), number=case.number, running=duty_list(names)))
