"""A whole production set as processes on loopback, to try and test it: each is started again when it dies, all end together.

What a service manager does on real machines (docs/operations.md).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.logging import logger
from npm_cases.domain.errors import TryAgain

LOOK_SECONDS = 1.0
STOP_SECONDS = 20.0
HEALTHY_SECONDS = 180.0
ANSWER_SECONDS = 2.0


@dataclass
class Member:
    """One process of the set; what it says goes as lines into ``NAME.log`` of the folder of logs."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    logs: Path
    starts: int = 0
    child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Start it; its process id is in the log of the supervisor."""
        with (self.logs / f"{self.name}.log").open("ab") as said:
            self.child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own commands
                [sys.executable, "-m", "npm_cases", *self.arguments],
                env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1
        logger().info("started", subject=self.name, pid=self.child.pid, count=self.starts)

    def ended(self) -> bool:
        """Say whether it is to be started again."""
        return self.child is None or self.child.poll() is not None

    def stop(self) -> None:
        """Ask it to end, and end it and what it started if it does not."""
        if self.child is None or self.ended():
            return
        self.child.terminate()
        try:
            self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            logger().warning("killed because it did not end", subject=self.name, pid=self.child.pid)
        with _gone():
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


@contextmanager
def running(members: Sequence[Member]) -> Iterator[None]:
    """Start members, stop them in the opposite order at the end, whatever happens."""
    with ExitStack() as ends:
        for member in members:
            member.start()
            ends.callback(member.stop)
        yield


def supervise(members: Sequence[Member], stopping: threading.Event) -> None:
    """Start again whoever dies, until told to stop; one that dies at once is not started more than once a second."""
    while not stopping.wait(LOOK_SECONDS):
        for member in members:
            if member.ended():
                code = member.child.returncode if member.child else 0
                logger().warning("died and is started again", subject=member.name, code=code)
                member.start()


def wait_healthy(url: str, members: Sequence[Member]) -> None:
    """Wait until an address answers 200.

    Raises TryAgain when one of the members ends meanwhile, or it takes too long.
    """
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not _answers(url):
        for member in members:
            if member.ended():
                raise TryAgain(
                    f"{member.name} ended while starting: what it said is in {member.logs / member.name}.log"
                )
        if time.monotonic() > deadline:
            raise TryAgain(f"{url} did not become healthy in {HEALTHY_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own loopback addresses
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's word for well
    except (URLError, OSError):
        return False


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        return
