"""Commands that serve the pages: serve, and up, which starts web and flows together."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, console, settings
from npm_cases.domain.errors import ConfigurationError

Host = Annotated[str, typer.Option(help="Address to serve on; behind a proxy with TLS, loopback.")]
Port = Annotated[int, typer.Option(help="Port; a free one if 0.", min=0, max=65_535)]
STOP_SECONDS = 20
PLACE_TO_TRY = "up"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "serve", epilog="Example: npm-cases serve --port 8000")
    def serve(shell: Shell, *, host: Host = "127.0.0.1", port: Port = 8000) -> None:
        """Serve the pages and the JSON API; the flows run by `npm-cases work`."""
        _serve(shell, host, port)

    @command(app, "up", epilog="Example: npm-cases up --sandbox")
    def up(
        shell: Shell,
        *,
        host: Host = "127.0.0.1",
        port: Port = 8000,
        sandbox: Annotated[
            bool, typer.Option("--sandbox", help="A sandbox with an invented caseload in the data folder; made once.")
        ] = False,
    ) -> None:
        """Serve the pages and run the flows on one machine; with --sandbox, everything to try it, mail to a local sink."""
        with ExitStack() as running:
            if sandbox:
                running.enter_context(_sandbox(shell))
            running.enter_context(_flows())
            _serve(shell, host, port)


def _serve(shell: Shell, host: str, port: int) -> None:
    from npm_cases.web.serving import listening, run

    app = shell.app
    with listening(host, port) as sock:
        address = f"http://{_readable(host)}:{sock.getsockname()[1]}"
        shell.out({"url": address}, lambda where: _say_where(where, app, address))
        sys.stdout.flush()
        run(app, shell.at, sock)


def _readable(host: str) -> str:
    return "localhost" if host == "127.0.0.1" else host


def _say_where(where: Any, app: Any, address: str) -> None:
    where.print(f"pages at [bold]{address}[/bold]   (stop with Ctrl+C)")
    if app.is_sandbox:
        where.print("a sandbox: choose who you are on the first page; no password is asked")
        where.print("  demo-caseworker   moves cases; demo-second confirms what needs two people")
        where.print("  demo-commissioner the board; demo-auditor the history; demo-admin users and health")
    else:
        where.print("people sign in with a password and a code; `npm-cases user invite NAME` lets somebody set both")


@contextmanager
def _flows() -> Iterator[None]:
    """Run the flows in a process of their own, so that a page never waits for them; it ends with this one."""
    log = (settings().data_dir / "flows.log").absolute()
    with log.open("ab") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "npm_cases", "work"], stdout=said, stderr=said, stdin=subprocess.DEVNULL
        )
    console(stderr=True).print(f"flows run as process {child.pid}; what they say is in {log}", soft_wrap=True)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


@contextmanager
def _sandbox(shell: Shell) -> Iterator[None]:
    """Make a sandbox with the bundled caseload unless it is there, and take its mail on loopback."""
    folder = _data_folder()
    from npm_cases.bootstrap import caseload_for, initialise
    from npm_cases.mail.sink import MailSink
    from npm_cases.services.caseload import load_caseload

    if not (folder / "cases.db").exists():
        app = initialise(settings(), sandbox=True)
        with console(stderr=True).status("loading an invented caseload") as status:
            load_caseload(
                app.office, caseload_for(app.office.pack), shell.now(),
                lambda what, done, of: status.update(f"loading {what} {done}/{of}"),
            )  # fmt: skip
        app.sequence()
        app.close()
    with MailSink(folder / "mail") as sink:
        os.environ |= {"NPM_CASES_SMTP_PORT": str(sink.port), "NPM_CASES_SMTP_SECURITY": "none"}
        console(stderr=True).print(f"mail is taken on loopback and lies in {folder / 'mail'}", soft_wrap=True)
        yield


def _data_folder() -> Path:
    """Return the folder of the sandbox to try; it never lies where something else was set up.

    Raises ConfigurationError for a database of somebody's own.
    """
    if settings().database_url:
        raise ConfigurationError("--sandbox uses a database of its own: unset NPM_CASES_DATABASE_URL")
    folder: Path = settings().data_dir / PLACE_TO_TRY
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["NPM_CASES_DATA_DIR"] = str(folder)
    return folder
