"""Many sweepers, late commits, a sweeper that stops half-way: each rung once, each notice once (FAULTS F05, F14)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.sweep import sweep, take_due_rungs
from tests.faults.checker import everything, table, violations
from tests.faults.sweepers import Sweeper
from tests.makers import CASEWORKER, COLONY, MON_2_MAR, a_caseload, a_recommendation

CASES = 300
TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"
Fleet = Callable[..., Sweeper]


class Held:
    """A unit of work whose commit somebody else holds back."""

    def __init__(self, work: Any) -> None:
        self._work = work

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def __getattr__(self, name: str) -> Any:
        return self._work.flush if name == "commit" else getattr(self._work, name)


@pytest.fixture
def sweeper(any_app: App) -> Iterator[Fleet]:
    """Start sweepers of the installation; whatever happens, none outlives the test."""
    started: list[Sweeper] = []

    def start(**how: bool) -> Sweeper:
        started.append(Sweeper(any_app, TUE_7_SEP_2027, 20, **how))
        return started[-1]

    yield start
    for one in started:
        one.end()


def due_now(app: App) -> int:
    with app.office.open_work() as work:
        return len(work.due_rungs(TUE_7_SEP_2027, 100_000))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 4])
def test_sweepers_at_once_take_each_rung_once_and_miss_none(any_app: App, sweeper: Fleet, count: int) -> None:
    a_caseload(any_app, CASES)
    assert due_now(any_app) == CASES
    fleet = [sweeper() for _ in range(count)]
    for one in fleet:
        one.go()
    taken = sum(one.taken()["taken"] for one in fleet)
    rungs = [row for row in table(any_app, "rungs_taken") if row["outcome"] == "taken"]
    assert taken == len(rungs) >= CASES
    assert due_now(any_app) == 0
    assert violations(any_app) == []


@pytest.mark.slow
def test_a_sweeper_that_stops_half_way_takes_nothing_twice_when_it_wakes(any_app: App, sweeper: Fleet) -> None:
    a_caseload(any_app, CASES)
    stopped, other = sweeper(stops=True), sweeper()
    stopped.go()
    stopped.wait_until_stopped()
    if any_app.database.is_sqlite:  # there it holds the only lock for writing: the other one waits its turn
        stopped.wake()
    other.go()
    taken = other.taken()["taken"]
    stopped.wake()
    assert taken + stopped.taken()["taken"] == len(
        [row for row in table(any_app, "rungs_taken") if row["outcome"] == "taken"]
    )
    assert due_now(any_app) == 0
    assert violations(any_app) == []


def test_a_second_sweep_of_one_instant_changes_nothing(any_app: App) -> None:
    a_caseload(any_app, 5)
    sweep(any_app.office, TUE_7_SEP_2027)
    before = everything(any_app)
    assert sweep(any_app.office, TUE_7_SEP_2027).taken == 0
    assert everything(any_app) == before


# On SQLite one writer at a time makes what follows impossible.


@pytest.mark.pg
def test_a_case_somebody_works_on_is_passed_over_and_taken_in_the_next_sweep(pg_app: App) -> None:
    a_caseload(pg_app, 3)
    busy = table(pg_app, "cases")[0]["id"]
    with pg_app.office.open_work() as act:
        act.case(busy)
        assert sweep(pg_app.office, TUE_7_SEP_2027).taken > 0
        assert {row["chain"] for row in table(pg_app, "rungs_taken") if row["outcome"] == "taken"}.isdisjoint({busy})
    assert sweep(pg_app.office, TUE_7_SEP_2027).taken > 0
    assert due_now(pg_app) == 0
    assert violations(pg_app) == []


@pytest.mark.pg
def test_a_case_committed_late_is_swept_in_the_next_round(pg_app: App) -> None:
    a_caseload(pg_app, 3)
    fields = {"channel": "ombudsman", "title": "Late", "addressee": COLONY}
    with pg_app.office.open_work() as slow:
        held = replace(pg_app.office, open_work=lambda: Held(slow))
        created = create_case(held, CreateCase("recommendation", CASEWORKER, MON_2_MAR, fields))
        sweep(pg_app.office, TUE_7_SEP_2027)
        assert violations(pg_app) == []
        slow.commit()
    assert sweep(pg_app.office, TUE_7_SEP_2027).taken > 0
    assert created.id in {row["chain"] for row in table(pg_app, "rungs_taken")}
    assert violations(pg_app) == []


@pytest.mark.pg
def test_an_act_and_a_sweep_of_one_case_do_not_wait_for_each_other_in_a_circle(pg_app: App) -> None:
    created = a_recommendation(pg_app, "issued")
    with pg_app.office.open_work() as act:
        act.case(created.id)
        (owed, *_) = act.open_obligations(created.id)
        assert take_due_rungs(pg_app.office, TUE_7_SEP_2027).taken == 0
        owed.party = "another"
        act.save_obligation(owed)
        act.commit()
    assert take_due_rungs(pg_app.office, TUE_7_SEP_2027).taken > 0
