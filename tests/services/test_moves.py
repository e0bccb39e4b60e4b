"""Walks of whole cases through the services, on both databases."""

from dataclasses import replace

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import Conflict, NotAllowed, RefusedByRule
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.sweep import sweep
from tests.makers import CASEWORKER, MON_2_MAR, SECOND, SECRETARIAT, WAY, a_recommendation, an_allegation, walk

FRI_1_JAN_2027 = "2027-01-01T04:10:00.000000Z"


@pytest.mark.parametrize("state", WAY)
def test_a_recommendation_reaches_every_state_of_its_way(app: App, state: str) -> None:
    created = a_recommendation(app, state)
    with app.office.open_work() as work:
        case = work.case(created.number)
        running = {owed.duty for owed in work.open_obligations(case.id)}
    assert case.state == state
    assert bool(running) == (state != "closed")


def test_a_walk_to_the_end_leaves_the_same_case_on_both_databases(any_app: App) -> None:
    created = a_recommendation(any_app, "closed")
    with any_app.office.open_work() as work:
        case = work.case(created.id)
        assert (case.state, case.escalation, case.closed_at) == ("closed", "not_escalated", MON_2_MAR)
        assert work.open_obligations(case.id) == []


def test_a_refused_act_moves_nothing_and_is_in_the_history(any_app: App) -> None:
    created = a_recommendation(any_app, "issued")
    with any_app.office.open_work() as work:
        before = replace(work.case(created.id))
    with pytest.raises(RefusedByRule) as refused:
        act(any_app.office, DoAct(created.number, "record_service", SECRETARIAT, MON_2_MAR))
    with any_app.office.open_work() as work:
        after = work.case(created.id)
        last = work.rows("case_events", {"chain": created.id})[-1]
    assert refused.value.reasons == ("proof_of_receipt_attached",)
    assert (after.state, after.version) == (before.state, before.version)
    assert last["type"] == "act_refused"


def test_the_proposer_may_not_confirm_and_a_second_person_may_once(any_app: App) -> None:
    created = a_recommendation(any_app, "implemented")
    pending = act(any_app.office, DoAct(created.number, "close", CASEWORKER, MON_2_MAR)).pending
    with pytest.raises(NotAllowed, match="another person"):
        confirm(any_app.office, Confirm(pending, CASEWORKER, MON_2_MAR))
    assert confirm(any_app.office, Confirm(pending, SECOND, MON_2_MAR)).state == "closed"
    with pytest.raises(Conflict, match="already"):
        confirm(any_app.office, Confirm(pending, SECOND, MON_2_MAR))


def test_an_escalation_stands_down_when_what_raised_it_is_answered(any_app: App) -> None:
    created = a_recommendation(any_app, "issued")
    sweep(any_app.office, "2026-06-01T04:10:00.000000Z")
    with any_app.office.open_work() as work:
        raised = work.case(created.id).escalation
    walk(any_app, created.number, "served", "2026-06-01T05:00:00.000000Z")
    with any_app.office.open_work() as work:
        answered = work.case(created.id).escalation
    assert (raised, answered) == ("escalated_to_ombudsman", "not_escalated")


def test_closing_stops_every_reminder(any_app: App) -> None:
    a_recommendation(any_app, "closed")
    assert sweep(any_app.office, FRI_1_JAN_2027).taken == 0


def test_a_reported_reprisal_escalates_in_the_transaction_of_the_report(any_app: App) -> None:
    created = an_allegation(any_app)
    act(any_app.office, DoAct(created.number, "report_reprisal", CASEWORKER, MON_2_MAR))
    with any_app.office.open_work() as work:
        assert work.case(created.id).escalation == "escalated_to_ombudsman"
        told = {row["post"] for row in work.rows("outbox", {"chain": created.id})}
    assert told == {"commissioner", "caseworker"}


def test_an_excluded_post_is_not_told_of_an_allegation(any_app: App) -> None:
    created = an_allegation(any_app, excluded="caseworker")
    act(any_app.office, DoAct(created.number, "report_reprisal", CASEWORKER, MON_2_MAR))
    with any_app.office.open_work() as work:
        told = {row["post"] for row in work.rows("outbox", {"chain": created.id})}
    assert told == {"commissioner"}
