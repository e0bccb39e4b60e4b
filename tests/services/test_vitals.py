"""What a monitor reads of the sweeps: what is due, how long the last one took, what it took late."""

from npm_cases.bootstrap import App
from npm_cases.domain.records import SweepCounts
from npm_cases.health import vitals
from npm_cases.services.watching import note_sweep, recorded_sweep, watch
from tests.makers import a_caseload

TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"


def test_a_sweep_is_told_by_its_work_its_lateness_and_its_time(any_app: App) -> None:
    a_caseload(any_app, 3)
    before = vitals(any_app, TUE_7_SEP_2027)
    assert (before.due_rungs, before.last_sweep_at, before.sweep_seconds) == (3, "", 0.0)
    counts = recorded_sweep(any_app.office, TUE_7_SEP_2027, 100)
    after = vitals(any_app, TUE_7_SEP_2027)
    assert after.due_rungs == after.late_rungs == 0
    assert (after.sweep_taken, after.sweep_late) == (counts.taken, counts.late_by_engine)
    assert counts.late_by_engine > 0
    assert after.sweep_seconds > 0


def test_a_sweep_counts_from_when_it_began_however_long_it_took(any_app: App) -> None:
    note_sweep(any_app.office, TUE_7_SEP_2027, SweepCounts(), 90.5)
    assert vitals(any_app, TUE_7_SEP_2027).sweep_seconds == 90.5
    assert watch(any_app.office, TUE_7_SEP_2027, 60) == "", "it is not said to lie in the future"
