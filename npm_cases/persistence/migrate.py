"""Bring a database to the newest revision and check that the triggers of the history stand."""

from importlib import resources

from sqlalchemy import Engine, inspect, text

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.persistence import triggers
from npm_cases.persistence.database import Database

HEAD = "0001"


def migrate(database: Database) -> None:
    """Run every revision the database has not seen, then check the triggers.

    Raises IntegrityBroken when a trigger is missing afterwards.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("npm_cases.persistence") / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    check_triggers(database)


def revision(database: Database) -> str:
    """Return the revision of a database, or an empty text when it was never set up."""
    if not inspect(database.engine).has_table("alembic_version"):
        return ""
    with database.engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def check_ready(database: Database) -> None:
    """Let pass only a database at the newest revision.

    Raises ConfigurationError saying which command sets it up.
    """
    found = revision(database)
    if found != HEAD:
        state = f"is at revision {found}" if found else "is not set up"
        raise ConfigurationError(f"the database {state}; run `npm-cases init` (or `npm-cases init --sandbox` to try it)")


def check_triggers(database: Database) -> None:
    """Let pass only a database whose history triggers all stand.

    Raises IntegrityBroken naming those that are missing.
    """
    wanted = set(triggers.SQLITE if database.is_sqlite else triggers.POSTGRESQL)
    missing = sorted(wanted - _standing(database.engine, is_sqlite=database.is_sqlite))
    if missing:
        raise IntegrityBroken(f"the history is not protected: triggers missing: {', '.join(missing)}; call the auditor")


def _standing(engine: Engine, *, is_sqlite: bool) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if is_sqlite else "SELECT tgname FROM pg_trigger"
    with engine.connect() as connection:
        return {row[0] for row in connection.execute(text(query))}
