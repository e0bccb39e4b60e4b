"""Serve the flows on their schedules, with Prefect's own server as a supervised child process.

The temporary API of a plain flow run does not run schedules, so a real server is started on a free loopback port, with
its home and database in the data folder. An existing PREFECT_API_URL is used as it is.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from config.logging import logger
from config.settings import Settings
from npm_cases.domain.errors import TryAgain
from npm_cases.packs.known import load_pack
from workflows.environment import STARTUP_SECONDS, TAG, server_database

POLL_SECONDS = 0.5
ANSWER_SECONDS = 2.0
KEEP_SECONDS = 5.0
STOP_SECONDS = 10
HTTP_OK = 200
UNREACHABLE = ("Failed to reach API", "Timed out while attempting to connect")  # Prefect's own words


def free_port() -> int:
    """Return a free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prefect_server(settings: Settings) -> Iterator[str]:
    """Start Prefect's server, keep it running, and stop it at the end; yields its API address.

    Raises TryAgain when it does not become healthy in time.
    """
    existing = os.environ.get("PREFECT_API_URL")
    if existing:
        yield existing
        return
    server = _Server(settings)
    server.start()
    keeper = threading.Thread(target=server.keep, daemon=True)
    try:
        server.wait()
        keeper.start()
        os.environ["PREFECT_API_URL"] = server.url
        yield server.url
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.stop()


class _Server:
    """The child process: started on one free port, started again there when it dies."""

    def __init__(self, settings: Settings) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self._stopping = threading.Event()
        self._log = settings.data_dir.absolute() / "prefect" / "server.log"
        self._environment = {
            **os.environ, "PREFECT_API_DATABASE_CONNECTION_URL": server_database(settings)
        }  # fmt: skip
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child; what it says goes to its own log file."""
        command = [
            sys.executable, "-m", "workflows.command", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)
        ]  # fmt: skip
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
                command, stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL, env=self._environment,
                start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until the server is healthy.

        Raises TryAgain when it ends or takes too long.
        """
        deadline = time.monotonic() + float(STARTUP_SECONDS)
        while time.monotonic() < deadline:
            if self._ended():
                raise TryAgain(f"Prefect's server ended while starting; what it said is in {self._log}")
            if _is_healthy(self.url):
                return
            time.sleep(POLL_SECONDS)
        raise TryAgain(f"Prefect's server did not become healthy in {STARTUP_SECONDS} s; see {self._log}")

    def keep(self) -> None:
        """Start the child again whenever it dies, until told to stop."""
        while not self._stopping.wait(KEEP_SECONDS):
            if self._ended():
                logger().warning("prefect server died and is started again", port=self.port)
                self.start()

    def stop(self) -> None:
        """Stop the child and what it started."""
        self._stopping.set()
        child = self._child
        if child is None or child.poll() is not None:
            return
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _ended(self) -> bool:
        return self._child is None or self._child.poll() is not None


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == HTTP_OK)
    except (urllib.error.URLError, OSError):
        return False


def serve_flows(settings: Settings) -> None:
    """Serve every flow on its schedule until the process is told to stop."""
    from prefect import serve

    from workflows.schedules import rhythms

    zone = load_pack(settings.country).zone
    deployments = [
        rhythm.flow.to_deployment(
            name=rhythm.name, schedule=rhythm.schedule(zone), concurrency_limit=rhythm.overlap(), tags=[TAG]
        )
        for rhythm in rhythms(settings)
    ]
    # Prefect's own stop, called from a signal, leaves one coroutine unawaited; nothing of ours is lost by it.
    warnings.filterwarnings("ignore", message="coroutine 'Runner.astop' was never awaited", category=RuntimeWarning)
    serve(*deployments, pause_on_shutdown=False, limit=len(deployments))


def run_now(settings: Settings, name: str, as_of: str) -> dict[str, int]:
    """Run one flow at once and return its counts.

    Raises TryAgain when Prefect's API cannot be reached.
    """
    from workflows.schedules import rhythms

    chosen = next(rhythm for rhythm in rhythms(settings) if rhythm.name == name)
    try:
        return dict(chosen.flow(as_of=as_of))
    except RuntimeError as error:
        if not str(error).startswith(UNREACHABLE):
            raise
        raise TryAgain(
            f"Prefect's API does not answer at {os.environ.get('PREFECT_API_URL', 'its temporary server')}: start it or "
            "unset PREFECT_API_URL; `npm-cases tick` sweeps without Prefect"
        ) from error


def supervise(settings: Settings) -> None:
    """Run server and flows together until the process is told to stop."""
    signal.signal(signal.SIGTERM, _leave)
    with prefect_server(settings):
        serve_flows(settings)


def _leave(*_: object) -> None:
    raise KeyboardInterrupt
