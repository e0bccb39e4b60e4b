"""Two machines, two clocks: what had to wait for its turn is recorded, a clock that is wrong is told (FAULTS F16, F20)."""

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import Conflict
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase, resume, suspend
from npm_cases.services.registers import add_body, add_place, record_visit
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation

A_SECOND_BEFORE = "2026-03-02T04:59:59.000000Z"
A_DAY_BEFORE = "2026-03-01T05:00:00.000000Z"
MON_6_APR, TEN_MINUTES_ON = "2026-04-06T05:00:00.000000Z", "2026-04-06T05:10:00.000000Z"


def instants(app: App, chain: str) -> list[str]:
    return [row["at"] for row in table(app, "case_events") if row["chain"] == chain]


def test_an_act_that_waited_for_another_is_recorded_after_it(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    act(any_app.office, DoAct(created.number, "record_meeting", CASEWORKER, A_SECOND_BEFORE))
    act(any_app.office, DoAct(created.number, "report_reprisal", CASEWORKER, A_SECOND_BEFORE))
    assert instants(any_app, created.id)[-1] == MON_2_MAR
    assert violations(any_app) == []


def test_an_act_under_a_clock_that_is_wrong_is_refused(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    with pytest.raises(Conflict, match="check the clock of this machine"):
        act(any_app.office, DoAct(created.number, "record_meeting", CASEWORKER, A_DAY_BEFORE))
    assert violations(any_app) == []


def test_clocks_suspended_and_resumed_after_waiting_agree_with_their_events(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged", MON_6_APR)
    command = OnCase(created.number, CASEWORKER, "2026-04-06T04:59:00.000000Z")
    suspend(any_app.office, command, "reply", None, "other")
    later = OnCase(created.number, CASEWORKER, "2026-04-08T05:00:00.000000Z")
    act(any_app.office, DoAct(created.number, "record_meeting", CASEWORKER, "2026-04-08T05:00:01.000000Z"))
    resume(any_app.office, later, "reply", None, "other")
    assert violations(any_app) == []


def test_registers_filled_at_once_wait_for_each_other_and_agree_with_their_events(any_app: App) -> None:
    add_body(any_app.office, {"name": "Late body"}, CASEWORKER, A_SECOND_BEFORE)
    add_place(any_app.office, {"id": "p", "name": "Synthetic place", "region": "abai"}, CASEWORKER, A_SECOND_BEFORE)
    visit = {"place": "p", "kind": "periodic", "started_on": "2026-03-02"}
    record_visit(any_app.office, visit, CASEWORKER, A_SECOND_BEFORE)
    assert set(instants(any_app, "office")) == {MON_2_MAR}
    assert violations(any_app) == []


def test_a_sweep_takes_its_rungs_although_somebody_acted_after_it_began(any_app: App) -> None:
    created = a_recommendation(any_app, "issued")
    act(any_app.office, DoAct(created.number, "record_meeting", CASEWORKER, TEN_MINUTES_ON))
    a_recommendation(any_app, "issued")
    assert sweep(any_app.office, MON_6_APR).taken > 0
    assert {row["act_at"] for row in table(any_app, "rungs_taken") if row["chain"] == created.id} == {TEN_MINUTES_ON}
    assert sweep(any_app.office, MON_6_APR).taken == 0
    assert violations(any_app) == []
