"""Verifications asked for on a page: one at a time in this process, each in a thread of its own, so that nobody else waits.

The result is kept until the next one, in memory: what a verification found is proved by running it again.
"""

from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic

from npm_cases.bootstrap import App
from npm_cases.domain.errors import CaseError
from npm_cases.proving.trust import Trust
from npm_cases.services.verify import Verification, verify


@dataclass
class Run:
    """One verification: who asked for it and when; once ``over`` its result, or why there is none, and the seconds it took."""

    user: str
    at: str
    over: Event = field(default_factory=Event)
    found: Verification | None = None
    failed: CaseError | None = None
    seconds: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.over.is_set()


class Runs:
    """The verifications of this process; the last of each log is remembered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[str, Run] = {}

    def last(self, app: App) -> Run | None:
        """Return the verification that runs, or the last one; None where there was none."""
        with self._lock:
            return self._last.get(app.office.origin)

    def start(self, app: App, user: str, at: str, trust: Trust) -> Run | None:
        """Start a verification and return it; None while any other is under way in this process."""
        with self._lock:
            if any(not run.is_over for run in self._last.values()):
                return None
            run = self._last[app.office.origin] = Run(user, at)
        Thread(target=_verify, args=(app, run, trust), name="verification", daemon=True).start()
        return run


def _verify(app: App, run: Run, trust: Trust) -> None:
    began = monotonic()
    try:
        app.sequence()
        with app.reader as reader:
            run.found = verify(app.office, reader, run.at, trust)
    except CaseError as error:
        run.failed = error
    finally:
        run.seconds = monotonic() - began
        run.over.set()


RUNS = Runs()
"""Those of this process."""
