"""What a person reads when a rule stands against an act: every reason, the bound, who may, and what is within reach."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from npm_cases.domain.errors import RefusedByRule, WrongRole
from npm_cases.domain.message_values import Words, a_state, an_event
from npm_cases.domain.messages import Said, say
from npm_cases.domain.records import Case
from npm_cases.services.moves import state_of
from state_machines import MACHINES
from state_machines.facts import Facts
from state_machines.table import ROLE_NOT_ALLOWED, Role, StateTable

BOUND_GUARDS = frozenset({"extension_within_bound", "successor_obligation_dated"})
NO_DAY = date.min  # the latest date an act may set where none is left


def refusal(case: Case, machine: str, event: str, reasons: tuple[str, ...], role: str, facts: Facts) -> RefusedByRule:
    """Build the refusal a person reads: every reason, who may act, and what is permitted now."""
    table, state = MACHINES[machine], state_of(case, machine)
    roles = sorted({str(r) for row in table.rows if row.state == state and row.event == event for r in row.who})
    permitted = tuple(_within_reach(table, state, Role(role), facts)) if role else ()
    kind = WrongRole if ROLE_NOT_ALLOWED in reasons else RefusedByRule
    latest = facts.latest_due_on if BOUND_GUARDS.intersection(reasons) else None
    message = _headline(case.number, an_event(event, machine), a_state(state, machine), latest)
    return kind(message, reasons, tuple(roles), permitted)


def _within_reach(table: StateTable[Any, Any], state: str, role: Role, facts: Facts) -> Iterator[str]:
    """Name the events a role can do here: those against which nothing stands but what the act itself can bring."""
    for move_ in table.permitted(state, role):
        row = table.row(state, move_.event, role)
        own = {guard.code for guard in row.guards if guard.fields or guard.second_person} if row else set()
        if own.issuperset(table.reasons(state, move_.event, role, facts)):
            yield move_.event


def _headline(number: str, event: Words, state: Words, latest: date | None) -> Said:
    if latest == NO_DAY:
        return say("refused_no_extension", number=number, event=event, state=state)
    if latest:
        return say("refused_latest", number=number, event=event, state=state, latest=latest)
    return say("refused_in_state", number=number, event=event, state=state)
