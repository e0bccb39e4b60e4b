"""The revisions build exactly the tables the programme works with, whole or not at all."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, func, insert, inspect, select, text

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken, TryAgain
from npm_cases.history.event import EventType, written
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import check_origin, check_ready, check_triggers, migrate, revision
from npm_cases.persistence.schema import case_events, log_entries, metadata
from npm_cases.persistence.work import _event_values
from tests.persistence.records import an_event

FIRST = an_event()
SECOND = an_event(seq=2, prev=FIRST.leaf)


def test_the_revisions_make_the_tables_of_the_schema(database: Database) -> None:
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        assert compare_metadata(context, metadata) == []


def is_ours(name: str | None, _: str, __: object) -> bool:
    """The index of words and the table of steps are made by revisions alone: no program works with them as with other tables."""
    return not (name or "").startswith(("case_words", "ix_case_texts_words", "schema_steps"))


def test_every_table_is_strict_on_sqlite(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL is strict by nature")
    with database.connection() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    assert [name for name, sql in made if "STRICT" not in sql and name in metadata.tables] == []


def test_an_empty_database_is_not_ready_and_the_message_names_the_command(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'cases.db'}")
    assert revision(database) == ""
    with pytest.raises(ConfigurationError, match="npm-cases init"):
        check_ready(database)
    migrate(database)
    check_ready(database)
    database.close()


def test_a_setting_up_that_ended_before_the_log_had_a_name_is_told_and_run_again(database: Database) -> None:
    with pytest.raises(ConfigurationError, match="not set up to its end; run `npm-cases init` again"):
        check_origin(database)


def test_a_migration_that_breaks_off_leaves_nothing_behind(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('half') / 'cases.db'}")
    with database.connection(writing=True) as connection:
        connection.execute(text("CREATE TABLE visits (stands_in_the_way TEXT)"))
    with pytest.raises(Exception, match="visits"):
        migrate(database)
    with database.connection() as connection:
        assert inspect(connection).get_table_names() == ["visits"]
    database.close()


def test_a_server_that_is_not_there_is_told_as_something_to_try_again() -> None:
    pytest.importorskip("psycopg", reason="the extra [postgres] is not installed")
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(TryAgain, match="nothing was changed"):
        revision(database)
    with pytest.raises(TryAgain, match="cannot be reached"):
        database.begin()
    database.close()


@pytest.mark.parametrize("url", ["no url", "oracle+nothing://x", "postgresql+nodriver://x/y"])
def test_an_unusable_url_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="NPM_CASES_DATABASE_URL"):
        Database(url)


EVENTS_AND_ENTRIES = {table.name: [column.name for column in table.columns] for table in (case_events, log_entries)}
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")


def with_rows_in_every_table(database: Database) -> None:
    """Write synthetic rows into each table there is, whatever the revision: a chain of two events, and one row elsewhere."""
    with database.connection(writing=True) as connection:
        there = columns_in(connection)
        written = {row[0] for row in connection.execute(text("SELECT chain FROM case_events"))}
        for line in [] if written else [FIRST, SECOND]:
            connection.execute(insert(case_events), _event_values(line))
            entry = {"idx": line.event.seq - 1, "chain": line.event.case, "seq": line.event.seq, "leaf": line.leaf}
            connection.execute(insert(log_entries), entry)
        for table in metadata.sorted_tables:
            if table.name in there and connection.execute(select(func.count()).select_from(table)).scalar() == 0:
                values = {column.name: a_value(column) for column in table.columns if column.name in there[table.name]}
                connection.execute(insert(table), values)


def columns_in(connection: Connection) -> dict[str, list[str]]:
    """The columns of each table of ours as it is now, whatever the revision."""
    found = inspect(connection)
    return {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_table_names()
        if name in metadata.tables
    }


def a_value(column: Column[Any]) -> object:
    if column.name == "status":
        return "dead" if column.table.name == "outbox" else "pending"
    if column.name == "facts":
        return "{}"  # revision 0006 reads what stands in a case
    if column.name == "blind":
        return b""  # as in a row from before it was there
    if column.name == "number" and column.table.name == "checkpoints":
        return 1
    kind = column.type.python_type
    return {int: 0, str: f"synthetic {column.name}", bytes: column.name.encode()}[kind]


def everything(database: Database, columns: Mapping[str, Collection[str]]) -> dict[str, list[tuple[object, ...]]]:
    with database.connection() as connection:
        found = {}
        for name, of_then in columns.items():
            table = metadata.tables[name]
            wanted = [table.c[column] for column in of_then]
            rows = connection.execute(select(*wanted).order_by(*table.primary_key.columns))
            found[name] = [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in rows]
        return found


@pytest.mark.parametrize("number", range(1, len(REVISIONS)))
def test_each_revision_goes_forward_back_and_forward_with_data_and_changes_no_byte(
    empty: Database, number: int
) -> None:
    older, newer = REVISIONS[number - 1], REVISIONS[number]
    migrate(empty, older)
    with empty.connection() as connection:
        columns = columns_in(connection)
    with_rows_in_every_table(empty)
    before = everything(empty, columns)
    assert {len(rows) for rows in before.values()} <= {1, 2}
    for target in (newer, older, newer):
        migrate(empty, target)
        assert revision(empty) == target
        assert everything(empty, columns) == before
    migrate(empty)
    check_triggers(empty)
    assert everything(empty, columns) == before


def test_the_way_back_is_shut_once_a_checkpoint_was_signed(empty: Database) -> None:
    migrate(empty, "0004")
    with_rows_in_every_table(empty)
    migrate(empty)
    with pytest.raises(NotImplementedError, match="signed checkpoints"):
        migrate(empty, "0001")
    assert revision(empty) == REVISIONS[-1]


def test_the_way_back_is_shut_once_a_row_is_committed_to(empty: Database) -> None:
    migrate(empty)
    with empty.connection(writing=True) as connection:
        connection.execute(insert(metadata.tables["bodies"]), {"id": "synthetic", "blind": b"random"})
    with pytest.raises(NotImplementedError, match="rows of bodies are committed to"):
        migrate(empty, "0003")
    assert revision(empty) == REVISIONS[-1]


PEOPLE = ("absences", "accounts", "api_tokens", "invitations", "saved_filters", "sessions")


@pytest.mark.parametrize("name", PEOPLE)
def test_the_way_back_is_shut_once_people_have_accounts(empty: Database, name: str) -> None:
    migrate(empty)
    table = metadata.tables[name]
    with empty.connection(writing=True) as connection:
        connection.execute(insert(table), {column.name: a_value(column) for column in table.columns})
    with pytest.raises(NotImplementedError, match="there are accounts or sessions"):
        migrate(empty, "0004")
    assert revision(empty) == REVISIONS[-1]


def test_the_way_back_is_shut_once_the_history_tells_of_people(empty: Database) -> None:
    migrate(empty)
    told = replace(FIRST.event, type=EventType.SIGNED_IN)
    with empty.connection(writing=True) as connection:
        connection.execute(insert(case_events), _event_values(written(told)))
    with pytest.raises(NotImplementedError, match="there are accounts or sessions"):
        migrate(empty, "0004")


def test_a_revision_that_touches_a_byte_of_the_history_is_undone(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty, "0002")
    with_rows_in_every_table(empty)
    before = everything(empty, EVENTS_AND_ENTRIES)

    def meddling() -> Iterator[str]:
        if empty.is_sqlite:
            yield "DROP TRIGGER case_events_no_update"
        else:
            yield "ALTER TABLE case_events DISABLE TRIGGER ALL"
        yield "UPDATE case_events SET actor = 'another' WHERE seq = 1"

    from alembic import command

    def run(config: Any, _: str) -> None:
        for statement in meddling():
            config.attributes["connection"].execute(text(statement))

    monkeypatch.setattr(command, "upgrade", run)
    with pytest.raises(IntegrityBroken, match="changed the bytes"):
        migrate(empty)
    assert everything(empty, EVENTS_AND_ENTRIES) == before


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """An empty database of each kind; the one on PostgreSQL is a copy of a migrated one, so its tables go first."""
    made = Database(database_url)
    if not made.is_sqlite:
        with made.connection(writing=True) as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS auditor CASCADE"))
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield made
    made.close()
