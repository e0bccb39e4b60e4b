"""Goal P4: eight writers at once on SQLite, beside one, and beside eight that write by hand.

    python benchmarks/writers.py [--seconds 3] [--rounds 3] [--writers 8]

Writers are threads of one process, as in the web server, and then processes of their own. By hand: the statements of
``one_move_floor.py``, each writer with a connection and SQLite's own waiting. A move of the engine takes a case that was not
moved before. Exits with 0 whether a goal is reached or missed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from build import opened
from measured import machine, told
from one_move import a_caseload, acknowledge
from one_move_floor import ByHand, the_tables

MOST_A_SECOND = 2_600
UNEVEN = 3
"""One of several writers may get so many times its share."""


def main() -> int:
    """Print moves a second, waits, and the ratios."""
    if sys.argv[1:2] == ["--writer"]:
        return write(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        compare(Path(name), options)
    return 0


def compare(folder: Path, options: argparse.Namespace) -> None:
    """Let one writer, threads and processes take turns with writers by hand."""
    moves = round(MOST_A_SECOND * options.seconds * options.rounds * (2 + UNEVEN))
    app, cases = a_caseload(folder / "ours", moves)
    fresh = iter(cases)
    hand = the_tables(folder / "hand.db", 400)
    alone: list[list[float]] = []
    threads: list[list[float]] = []
    by_hand: list[list[float]] = []
    processes: list[list[float]] = []
    for _ in range(options.rounds):
        alone.append(in_threads(1, options.seconds, lambda _: lambda: acknowledge(app, next(fresh))))
        by_hand.append(in_processes("hand", str(folder / "hand.db"), [hand] * options.writers, options.seconds))
        threads.append(in_threads(options.writers, options.seconds, lambda _: lambda: acknowledge(app, next(fresh))))
        each = round(MOST_A_SECOND * options.seconds * UNEVEN) // options.writers
        shares = [list(islice(fresh, each)) for _ in range(options.writers)]
        processes.append(in_processes("engine", str(folder / "ours"), shares, options.seconds))
    app.close()
    tell(options, alone, by_hand, threads, processes)


def tell(options: argparse.Namespace, *found: list[list[float]]) -> None:
    """Print each way, and the goals."""
    alone, by_hand, threads, processes = found
    names = ("one writer", "by hand, processes", "threads", "processes")
    for name, rounds in zip(names, found, strict=True):
        waits = sorted(wait for one in rounds for wait in one)
        rate = len(waits) / options.rounds / options.seconds
        print(
            f"{name:>20}: {rate:>6.0f} a second, p50 {1_000 * waits[len(waits) // 2]:.1f} ms, "
            f"p95 {1_000 * waits[len(waits) * 95 // 100]:.1f} ms, longest {1_000 * waits[-1]:.0f} ms"
        )
    usual = statistics.median(wait for one in alone for wait in one)
    for name, rounds in (("threads", threads), ("processes", processes)):
        waits = sorted(wait for one in rounds for wait in one)
        told(
            "P4", f"{options.writers} {name}: p95 to the p50 of one", waits[len(waits) * 95 // 100] / usual, at_most=20
        )
        rate = statistics.median(len(ours) / len(theirs) for ours, theirs in zip(rounds, by_hand, strict=True))
        told("P4", f"{options.writers} {name}: moves, times writers by hand", rate, at_least=2)


def in_threads(writers: int, seconds: float, moving: Callable[[int], Callable[[], object]]) -> list[float]:
    """Let threads move so long; returns how long each move took."""
    waits: list[float] = []
    running = [
        threading.Thread(target=lambda move: waits.extend(timed(move, seconds)), args=(moving(number),))
        for number in range(writers)
    ]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return waits


def timed(move: Callable[[], object], seconds: float) -> list[float]:
    """Move so long, or until no case is left; returns how long each move took."""
    until, waits = time.perf_counter() + seconds, list[float]()
    with suppress(StopIteration):
        while (began := time.perf_counter()) < until:
            move()
            waits.append(time.perf_counter() - began)
    return waits


def in_processes(kind: str, place: str, shares: list[list[str]], seconds: float) -> list[float]:
    """Let processes move so long, each its own cases; returns how long each move took."""
    command = [sys.executable, __file__, "--writer", kind, place, str(seconds)]
    running: list[Any] = []
    for share in shares:
        one: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        one.stdin.write(json.dumps(share) + "\n")
        one.stdin.flush()
        running.append(one)
    for one in running:
        one.stdout.readline()
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    waits = [wait for one in running for wait in json.loads(one.stdout.readline() or "[]")]
    for one in running:
        one.wait()
    return waits


def write(kind: str, place: str, seconds: str) -> int:
    """Be a writer of its own process."""
    cases = json.loads(sys.stdin.readline())
    if kind == "hand":
        way = ByHand(Path(place))
        way.link.execute("PRAGMA busy_timeout=60000")
        waiting = cycle(cases)
        move: Callable[[], object] = lambda: way.move(next(waiting))  # noqa: E731
    else:
        app, fresh = opened(Path(place)), iter(cases)
        move = lambda: acknowledge(app, next(fresh))  # noqa: E731
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(timed(move, float(seconds))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
