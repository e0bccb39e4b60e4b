"""Bring a database to the newest revision and check that the triggers of the history stand."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import resources
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, inspect, select, text

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken, TryAgain
from npm_cases.persistence import expanding, triggers
from npm_cases.persistence.database import Database
from npm_cases.persistence.driver_errors import LOCKED
from npm_cases.persistence.schema import HISTORY, case_events, meta
from npm_cases.persistence.schema_steps import EXPANDS, declared, in_the_way

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
NEWEST = "head"
ROWS_AT_ONCE = 1_000
PATIENCE_SECONDS = 60.0  # a long read, of a backup for example, holds the tables it reads
PAUSE_SECONDS = 0.5
MIGRATING = 0x6E706D2D6D696772  # names the lock under which one program at a time migrates

STANDING_ON_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
STANDING_ON_POSTGRESQL = text(
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE pg_table_is_visible(tgrelid) AND tgname LIKE relname || '%' AND tgenabled IN ('O', 'A')"
)


def migrate(database: Database, to: str = NEWEST, further: Path | None = None) -> None:
    """Run every revision the database has not seen, all together or none, then check the triggers.

    Where all of them say that they expand, others go on working meanwhile: on PostgreSQL no lock is waited for longer than a
    moment, again and again, and a revision that did more than add is undone. Otherwise the history is read before and
    after: a revision that changes a single byte of it is undone. ``further`` is a folder of revisions beside our own.
    Raises IntegrityBroken for such a revision, or when a trigger is missing afterwards; ConfigurationError where a newer
    program went on and this one cannot follow; TryAgain when the database cannot be reached or is busy for long.
    """
    if to == NEWEST and further is None and revision(database) > HEAD:
        check_ready(database)
    else:
        _patiently(database, lambda: _run(database, _config(further), to))
    if to == NEWEST:
        check_triggers(database)


def _config(further: Path | None) -> "Config":
    from alembic.config import Config

    config, ours = Config(), Path(str(resources.files("npm_cases.persistence") / "migrations"))
    config.set_main_option("script_location", str(ours))
    config.set_main_option("path_separator", "os")
    if further is not None:
        config.set_main_option("version_locations", os.pathsep.join(map(str, (ours / "versions", further))))
    return config


def _patiently(database: Database, run: Callable[[], None]) -> None:
    """Run again what found a table in use: on PostgreSQL it waits a moment only, lest others wait behind it."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return run()
        except TryAgain as wrong:
            if database.is_sqlite or str(wrong) != str(LOCKED) or monotonic() > until:
                raise
        sleep(PAUSE_SECONDS)


def _run(database: Database, config: "Config", to: str) -> None:
    from alembic import command

    with database.changing_schema() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        config.attributes["connection"] = connection
        found = _revision(connection)
        is_back = to != NEWEST and to < found
        expands = not database.is_sqlite and not is_back and _all_expand(config, found, to)
        with _only_adding(connection) if expands else _no_byte_changed(connection):
            (command.downgrade if is_back else command.upgrade)(config, to)


def _all_expand(config: "Config", found: str, to: str) -> bool:
    """Say whether every revision that is to be run says of itself that it expands."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config).iterate_revisions(to, found or "base")
    said = [declared(script.revision, script.module) for script in scripts]
    return all(step is not None and step.step == EXPANDS for step in said)


@contextmanager
def _only_adding(connection: Connection) -> Iterator[None]:
    before = expanding.begin(connection)
    yield
    expanding.check(connection, before, frozenset(table.name for table in HISTORY))


@contextmanager
def _no_byte_changed(connection: Connection) -> Iterator[None]:
    """Hold writers off the history, and hold the history against what it was."""
    if connection.dialect.name != "sqlite" and (there := _history_there(connection)):
        connection.execute(text(f"LOCK TABLE {', '.join(sorted(there))} IN SHARE MODE"))
    before = history_digest(connection)
    yield
    after = history_digest(connection)
    if any(after[name] != before[name] for name in before.keys() & after.keys()):
        raise IntegrityBroken("a revision changed the bytes of the history: it was undone; call the maintainers")


def _history_there(connection: Connection) -> set[str]:
    return {table.name for table in HISTORY} & set(inspect(connection).get_table_names())


def history_digest(connection: Connection) -> dict[str, str]:
    """Return the SHA-256 over all rows of each history table there is, in the order of their keys."""
    there = _history_there(connection)
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
    """Let pass a database at the revision of this program, or ahead of it by revisions that let this program work.

    Raises ConfigurationError saying what to do: set it up, or upgrade the program.
    """
    with database.connection() as connection:
        found = _revision(connection)
        barrier = in_the_way(connection, HEAD, found) if found > HEAD else ""
    if barrier:
        raise ConfigurationError(
            f"the database is at revision {found}, and this program, of revision {HEAD}, cannot work over revision "
            f"{barrier}: install the program that goes with it (docs/operations.md, Upgrades); nothing was changed"
        )
    if found < HEAD:
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

    Raises IntegrityBroken; ConfigurationError when the setting up ended before the log had a name.
    """
    with database.connection() as connection:
        origin = connection.execute(select(meta.c.value).where(meta.c.name == "origin")).scalar()
        data = connection.execute(select(case_events.c.data).limit(1)).scalar()
    if origin is None and data is None:
        raise ConfigurationError("the database was not set up to its end; run `npm-cases init` again")
    if data is not None and json.loads(bytes(data))["log"] != origin:
        raise IntegrityBroken(
            f"this database says it is the log {origin}, its history is of another: keep everything and call the auditor"
        )
