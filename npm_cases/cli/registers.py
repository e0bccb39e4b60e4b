"""Commands on the registers: visits, places of detention, bodies, posts, users."""

from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, as_typed, command, pairs, table

Fields = Annotated[
    list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="A field; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
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
    _users(app)
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
        made = add(shell.office, pairs(field or ()), shell.actor(), shell.at())
        shell.out({"id": made or ""}, lambda where: where.print(f"{name} {made or 'recorded'}"))

    @command(group, "list", help="List them.")
    def list_(shell: Shell) -> None:
        _list(shell, register_name)


def _list(shell: Shell, register_name: str) -> None:
    from npm_cases.services.registers import as_list

    rows = as_list(shell.office, register_name, shell.actor())
    columns = tuple(rows[0]) if rows else ("none",)
    cells = [tuple(as_typed(str(value)) for value in row.values()) for row in rows]
    shell.out(rows, lambda where: table(where, f"{len(rows)} {register_name}", columns, cells))


def _users(app: typer.Typer) -> None:
    group = typer.Typer(help="Users with their roles and regions.", no_args_is_help=True)
    app.add_typer(group, name="user")

    @command(group, "add", epilog="Example: npm-cases user add aliya --role caseworker --region abai")
    def add(
        shell: Shell,
        user: Annotated[str, typer.Argument(help="Short name in Latin letters.")],
        *,
        role: Annotated[list[str], typer.Option("--role", help="A role; may be repeated.")],
        region: Annotated[list[str] | None, typer.Option("--region", help="A region; everywhere if left out.")] = None,
        email: Annotated[str, typer.Option(help="Address for notices.")] = "",
        language: Annotated[str, typer.Option(help="kk, ru or en")] = "",
        full_name: Annotated[str, typer.Option("--full-name", help="Name for people.")] = "",
        unit: Annotated[
            list[str] | None,
            typer.Option("--unit", help="Body they belong or belonged to; shuts them out of its cases."),
        ] = None,
    ) -> None:
        """Add a user; the token is printed once and opens the installation outside a sandbox."""
        from npm_cases.services.users import AddUser, add_user

        wanted = AddUser(
            user,
            tuple(role),
            shell.actor(),
            shell.at(),
            full_name,
            email,
            language,
            tuple(region or ()),
            tuple(unit or ()),
        )
        token = add_user(shell.office, wanted)
        shell.out({"id": user, "token": token}, lambda where: where.print(f"user {user}; token (shown once): {token}"))

    @command(group, "list", help="List them.")
    def list_(shell: Shell) -> None:
        _list(shell, "users")


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
