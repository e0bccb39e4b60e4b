"""Goal P5 on SQLite: escalating everything that is due, against set-based SQL that writes the same record.

    python benchmarks/sweep.py [--cases 200000] [--due 20000] [--rounds 5] [--singles 500] [--folder DIR]

The full size is ``--cases 1000000 --due 100000`` (about 7 GB in each of two copies). Every case that is due goes to the
Ombudsman: two events, two log entries, a taken rung, two notices, the case and the obligation. Both sides take the
same slices of the same due set, in turn, each on its own copy of one file; a ratio is the median over the rounds.
Afterwards the two copies are compared row by row. Exits with 0 whether a goal is reached or missed, with 1 when the
two records differ.
"""

import argparse
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from build import SWEPT_AT, an_installation, opened
from measured import clocked, machine, told
from sweep_floor import Floor

from npm_cases import __version__
from npm_cases.bootstrap import App
from npm_cases.domain.ladders import plan
from npm_cases.services.sweep import take_due_rungs

BATCH = 1_000
SAME = {
    "case_events": "chain, seq, prev = x'', type, machine, event, at, actor, role, length(data)",
    "cases": "id, state, escalation, version, seq, facts, last_at",
    "obligations": "id, raised, rung_no, next_rung_at, derivation",
    "rungs_taken": "*",
    "outbox": "chain, obligation, rung, post, body, template, not_before, created_at, due_on, alone, status",
    "log_entries": "idx, chain, seq",
}


def main() -> int:
    """Print the goals; exit with 1 when the two sides wrote different records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--due", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the databases are built; they stay there")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-", dir=options.folder) as folder:
        return measure(Path(folder), options.cases, options.due, options.rounds, options.singles)


def measure(folder: Path, cases: int, due: int, rounds: int, singles: int) -> int:
    """Build, sweep in turn, print, compare."""
    print(
        f"building {cases} cases, {due} of them due, and for the last goal {due // 10} due among as many and a tenth ..."
    )
    path = an_installation(folder / "many", cases, due)
    shutil.copytree(folder / "many", folder / "floor")
    an_installation(folder / "wide", cases, due // 10 + singles)
    an_installation(folder / "narrow", cases // 10, due // 10)
    ours, wide, narrow = (opened(folder / name) for name in ("many", "wide", "narrow"))
    floor = Floor(folder / "floor" / "cases.db", next_rungs(ours, path), __version__)
    slice_, few = due // rounds // BATCH * BATCH or BATCH, due // 10 // rounds
    times = [
        {
            "floor": clocked(lambda: floor.sweep(SWEPT_AT, slice_)) / slice_,
            "ours": clocked(lambda: swept(ours, slice_)) / slice_,
            "wide": clocked(lambda: take_due_rungs(wide.office, SWEPT_AT, few)) / few,
            "narrow": clocked(lambda: take_due_rungs(narrow.office, SWEPT_AT, few)) / few,
            "single": clocked(lambda: one_by_one(wide, singles // rounds)) / (singles // rounds),
        }
        for _ in range(rounds)
    ]
    show(times)
    for app in (ours, wide, narrow):
        app.close()
    floor.close()
    differing = list(differences(path, folder / "floor" / "cases.db"))
    print("both wrote the same record" if not differing else f"the records differ in {differing}")
    return 1 if differing else 0


def next_rungs(app: App, path: Path) -> Mapping[str, str]:
    """Tell the floor when the rung after this one is due, for every due date there is."""
    with closing(sqlite3.connect(path)) as link:
        found = link.execute(
            "SELECT DISTINCT ladder, due_on, opened_at, rung_no FROM obligations WHERE next_rung_at <> '' AND next_rung_at <= ?",
            (SWEPT_AT,),
        ).fetchall()
    office, instants = app.office, {}
    for ladder, due_on, opened_at, rung_no in found:
        planned = plan(office.times, office.pack.ladder(ladder), due_on, opened_at, -rung_no - 1, 1)
        instants[due_on] = planned.due_at if planned else ""
    return instants


def swept(app: App, rungs: int) -> None:
    """Take so many rungs, batch by batch."""
    for _ in range(rungs // BATCH):
        take_due_rungs(app.office, SWEPT_AT, BATCH)


def one_by_one(app: App, rungs: int) -> None:
    """Take so many rungs, each in a transaction of its own."""
    for _ in range(rungs):
        take_due_rungs(app.office, SWEPT_AT, 1)


def show(times: list[dict[str, float]]) -> None:
    """Print the microseconds a rung of every round, and the ratios."""
    print("us a rung " + "".join(f"{way:>9}" for way in times[0]))
    for one in times:
        print(f"{'':>10}" + "".join(f"{seconds * 1e6:>9.0f}" for seconds in one.values()))
    told("P5", "sweep, times the set floor", middle(t["ours"] / t["floor"] for t in times), at_most=1.5)
    told("P5", "times faster than one rung at a time", middle(t["single"] / t["ours"] for t in times), at_least=15)
    print(f"    (the set floor itself: {middle(t['single'] / t['floor'] for t in times):.1f} times)")
    wider = middle(t["wide"] / t["narrow"] for t in times)
    told("P5", "the same due rungs among ten times the cases, times as long", wider, at_most=1.2)


def middle(values: Iterable[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def differences(left: Path, right: Path) -> Iterable[str]:
    """Name the tables in which two databases differ; random ids of notices and the hashes over them are left out."""
    with closing(sqlite3.connect(left)) as link:
        link.execute("ATTACH ? AS other", (str(right),))
        for table, columns in SAME.items():
            here, there = f"SELECT {columns} FROM main.{table}", f"SELECT {columns} FROM other.{table}"  # noqa: S608
            for one, two in ((here, there), (there, here)):
                if link.execute(f"SELECT count(*) FROM ({one} EXCEPT {two})").fetchone()[0]:  # noqa: S608
                    yield table
                    break


if __name__ == "__main__":
    sys.exit(main())
