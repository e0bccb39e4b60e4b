"""Requests counted by page: how many, with what outcome, how long they took. Nobody who asked is known here."""

import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from npm_cases.web.routes import Page

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes of duration, in seconds; what takes longer is in none of them."""
MOUNTED = frozenset({"static", "api"})
NOWHERE, UNFORESEEN = "nowhere", 500


@dataclass(slots=True)
class Durations:
    """How long the requests of a page took: ``upto`` counts those within each bound, in seconds."""

    upto: list[int] = field(default_factory=lambda: [0] * len(BOUNDS))
    count: int = 0
    seconds: float = 0.0


class Requests:
    """The requests since this process began; used by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._outcomes: dict[tuple[str, str], int] = {}
        self._durations: dict[str, Durations] = {}

    def count(self, page: str, status: int, seconds: float) -> None:
        """Count a request: its page, the class of its status (2xx, ...), how long it took."""
        outcome = (page, f"{status // 100}xx")
        with self._lock:
            self._outcomes[outcome] = self._outcomes.get(outcome, 0) + 1
            found = self._durations.setdefault(page, Durations())
            found.count += 1
            found.seconds += seconds
            for place in range(bisect_left(BOUNDS, seconds), len(BOUNDS)):
                found.upto[place] += 1

    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """Return how many requests each page answered with each class of status."""
        with self._lock:
            return dict(sorted(self._outcomes.items()))

    def durations(self) -> Mapping[str, Durations]:
        """Return how long the requests of each page took."""
        with self._lock:
            return {page: Durations(list(d.upto), d.count, d.seconds) for page, d in sorted(self._durations.items())}


class Counting:
    """Counts every request when its answer has been sent; a page is named by the route table, never by its address."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app, self._requests = app, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), UNFORESEEN

        async def listen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        first = scope["path"].split("/")[1]
        try:
            await self._app(scope, receive, listen)
        finally:
            self._requests.count(_name(scope, first), status, time.perf_counter() - began)


def _name(scope: Scope, first: str) -> str:
    page: Any = next((one for one in getattr(scope.get("endpoint"), "args", ()) if isinstance(one, Page)), None)
    if page is not None:
        return str(page.name)
    return first if first in MOUNTED else NOWHERE
