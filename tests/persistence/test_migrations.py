"""The revisions build exactly the tables the programme works with, whole or not at all."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from npm_cases.domain.errors import ConfigurationError, TryAgain
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import check_ready, migrate, revision
from npm_cases.persistence.schema import metadata


def test_the_revisions_make_the_tables_of_the_schema(database: Database) -> None:
    with database.connection() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


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
