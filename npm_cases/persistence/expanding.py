"""What an expanding revision may do on PostgreSQL while others work: nothing that makes them wait, or changes their rows.

Everything is looked up in the catalogue and in the counts of the transaction, so it takes the same time however many rows
there are. On SQLite a migration is the one writer there is, and the others wait for their turn.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from npm_cases.domain.errors import ConfigurationError

LOCK_MILLISECONDS = 1_000  # whoever asks for a table after us waits behind us, so we do not wait long

_FILES = text(
    "SELECT relname, relfilenode FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"
)
_INDEXED = text(
    "SELECT indexed.relname, made.relname FROM pg_index JOIN pg_class indexed ON indexed.oid = indrelid "
    "JOIN pg_class made ON made.oid = indexrelid WHERE indexed.relnamespace = current_schema()::regnamespace"
)
_WRITTEN = text(
    "SELECT relname, n_tup_ins, n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
    "WHERE schemaname = current_schema() AND n_tup_ins + n_tup_upd + n_tup_del > 0"
)
_OF_MIGRATIONS = frozenset({"alembic_version", "schema_steps"})


@dataclass(frozen=True)
class Standing:
    """The tables and indexes there were before a revision, and what this session has written so far."""

    files: dict[str, int]
    indexes: frozenset[tuple[str, str]]
    written: dict[str, tuple[int, int]]


def begin(connection: Connection) -> Standing:
    """Bound the wait for every lock of this transaction, and note what stands.

    Raises ConfigurationError where the server counts no rows, so that nothing could be said afterwards.
    """
    if connection.execute(text("SHOW track_counts")).scalar() != "on":
        raise ConfigurationError("the server is run with track_counts = off: switch it on, then migrate again")
    connection.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": str(LOCK_MILLISECONDS)})
    return _standing(connection)


def check(connection: Connection, before: Standing, history: frozenset[str]) -> None:
    """Let pass a migration that only added: no table was written anew, none got an index, no row that was there changed.

    Raises ConfigurationError naming the table, and the migration is undone.
    """
    after = _standing(connection)
    there = before.files.keys() - _OF_MIGRATIONS
    for name in sorted(there):
        if name not in after.files:
            raise _refused(name, "took it away")
        if after.files[name] != before.files[name]:
            raise _refused(name, "wrote the whole table anew, and everybody waits meanwhile")
    for name, index in sorted(after.indexes - before.indexes):
        if name in there:
            raise _refused(
                name, f"made the index {index}, and writers wait meanwhile (CREATE INDEX CONCURRENTLY first)"
            )
    for name, (added, changed) in sorted(after.written.items()):
        added_before, changed_before = before.written.get(name, (0, 0))
        if name in there and (changed > changed_before or (name in history and added > added_before)):
            raise _refused(name, "changed rows that were there")


def _standing(connection: Connection) -> Standing:
    files = {str(name): int(file) for name, file in connection.execute(_FILES)}
    indexes = frozenset((str(name), str(index)) for name, index in connection.execute(_INDEXED))
    return Standing(
        files, indexes, {str(name): (added, changed) for name, added, changed in connection.execute(_WRITTEN)}
    )


def _refused(table: str, did: str) -> ConfigurationError:
    return ConfigurationError(
        f"a revision that says it expands is none, for {table}: it {did}; it was undone, call the maintainers"
    )
