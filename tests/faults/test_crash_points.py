"""Killed at every named step, started again: nothing is lost and nothing is done twice (FAULTS F01)."""

import ast
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from npm_cases.bootstrap import CRASH_VARIABLE, App, build
from npm_cases.history.event import read
from npm_cases.persistence.counters import SqlCounters
from npm_cases.services.balance import balance
from tests import databases
from tests.databases import PostgresServer
from tests.faults.checker import everything, table, violations
from tests.faults.journal import Mailboxes
from tests.faults.scenarios import LAST, ROWS, SCENARIOS
from tests.makers import MON_2_MAR, an_app, settings_of

ROOT = Path(__file__).parents[2]
OF_POLICY = {"adoption", "recount"}
Moves = Counter[tuple[str, ...]]


def points_in_source() -> list[str]:
    found = set()
    for file in (ROOT / "npm_cases").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at_point":
                (name,) = node.args
                assert isinstance(name, ast.Constant), (
                    f"{file}:{node.lineno}: name the point in place, tests look for it"
                )
                found.add(str(name.value))
    return sorted(found)


POINTS = points_in_source()


class Prepared:
    """One installation for each scenario, made once and copied for every death."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hits: dict[str, Counter[str]] = {}
        self.rungs: dict[str, set[tuple[str, ...]]] = {}
        self.moves: dict[str, Moves] = {}

    def of(self, name: str) -> Path:
        folder = self.folder / name
        if not folder.exists():
            app = an_app(folder)
            SCENARIOS[name][0](app)
            app.close()
            self._run_unharmed(name, folder)
        return folder

    def _run_unharmed(self, name: str, folder: Path) -> None:
        copied = self.folder / f"{name}-unharmed"
        databases.copied(folder, copied)
        app = build(settings_of(copied))
        hits = self.hits[name] = Counter()
        watched = replace(app, office=replace(app.office, at_point=lambda point: hits.update([point])))
        SCENARIOS[name][1](watched, Mailboxes(copied / "mailboxes"))
        assert violations(watched) == []
        self.rungs[name] = rungs_by_number(app)
        self.moves[name] = moves_by_number(app)
        app.close()


def rungs_by_number(app: App) -> set[tuple[str, ...]]:
    numbers = {row["id"]: row["number"] for row in table(app, "cases")}
    duties = {row["id"]: row["duty"] for row in table(app, "obligations")}
    return {(numbers[row["chain"]], duties[row["obligation"]], row["rung"]) for row in table(app, "rungs_taken")}


def moves_by_number(app: App) -> Moves:
    """Count how often the date of each obligation was moved, to which day and by which calendar."""
    numbers = {row["id"]: row["number"] for row in table(app, "cases")}
    events = [read(bytes(row["data"])) for row in table(app, "case_events") if row["type"] == "obligation_moved"]
    return Counter(
        (numbers[event.case], *(str(event.facts[name]) for name in ("duty", "due_on", "calendar"))) for event in events
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("prepared")
    yield Prepared(folder)
    shutil.rmtree(folder, ignore_errors=True)


def die_at(point: str, count: int, scenario: str, folder: Path, database_url: str = "") -> None:
    environment = {**os.environ, CRASH_VARIABLE: f"{point}:{count}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.scenarios", scenario, str(folder), database_url]
    died = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL, f"it was to die at {point}, hit {count}: {died.stderr}"


def recover_and_check(app: App, scenario: str, folder: Path) -> None:
    mailboxes = Mailboxes(folder / "mailboxes")
    recover = SCENARIOS[scenario][2]
    recover(app, mailboxes)
    assert violations(app) == []
    assert (
        balance(app.office, SqlCounters(app.database), LAST if scenario in {"sweep", "mail"} else MON_2_MAR).unbalanced
        == ()
    )
    settled, arrived = everything(app), mailboxes.arrived()
    if scenario != "import":  # a second import of a file is itself an event
        recover(app, mailboxes)
        assert everything(app) == settled
        assert mailboxes.arrived() == arrived
    assert [row["status"] for row in settled["outbox"] if scenario == "mail" and row["status"] != "sent"] == []
    leaders = {row["message_id"] for row in settled["outbox"] if row["status"] == "sent" and not row["carried_by"]}
    assert {line[0] for line in arrived} == leaders
    assert len(set(arrived)) == len(leaders), "a second try of a mail is the same mail"


@pytest.mark.slow
@pytest.mark.parametrize("which", ["first", "second", "last"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_step_it_goes_on_where_it_was(point: str, which: str, prepared: Prepared, tmp_path: Path) -> None:
    scenario = point.partition(".")[0]
    assert scenario in SCENARIOS, f"no scenario reaches {point}: add one to tests/faults/scenarios.py"
    folder = databases.copied(prepared.of(scenario), tmp_path / "data")
    hits = prepared.hits[scenario][point]
    assert hits >= 2, f"{point} is hit {hits} times by its scenario"
    die_at(point, {"first": 1, "second": 2, "last": hits}[which], scenario, folder)
    app = build(settings_of(folder))
    recover_and_check(app, scenario, folder)
    assert rungs_by_number(app) == prepared.rungs[scenario]
    assert moves_by_number(app) == prepared.moves[scenario]
    assert bool(prepared.moves[scenario]) is (scenario in OF_POLICY)
    if scenario == "import":
        assert len(table(app, "cases")) == ROWS
    app.close()


@pytest.mark.slow
@pytest.mark.pg
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_step_on_postgresql_too(point: str, postgres_server: PostgresServer, tmp_path: Path) -> None:
    scenario = point.partition(".")[0]
    url, folder = postgres_server.new_database(), tmp_path / "data"
    app = an_app(folder, url)
    SCENARIOS[scenario][0](app)
    die_at(point, 2, scenario, folder, url)
    recover_and_check(app, scenario, folder)
    assert set(moves_by_number(app).values()) == ({1} if scenario in OF_POLICY else set())
    app.close()
    postgres_server.drop(url)


def test_a_scenario_that_reaches_no_point_would_be_noticed() -> None:
    assert len(POINTS) > 10
    assert {point.partition(".")[0] for point in POINTS} == set(SCENARIOS)
