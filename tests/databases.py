"""Where an installation of a test keeps its rows: a file of SQLite in its folder, or a database on the PostgreSQL of this run.

Which of the two says ``--database``. The name of a database on PostgreSQL follows from the data folder, so every process that
is started on a folder finds the rows of that folder, as it would find the file.
"""

import os
import shutil
from contextlib import closing
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

if TYPE_CHECKING:
    from npm_cases.bootstrap import App

SERVER = "NPM_CASES_TEST_SERVER"
"""The variable in which the address of the server is handed to the processes a test starts."""

TEMPLATE = "template_cases"
OWNER, SERVICE = "postgres", "tests_service"
"""The logins: who sets up, and who works with no more rights than in earnest."""

OF_SQLITE = "sqlite"
_made: dict[str, Path] = {}
_numbers = count(1)


class PostgresServer:
    """An embedded server with one migrated template, of which every test gets a copy of its own."""

    def __init__(self, url: str) -> None:
        import psycopg

        from npm_cases.persistence.database import Database
        from npm_cases.persistence.migrate import migrate

        self.url = url
        self._link = psycopg.connect(url, autocommit=True)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug of this server
            self._link.execute(f"ALTER SYSTEM SET {setting} = off")
        self._link.execute("SELECT pg_reload_conf()")
        self._link.execute(f"CREATE DATABASE {TEMPLATE}")
        database = Database(address(url, TEMPLATE))
        migrate(database)
        database.close()
        self._link.execute(f"CREATE ROLE {SERVICE} LOGIN IN ROLE npm_cases_app")

    def new_database(self) -> str:
        name = f"cases_{next(_numbers)}"
        self._link.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return address(self.url, name)

    def empty_database(self, name: str) -> str:
        """Make a database without a table; it goes with the server."""
        self._link.execute(f"CREATE DATABASE {name}")
        return address(self.url, name)

    def drop(self, url: str) -> None:
        name = url.partition("/cases_")[2].partition("?")[0]
        self._link.execute(f"DROP DATABASE IF EXISTS cases_{name} WITH (FORCE)")

    def close(self) -> None:
        self._link.close()


def address(server: str, name: str, login: str = OWNER) -> str:
    """Return the URL of one database of an embedded server."""
    url = make_url(server).set(drivername="postgresql+psycopg", username=login, database=name)
    return url.render_as_string(hide_password=False)


def urls_for(folder: Path) -> dict[str, str]:
    """Return the settings that name the database of a data folder, made from the template when it is new; none for a file."""
    server = os.environ.get(SERVER, "")
    if not server:
        return {}
    name = _name_for(folder)
    if name not in _made:
        _make(server, name, TEMPLATE)
        _made[name] = folder.absolute()
    return {"database_url": address(server, name, SERVICE), "owner_url": address(server, name)}


def environment_of(folder: Path) -> dict[str, str]:
    """Return the variables by which a process finds the installation in a folder."""
    named = {"data_dir": str(folder), **urls_for(folder)}
    return {f"NPM_CASES_{name.upper()}": value for name, value in named.items()}


def by_its_owner(app: "App", statement: str) -> int:
    """Run a statement as somebody who owns the database, whom no right stops, and say how many rows it touched."""
    from npm_cases.persistence.database import Database

    owned = Database(app.settings.owner_url or app.database.engine.url.render_as_string(hide_password=False))
    with closing(owned), owned.connection(writing=True) as connection:
        return int(connection.execute(text(statement)).rowcount)


def work_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is called from now on find the installation in a folder, as a process would."""
    for name, value in environment_of(folder).items():
        monkeypatch.setenv(name, value)


def set_aside(folder: Path, at: Path) -> None:
    """Keep the rows of an installation nobody has open, to be put back later."""
    server = os.environ.get(SERVER, "")
    if server:
        _make(server, _name_for(at), _name_for(folder))
        _made[_name_for(at)] = at.absolute()
    else:
        shutil.copy(folder / "cases.db", at)


def put_back(at: Path, folder: Path) -> None:
    """Put rows that were set aside in the place of those of an installation nobody has open."""
    server = os.environ.get(SERVER, "")
    if server:
        drop_below(folder)
        _make(server, _name_for(folder), _name_for(at))
        _made[_name_for(folder)] = folder.absolute()
        return
    for file in folder.glob("cases.db*"):
        file.unlink()
    shutil.copy(at, folder / "cases.db")


def copied(source: Path, target: Path) -> Path:
    """Copy an installation nobody has open, its rows too, and return the folder of the copy."""
    shutil.copytree(source, target)
    server = os.environ.get(SERVER, "")
    if server:
        _make(server, _name_for(target), _name_for(source))
        _made[_name_for(target)] = target.absolute()
    return target


def drop_below(folder: Path) -> None:
    """Take away the databases of this process whose data folders lie in a folder."""
    import psycopg

    gone = [name for name, of in _made.items() if of.is_relative_to(folder.absolute())]
    if gone:
        with psycopg.connect(os.environ[SERVER], autocommit=True) as link:
            for name in gone:
                link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                del _made[name]


def _name_for(folder: Path) -> str:
    return f"of_{sha256(str(folder.absolute()).encode()).hexdigest()[:24]}"


def _make(server: str, name: str, template: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as link:
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            link.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def add_option(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite",
        help="where the installations of the tests keep their rows, unless a test says it",
    )  # fmt: skip


def leave_out_what_is_of_sqlite(config: pytest.Config, items: list[pytest.Item]) -> None:
    """When the suite runs on PostgreSQL, skip the tests of SQLite itself, and do not repeat those that ran on it by name."""
    if config.getoption("--database") == "sqlite":
        return
    repeated = [item for item in items if _names_sqlite(item)]
    config.hook.pytest_deselected(items=repeated)
    items[:] = [item for item in items if item not in set(repeated)]
    for item in items:
        mark = item.get_closest_marker(OF_SQLITE)
        if mark:
            item.add_marker(pytest.mark.skip(reason=f"of SQLite itself: {mark.args[0]}"))


def _names_sqlite(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return bool(called and any(called.params.get(name) == "sqlite" for name in ("database_url", "keys")))


def only_on_sqlite(request: pytest.FixtureRequest, reason: str) -> None:
    """Skip whatever asks for a fixture that is of SQLite itself."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip(f"of SQLite itself: {reason}")
