"""Long ways through the tables: random ones stay inside, and the ways of real cases go through."""

import pytest
from hypothesis import given, strategies as st

from state_machines import MACHINES, Facts, TransitionRefused
from state_machines.table import Role
from tests.state_machines.made_facts import ALL_IN_ORDER, NOTHING_ON_FILE, in_order_for

each_machine = pytest.mark.parametrize("name", MACHINES)
PERSON = Role.CASEWORKER


@each_machine
@given(data=st.data())
def test_a_random_walk_stays_inside_the_table(name: str, data: st.DataObject) -> None:
    table = MACHINES[name]
    state = table.initial
    steps = st.tuples(
        st.sampled_from(table.events), st.sampled_from(Role), st.sampled_from([ALL_IN_ORDER, NOTHING_ON_FILE])
    )
    for event, role, facts in data.draw(st.lists(steps, max_size=25)):
        before = state
        if table.reasons(before, event, role, facts):
            with pytest.raises(TransitionRefused):
                table.take(before, event, role, facts)
            continue
        state = table.take(before, event, role, facts)
        assert (before, event, state) in {(row.state, row.event, row.next) for row in table.rows}


@each_machine
@given(data=st.data())
def test_a_walk_of_legal_moves_never_gets_stuck_in_an_open_state(name: str, data: st.DataObject) -> None:
    table = MACHINES[name]
    state = table.initial
    for _ in range(15):
        moves = [(move.event, role) for role in Role for move in table.permitted(state, role)]
        assert moves or state in table.final
        if not moves:
            return
        event, role = data.draw(st.sampled_from(moves))
        state = table.take(state, event, role, in_order_for(event))


def _walk(name: str, way: list[tuple[str, Role]], facts: Facts = ALL_IN_ORDER) -> str:
    table = MACHINES[name]
    state = table.initial
    for event, role in way:
        state = table.take(state, event, role, facts)
    return state


def test_a_recommendation_is_followed_from_its_draft_to_its_verified_end() -> None:
    way = [
        ("approve", Role.COUNCIL),
        ("issue", Role.SECRETARIAT),
        ("record_service", Role.SECRETARIAT),
        ("acknowledge", PERSON),
        ("record_reply", PERSON),
        ("accept", PERSON),
        ("start_implementation", PERSON),
        ("record_claim", PERSON),
        ("verify", PERSON),
        ("close", PERSON),
    ]
    assert _walk("recommendation", way) == "closed"


def test_a_recommendation_of_the_spt_enters_as_published_and_is_answered() -> None:
    facts = in_order_for("record_published")
    assert _walk("recommendation", [("record_published", PERSON), ("record_reply", PERSON)], facts) == "replied"


def test_an_allegation_goes_through_termination_appeal_and_court_to_redress() -> None:
    way = [
        ("register", Role.PARTICIPANT),
        ("transfer", Role.GROUP_LEADER),
        ("accept", Role.COMMISSIONER),
        ("notify_prosecutor", PERSON),
        ("record_registration", PERSON),
        ("open_investigation", PERSON),
        ("interrupt", PERSON),
        ("resume", PERSON),
        ("terminate", PERSON),
        ("appeal_termination", PERSON),
        ("reinstate", PERSON),
        ("send_to_court", PERSON),
        ("convict", PERSON),
        ("plan_follow_up", PERSON),
        ("record_redress", PERSON),
        ("close", PERSON),
    ]
    assert _walk("allegation", way) == "closed"


def test_compensation_refused_once_is_applied_for_again_and_paid() -> None:
    way = ["recognise_victim", "apply", "refuse_compensation", "apply_again", "grant", "record_payment"]
    assert _walk("compensation", [(event, PERSON) for event in way]) == "paid"


def test_rehabilitation_is_offered_begun_and_completed() -> None:
    assert _walk("rehabilitation", [(event, PERSON) for event in ("offer", "begin", "complete")]) == "completed"


def test_an_escalation_climbs_to_the_highest_authority_and_down() -> None:
    way = [
        ("raise_to_superior", Role.CLOCK),
        ("escalate_to_ombudsman", Role.CLOCK),
        ("escalate_again", Role.CLOCK),
        ("recommend_individually", Role.COMMISSIONER),
        ("petition", Role.COMMISSIONER),
        ("appeal_to_highest", Role.COMMISSIONER),
        ("stand_down", Role.DELEGATE),
    ]
    assert _walk("escalation", way) == "not_escalated"
