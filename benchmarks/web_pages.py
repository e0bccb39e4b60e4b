"""Whole answers of the web server, sign-in, page and headers included, over many cases: p50 and p95 beside a key look-up.

    python benchmarks/web_pages.py [--cases 10000] [--rounds 60]

The goal of PERFORMANCE.md P8: 40 ms at p95. No network: the application is called in this process.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from many_cases import AT, a_caseload
from measured import told
from starlette.testclient import TestClient

from npm_cases.web.application import build_web

ADDRESS = "https://testserver"
PAGES = (
    "/day",
    "/day?whose=mine",
    "/cases",
    "/cases?open_only=1&overdue=1",
    "/cases?kind=allegation&sort=due",
    "/calendar",
    "/new",
)
MILLISECONDS = 1e3


def main() -> int:
    """Measure every page in turn, round after round, so that a busy machine disturbs all alike."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="npm-cases-bench-") as folder:
        app = a_caseload(Path(folder) / "data", given.cases)
        client = TestClient(build_web(app, lambda: AT), base_url=ADDRESS, headers={"Origin": ADDRESS})
        entered = client.post("/sign-in/sandbox", data={"user": "", "next": "/cases"})
        if entered.status_code != 200:
            print(f"signing in answered {entered.status_code}")
            return 1
        taken: dict[str, list[float]] = {page: [] for page in PAGES}
        for _ in range(given.rounds):
            for page in PAGES:
                taken[page].append(_seconds(lambda page=page: client.get(page)))  # type: ignore[misc]
        for page, times in taken.items():
            times.sort()
            middle, high = times[len(times) // 2] * MILLISECONDS, times[int(len(times) * 0.95)] * MILLISECONDS
            told("P8", f"{page}: p50 {middle:.1f} ms; p95, ms", high, at_most=40)
        app.close()
    return 0


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
