"""Goals P5 and P3 on PostgreSQL: a sweep beside set-based SQL that writes the same record, and beside group commit by hand.

    python benchmarks/sweep_server.py [--cases 200000] [--due 20000] [--rounds 5] [--singles 500] [--folder DIR]

Runs on the embedded server of the extra [pgtest], fsync on. The engine's share includes the sequencer, which gives the events
their places in the log after each sweep. The sides take turns on databases of their own; a ratio is the median over the rounds.
For P3 the engine sweeps with fifty rungs a commit beside fifty hand-written moves a commit; a rung is two events, two notices and
five rows more, a hand-written move is one event and one message. Exits with 1 when the two records of P5 differ.
"""

import argparse
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psycopg
from build import SWEPT_AT, an_installation
from measured import clocked, machine, told
from on_server import Server, embedded
from sweep_floor_server import GroupCommit, SetFloor

from npm_cases import __version__
from npm_cases.bootstrap import App
from npm_cases.domain.ladders import plan
from npm_cases.services.sweep import take_due_rungs

BATCH, TOGETHER = 1_000, 50
EVENTS_A_RUNG = 2
SAME = {
    "case_events": "chain, seq, octet_length(prev), type, machine, event, at, actor, role, octet_length(data)",
    "cases": "id, state, escalation, version, seq, facts, last_at",
    "obligations": "id, raised, rung_no, next_rung_at, derivation",
    "rungs_taken": "obligation, rung, chain",
    "outbox": "chain, obligation, rung, post, body, template, not_before, created_at, due_on, alone, status",
    "log_entries": "chain, seq",
}


def main() -> int:
    """Print the goals; exit with 1 when the two sides wrote different records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--due", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the databases are built; they do not stay there")
    options = parser.parse_args()
    print(machine(), "| PostgreSQL")
    with tempfile.TemporaryDirectory(prefix="npm-cases-", dir=options.folder) as name, embedded(Path(name)) as server:
        return measure(server, Path(name), options)


def measure(server: Server, folder: Path, options: argparse.Namespace) -> int:
    """Build, sweep in turn, print, compare."""
    cases, due, rounds = options.cases, options.due, options.rounds
    few, singles = due // 10 // rounds, options.singles // rounds
    few = few // 2 * 2
    print(f"building {cases} cases, {due} of them due ...", flush=True)
    built = {
        "many": (cases, due),
        "wide": (cases, due // 10 + options.singles + due // 5),
        "narrow": (cases // 10, due // 10),
    }
    for name, sizes in built.items():
        an_installation(folder / name, *sizes)
        server.take_in(name, folder / name)
    server.create("floor", "many")
    server.create("by_hand")
    ours, wide, narrow = (server.opened(name, folder / name) for name in built)
    with server.link("floor") as link, server.link("by_hand") as other:
        floor, by_hand = SetFloor(link, next_rungs(ours, server), __version__), GroupCommit(other, due)
        slice_ = due // rounds // BATCH * BATCH or BATCH
        fifties = few // TOGETHER * TOGETHER or TOGETHER
        ways: dict[str, tuple[Callable[[], object], int]] = {
            "floor": (lambda: floor.sweep(SWEPT_AT, slice_), slice_),
            "ours": (lambda: swept(ours, slice_, BATCH), slice_),
            "wide": (lambda: swept(wide, few, few), few),
            "narrow": (lambda: swept(narrow, few, few), few),
            "single": (lambda: swept(wide, singles, 1), singles),
            "fifty": (lambda: swept(wide, fifties, TOGETHER), fifties),
            "by hand": (lambda: [by_hand.move(TOGETHER) for _ in range(fifties // TOGETHER)], fifties),
        }
        times = [{name: clocked(work) / rungs for name, (work, rungs) in ways.items()} for _ in range(rounds)]
    show(times)
    differing = list(differences(server))
    print("both wrote the same record" if not differing else f"the records differ in {differing}")
    together(server, folder, ours)
    for app in (ours, wide, narrow):
        app.close()
    return 1 if differing else 0


def next_rungs(app: App, server: Server) -> Mapping[str, str]:
    """Tell the floor when the rung after this one is due, for every due date there is."""
    with server.link("many") as link:
        found = link.execute(
            "SELECT DISTINCT ladder, due_on, opened_at, rung_no FROM obligations "
            "WHERE next_rung_at <> '' AND next_rung_at <= %s",
            (SWEPT_AT,),
        ).fetchall()
    instants = {}
    for ladder, due_on, opened_at, rung_no in found:
        planned = plan(app.office.times, app.office.pack.ladder(ladder), due_on, opened_at, -rung_no - 1, 1)
        instants[due_on] = planned.due_at if planned else ""
    return instants


def swept(app: App, rungs: int, at_once: int) -> None:
    """Take so many rungs, so many in a transaction, and give their events their places."""
    for _ in range(rungs // at_once):
        take_due_rungs(app.office, SWEPT_AT, at_once)
    app.sequence()


def show(times: list[dict[str, float]]) -> None:
    """Print the microseconds a rung of every round, and the ratios."""
    print("us a rung " + "".join(f"{way:>9}" for way in times[0]))
    for one in times:
        print(f"{'':>10}" + "".join(f"{seconds * 1e6:>9.0f}" for seconds in one.values()))
    told("P5", "sweep, times the set floor", middle(t["ours"] / t["floor"] for t in times), at_most=2.2)
    told("P5", "times faster than one rung at a time", middle(t["single"] / t["ours"] for t in times), at_least=15)
    print(f"    (the set floor itself: {middle(t['single'] / t['floor'] for t in times):.1f} times)")
    wider = middle(t["wide"] / t["narrow"] for t in times)
    told("P5", "the same due rungs among ten times the cases, times as long", wider, at_most=1.2)
    fifty = middle(t["by hand"] / t["fifty"] for t in times)
    told("P3", "fifty rungs a commit, of fifty moves by hand", fifty, at_least=0.7)
    print(f"    (by events, two a rung and one a move by hand: {fifty * EVENTS_A_RUNG:.2f})")


def together(server: Server, folder: Path, ours: App) -> None:
    """Sweep what is due with one, two and four sweepers, each on a copy of its own; they share the work by claims."""
    ours.close()
    rates = {}
    for sweepers in (1, 2, 4):
        an_installation(folder / f"for-{sweepers}", 20_000, 6_000)
        server.take_in(f"for_{sweepers}", folder / f"for-{sweepers}")
        apps = [server.opened(f"for_{sweepers}", folder / f"for-{sweepers}") for _ in range(sweepers)]
        threads = [threading.Thread(target=until_nothing_is_due, args=(app,)) for app in apps]
        rates[sweepers] = 6_000 / clocked(lambda threads=threads: run(threads))
        for app in apps:
            app.close()
    print("rungs a second by sweepers: " + ", ".join(f"{n}: {rate:,.0f}" for n, rate in rates.items()))
    told("P5", "two and four sweepers in one process, of one", min(rates[2], rates[4]) / rates[1], at_least=1.0)


def run(threads: Iterable[threading.Thread]) -> None:
    """Start all and wait for all."""
    begun = list(threads)
    for thread in begun:
        thread.start()
    for thread in begun:
        thread.join()


def until_nothing_is_due(app: App) -> None:
    """Take rungs until there are none."""
    while take_due_rungs(app.office, SWEPT_AT, BATCH).taken:
        pass


def middle(values: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def differences(server: Server) -> Iterable[str]:
    """Name the tables in which two databases differ; random ids of notices and the hashes over them are left out."""
    with server.link("many") as here, server.link("floor") as there:
        for table, columns in SAME.items():
            query = (
                f"SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM (SELECT {columns} FROM {table}) one"  # noqa: S608
            )
            if _only(here, query) != _only(there, query):
                yield table


def _only(link: "psycopg.Connection[tuple[object, ...]]", query: str) -> object:
    row = link.execute(query).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


if __name__ == "__main__":
    sys.exit(main())
