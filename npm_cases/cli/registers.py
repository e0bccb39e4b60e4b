"""Commands on the registers: visits, places of detention, bodies, posts, incidents; users have cli/users.py."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, as_typed, command, pairs, table
from npm_cases.domain.look_alikes import look_alikes

Fields = Annotated[
    list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="A field; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    from npm_cases.cli.users import register_users
    from npm_cases.services import registers as r

    _group(app, "visit", "visits", "Visits to places of detention.", r.record_visit, r.VISIT_FIELDS)
    _group(
        app,
        "place",
        "places",
        "Places of detention, each with the clock of its periodic visit.",
        r.add_place,
        r.PLACE_FIELDS,
    )
    _group(app, "body", "bodies", "Authorities, administrations of places, States.", r.add_body, r.BODY_FIELDS)
    _group(app, "post", "holders", "Who holds which post, and since when.", r.fill_post, r.POST_FIELDS)
    register_users(app)
    _incidents(app)


def _group(app: typer.Typer, name: str, register_name: str, help_: str, add: Any, fields: tuple[str, ...]) -> None:
    group = typer.Typer(help=help_, no_args_is_help=True)
    app.add_typer(group, name=name)

    @command(
        group,
        "add",
        help=f"Add one; fields: {', '.join(fields)}.",
        epilog=f"Example: npm-cases {name} add -f {fields[0]}=...",
    )
    def add_(shell: Shell, *, field: Fields = None) -> None:
        given = pairs(field or ())
        made = add(shell.office, given, shell.actor(), shell.at())
        answer = {"id": made or "", **warned(given.get("name", ""))}
        shell.out(answer, lambda where: where.print(f"{name} {made or 'recorded'}{look_at(answer)}", soft_wrap=True))

    @command(group, "list", help="List them.")
    def list_(shell: Shell) -> None:
        list_register(shell, register_name)


def warned(name: str) -> dict[str, Any]:
    """Return the words of a name that may be taken for others, as a member of an answer; nothing where there are none."""
    words = look_alikes(name)
    return {"look_alikes": words} if words else {}


def look_at(answer: Mapping[str, Any]) -> str:
    """Say what to look at in a name that was kept as it was typed."""
    words = as_typed(", ".join(answer.get("look_alikes", ())))
    return f"; look at the name, it holds Latin and Cyrillic letters in one word: {words}" if words else ""


def list_register(shell: Shell, register_name: str) -> None:
    """Print the rows of a register."""
    from npm_cases.services.registers import as_list

    rows = as_list(shell.office, register_name, shell.actor())
    columns = tuple(rows[0]) if rows else ("none",)
    cells = [tuple(as_typed(str(value)) for value in row.values()) for row in rows]
    shell.out(rows, lambda where: table(where, f"{len(rows)} {register_name}", columns, cells))


def _incidents(app: typer.Typer) -> None:
    group = typer.Typer(help="What went wrong and needs a person.", no_args_is_help=True)
    app.add_typer(group, name="incident")

    @command(group, "list", help="List the open ones, oldest first.")
    def list_(shell: Shell) -> None:
        from npm_cases.services.incidents import open_incidents

        rows = open_incidents(shell.app.views, shell.actor())
        shown = [(row["id"], row["kind"], row["at"], row["what"]) for row in rows]
        shell.out(
            rows, lambda where: table(where, f"{len(rows)} open incidents", ("Id", "Kind", "Since", "What"), shown)
        )

    @command(group, "close", epilog="Example: npm-cases incident close 1a28...")
    def close(shell: Shell, incident: Annotated[str, typer.Argument(help="Id of the incident.")]) -> None:
        """Close an incident you have dealt with; the history keeps who and when."""
        from npm_cases.services.incidents import close_incident

        close_incident(shell.office, incident, shell.actor(), shell.at())
        shell.out({"closed": incident}, lambda where: where.print(f"incident {incident} closed"))
