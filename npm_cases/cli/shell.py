"""What every command shares: --json, --now and --as, who acts, when it is, and how answers are shown.

``@command`` adds the three options to a command and hands it a Shell; the application is built when first used, so
that help and errors cost nothing.
"""

import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npm_cases.cli.files import FROM_STDIN, value_of
from npm_cases.domain.errors import BadInput, ConfigurationError, NotAllowed
from npm_cases.domain.instants import as_text
from npm_cases.domain.records import Actor, Receipt

if TYPE_CHECKING:
    from rich.console import Console

    from npm_cases.bootstrap import App

JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
NowOption = Annotated[
    str, typer.Option("--now", metavar="TIME", help="Simulated clock, ISO 8601 with offset; in a sandbox only.")
]
AsOption = Annotated[str, typer.Option("--as", metavar="USER", help="Act as this user; in a sandbox only.")]


WIDTH_OF_FILES = 150


@dataclass
class Shell:
    """One run of one command."""

    as_json: bool
    now_text: str
    as_user: str
    without_keys: bool = False
    _app: "App | None" = field(default=None, repr=False)

    @property
    def app(self) -> "App":
        """The installation, built when first asked for."""
        if self._app is None:
            from npm_cases.bootstrap import build_for_life, on_simulated_clock

            self._app = build_for_life(settings(), without_keys=self.without_keys)
            if self.now_text and not self._app.is_sandbox:
                raise NotAllowed("--now is for a sandbox: everywhere else the clock of the machine speaks")
            if self.now_text:
                self._app = on_simulated_clock(self._app)
        return self._app

    @property
    def office(self) -> Any:
        """The office the use cases work in."""
        return self.app.office

    def now(self) -> str:
        """Return the instant of the machine's clock, or the one given, as UTC text; no installation is asked."""
        return as_text(parse_instant(self.now_text, "--now") if self.now_text else datetime.now(UTC))

    def at(self) -> str:
        """Return the present instant, or the simulated one, as UTC text."""
        if self.now_text:
            return self.now()
        from npm_cases.services.passing import present

        return present(self.office, self.now())

    def actor(self) -> Actor:
        """Return who acts: --as in a sandbox, elsewhere the holder of the token file."""
        from npm_cases.services.users import by_token, sandbox_user

        if self.app.is_sandbox:
            return sandbox_user(self.office, self.as_user)
        if self.as_user:
            raise NotAllowed("--as works in a sandbox only; elsewhere your own token file speaks")
        return by_token(self.office, _token(self.app.settings.token_file))

    def local(self, instant: str) -> str:
        """Return an instant as people read it, in the zone of the country; an empty text stays one."""
        from zoneinfo import ZoneInfo

        if not instant:
            return ""
        return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(self.office.pack.zone)):%Y-%m-%d %H:%M}"

    def close(self) -> None:
        """Give back what was opened."""
        if self._app is not None:
            self._app.close()

    def fail(self, code: int, message: str) -> None:
        """End a command that has given its whole answer, and found it bad, with an exit code."""
        self.close()
        sys.stderr.write(message + "\n")
        raise typer.Exit(code)

    def out(self, answer: Any, show: Callable[["Console"], object] | None = None) -> None:
        """Print an answer: as JSON for programs, through ``show`` for people."""
        if self.as_json or show is None:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")
        else:
            show(console())


def _token(path: Any) -> str:
    if path is None:
        raise NotAllowed("say who you are: set NPM_CASES_TOKEN_FILE to the file with your token")
    try:
        return str(path.read_text(encoding="utf-8")).strip()
    except OSError as error:
        raise ConfigurationError(f"NPM_CASES_TOKEN_FILE: {path} cannot be read ({error.strerror})") from error


def settings() -> Any:
    """Read the settings and set up the log."""
    from config.logging import configure
    from config.settings import SettingsWrong, read_settings

    try:
        found = read_settings()
    except SettingsWrong as error:
        raise ConfigurationError(str(error)) from error
    configure(found.log_level)
    return found


def console(*, stderr: bool = False) -> "Console":
    """Return where people read."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else WIDTH_OF_FILES)


def as_typed(text: str) -> str:
    """Return words of people so that square brackets in them are printed, not taken for colours."""
    from rich.markup import escape

    return escape(text)


def table(where: "Console", title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for people."""
    from rich.table import Table

    grid = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for number, column in enumerate(columns):
        is_last = number == len(columns) - 1
        grid.add_column(column, overflow="fold", no_wrap=not is_last and number < 1)
    for row in rows:
        grid.add_row(*[str(cell) for cell in row])
    where.print(grid)


def receipt_of(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as programs read it."""
    return {"case": receipt.case, "seq": receipt.seq, "leaf": receipt.leaf}


def parse_instant(text: str, what: str) -> datetime:
    """Read an instant a person gave.

    Raises BadInput when it is not ISO 8601 or has no offset.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{what}: {text!r} is not a time; write it as 2026-03-02T10:00:00+05:00") from None
    if instant.tzinfo is None:
        raise BadInput(f"{what}: {text!r} has no offset; write it as 2026-03-02T10:00:00+05:00")
    return instant


def pairs(given: Iterable[str]) -> dict[str, str]:
    """Read ``k=v`` options; ``k=@FILE`` takes the value from a file, ``k=@-`` from standard input, ``k=@@v`` means ``@v``.

    What comes from a file stands in no list of processes and in no history of the shell. Raises BadInput for an option
    without an equals sign or given twice, for a file that cannot be read, and for a second one from standard input.
    """
    found: dict[str, str] = {}
    stdin_taken_by = ""
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise BadInput(f"--field {text!r}: write it as name=value")
        if name in found:
            raise BadInput(f"--field {name} is given twice")
        found[name] = value_of(name, value, stdin_taken_by)
        stdin_taken_by = stdin_taken_by or (name if value == FROM_STDIN else "")
    return found


def command(
    app: typer.Typer, name: str, *, without_keys: bool = False, **options: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command that takes a Shell first; adds --json, --now and --as.

    ``without_keys`` is for what an auditor does: it works where key store or wrapping key are missing too.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function)
        own = list(signature.parameters.values())[1:]
        shared = [
            inspect.Parameter("json_", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption),
            inspect.Parameter("now_", inspect.Parameter.KEYWORD_ONLY, default="", annotation=NowOption),
            inspect.Parameter("as_", inspect.Parameter.KEYWORD_ONLY, default="", annotation=AsOption),
        ]

        @functools.wraps(function)
        def run(*args: Any, json_: bool, now_: str, as_: str, **kwargs: Any) -> None:
            shell = Shell(json_, now_, as_, without_keys)
            try:
                function(shell, *args, **kwargs)
            finally:
                shell.close()

        positional = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        run.__signature__ = signature.replace(parameters=[*positional, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in [*own, *shared]}
        app.command(name, **options)(run)
        return function

    return register
