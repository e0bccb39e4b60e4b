"""What a sweep decides by the compiled rows is what the machine would have done, refusals included."""

import pytest

from state_machines import MACHINES, Facts
from state_machines.table import Role, TransitionRefused

RAISED = Facts(role="clock", rung_due=True, owed_by_outsider=True, ladder_has_superior=True, another_overdue=True)
ESCALATION = MACHINES["escalation"]


def _outcome(way: str, state: str, event: str, role: Role, facts: Facts) -> str:
    try:
        return str(getattr(ESCALATION, way)(state, event, role, facts))
    except TransitionRefused as refused:
        return str(refused)


@pytest.mark.parametrize("facts", [RAISED, Facts(role="clock")], ids=["due", "nothing_due"])
@pytest.mark.parametrize("role", [Role.CLOCK, Role.CASEWORKER])
def test_deciding_equals_taking_in_every_state_and_event(role: Role, facts: Facts) -> None:
    for state in ESCALATION.states:
        for event in ESCALATION.events:
            assert _outcome("decide", state, event, role, facts) == _outcome("take", state, event, role, facts)


def test_a_sweep_decides_an_escalation_that_is_due() -> None:
    assert ESCALATION.decide("not_escalated", "escalate_to_ombudsman", Role.CLOCK, RAISED) == "escalated_to_ombudsman"
