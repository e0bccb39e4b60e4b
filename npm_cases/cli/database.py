"""The command that moves an office into another database: from a file to a server, or back."""

from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command

NEXT = """next: stop what works on the old database, and copy once more if anything was done since;
      name the new one in NPM_CASES_DATABASE_URL (on PostgreSQL as the service, docs/postgresql.md);
      npm-cases doctor; npm-cases audit verify; then put the old database away"""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The database of the cases.", no_args_is_help=True)
    app.add_typer(group, name="db")

    @command(
        group, "copy", without_keys=True,
        epilog="Example: npm-cases db copy --to postgresql+psycopg://cases_owner@host/cases",
    )  # fmt: skip
    def copy(
        shell: Shell,
        *,
        to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty database, as its owner; or a new file.")],
    ) -> None:
        """Move the office into an empty database of either kind, its history unchanged, and verify it there."""
        from npm_cases.persistence.office_target import empty_target
        from npm_cases.services.office_copy import move_office

        app_ = shell.app
        app_.sequence()
        with empty_target(app_.database, to, app_.settings.busy_seconds) as target:
            moved = move_office(app_.office, target, shell.at())
        answer = {
            "rows": moved.rows, "events": moved.events, "history_sha256": moved.history, "log_size": moved.size,
            "log_root": moved.root, "notes": list(moved.notes),
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))


def _show(where: Any, answer: dict[str, Any]) -> None:
    where.print(f"{answer['rows']} rows copied, {answer['events']} events verified without a finding")
    where.print(f"history: sha256 {answer['history_sha256']}")
    where.print(f"log: {answer['log_size']} entries, root {answer['log_root']}")
    for note in answer["notes"]:
        where.print(f"note: {note}", markup=False)
    where.print(NEXT, markup=False)
