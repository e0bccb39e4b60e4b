"""What the benchmarks share: the machine they ran on, seconds of a piece of work, and how a goal is told."""

import os
import platform
import sqlite3
import time
from collections.abc import Callable

BUSY = 1.5  # above this load another program works beside us: the figures drift, run it again


def machine() -> str:
    """Say in a line where the figures come from, and whether something else ran beside the benchmark."""
    load = os.getloadavg()[0]
    doubt = "; BUSY: run it again when the machine is quiet" if load > BUSY else ""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, load {load:.2f}{doubt}"
    )


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def told(goal: str, what: str, figure: float, *, at_least: float | None = None, at_most: float | None = None) -> bool:
    """Print one goal with its figure, and say whether it is reached."""
    reached = (at_least is None or figure >= at_least) and (at_most is None or figure <= at_most)
    bound = f"at least {at_least:g}" if at_least is not None else f"at most {at_most:g}"
    print(f"{goal}  {what}: {figure:.2f}, goal {bound}: {'reached' if reached else 'MISSED'}")
    return reached
