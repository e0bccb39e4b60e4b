"""Prefect starts a run twice, loses one, leaves one for dead, or is stopped: the same acts, once (FAULTS F08).

The server takes half a minute to start, so all of it shares one, and runs in one process.
"""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import CRASH_VARIABLE, App
from npm_cases.services.sweep import sweep
from tests.databases import environment_of
from tests.faults.checker import table, violations
from tests.makers import a_caseload, an_app
from tests.workflows.machines import FINAL, Alarm, Machine, until

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(900)]

CASES = 40
TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"
Figure = Callable[..., None]
Fleet = Callable[..., Machine]


@pytest.fixture(scope="module")
def alarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarm]:
    started = Alarm(tmp_path_factory.mktemp("prefect"))
    try:
        started.start()
        started.deploy()
        yield started
    finally:
        started.kill()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[App]:
    made = an_app(tmp_path / "data")
    a_caseload(made, CASES)
    yield made
    made.close()


@pytest.fixture
def workers(alarm: Alarm, office: App) -> Iterator[Fleet]:
    """Start workers over the installation; none outlives the test."""
    started: list[Machine] = []

    def start(name: str, app: App = office, **more: str) -> Machine:
        started.append(alarm.worker(app, name, **more))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many rungs one sweep without Prefect takes of the same caseload."""
    app = an_app(tmp_path_factory.mktemp("plain") / "data")
    a_caseload(app, CASES)
    taken = sweep(app.office, TUE_7_SEP_2027).taken
    app.close()
    return taken


def rungs_taken(app: App) -> int:
    return len([row for row in table(app, "rungs_taken") if row["outcome"] == "taken"])


def incidents(app: App, kind: str) -> list[dict[str, Any]]:
    return [row for row in table(app, "incidents") if row["kind"] == kind]


def test_a_run_started_twice_at_once_does_its_work_once(
    alarm: Alarm, office: App, workers: Fleet, once: int, figure: Figure
) -> None:
    planned = datetime.now(UTC) + timedelta(seconds=15)
    for name in ("one", "two"):
        workers(name)
    runs = [alarm.ask("sweep", planned, as_of=TUE_7_SEP_2027) for _ in range(2)]
    assert [alarm.wait_for(run) for run in runs] == ["COMPLETED", "COMPLETED"]
    assert rungs_taken(office) == once
    assert violations(office) == []
    figure("F08", runs=len(runs), doubled=0)


def test_a_run_killed_in_the_middle_is_an_incident_and_another_goes_on(
    alarm: Alarm, office: App, workers: Fleet, once: int, figure: Figure
) -> None:
    dying = workers("dying", **{CRASH_VARIABLE: "sweep.before_commit:2"})
    killed = alarm.ask("sweep", as_of=TUE_7_SEP_2027)
    assert alarm.wait_for(killed) == "CRASHED"
    assert 0 < rungs_taken(office) < once
    (incident,) = until(lambda: incidents(office, "flow_failed"))
    assert incident["subject"] == "sweep-obligations"
    assert str(killed) in incident["what"]
    dying.kill()
    workers("next")
    assert alarm.wait_for(alarm.ask("sweep", as_of=TUE_7_SEP_2027)) == "COMPLETED"
    assert rungs_taken(office) == once
    assert violations(office) == []
    figure("F08", runs=2, killed=1, doubled=0)


@pytest.mark.usefixtures("long_only")
@pytest.mark.pg  # on SQLite whoever sleeps holding the one lock for writing is waited for by all (F06)
def test_a_run_whose_machine_sleeps_is_an_incident_and_goes_stale(
    alarm: Alarm, postgres_url: str, tmp_path: Path, workers: Fleet, once: int, figure: Figure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    app = an_app(tmp_path / "pg", postgres_url)
    a_caseload(app, CASES)
    asleep = workers("asleep", app, **{CRASH_VARIABLE: "sweep.after_claim:2:stop"})
    lost = alarm.ask("sweep", as_of=TUE_7_SEP_2027)
    until(lambda: rungs_taken(app))
    asleep.send(signal.SIGSTOP)  # the run has stopped itself, with its second batch in its hands
    begun, held = time.monotonic(), rungs_taken(app)
    assert alarm.wait_for_trouble("flow_lost", monkeypatch, app) == "sweep-obligations"
    told = time.monotonic() - begun
    workers("awake", app)
    assert alarm.wait_for(alarm.ask("sweep", as_of=TUE_7_SEP_2027)) == "COMPLETED"
    assert alarm.wait_for(lost, seconds=300) == "CRASHED", "an automation gives its place back"
    asleep.send(signal.SIGCONT)
    until(lambda: rungs_taken(app) == once)
    assert held < once
    assert violations(app) == []
    app.close()
    figure("F08", runs=2, left_for_dead=1, doubled=0, longest_seconds_until_told=round(told))


@pytest.mark.usefixtures("long_only")
def test_a_server_stopped_while_runs_go_on_stops_no_act(
    alarm: Alarm, office: App, workers: Fleet, once: int, figure: Figure
) -> None:
    for name in ("one", "two"):
        workers(name)
    runs = [alarm.ask("sweep", as_of=TUE_7_SEP_2027), alarm.ask("checkpoint")]
    for run in runs:
        alarm.wait_for(run, "RUNNING", *FINAL)
    alarm.kill()
    alarm.start()
    runs += [alarm.ask("sweep", as_of=TUE_7_SEP_2027), alarm.ask("deliver"), alarm.ask("watchdog")]
    assert [alarm.wait_for(run) for run in runs[2:]] == ["COMPLETED"] * 3
    assert rungs_taken(office) == once
    assert violations(office) == []
    figure("F08", runs=len(runs), server_stops=1, doubled=0, longest_seconds_to_start=round(alarm.longest_start))


def test_a_silent_server_is_told_by_the_watcher_outside_it(alarm: Alarm, office: App, figure: Figure) -> None:
    environment = alarm.environment(
        office.settings.data_dir, PREFECT_API_URL="http://127.0.0.1:9/api", **environment_of(office.settings.data_dir)
    )
    said = Machine(office.settings.data_dir / "watch.log", environment, "flows", "watch", "--patience", "1")
    assert said.process.wait(60) == 1
    assert incidents(office, "prefect_silent")
    assert incidents(office, "stale_sweep"), "nobody has swept yet"
    figure("F08", silent_servers_told=1)


@pytest.mark.usefixtures("long_only")
def test_two_schedulers_of_one_installation_do_everything_once(alarm: Alarm, tmp_path: Path, figure: Figure) -> None:
    """`npm-cases work` started twice by mistake: two servers over one database of Prefect's, two of each run."""
    app = an_app(tmp_path / "data")
    a_caseload(app, CASES)
    environment = alarm.environment(tmp_path / "data", NPM_CASES_SWEEP_SECONDS="10")
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        del environment[name]
    both = [Machine(tmp_path / f"{number}.log", environment, "work") for number in (1, 2)]
    try:
        until(lambda: len(table(app, "sweeps")) >= 4, 180, 1)
    finally:
        for one in both:
            one.kill()
    assert violations(app) == []
    figure("F08", schedulers=2, runs=len(table(app, "sweeps")), doubled=0)
    app.close()
