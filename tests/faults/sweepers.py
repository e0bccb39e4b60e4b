"""Sweepers as processes of their own that start at one moment: a fleet for one test, and the program each runs.

``python -m tests.faults.sweepers FOLDER DATABASE_URL NOW BATCH [STOP_AFTER_CLAIM]`` says it is ready, waits for a line,
sweeps, and prints what it took. With the last argument it stops itself (SIGSTOP) once, holding what it has claimed.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import TryAgain
from npm_cases.persistence import server
from npm_cases.services.sweep import sweep
from tests.makers import settings_of

ROOT = Path(__file__).parents[2]
LEASE = "SWEEPER_LEASE_SECONDS"
"""After how long PostgreSQL takes back what a transaction holds that does nothing; five minutes, as in earnest, unless set."""


class Sweeper:
    """One process, ready to sweep."""

    def __init__(self, app: App, now: str, batch: int, *, stops: bool = False, lease_seconds: int = 300) -> None:
        settings = app.settings
        given = [str(settings.data_dir), settings.database_url, now, str(batch), *(["stops"] if stops else [])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sweepers", *given],
            cwd=ROOT, env={**os.environ, LEASE: str(lease_seconds)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def wait_until_stopped(self) -> None:
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def taken(self) -> dict[str, Any]:
        """Wait for it to end and return its counts."""
        out, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == 0
        return dict(json.loads(out.splitlines()[-1]))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def stopping_once() -> Callable[[str], None]:
    left = ["sweep.after_claim"]

    def stop_at(point: str) -> None:
        if point in left:
            left.clear()
            os.kill(os.getpid(), signal.SIGSTOP)

    return stop_at


def main(folder: str, database_url: str, now: str, batch: str, stops: str = "") -> None:
    assert server.IDLE_MILLISECONDS
    server.IDLE_MILLISECONDS = 1_000 * int(os.environ.get(LEASE, "300"))
    app = build(settings_of(Path(folder), database_url))
    if stops:
        app = replace(app, office=replace(app.office, at_point=stopping_once()))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        answer = asdict(sweep(app.office, now, int(batch)))
    except TryAgain as error:
        answer = {"try_again": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
