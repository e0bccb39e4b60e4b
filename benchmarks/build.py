"""A synthetic database of any size, built fast: a few imported cases are cloned, row by row, with new ids and hashes.

Everything the engine itself would have written is there: states, events linked by their hashes, the log, obligations
with derivations, rungs missed before intake, the imported rows. So the history verifies. Places and texts are invented.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from config.settings import Settings
from npm_cases.bootstrap import App, build_for_life, initialise
from npm_cases.domain.incoming import ImportedRow
from npm_cases.domain.records import Actor
from npm_cases.history.hashing import leaf_hash
from npm_cases.services.import_rows import import_rows

CLERK = Actor("synthetic-clerk", frozenset({"caseworker"}))
IMPORTED_AT = "2026-03-02T05:00:00.000000Z"
SWEPT_AT = "2026-04-03T04:05:00.000000Z"  # the grace after intake ended this morning: due cases go to the Ombudsman
LONG_OVERDUE = date(2025, 5, 5)
NOT_YET_DUE = date(2026, 2, 2)
SHAPES = 20  # different days of issue, so that due dates and derivations differ as in real files
CASES_AT_ONCE = 5_000
TABLES = ("cases", "case_events", "log_entries", "obligations", "rungs_taken", "import_rows")

Row = tuple[Any, ...]


@dataclass
class Shape:
    """All rows of one real imported case, and the texts that name it: its id, number, row key, obligations."""

    names: list[str]
    rows: dict[str, list[Row]]


@dataclass
class Clones:
    """Rows of many cases, waiting to be inserted together."""

    chance: random.Random
    places: Iterator[int]  # ids are given as the engine gives them: counted on, with a random half
    number: int
    index: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})


def settings_of(folder: Path) -> Settings:
    """Return the settings of a throw-away installation on SQLite."""
    return Settings(_env_file=None, data_dir=folder, log_level="error")


def opened(folder: Path) -> App:
    """Open an installation that was built before, as a process of the engine does."""
    return build_for_life(settings_of(folder))


def an_installation(folder: Path, cases: int, due: int) -> Path:
    """Build an installation of so many cases, of which so many have one rung due at SWEPT_AT; return its database.

    Each has two obligations and three events. Raises ValueError for sizes too small to clone.
    """
    if not SHAPES <= due <= cases - SHAPES:
        raise ValueError(f"give at least {SHAPES} due cases and {SHAPES} others")
    app = initialise(settings_of(folder), sandbox=True)
    import_rows(app.office, list(_templates()), CLERK, IMPORTED_AT)
    app.close()
    path = folder / "cases.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as link:
        link.execute("PRAGMA synchronous=OFF")
        link.execute("PRAGMA cache_size=-1000000")
        _clone(link, cases, due)
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def _templates() -> Iterator[ImportedRow]:
    for number in range(2 * SHAPES):
        first = LONG_OVERDUE if number < SHAPES else NOT_YET_DUE
        yield a_row(number, first + timedelta(days=number % SHAPES))


def a_row(number: int, issued_on: date, response: str = "") -> ImportedRow:
    """Make one synthetic row of a published file."""
    return ImportedRow(
        line=number, key=f"synthetic-key-{number:08d}", digest=f"{number:064x}", channel="upr",
        addressee=f"Synthetica {number % 40}", title=f"Synthetic recommendation {number}: train the staff of every colony",
        themes=("detention", "training"), recommended_by=f"Examplia {number % 190}", response=response,
        reason_code="", session=48, symbol="A/HRC/0/1", paragraph=f"1.{number}",
        responded_on=issued_on if response else None, region="", issued_on=issued_on,
    )  # fmt: skip


def _clone(link: sqlite3.Connection, cases: int, due: int) -> None:
    found = link.execute("SELECT id FROM cases ORDER BY number").fetchall()
    shapes = [_shape(link, case) for (case,) in found]
    order = [n % SHAPES for n in range(due - SHAPES)] + [SHAPES + n % SHAPES for n in range(cases - due - SHAPES)]
    chance = random.Random(1)  # noqa: S311 - the same database in every run
    chance.shuffle(order)
    (last,) = link.execute("SELECT max(idx) FROM log_entries").fetchone()
    clones = Clones(chance, count(chance.getrandbits(63)), 2 * SHAPES, last)
    waiting = iter(order)
    link.execute("BEGIN IMMEDIATE")
    while chosen := list(islice(waiting, CASES_AT_ONCE)):
        for number in chosen:
            _add_clone(clones, shapes[number])
        for table, rows in clones.rows.items():
            if rows:
                link.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)  # noqa: S608
                rows.clear()
    link.execute("UPDATE case_numbers SET last = ?", (clones.number,))
    link.execute("COMMIT")


def _shape(link: sqlite3.Connection, case: str) -> Shape:
    owner = {"cases": "id", "import_rows": "case_id"}
    order = {"case_events": " ORDER BY seq", "log_entries": " ORDER BY idx"}
    rows = {
        table: link.execute(
            f"SELECT * FROM {table} WHERE {owner.get(table, 'chain')} = ?{order.get(table, '')}",  # noqa: S608
            (case,),
        ).fetchall()
        for table in TABLES
    }
    key, number = rows["import_rows"][0][0], rows["cases"][0][1]
    return Shape([case, number, key, *[owed[0] for owed in rows["obligations"]]], rows)


def _add_clone(clones: Clones, shape: Shape) -> None:
    """Add one case like the shape: new names everywhere, and the hashes that follow from them."""
    clones.number += 1
    ids = [f"{next(clones.places):016x}{clones.chance.getrandbits(64):016x}" for _ in range(len(shape.names) - 2)]
    number, key = f"R-2026-{clones.number:06d}", f"cloned-key-{clones.number:08d}"
    new = dict(zip(shape.names, [ids[0], number, key, *ids[1:]], strict=True))
    into = clones.rows
    head = _add_events(clones, shape, new)
    (case,) = shape.rows["cases"]
    into["cases"].append(
        (*[new.get(value, value) if type(value) is str else value for value in case[:15]], head, *case[16:])
    )
    for table in ("obligations", "rungs_taken", "import_rows"):
        for row in shape.rows[table]:
            into[table].append(tuple(new.get(value, value) if type(value) is str else value for value in row))


def _add_events(clones: Clones, shape: Shape, new: dict[str, str]) -> bytes:
    spelled = [(old.encode(), name.encode()) for old, name in new.items()]
    old_leaf = leaf = b""
    for event in shape.rows["case_events"]:
        data = bytes(event[10])
        for old, name in spelled:
            data = data.replace(old, name)
        if old_leaf:
            data = data.replace(old_leaf.hex().encode(), leaf.hex().encode())
        prev, old_leaf, leaf = leaf, bytes(event[2]), leaf_hash(data)
        chain = new[shape.names[0]]
        clones.rows["case_events"].append((chain, event[1], leaf, prev, *event[4:10], data))
        clones.index += 1
        clones.rows["log_entries"].append((clones.index, chain, event[1], leaf))
    return leaf
