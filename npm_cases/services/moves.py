"""The only module that changes the state of a case: one move, its event, its obligations, in one transaction.

``move`` makes one move through the shared state machine. ``escalate`` is its twin for sweeps over many cases: it reads
the compiled rows of the same table.
"""

from typing import Any

from npm_cases.domain.records import ALLEGATION, CLOCK, Case
from npm_cases.history.event import EventType, Written
from npm_cases.services import obligations
from npm_cases.services.acts import Act
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record
from state_machines import MACHINES
from state_machines.facts import Facts
from state_machines.table import Role

ESCALATION = "escalation"
STAND_DOWN = "stand_down"
REST = "not_escalated"


def state_of(case: Case, machine: str) -> str:
    """Return the state a case has in one of its machines."""
    if machine == case.kind:
        return case.state
    return str(getattr(case, machine))


def move(work: Work, office: Office, case: Case, act: Act) -> Written:
    """Make one move: the state changes, the event is written, obligations are opened and discharged with it.

    Raises TransitionRefused, with every reason, when the table has no such move for this role and these facts.
    """
    came_from = state_of(case, act.machine)
    went_to = MACHINES[act.machine].take(came_from, act.event, act.role, act.facts)
    _set_state(case, act.machine, went_to)
    case.version += 1
    case.addressee = act.codes.get("addressee", case.addressee)
    case.facts = {**case.facts, **act.remembered}
    line = record(
        work, office, case, EventType.MOVED, act.at, act.actor, act.role.value,
        machine=act.machine, event=act.event, frm=came_from, to=went_to, reason=act.reason, docs=act.docs,
        facts=act.codes, sealed=act.texts, approved_by=act.approved_by, idem=act.idem,
    )  # fmt: skip
    if act.machine == ESCALATION:
        _raised_by_hand(work, case, act)
        obligations.answer_unlawful_acts(work, office, case, act)
    else:
        _follow(work, office, case, act)
    work.save_case(case)
    return line


def _follow(work: Work, office: Office, case: Case, act: Act) -> None:
    obligations.follow(work, office, case, act)
    if is_final(case) and not case.closed_at:
        case.closed_at = act.at
    elif not is_final(case):
        case.closed_at = ""
    stand_down_if_answered(work, office, case, act.at)


def _raised_by_hand(work: Work, case: Case, act: Act) -> None:
    """Note which obligation a person escalated over: the escalation stands down when that one is discharged."""
    for owed in work.open_obligations(case.id):
        if owed.id == act.codes.get("obligation"):
            owed.raised = True
            work.save_obligation(owed)


def is_final(case: Case) -> bool:
    """Say whether the case is at an end in its substance."""
    return case.state in MACHINES[case.kind].final


def stand_down_if_answered(work: Work, office: Office, case: Case, at: str) -> None:
    """Let the clock stand the escalation down once every obligation that raised it is discharged."""
    if case.escalation == REST or any(o.raised for o in work.open_obligations(case.id)):
        return
    facts = Facts(role="clock", raising_all_discharged=True)
    _clock_move(work, office, case, STAND_DOWN, facts, at, {})


def escalate(
    work: Work, office: Office, case: Case, event: str, facts: Facts, at: str, codes: dict[str, Any]
) -> Written:
    """Move the escalation by the clock: a rung was due, an obligation is overdue, or a reprisal was reported."""
    line = _clock_move(work, office, case, event, facts, at, codes)
    work.save_case(case)
    return line


def _clock_move(
    work: Work, office: Office, case: Case, event: str, facts: Facts, at: str, codes: dict[str, Any]
) -> Written:
    came_from = case.escalation
    went_to = MACHINES[ESCALATION].decide(came_from, event, Role.CLOCK, facts)
    _set_state(case, ESCALATION, went_to)
    case.version += 1
    return record(
        work, office, case, EventType.MOVED, at, CLOCK, Role.CLOCK.value,
        machine=ESCALATION, event=event, frm=came_from, to=went_to, facts=codes,
    )  # fmt: skip


def born(case: Case, states: dict[str, str]) -> Case:
    """Give a new case the states of its birth; replay accepts any state from a birth event."""
    for machine, state in states.items():
        _set_state(case, machine, state)
    return case


def machines_of(case: Case) -> tuple[str, ...]:
    """Return the machines a case runs in, substance first."""
    redress = ("compensation", "rehabilitation") if case.kind == ALLEGATION else ()
    return (case.kind, *redress, ESCALATION)


def _set_state(case: Case, machine: str, state: str) -> None:
    if machine == case.kind:
        case.state = state
    elif machine == ESCALATION:
        case.escalation = state
    elif machine == "compensation":
        case.compensation = state
    else:
        case.rehabilitation = state
