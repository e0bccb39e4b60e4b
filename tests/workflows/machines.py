"""Prefect's server and workers as processes of their own, to be killed, stopped and started again by tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID

import psutil
import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text
from npm_cases.services.flow_runs import report_runs

ROOT = Path(__file__).parents[2]
RARELY = "86400"
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
HEARTBEAT_SECONDS = 30
PATIENCE = 120.0


def until(holds: Callable[[], Any], seconds: float = PATIENCE, pause: float = 0.5) -> Any:
    """Wait for something to hold and return it."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(pause)
    return found


class Machine:
    """One process of `npm-cases`, with all it starts; what it says lies in a file."""

    def __init__(self, said: Path, environment: dict[str, str], *arguments: str) -> None:
        self.said = said
        with said.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "npm_cases", *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    def tree(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            own = psutil.Process(self.process.pid)
            return [*own.children(recursive=True), own]
        return []

    def send(self, sign: signal.Signals) -> None:
        """Send a signal to it and to everything it has started, parents first so that none is started meanwhile."""
        for one in reversed(self.tree()):
            with suppress(psutil.NoSuchProcess):
                one.send_signal(sign)

    def kill(self) -> None:
        found = self.tree()
        self.send(signal.SIGKILL)
        psutil.wait_procs(found, timeout=10)
        self.process.wait(10)


class Alarm:
    """Prefect's server on one port, with the deployments of this installation's flows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.secret = folder / "api-auth"
        self.secret.write_text("npm-cases:a synthetic password", encoding="utf-8")
        self.secret.chmod(0o600)
        self.longest_start = 0.0
        self._server: Machine | None = None
        self._ids: dict[str, UUID] = {}

    def environment(self, folder: Path, **more: str) -> dict[str, str]:
        """Return the environment of a process that works on the installation in a folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NPM_CASES_"))}
        often = ("SWEEP", "MAIL", "VERIFY", "WATCHDOG", "CHECKPOINT")
        return {
            **kept, **{f"NPM_CASES_{name}_SECONDS": RARELY for name in often},
            "NPM_CASES_DATA_DIR": str(folder), "NPM_CASES_PREFECT_AUTH_FILE": str(self.secret),
            "PREFECT_HOME": str(self.folder), "PREFECT_API_URL": self.url, "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS), **more,
        }  # fmt: skip

    def start(self) -> None:
        begun = time.monotonic()
        environment = self.environment(self.folder)
        self._server = Machine(self.folder / "server.log", environment, "flows", "server", "--port", str(self.port))
        until(self.is_healthy)
        self.longest_start = max(self.longest_start, time.monotonic() - begun)

    def is_healthy(self) -> bool:
        try:
            with urlopen(f"{self.url}/health", timeout=2) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()

    def deploy(self) -> None:
        """Write the deployments: every rhythm once a day, so that runs are those a test asks for."""
        subprocess.run(
            [sys.executable, "-m", "npm_cases", "flows", "deploy"], cwd=ROOT, env=self.environment(self.folder),
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip

    @contextmanager
    def client(self) -> Iterator[Any]:
        from prefect.client.orchestration import get_client
        from prefect.settings import (
            PREFECT_API_AUTH_STRING,
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS,
            temporary_settings,
        )

        given: dict[Any, Any] = {
            PREFECT_API_URL: self.url, PREFECT_API_AUTH_STRING: self.secret.read_text(),
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: HEARTBEAT_SECONDS, PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS: RARELY,
        }  # fmt: skip
        with temporary_settings(given), get_client(sync_client=True) as client:
            yield client

    def ask(self, deployment: str, at: Any = None, **parameters: str) -> UUID:
        """Ask for a run of a deployment, planned for an instant, and return its id."""
        from prefect.states import Scheduled

        with self.client() as client:
            if not self._ids:
                self._ids = {one.name: one.id for one in client.read_deployments()}
            state = Scheduled(scheduled_time=at) if at else None
            run = client.create_flow_run_from_deployment(self._ids[deployment], parameters=parameters, state=state)
            return UUID(str(run.id))

    def state(self, run: UUID) -> str:
        with self.client() as client:
            return str(client.read_flow_run(run).state.type.value)

    def wait_for(self, run: UUID, *states: str, seconds: float = PATIENCE) -> str:
        wanted = set(states) or FINAL
        return str(until(lambda: (found := self.state(run)) in wanted and found, seconds))

    def wait_for_trouble(self, kind: str, monkeypatch: pytest.MonkeyPatch, app: App) -> str:
        """Look as the watchdog looks, with less patience, until it tells of a run; return the name of its flow."""
        from workflows.runs import troubles

        monkeypatch.setattr("workflows.runs.MISSED_HEARTBEATS", 1)

        def told() -> list[dict[str, Any]]:
            with self.client():
                report_runs(app.office, troubles(datetime.now(UTC)), as_text(datetime.now(UTC)))
            with app.office.open_work() as work:
                return [row for row in work.rows("incidents") if row["kind"] == kind]

        return str(until(told, pause=2)[0]["subject"])

    def worker(self, app: App, name: str, **more: str) -> Machine:
        """Start a worker over an installation."""
        folder = app.settings.data_dir
        environment = self.environment(folder, NPM_CASES_DATABASE_URL=app.settings.database_url, **more)
        return Machine(folder / f"{name}.log", environment, "flows", "worker", "--name", name, "--runs", "2")
