"""The commands put together. Each module registers its own; a module is imported only when the tree is built."""

import typer

from npm_cases import __version__


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def build_cli() -> typer.Typer:
    """Return the whole command tree."""
    from npm_cases.cli import (
        audit,
        backup,
        calendars,
        cases,
        clocks,
        database,
        flows,
        imports,
        keys,
        machines,
        policy,
        production,
        registers,
        reports,
        setup,
        web,
    )

    app = typer.Typer(
        help="Follow-up of recommendations and torture allegations for National Preventive Mechanisms.",
        no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False,
    )  # fmt: skip

    @app.callback()
    def root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True)) -> None:
        """Read the options before a command."""

    for module in (
        setup,
        cases,
        imports,
        clocks,
        flows,
        machines,
        registers,
        policy,
        calendars,
        reports,
        keys,
        backup,
        database,
        audit,
        web,
        production,
    ):
        module.register(app)
    return app
