"""Do any event of any machine to a case: refused with every reason, proposed to a second person, or made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.duties import AGE_CEILING, FOLLOW_STAND_DOWN, OPENED_BY, OwedBy
from npm_cases.domain.errors import BadInput, Conflict
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import a_machine, a_state, event_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, Actor, Approval, By, Case, Obligation, Receipt
from npm_cases.domain.terms import Rule
from npm_cases.history.event import EventType
from npm_cases.services import answers, approvals, erasure, obligations
from npm_cases.services.acts import Act
from npm_cases.services.documents import Staged, Upload, staged
from npm_cases.services.filling import Filled, authorised_role, facts_for, read_fields, remembered
from npm_cases.services.moves import ESCALATION, STAND_DOWN, move, state_of
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.refusals import NO_DAY, refusal
from npm_cases.services.sweep import take_at_once
from state_machines import MACHINES, TransitionRefused, machine_of_event
from state_machines.table import VERSION_CHANGED, Field, Role, Row

NOTIFY = "notify_prosecutor"
DATES_BOUND = {
    "start_implementation": "implement",
    "plan_follow_up": "follow_up",
    "extend_examination": "examine",
    STAND_DOWN: FOLLOW_STAND_DOWN,
}


@dataclass(frozen=True, slots=True)
class DoAct:
    """Ask for one event on one case. ``if_version`` is the version the person saw; ``idem`` makes a repeat harmless."""

    case: str
    event: str
    actor: Actor
    at: str
    fields: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    if_version: int | None = None
    idem: str = ""
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: the new state with a receipt, or ``pending``, the proposal a second person must confirm."""

    state: str
    version: int
    receipt: Receipt
    pending: str = ""


def act(office: Office, command: DoAct) -> Done:
    """Do one event to a case, or propose it where a second person must confirm.

    Raises NotFound, BadInput, NotAllowed; Conflict for a stale version or a reused key; RefusedByRule with all reasons.
    """
    with staged(office, command.case, command.actor, command.files) as files:
        return once_more(lambda: _done_once(office, command, files), command.idem)


def _done_once(office: Office, command: DoAct, files: Staged) -> Done:
    with office.open_work() as work:
        body = _body(command, files)
        answered = answers.earlier(work, command.idem, command.actor.user, body)
        if answered is not None:
            return _as_done(answered)
        case = _case(work, office, command)
        command = replace(command, at=instant(case, command.at))
        machine = _machine(case, command.event)
        role = _fitting_role(office, case, machine, command)
        row = MACHINES[machine].row(state_of(case, machine), command.event, Role(role)) if role else None
        stored = files.register(work, case, command.at)
        filled = read_fields(work, case.id, _accepted(row), command.fields, (*command.documents, *stored))
        prepared = _prepared(work, office, case, machine, role, filled, command)
        reasons = MACHINES[machine].reasons(state_of(case, machine), command.event, prepared.role, prepared.facts)
        if not reasons:
            done = _made(work, office, case, prepared)
        elif _waits_for_second_person(row, reasons):
            done = _propose(work, office, case, prepared, filled, command)
        else:
            done = None
        if done is not None:
            answers.keep(work, command.idem, command.actor.user, body, asdict(done), command.at)
            files.keep()
            work.commit()
            return done
    _record_refusal(office, command, machine, reasons, role)
    raise refusal(case, machine, command.event, reasons, role, prepared.facts)


def _waits_for_second_person(row: Row | None, reasons: tuple[str, ...]) -> bool:
    return row is not None and {g.code for g in row.guards if g.second_person}.issuperset(reasons)


def _record_refusal(office: Office, command: DoAct, machine: str, reasons: tuple[str, ...], role: str) -> None:
    """Write the refused attempt into the history; nothing else of it is kept."""
    with office.open_work() as work:
        case = work.case(command.case)
        facts = {"event": command.event, "machine": machine, "reasons": list(reasons)}
        record(work, office, case, EventType.ACT_REFUSED, command.at, command.actor, role, facts=facts)
        work.save_case(case)
        work.commit()


def _case(work: Work, office: Office, command: DoAct) -> Case:
    case = work.case(command.case)
    access.need_sight(command.actor, case, work.excluded(case.id), command.case)
    if command.if_version is not None and command.if_version != case.version:
        role = authorised_role(command.actor, ())
        facts: dict[str, Any] = {"event": command.event, "reasons": [VERSION_CHANGED]}
        facts |= {"saw": command.if_version, "version": case.version}
        record(work, office, case, EventType.ACT_REFUSED, command.at, command.actor, role, facts=facts)
        work.commit()  # both attempts stand in the history; nothing of the second is merged
        raise Conflict(say("case_changed", number=case.number, seen=command.if_version, version=case.version))
    return case


def _machine(case: Case, event: str) -> str:
    try:
        return machine_of_event(case.kind, event)
    except TransitionRefused as refused:
        events = sorted(MACHINES[case.kind].events_from(case.state))
        raise BadInput(
            say(
                "no_event_here", event=quoted(event), kind=a_machine(case.kind), state=a_state(case.state, case.kind),
                known=event_list(events, case.kind),
            )
        ) from refused  # fmt: skip


def _fitting_role(office: Office, case: Case, machine: str, command: DoAct) -> str:
    """Return the role of the actor with the fewest reasons against the act, for people who hold several."""
    table, state = MACHINES[machine], state_of(case, machine)
    allowed = sorted(command.actor.roles & {str(role) for role in _who(machine, case, command.event)})
    if not allowed:
        return authorised_role(command.actor, ())
    today = office.times.day(from_text(command.at))

    def against(role: str) -> int:
        return len(table.reasons(state, command.event, Role(role), facts_for(office, case, role, {}, today)))

    return min(allowed, key=against)


def _who(machine: str, case: Case, event: str) -> frozenset[Role]:
    rows = [r for r in MACHINES[machine].rows if r.state == state_of(case, machine) and r.event == event]
    return frozenset(role for r in rows for role in r.who)


def _accepted(row: Row | None) -> tuple[Field, ...]:
    return row.fields if row is not None else ()


def _prepared(
    work: Work,
    office: Office,
    case: Case,
    machine: str,
    role: str,
    filled: Filled,
    command: DoAct,
    *,
    second: bool = False,
) -> Act:
    """Turn a command into an act ready to be made; the day it happened is given, or is today in the case's zone."""
    today = office.times.day(from_text(command.at))
    occurred = filled.values.get("happened_on") or filled.values.get("published_on") or today
    _not_in_the_future(filled, today)
    _not_before(filled, occurred)
    _name_the_prosecutor(office, case, command.event, filled)
    facts = facts_for(office, case, role, filled.values, occurred, command.event, is_second_person=second)
    facts = replace(facts, latest_due_on=_latest(work, office, case, command.event, occurred))
    if machine == ESCALATION:
        overdue = [o for o in work.open_obligations(case.id) if o.due_at <= command.at and not o.raised]
        facts = replace(facts, another_overdue=bool(overdue))
        filled.codes |= _raising(work, case, command.event)
    keep = remembered(case, command.event, filled)
    if "qualification" in keep or "investigator" in keep:
        keep["misrouted"] = _is_misrouted(office, {**case.facts, **keep})
    return Act(
        machine=machine, event=command.event, actor=command.actor, role=Role(role), at=command.at, occurred_on=occurred,
        facts=facts, codes=_with_day(filled, occurred, today), texts=filled.texts, docs=filled.docs,
        due_on=filled.values.get("due_on"), reason=str(filled.codes.get("reason_code", "")),
        idem=answers.digest(command.idem) if command.idem else "", remembered=keep,
    )  # fmt: skip


def _raising(work: Work, case: Case, event: str) -> dict[str, str]:
    """Name the obligation a person escalates over: the one due first, the ceiling of the case's age where none else runs."""
    if not event.startswith("escalate"):
        return {}
    running = sorted(work.open_obligations(case.id), key=lambda owed: (owed.duty == AGE_CEILING, owed.due_on, owed.id))
    return {"obligation": running[0].id} if running else {}


def _with_day(filled: Filled, occurred: date, today: date) -> dict[str, Any]:
    codes = {name: value for name, value in filled.codes.items() if name != "reason_code"}
    if occurred != today:
        codes["occurred_on"] = occurred.isoformat()
    return codes


def _not_in_the_future(filled: Filled, today: date) -> None:
    for name in ("happened_on", "published_on"):
        day = filled.values.get(name)
        if day is not None and day > today:
            raise BadInput(say("day_in_future", field=name, day=day, today=today))


def _not_before(filled: Filled, occurred: date) -> None:
    for name in ("due_on", "successor_due_on"):
        day = filled.values.get(name)
        if day is not None and day < occurred:
            raise BadInput(say("day_before_act", field=name, day=day, occurred=occurred))


def _name_the_prosecutor(office: Office, case: Case, event: str, filled: Filled) -> None:
    """Write down to whom a notification goes where nobody named the authority: an appeal must go to another one."""
    usual = sorted(office.pack.torture_investigators)
    if event == NOTIFY and case.kind == ALLEGATION and usual and "authority" not in filled.codes:
        filled.codes["authority"] = filled.values["authority"] = usual[0]


def _latest(work: Work, office: Office, case: Case, event: str, occurred: date) -> date | None:
    """Return the latest date an act may set by itself: the rule's maximum, or the bound of an extension."""
    duty = DATES_BOUND.get(event)
    if duty is None:
        return None
    rule = office.pack.rule_for(case.channel, duty, occurred)
    if event == "extend_examination":
        running = [o for o in work.open_obligations(case.id) if o.duty == duty]
        return _latest_extension(office, running[0], rule, occurred) if running else occurred
    return office.times.in_region(case.region).latest_set_date(occurred, rule)


def _latest_extension(office: Office, owed: Obligation, rule: Rule, occurred: date) -> date | None:
    """Return the latest date of one more extension of our own; NO_DAY once it is too late or they are used up."""
    used = sum(1 for entry in owed.ledger if entry["kind"] == "extension")
    if rule.extension is not None and (used >= rule.extension.times or occurred.isoformat() > owed.due_on):
        return NO_DAY
    return office.times.of(owed.calendar_version).latest_extension(owed, rule, occurred)


def _is_misrouted(office: Office, facts: Mapping[str, Any]) -> bool:
    """Say whether torture is investigated by another body than those the pack names for it."""
    qualification, investigator = facts.get("qualification", ""), facts.get("investigator", "")
    is_torture = qualification in office.pack.torture_qualifications
    return bool(is_torture and investigator and investigator not in office.pack.torture_investigators)


def _made(work: Work, office: Office, case: Case, act_: Act) -> Done:
    line = move(work, office, case, act_)
    if act_.event in OPENED_BY:
        for owed in work.open_obligations(case.id):
            take_at_once(work, office, case, owed, act_.at)
    if act_.machine == ESCALATION and act_.event == STAND_DOWN:
        _succeed(work, office, case, act_)
    return Done(state_of(case, act_.machine), case.version, Receipt(case.id, line.event.seq, line.leaf.hex()))


def _succeed(work: Work, office: Office, case: Case, act_: Act) -> None:
    """Replace what raised the escalation by successors with a new date and fresh rungs."""
    for owed in work.open_obligations(case.id):
        if owed.raised:
            rule = office.pack.rule_for(case.channel, FOLLOW_STAND_DOWN, act_.occurred_on)
            # The ladder of what follows a stand-down: that of a reprisal would raise the case again at once.
            again = obligations.make_obligation(
                office, obligations.subject_of(office, case), owed.duty, OwedBy(owed.owed_by), owed.party, rule,
                act_.occurred_on, act_.at, act_.facts.successor_due_on,
            )  # fmt: skip
            again.ladder = office.times.ladder_for(case.channel, owed.owed_by, FOLLOW_STAND_DOWN).key
            obligations.discharge(work, office, case, owed, act_.by, STAND_DOWN)
            obligations.put(work, office, case, again, rule, act_.by)


def _propose(work: Work, office: Office, case: Case, act_: Act, filled: Filled, command: DoAct) -> Done:
    """Record a proposal bound to the exact act: who, event, fields, documents and day, sealed under the case's key."""
    exact = {
        "case": case.id, "event": command.event, "role": act_.role.value, "user": command.actor.user,
        "on_behalf": command.actor.on_behalf, "occurred_on": act_.occurred_on.isoformat(),
        "fields": {k: v for k, v in command.fields.items() if k != "document"}, "docs": list(filled.docs),
    }  # fmt: skip
    by = By(command.actor, act_.role.value, command.at)
    pending, line = approvals.put_forward(work, office, case, command.event, exact, by, filled.docs)
    return Done(state_of(case, act_.machine), case.version, Receipt(case.id, line.event.seq, line.leaf.hex()), pending)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask for a proposal to be made by its second person."""

    approval: str
    actor: Actor
    at: str
    key: str = ""


def confirm(office: Office, command: Confirm) -> Done:
    """Make the proposed act, exactly as proposed, by another person.

    Raises NotFound; NotAllowed for the proposer or a wrong role; Conflict when it lapsed or was decided;
    RefusedByRule when the case has moved on and the table now refuses it.
    """
    return once_more(lambda: _confirmed_once(office, command), command.key)


def _confirmed_once(office: Office, command: Confirm) -> Done:
    body = ["confirm", command.approval]
    with office.open_work() as work:
        answered = answers.earlier(work, command.key, command.actor.user, body)
        if answered is not None:
            return _as_done(answered)
        approval = work.approval(command.approval)
        case = work.case(approval.chain)
        command = replace(command, at=instant(case, command.at))
        access.need_sight(command.actor, case, work.excluded(case.id), case.number)
        approvals.need_second_person(approval, command.actor.user, command.at)
        make = _erased if approval.event == erasure.EVENT else _confirmed
        done = make(work, office, case, approval, command)
        answers.keep(work, command.key, command.actor.user, body, asdict(done), command.at)
        work.commit()
    if approval.event == erasure.EVENT:
        erasure.destroy_key(office, case.id)
    return done


def _confirmed(work: Work, office: Office, case: Case, approval: Approval, command: Confirm) -> Done:
    """Make a proposed move of a machine."""
    exact = approvals.exact_act(work, office, approval)
    machine = machine_of_event(case.kind, approval.event)
    row = MACHINES[machine].row(state_of(case, machine), approval.event, Role(exact["role"]))
    confirming = frozenset(row.who if row else ()) | access.SUPERVISORS | {"caseworker"}
    role = access.need_role(command.actor, {str(r) for r in confirming}, "confirm this act")
    original = DoAct(case.id, approval.event, _proposer(exact), command.at, exact["fields"], tuple(exact["docs"]))
    filled = read_fields(work, case.id, _accepted(row), original.fields, original.documents)
    prepared = _prepared(work, office, case, machine, exact["role"], filled, original, second=True)
    prepared = replace(prepared, occurred_on=date.fromisoformat(exact["occurred_on"]), approved_by=command.actor.user)
    reasons = MACHINES[machine].reasons(state_of(case, machine), approval.event, prepared.role, prepared.facts)
    if reasons:
        raise refusal(case, machine, approval.event, reasons, exact["role"], prepared.facts)
    approvals.confirm(work, office, case, approval, By(command.actor, role, command.at))
    return _made(work, office, case, prepared)


def _erased(work: Work, office: Office, case: Case, approval: Approval, command: Confirm) -> Done:
    """Record a proposed erasure; the key is destroyed once that is committed."""
    line = erasure.record_erasure(work, office, case, approval, command.actor, command.at)
    return Done(case.state, case.version, Receipt(case.id, line.event.seq, line.leaf.hex()))


def _proposer(exact: Mapping[str, Any]) -> Actor:
    return Actor(exact["user"], frozenset({exact["role"]}), on_behalf=exact["on_behalf"])


def _body(command: DoAct, files: Staged) -> object:
    digests = [file.digest for file in files.files]
    return [command.case, command.event, dict(command.fields), list(command.documents), digests]


def _as_done(answer: Mapping[str, Any]) -> Done:
    return Done(answer["state"], answer["version"], Receipt(**answer["receipt"]), answer["pending"])
