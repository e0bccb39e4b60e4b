"""Tampering, tried cell by cell: any column of any row of any table is changed, and the verification must find it.

    python -m tests.audit.cells [--every K] [--events N] [--database URL] [--programs N]

Each cell is changed in several ways (text, number, a bit of bytes, emptied), verified, and put back; then rows are
deleted, made up and swapped. To be fast only the chain of the row is verified first, by the same code over the same rows
(tests/audit/one_chain.py); what is not found there is verified as a whole. Then programs of edits follow
(tests/audit/programs.py). Exits with 1 when something is not found that services/unvouched.py does not name.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from npm_cases.persistence.schema import metadata
from npm_cases.services.unvouched import PARTLY, UNVOUCHED, UNVOUCHED_ROWS
from tests.audit.bench import Bench, Refused, Row
from tests.audit.programs import run_programs
from tests.audit.rich_history import live_richly

CHOICES = {
    ("outbox", "status"): ("waiting", "bundled", "sent", "dead", "withdrawn"),
    ("approvals", "status"): ("pending", "confirmed", "expired"),
}
JSON_TEXT = {("cases", "facts"), ("obligations", "derivation"), ("obligations", "ledger"), ("commands", "answer")}


@dataclass
class Tried:
    """What was tried on one table: cells and rows, refused by the database, not found, and not found but named as such."""

    table: str
    cells: int = 0
    rows: int = 0
    refused: int = 0
    undetected: list[str] = field(default_factory=list)
    unvouched: list[str] = field(default_factory=list)
    found_in: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tried") -> None:
        self.cells, self.rows, self.refused = (
            self.cells + other.cells,
            self.rows + other.rows,
            self.refused + other.refused,
        )
        self.undetected += other.undetected
        self.unvouched += other.unvouched
        self.found_in += other.found_in


def other_values(table: str, column: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield values a cell might be changed to, each with the kind of change."""
    if (table, column) in CHOICES:
        yield from ((f"to {choice}", choice) for choice in CHOICES[table, column] if choice != value)
    elif isinstance(value, bytes):
        yield "a bit", bytes([value[0] ^ 1, *value[1:]]) if value else b"\x01"
        if value:
            yield "emptied", b""
    elif isinstance(value, int):
        yield "one more", value + 1
        if value:
            yield "emptied", 0
    else:
        yield "longer", f"{value}0"
        if value:
            yield "emptied", ""
            yield "a letter", value[:-1] + ("1" if value[-1] != "1" else "2")
        if (table, column) in JSON_TEXT and value:
            yield "inside", json.dumps(_another_inside(json.loads(value)), sort_keys=True, separators=(",", ":"))


def _another_inside(value: Any) -> Any:
    """Change the first leaf of a JSON value; an empty one gets a member."""
    if isinstance(value, dict):
        name = next(iter(value), "")
        return {**value, name: _another_inside(value[name])} if name else {"consent": "given"}
    if isinstance(value, list):
        return [_another_inside(value[0]), *value[1:]] if value else [{"kind": "suspension"}]
    if isinstance(value, bool) or not isinstance(value, int):
        return f"{value}0"
    return value + 1


def try_cells(bench: Bench, name: str, every: int = 1, columns: Iterable[str] | None = None) -> Tried:
    """Change the cells of a table one by one, every k-th row of it, and say what was not found."""
    table, tried = metadata.tables[name], Tried(name)
    for row in bench.rows[name][::every]:
        for column in columns or [c.name for c in table.columns]:
            if column in UNVOUCHED.get(name, {}):
                continue
            for kind, value in other_values(name, column, row[column]):
                tried.cells += 1
                _try_one(bench, tried, row, column, kind, value)
    return tried


def _try_one(bench: Bench, tried: Tried, row: Row, column: str, kind: str, value: Any) -> None:
    name = tried.table
    try:
        now = bench.change(name, row, {column: value})
    except Refused:
        tried.refused += 1
        tried.found_in[column] += 1
        return
    found = bench.found(name, row)
    bench.change(name, now, {column: row[column]})
    if found:
        tried.found_in[column] += 1
    elif column in PARTLY.get(name, {}):
        tried.unvouched.append(_named(name, row, f"{column} {kind}"))
    else:
        tried.undetected.append(_named(name, row, f"{column} {kind}: {row[column]!r} -> {value!r}"))


def try_rows(bench: Bench, name: str, every: int = 1) -> Tried:
    """Delete rows, put in one more like them under another key, and swap what two of them hold."""
    tried, rows = Tried(name), bench.rows[name][::every]
    for row in rows:
        delete, insert = partial(bench.delete, name), partial(bench.insert, name)
        _try_op(tried, row, "deleted", partial(delete, row), partial(insert, [row]), bench)
        extra = _made_up(name, row)
        _try_op(tried, row, "made up", partial(insert, [extra]), partial(delete, extra), bench)
    for one, two in pairwise(rows):
        _try_swap(bench, tried, one, two)
    return tried


def _made_up(name: str, row: Row) -> Row:
    """Make a row like another under a key of its own."""
    table = metadata.tables[name]
    keys = [column.name for column in table.primary_key.columns]
    unique = ["message_id"] if name == "outbox" else ["number"] if name == "cases" else []
    return {
        **row,
        **{key: row[key] + 10_000 if isinstance(row[key], int) else f"{row[key]}0" for key in (*keys, *unique)},
    }


def _try_op(tried: Tried, row: Row, what: str, do: Callable[[], None], undo: Callable[[], None], bench: Bench) -> None:
    tried.rows += 1
    try:
        do()
    except Refused:
        tried.refused += 1
        return
    found = bench.found()
    undo()
    _judge(tried, row, what, is_found=bool(found))


def _try_swap(bench: Bench, tried: Tried, one: Row, two: Row) -> None:
    """Exchange everything but the keys of two rows."""
    table, unique = metadata.tables[tried.table], {"message_id", "number"}
    names = [c.name for c in table.columns if not c.primary_key and c.name not in unique]
    differing = [name for name in names if one[name] != two[name]]
    if set(differing) <= UNVOUCHED.get(tried.table, {}).keys():
        return
    tried.rows += 1
    try:
        bench.change(tried.table, one, {name: two[name] for name in names})
        bench.change(tried.table, two, {name: one[name] for name in names})
    except Refused:
        tried.refused += 1
        bench.change(tried.table, one, {name: one[name] for name in names})
        return
    found = bench.found()
    bench.change(tried.table, one, {name: one[name] for name in names})
    bench.change(tried.table, two, {name: two[name] for name in names})
    _judge(tried, one, "swapped with the next", is_found=bool(found))


def _judge(tried: Tried, row: Row, what: str, *, is_found: bool) -> None:
    if is_found:
        tried.found_in["(rows)"] += 1
    elif tried.table in UNVOUCHED_ROWS:
        tried.unvouched.append(_named(tried.table, row, what))
    else:
        tried.undetected.append(_named(tried.table, row, what))


def _named(table: str, row: Row, what: str) -> str:
    keys = [str(row[column.name]) for column in metadata.tables[table].primary_key.columns]
    return f"{table}[{' '.join(keys)}] {what}"


def step(rows: int, at_most: int) -> int:
    """Return the distance between rows that gives at most so many of them."""
    return max(1, -(-rows // at_most)) if at_most else 1


def main() -> int:
    """Try every cell and print a table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="try every K-th row")
    parser.add_argument("--rows", type=int, default=0, help="at most so many rows of a table (0: all)")
    parser.add_argument("--events", type=int, default=0, help="let the history have so many events at least")
    parser.add_argument("--programs", type=int, default=200, help="how many random programs of edits")
    parser.add_argument("--database", default="", metavar="URL", help="an empty database to use, instead of SQLite")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        outside = live_richly(folder / "history", options.database, events=options.events)
        bench = Bench(folder / "history", options.database)
        say(f"{len(bench.rows['case_events'])} events, {len(bench.rows['cases'])} cases\n")
        undetected = [] if not bench.found() else ["the history is not clean before anybody touches it"]
        undetected += _all_cells(bench, options.every, options.rows)
        undetected += run_programs(bench, outside, options.programs, say)
        bench.close()
    say(f"{len(undetected)} undetected; {time.monotonic() - began:.0f} s\n")
    return 1 if undetected else 0


def _all_cells(bench: Bench, every: int, at_most: int) -> list[str]:
    say(f"{'table':<16}{'cells':>8}{'rows':>8}{'refused':>9}{'unvouched':>11}{'undetected':>12}\n")
    undetected: list[str] = []
    for name in metadata.tables:
        distance = max(every, step(len(bench.rows[name]), at_most))
        tried = try_cells(bench, name, distance)
        tried.add(try_rows(bench, name, distance))
        counts = (tried.cells, tried.rows, tried.refused, len(tried.unvouched), len(tried.undetected))
        say(f"{name:<16}{counts[0]:>8}{counts[1]:>8}{counts[2]:>9}{counts[3]:>11}{counts[4]:>12}\n")
        say("".join(f"    NOT FOUND {one}\n" for one in tried.undetected))
        undetected += tried.undetected
    return undetected


def say(text: str) -> None:
    """Write at once, so that whoever waits sees how far it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
