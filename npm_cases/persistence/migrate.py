"""Bring a database to the newest revision and check that the triggers of the history stand."""

import json
from hashlib import sha256
from importlib import resources

from sqlalchemy import Connection, Table, inspect, select, text

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.persistence import triggers
from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import HISTORY, case_events, meta

HEAD = "0006"
NEWEST = "head"
ROWS_AT_ONCE = 1_000
MIGRATING = 0x6E706D2D6D696772  # names the lock under which one program at a time migrates

STANDING_ON_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
STANDING_ON_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE pg_table_is_visible(tgrelid) AND tgname LIKE relname || '%' AND tgenabled IN ('O', 'A')"
)


def migrate(database: Database, to: str = NEWEST) -> None:
    """Run every revision the database has not seen, all together or none, then check the triggers.

    The history is read before and after: a revision that changes a single byte of it is undone.
    Raises IntegrityBroken for such a revision, or when a trigger is missing afterwards; TryAgain when the database
    cannot be reached.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("npm_cases.persistence") / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.changing_schema() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        config.attributes["connection"] = connection
        before = history_digest(connection)
        is_back = to != NEWEST and to < _revision(connection)
        (command.downgrade if is_back else command.upgrade)(config, to)
        after = history_digest(connection)
        if any(after[name] != before[name] for name in before.keys() & after.keys()):
            raise IntegrityBroken("a revision changed the bytes of the history: it was undone; call the maintainers")
    if to == NEWEST:
        check_triggers(database)


def history_digest(connection: Connection) -> dict[str, str]:
    """Return the SHA-256 over all rows of each history table there is, in the order of their keys."""
    there = set(inspect(connection).get_table_names())
    return {table.name: _digest(connection, table) for table in HISTORY if table.name in there}


def _digest(connection: Connection, table: Table) -> str:
    made = sha256()
    query = select(table).order_by(*table.primary_key.columns)
    rows = connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    for row in rows:
        made.update(repr(tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)).encode())
    return made.hexdigest()


def revision(database: Database) -> str:
    """Return the revision of a database, or an empty text when it was never set up."""
    with database.connection() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def check_ready(database: Database) -> None:
    """Let pass only a database at the newest revision.

    Raises ConfigurationError saying which command sets it up.
    """
    found = revision(database)
    if found != HEAD:
        state = f"is at revision {found}" if found else "is not set up"
        raise ConfigurationError(
            f"the database {state}; run `npm-cases init` (or `npm-cases init --sandbox` to try it)"
        )


def check_triggers(database: Database) -> None:
    """Let pass only a database whose history triggers all stand, as they were made and switched on.

    Raises IntegrityBroken naming those that do not.
    """
    with database.connection() as connection:
        standing = _on_sqlite(connection) if database.is_sqlite else _on_postgresql(connection)
    wanted = triggers.SQLITE if database.is_sqlite else triggers.POSTGRESQL
    missing = sorted(name for name in wanted if not name.endswith("()") and name not in standing)
    if missing:
        raise IntegrityBroken(f"the history is not protected: triggers missing: {', '.join(missing)}; call the auditor")


def _on_sqlite(connection: Connection) -> set[str]:
    return {name for name, made in connection.execute(STANDING_ON_SQLITE) if triggers.SQLITE.get(name) == made}


def _on_postgresql(connection: Connection) -> set[str]:
    return {row[0] for row in connection.execute(STANDING_ON_POSTGRESQL)}


def check_origin(database: Database) -> None:
    """Let pass only a database whose events carry the name its log goes by; the name says whether it is a sandbox.

    Raises IntegrityBroken.
    """
    with database.connection() as connection:
        origin = connection.execute(select(meta.c.value).where(meta.c.name == "origin")).scalar()
        data = connection.execute(select(case_events.c.data).limit(1)).scalar()
    if data is not None and json.loads(bytes(data))["log"] != origin:
        raise IntegrityBroken(
            f"this database says it is the log {origin}, its history is of another: keep everything and call the auditor"
        )
