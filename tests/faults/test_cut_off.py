"""The network goes away in the middle, in a namespace of its own: a bounded wait, told, nothing left open (FAULTS F13)."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.faults.cut_off import BUSY_SECONDS, CASES
from tests.faults.figures import Figure
from tests.faults.postgres import RestartableServer
from tests.makers import a_caseload, an_app

pytestmark = [pytest.mark.pg, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
UNSHARE = ("unshare", "--net")
LONGEST = 6 * BUSY_SECONDS  # a link given up, one more try, and what the mail server is waited for
LOST_FOR_GOOD = 100


@cache
def why_not() -> str:
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        return "iproute2 or unshare is not installed"
    tried = subprocess.run([*UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no network namespace may be made here: {tried.stderr.strip()}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartableServer]:
    if why_not():
        pytest.skip(why_not())
    with RestartableServer.running(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.parametrize("case", CASES)
def test_a_network_that_goes_away_in_the_middle_is_waited_for_so_long_and_no_longer(
    case: str, server: RestartableServer, tmp_path: Path, figure: Figure
) -> None:
    name = server.new_database("x").rpartition("/")[2].partition("?")[0]
    folder = tmp_path / "data"
    app = an_app(
        folder, server.url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
    )
    a_caseload(app, 4)
    app.close()
    command = [*UNSHARE, sys.executable, "-m", "tests.faults.cut_off", case, str(folder), str(server.socket), name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LOST_FOR_GOOD, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    figure("F13", cuts=1, longest_wait_in_seconds=found["seconds"], connections_left=found["checked_out"])
    assert found["told"] in {"TryAgain", "AskAgain", "OutcomeUnknown"}
    assert found["seconds"] <= LONGEST
    assert (found["checked_out"], found["threads"], found["violations"]) == (0, [], [])
    assert found["rungs"] > 0
    assert found.get("waiting", 0) == 0
