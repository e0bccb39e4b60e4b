"""A whole database copied into another of either kind, out of one state, and held against what was read.

Rows are streamed, a few hundred at once. What lists are looked up by comes with the rows; the words SQLite indexes beside
them are made again.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, collate, insert, select, text

from npm_cases.domain.errors import Conflict, IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.migrate import HEAD, migrate, revision
from npm_cases.persistence.schema import HISTORY, case_events, log_entries, metadata
from npm_cases.persistence.search_index import ALL_WORDS
from npm_cases.persistence.sequencer import place

ROWS_AT_ONCE = 500
IN_ORDER = (*HISTORY, *(table for table in metadata.sorted_tables if table not in HISTORY))
"""Checkpoints are taken after the entries they cover: triggers of the history hold the order."""
_COUNT_ON = text("""SELECT setval(pg_get_serial_sequence('case_texts', 'row'), (SELECT max("row") FROM case_texts))""")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table: how many, and the SHA-256 over all of them in the order of their key."""

    count: int
    digest: str


def copy_rows(reading: Transaction, writing: Transaction) -> dict[str, Rows]:
    """Write every row one transaction sees into the empty tables of another, and return what each table holds.

    On SQLite every event has its place in the log: those that had none yet get it in the copy, after all others.
    Raises IntegrityBroken when what was written is not what was read; Conflict when a newer program widened the tables:
    this one would leave out what it does not know.
    """
    if (found := revision(reading.database)) > HEAD:
        raise Conflict(say("rows_of_a_newer_revision", found=found, ours=HEAD))
    read = {table.name: _copied(table, reading, writing) for table in IN_ORDER}
    written = {table.name: _summed(table, writing) for table in IN_ORDER}
    if wrong := sorted(name for name in read if read[name] != written[name]):
        raise IntegrityBroken(say("copy_differs", tables=", ".join(wrong)))
    if not writing.database.is_sqlite:
        writing.tuples(_COUNT_ON)
        return read
    writing.run(ALL_WORDS)
    while place(writing):
        pass
    return read


def copy_to_sqlite(source: Database, target: Path) -> Database:
    """Copy every row into a new SQLite file and return the database over it; the original is only read."""
    if source.is_sqlite:
        _backup(source, target)
        return Database(f"sqlite:///{target}")
    copy = Database(f"sqlite:///{target}")
    migrate(copy)
    with source.reading() as reading, copy.begin() as writing:
        copy_rows(reading, writing)
        writing.commit()
    return copy


def in_one_file(file: Path) -> None:
    """Fold the log of a SQLite database into its file, and leave it so that nothing is written when it is read."""
    link = sqlite3.connect(file)
    try:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.execute("PRAGMA journal_mode=DELETE")
    finally:
        link.close()


def _copied(table: Table, reading: Transaction, writing: Transaction) -> Rows:
    names, into = [column.name for column in table.columns], insert(table)
    made, count = sha256(), 0
    for page in reading.pages(_rows_of(table, reading.database), at_once=ROWS_AT_ONCE):
        writing.many(into, [_named(names, row) for row in page])
        made.update(_canonical(page))
        count += len(page)
    return Rows(count, made.hexdigest())


def _summed(table: Table, reading: Transaction) -> Rows:
    made, count = sha256(), 0
    for page in reading.pages(_rows_of(table, reading.database), at_once=ROWS_AT_ONCE):
        made.update(_canonical(page))
        count += len(page)
    return Rows(count, made.hexdigest())


def _rows_of(table: Table, database: Database) -> Select[Any]:
    """Read events in the order of the log, as they were written; everything else in the order of its key."""
    key = [_by_code_point(column, is_sqlite=database.is_sqlite) for column in table.primary_key.columns]
    if table is not case_events:
        return select(table).order_by(*key)
    placed = (log_entries.c.chain == case_events.c.chain) & (log_entries.c.seq == case_events.c.seq)
    index = log_entries.c.idx
    return select(case_events).outerjoin(log_entries, placed).order_by(index.is_(None), index, *key)


def _by_code_point(column: ColumnElement[Any], *, is_sqlite: bool) -> ColumnElement[Any]:
    return collate(column, "C") if isinstance(column.type, Text) and not is_sqlite else column


def _named(names: Iterable[str], row: Iterable[Any]) -> Mapping[str, Any]:
    return dict(zip(names, row, strict=True))


def _canonical(rows: Iterable[Any]) -> bytes:
    return "".join(map(repr, map(tuple, rows))).encode()


def _backup(source: Database, target: Path) -> None:
    fairy = source.engine.raw_connection()
    try:
        original = fairy.driver_connection
        copy = sqlite3.connect(target)
        try:
            original.backup(copy)  # type: ignore[union-attr]
        finally:
            copy.close()
    finally:
        fairy.close()
