"""No memory, no file handles, a slow disk: it is told, and nothing is half done (FAULTS F18)."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.services.act import DoAct, act
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.low_limits import JOBS, NOW, ROWS
from tests.faults.mixed_load import STEPS
from tests.faults.system_calls import command, need_strace, slowed
from tests.faults.test_crash_points import rungs_by_number
from tests.makers import a_caseload, a_recommendation, an_app, settings_of

pytestmark = pytest.mark.sqlite("a process with a file and too little left")

ROOT = Path(__file__).parents[2]
EXTRA = {"memory": (0, 1, 2, 3, 4, 6, 8, 12, 16, 24), "handles": (0, 1, 2, 3, 4, 5, 6, 7)}
SHORT = 4  # every so manieth, in the short form
CASES = 40


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, set[tuple[str, ...]]]]:
    """An installation where much is due, and the rungs a sweep without harm takes."""
    folder = tmp_path_factory.mktemp("limits")
    app = an_app(folder / "prepared")
    a_caseload(app, CASES)
    app.close()
    shutil.copytree(folder / "prepared", folder / "unharmed")
    app = build(settings_of(folder / "unharmed"))
    JOBS["sweep"](app)
    yield folder / "prepared", rungs_by_number(app)
    app.close()
    shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("limit", EXTRA)
@pytest.mark.parametrize("job", JOBS)
def test_with_too_little_left_it_is_told_and_nothing_is_half_done(
    job: str, limit: str, prepared: tuple[Path, set[tuple[str, ...]]], tmp_path: Path, figure: Figure, is_long: bool
) -> None:
    tried = EXTRA[limit] if is_long else EXTRA[limit][::SHORT]
    told = died = 0
    for extra in tried:
        folder = shutil.copytree(prepared[0], tmp_path / f"with-{extra}")
        run = [sys.executable, "-m", "tests.faults.low_limits", job, str(folder), limit, str(extra)]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=_few_arenas())
        app = build(settings_of(folder))
        assert violations(app) == [], done.stderr
        assert (done.returncode == 0) is _is_all_done(app, job, prepared[1]), done.stderr
        assert done.returncode <= 0 or done.stderr.strip()  # a library that dies of it (SIGSEGV) tells by its signal
        told += done.returncode != 0
        died += done.returncode < 0
        JOBS[job](app)
        assert _is_all_done(app, job, prepared[1])
        assert violations(app) == []
        app.close()
        shutil.rmtree(folder)
    figure(runs=len(tried), told=told, died_of_a_signal=died, violations=0)
    assert told > 0, "no limit was low enough"


def _few_arenas() -> dict[str, str]:
    return {**os.environ, "MALLOC_ARENA_MAX": "1", "PYTHONMALLOC": "malloc"}


def _is_all_done(app: App, job: str, rungs: set[tuple[str, ...]]) -> bool:
    if job == "sweep":
        return rungs_by_number(app) == rungs
    return len(table(app, "cases")) == CASES + ROWS


@pytest.mark.slow
def test_on_a_slow_disk_a_sweep_takes_longer_and_others_wait_for_it(tmp_path: Path, figure: Figure) -> None:
    need_strace()
    app = an_app(tmp_path / "data", busy_seconds=30)
    a_caseload(app, 3)
    number = a_recommendation(app).number
    environment = {"NPM_CASES_DATA_DIR": str(tmp_path / "data"), "NPM_CASES_LOG_LEVEL": "error"}
    slow: list[subprocess.CompletedProcess[str]] = []

    def sweep_slowly() -> None:
        slow.append(slowed("fdatasync", 300, command("tick", "--now", NOW), environment))

    began, sweeping, longest = time.monotonic(), threading.Thread(target=sweep_slowly), 0.0
    sweeping.start()
    for event, actor, fields in STEPS:
        asked = time.monotonic()
        act(app.office, DoAct(number, event, actor, NOW, fields))
        longest = max(longest, time.monotonic() - asked)
        time.sleep(0.2)
    sweeping.join()
    seconds = time.monotonic() - began
    figure(most_seconds_of_a_sweep=round(seconds, 1), most_seconds_waited=round(longest, 1))
    assert slow[0].returncode == 0, slow[0].stderr
    assert table(app, "rungs_taken")
    assert violations(app) == []
    app.close()
