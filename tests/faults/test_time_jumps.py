"""The machine's clock jumps, ahead and back, between sweeps and inside one: nothing early, nothing lost, and it is told (F30)."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, initialise
from npm_cases.domain.errors import ClockWrong, Conflict
from npm_cases.domain.instants import as_text, from_text
from npm_cases.persistence import clocks
from npm_cases.persistence.clocks import CountSinceStart
from npm_cases.services.clock_guard import checked_now
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.import_rows import import_rows
from npm_cases.services.mailroom import deliver
from npm_cases.services.watching import recorded_sweep, watch
from tests.databases import environment_of
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.journal import HOUSE, Mailboxes
from tests.faults.test_crash_points import rungs_by_number
from tests.makers import CASEWORKER, COLONY, MON_2_MAR, a_caseload, a_recommendation, a_row, an_app, settings_of

ROOT = Path(__file__).parents[2]
JUMP = timedelta(minutes=30)
FIVE_MINUTES, SIX_HOURS, A_DAY = timedelta(minutes=5), timedelta(hours=6), timedelta(days=1)
BEGINS = datetime(2027, 3, 29, 4, tzinfo=UTC)
ROUNDS, JUMPS_AT = 60, 20
JUMPS = {
    "+1 h": timedelta(hours=1), "+3 d": timedelta(days=3), "+1 y": timedelta(days=365),
    "-1 h": -timedelta(hours=1), "-1 d": -A_DAY, "to 1970": datetime(1970, 1, 1, 0, 5, tzinfo=UTC) - BEGINS,
}  # fmt: skip


@dataclass
class World:
    """True time, what the machine's clock shows instead, and an installation that works by it."""

    app: App
    mailboxes: Mailboxes
    now: datetime = BEGINS
    off: timedelta = timedelta(0)
    knows_better: bool = True
    early: int = 0
    refused: int = 0

    def says(self) -> str:
        return as_text(self.now) if self.knows_better else ""

    def believe(self, now: str) -> None:
        """Keep nothing: true time needs no memory."""

    def work(self) -> None:
        """Do what the flows do in one round: sweep and deliver, unless the clock is refused."""
        try:
            shown = checked_now(self.app.office, as_text(self.now + self.off), [self], JUMP)
        except ClockWrong:
            self.refused += 1
            return
        taken = len(table(self.app, "rungs_taken"))
        recorded_sweep(self.app.office, shown, 2)
        deliver(self.app.office, self.mailboxes.send, HOUSE, shown)
        rungs = [row for row in table(self.app, "rungs_taken") if row["outcome"] == "taken"]
        self.early += sum(row["due_at"] > as_text(self.now) for row in rungs) if len(rungs) != taken else 0

    def let_pass(self, rounds: int, each: timedelta) -> None:
        for _ in range(rounds):
            self.now += each
            self.work()


def in_earnest(app: App, **changed: object) -> App:
    """Return the installation as no sandbox is: by the machine's clock."""
    return replace(app, office=replace(app.office, sandbox=False, **changed))  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    app = an_app(tmp_path / "data")
    a_caseload(app, 4)
    a_recommendation(app, "issued")
    yield World(in_earnest(app), Mailboxes(tmp_path / "mailboxes"))
    app.close()


@pytest.fixture(scope="module")
def without_a_jump(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    app = an_app(tmp_path_factory.mktemp("straight") / "data")
    a_caseload(app, 4)
    a_recommendation(app, "issued")
    straight = World(in_earnest(app), Mailboxes(app.settings.data_dir / "mailboxes"))
    straight.let_pass(ROUNDS, SIX_HOURS)
    found = rungs_by_number(app)
    app.close()
    return found


def backwards(app: App) -> list[str]:
    """Name every chain in which an event is dated before the one it follows."""
    events = table(app, "case_events")
    after = itertools.pairwise(events)
    return [one["chain"] for one, next_ in after if one["chain"] == next_["chain"] and next_["at"] < one["at"]]


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("where", ["between two sweeps", "inside a sweep"])
def test_a_jump_of_the_clock_fires_nothing_early_loses_nothing_and_is_told(
    jump: str, where: str, world: World, without_a_jump: set[tuple[str, ...]], figure: Figure
) -> None:
    world.let_pass(JUMPS_AT, SIX_HOURS)
    events = len(table(world.app, "case_events"))
    if where == "inside a sweep":
        world.app = in_earnest(world.app, at_point=lambda _: setattr(world, "off", JUMPS[jump]))
        world.let_pass(1, FIVE_MINUTES)
        events = len(table(world.app, "case_events"))
        world.app = in_earnest(world.app, at_point=lambda _: None)
    world.off = JUMPS[jump]
    world.let_pass(3, FIVE_MINUTES)
    assert world.refused == 3
    assert len(table(world.app, "case_events")) == events + 1
    assert [row["kind"] for row in table(world.app, "incidents") if not row["closed_at"]] == ["clock_wrong"]
    assert violations(world.app) == []
    world.off = timedelta(0)
    world.let_pass(ROUNDS - JUMPS_AT, SIX_HOURS)
    lost = without_a_jump - rungs_by_number(world.app)
    figure("F30", jumps=1, early_firings=world.early, lost=len(lost))
    assert (world.refused, world.early, lost) == (3, 0, set())
    assert rungs_by_number(world.app) == without_a_jump
    assert backwards(world.app) == []
    assert violations(world.app) == []


def test_an_outage_of_days_is_caught_up_because_the_clocks_agree(
    world: World, without_a_jump: set[tuple[str, ...]]
) -> None:
    world.let_pass(JUMPS_AT, SIX_HOURS)
    world.now += (ROUNDS - JUMPS_AT) * SIX_HOURS
    world.work()
    assert (world.refused, world.early, rungs_by_number(world.app)) == (0, 0, without_a_jump)
    assert table(world.app, "incidents") == []


def test_where_no_other_clock_knows_an_outage_is_assumed(world: World) -> None:
    world.let_pass(1, SIX_HOURS)
    world.knows_better = False
    world.let_pass(1, 30 * A_DAY)
    assert world.refused == 0


def test_a_clock_that_was_always_a_little_different_stops_nothing(world: World) -> None:
    world.off = JUMP - FIVE_MINUTES
    world.let_pass(4, SIX_HOURS)
    assert world.refused == 0


def test_the_incident_carries_no_history_into_the_future(world: World) -> None:
    world.let_pass(1, SIX_HOURS)
    world.off = JUMPS["+1 y"]
    world.let_pass(1, FIVE_MINUTES)
    assert max(row["at"] for row in table(world.app, "case_events")) <= as_text(world.now)
    world.off = timedelta(0)
    world.let_pass(1, FIVE_MINUTES)
    assert watch(world.app.office, as_text(world.now), 1_800) == ""


def test_no_case_begins_on_a_clock_that_is_behind(world: World) -> None:
    world.let_pass(1, SIX_HOURS)
    fields = {"channel": "ombudsman", "title": "Synthetic", "addressee": COLONY}
    before = len(table(world.app, "case_events"))
    with pytest.raises(Conflict, match="check the clock of this machine"):
        create_case(world.app.office, CreateCase("recommendation", CASEWORKER, "1970-01-01T00:05:00.000000Z", fields))
    with pytest.raises(Conflict, match="check the clock of this machine"):
        import_rows(world.app.office, [a_row(99)], CASEWORKER, MON_2_MAR)
    assert len(table(world.app, "case_events")) == before


def test_the_count_since_the_start_goes_on_when_the_clock_is_set_and_ends_with_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = CountSinceStart(tmp_path / "clock")
    assert counted.says() == ""
    monkeypatch.setattr(clocks, "_counted", lambda: ("this start", 100.0))
    counted.believe(MON_2_MAR)
    monkeypatch.setattr(clocks, "_counted", lambda: ("this start", 160.0))
    assert counted.says() == as_text(from_text(MON_2_MAR) + timedelta(minutes=1))
    monkeypatch.setattr(clocks, "_counted", lambda: ("another start", 5.0))
    assert counted.says() == ""
    (tmp_path / "clock").write_text("{torn")
    assert counted.says() == ""


@pytest.mark.pg
def test_the_server_of_the_database_is_asked_for_its_time(pg_app: App) -> None:
    app = in_earnest(pg_app)
    server = app.other_clocks[-1].says()
    assert app.checked(server) == server
    with pytest.raises(ClockWrong, match="by another clock it is"):
        app.checked(as_text(from_text(server) + 3 * A_DAY))


def faked(shift: str) -> dict[str, str]:
    """Return what makes one process see a shifted clock; the machine's count since its start is left alone."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None or not clocks.BOOT.exists():
        pytest.skip("libfaketime is not installed" if library is None else "this machine does not count its starts")
    return {"LD_PRELOAD": str(library), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


def tick(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment_of(folder), "NPM_CASES_LOG_LEVEL": "error", **environment}
    command = [sys.executable, "-m", "npm_cases", "tick", "--json"]
    return subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("shift", ["+2h", "+3d", "+365d", "-2h", "-1d", "@1970-01-01 00:05:00"])
def test_a_whole_process_under_a_wrong_clock_does_nothing_and_says_so(
    shift: str, tmp_path: Path, figure: Figure
) -> None:
    folder, wrong = tmp_path / "data", faked(shift)
    initialise(settings_of(folder), sandbox=False).close()
    assert tick(folder).returncode == 0
    sweeps = _count(folder, "sweeps")
    told = tick(folder, **wrong)
    assert told.returncode == 1, told.stdout
    assert "the clock says" in told.stderr
    assert (_count(folder, "sweeps"), _count(folder, "incidents")) == (sweeps, 1)
    assert tick(folder).returncode == 0
    assert _count(folder, "sweeps") == sweeps + 1
    figure("F30", processes=1)
    if shift.startswith("+"):  # the same step after a restart of the machine is an outage
        (folder / "clock").unlink()
        assert tick(folder, **wrong).returncode == 0
    shutil.rmtree(folder)


def _count(folder: Path, name: str) -> int:
    from npm_cases.bootstrap import build

    app = build(settings_of(folder))
    found = len(table(app, name))
    assert violations(app) == []
    app.close()
    return found
