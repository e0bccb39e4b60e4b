"""What the service may do to its own database, and what it may not, whoever asks for it in its name (AUDIT section 2)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate
from npm_cases.persistence.rights import APP_ROLE, APPEND_ONLY, AUDITED, AUDITOR_ROLE, UPDATED, authorize
from npm_cases.persistence.roles import check_rights, loose_rights
from npm_cases.persistence.schema import HISTORY, metadata

NAMES = tuple(table.name for table in HISTORY)


def first_column(name: str) -> str:
    return metadata.tables[name].columns.keys()[0]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    owner = Database(url)
    migrate(owner)
    owner.close()
    made = Database(url, authorizer=authorize)
    yield made
    made.close()


@pytest.mark.parametrize(
    "statement",
    [
        *[f"UPDATE {name} SET {first_column(name)} = NULL" for name in sorted(APPEND_ONLY)],
        *[f"DELETE FROM {name}" for name in sorted(metadata.tables)],
        "DROP TABLE case_events",
        "DROP TRIGGER case_events_no_update",
        "DROP INDEX ix_cases_state",
        "ALTER TABLE case_events ADD COLUMN another TEXT",
        "CREATE TABLE another (a TEXT)",
        "CREATE TEMP TRIGGER t AFTER INSERT ON cases BEGIN SELECT 1; END",
        "CREATE VIEW v AS SELECT 1",
        "ATTACH 'another.db' AS another",
        "PRAGMA writable_schema = 1",
        "PRAGMA recursive_triggers = 0",
        "PRAGMA synchronous = 0",
        "PRAGMA secure_delete = 0",
    ],
)
def test_the_service_itself_cannot_loosen_or_change_the_history_on_sqlite(service: Database, statement: str) -> None:
    with pytest.raises(IntegrityBroken, match="not authorized"), service.connection(writing=True) as connection:
        connection.execute(text(statement))


def test_what_the_service_needs_is_let_through(service: Database) -> None:
    with service.connection(writing=True) as connection:
        connection.execute(text("INSERT INTO meta (name, value) VALUES ('a', 'b')"))
        connection.execute(text("UPDATE meta SET value = 'c' WHERE name = 'a'"))
        assert connection.execute(text("SELECT meta.value FROM meta, json_each('[1]')")).scalar() == "c"


def test_the_schema_can_be_changed_where_a_migration_asks_for_it_and_nowhere_after(service: Database) -> None:
    with service.changing_schema() as connection:
        connection.execute(text("CREATE TABLE another (a TEXT)"))
    with pytest.raises(IntegrityBroken), service.connection(writing=True) as connection:
        connection.execute(text("DROP TABLE another"))


def test_every_table_has_its_right_and_the_history_only_grows() -> None:
    assert set(metadata.tables) == APPEND_ONLY | UPDATED
    assert set(NAMES) <= APPEND_ONLY & set(AUDITED)


@pytest.mark.pg
def test_on_postgresql_the_service_may_change_exactly_what_the_table_of_rights_says(owned: Database) -> None:
    asked = "SELECT has_table_privilege(:role, :name, 'UPDATE'), has_table_privilege(:role, :name, 'INSERT')"
    with owned.connection() as connection:
        found = {
            name: connection.execute(text(asked), {"role": APP_ROLE, "name": name}).one() for name in metadata.tables
        }
    assert {name for name, (update, _) in found.items() if update} == UPDATED
    assert all(insert for _, insert in found.values())


@pytest.mark.pg
@pytest.mark.parametrize("name", ["accounts", "api_tokens", "invitations", "sessions", "users"])
def test_the_auditors_login_reads_nothing_people_sign_in_with(owned: Database, name: str) -> None:
    assert "permission denied" in refused(owned, AUDITOR_ROLE, f"SELECT * FROM {name}")


# -- PostgreSQL


@pytest.fixture
def owned(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    yield made
    made.close()


def as_role(database: Database, role: str) -> Connection:
    connection = database.engine.connect()
    connection.execute(text(f"SET ROLE {role}"))
    return connection


def refused(database: Database, role: str, statement: str) -> str:
    with as_role(database, role) as connection, pytest.raises(DBAPIError) as error:
        connection.execute(text(statement))
    return str(error.value.orig)


@pytest.mark.pg
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE {0} SET {1} = DEFAULT",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "DROP TABLE {0}",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
    ],
)
def test_the_service_can_neither_change_nor_loosen_a_history_table(owned: Database, name: str, verb: str) -> None:
    statement = verb.format(name, first_column(name))
    assert "permission denied" in (said := refused(owned, APP_ROLE, statement)) or "must be owner" in said


@pytest.mark.pg
def test_the_service_adds_reads_and_changes_what_it_may_and_deletes_nothing(owned: Database) -> None:
    with as_role(owned, APP_ROLE) as connection:
        connection.execute(text("INSERT INTO meta (name, value) VALUES ('a', 'b')"))
        connection.execute(text("UPDATE meta SET value = 'c'"))
        assert connection.execute(text("SELECT count(*) FROM case_events")).scalar() == 0
    for name in sorted(metadata.tables):
        assert "permission denied" in refused(owned, APP_ROLE, f"DELETE FROM {name}")


@pytest.mark.pg
def test_the_auditor_reads_through_views_and_nothing_else(owned: Database) -> None:
    with as_role(owned, AUDITOR_ROLE) as connection:
        for name in AUDITED:
            connection.execute(text(f"SELECT * FROM auditor.{name}"))
    assert "permission denied" in refused(owned, AUDITOR_ROLE, "SELECT * FROM case_events")
    assert "permission denied" in refused(owned, AUDITOR_ROLE, "SELECT title FROM cases")
    assert "permission denied" in refused(owned, AUDITOR_ROLE, "INSERT INTO auditor.case_events (chain) VALUES ('x')")


@pytest.mark.pg
def test_a_service_that_could_change_its_history_does_not_start_outside_a_sandbox(
    owned: Database, postgres_url: str
) -> None:
    check_rights(owned, sandbox=True)
    with pytest.raises(ConfigurationError, match=r"npm_cases_app.*docs/postgresql\.md"):
        check_rights(owned, sandbox=False)
    with owned.connection(writing=True) as connection:
        connection.execute(text("DROP ROLE IF EXISTS service_login"))
        connection.execute(text(f"CREATE ROLE service_login LOGIN IN ROLE {APP_ROLE}"))
    service = Database(make_url(postgres_url).set(username="service_login").render_as_string(hide_password=False))
    assert loose_rights(service) == ""
    check_rights(service, sandbox=False)
    service.close()


@pytest.mark.pg
def test_row_level_security_binds_the_owner_too(owned: Database) -> None:
    with owned.connection(writing=True) as connection:
        forced = connection.execute(text("SELECT relname FROM pg_class WHERE relforcerowsecurity"))
        assert {row[0] for row in forced} == set(NAMES)
