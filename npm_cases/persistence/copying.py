"""A copy of a whole database to try things on: a SQLite file, whatever the original is."""

import sqlite3
from pathlib import Path

from sqlalchemy import insert, select

from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate
from npm_cases.persistence.schema import metadata
from npm_cases.persistence.search_index import ALL_WORDS

ROWS_AT_ONCE = 1_000


def copy_to_sqlite(source: Database, target: Path) -> Database:
    """Copy every row into a new SQLite file and return the database over it; the original is only read."""
    if source.is_sqlite:
        _backup(source, target)
        return Database(f"sqlite:///{target}")
    copy = Database(f"sqlite:///{target}")
    migrate(copy)
    one_state = source.engine.execution_options(isolation_level="REPEATABLE READ")  # of all tables together
    with one_state.connect() as reading, copy.connection(writing=True) as writing:
        for table in metadata.sorted_tables:
            order = [table.c.idx] if table.name == "log_entries" else list(table.primary_key.columns)
            result = reading.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).order_by(*order))
            for rows in result.mappings().partitions(ROWS_AT_ONCE):
                writing.execute(insert(table), [dict(row) for row in rows])
        writing.execute(ALL_WORDS)
    return copy


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
