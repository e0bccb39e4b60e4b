"""Commands on users: who they are, what they may do, how they get in, who stands in for them."""

from typing import Annotated

import typer

from npm_cases.cli.registers import list_register, look_at, warned
from npm_cases.cli.shell import Shell, command
from npm_cases.services.shown_once import WayIn

Name = Annotated[str, typer.Argument(metavar="USER", help="Short name in Latin letters.")]
Roles = Annotated[list[str], typer.Option("--role", help="A role; may be repeated.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="A region; may be repeated.")]
EVERYWHERE = "*"


def register_users(app: typer.Typer) -> None:
    """Add the group of commands on users."""
    group = typer.Typer(help="Users with their roles and regions.", no_args_is_help=True)
    app.add_typer(group, name="user")
    _add(group)
    _set(group)
    _doors(group)
    _keys(group)
    _absent(group)

    @command(group, "list", help="List them.")
    def list_(shell: Shell) -> None:
        list_register(shell, "users")


def _add(group: typer.Typer) -> None:
    @command(group, "add", epilog="Example: npm-cases user add aliya --role caseworker --region abai")
    def add(
        shell: Shell,
        user: Name,
        *,
        role: Roles,
        region: Regions = None,
        of_body: Annotated[str, typer.Option(help="A body of the mechanism: they work in its regions.")] = "",
        email: Annotated[str, typer.Option(help="Address for notices.")] = "",
        language: Annotated[str, typer.Option(help="kk, ru or en")] = "",
        full_name: Annotated[str, typer.Option("--full-name", help="Name for people.")] = "",
        unit: Annotated[
            list[str] | None,
            typer.Option("--unit", help="Body they belong or belonged to; shuts them out of its cases."),
        ] = None,
    ) -> None:
        """Add a user; the token is printed once and opens the installation outside a sandbox.

        A role with power over others takes a second person: the answer then says which proposal to confirm.
        """
        from npm_cases.services.users import AddUser, add_user

        regions, units = (*(region or ()), *_regions_of(shell, of_body)), tuple(unit or ())
        wanted = AddUser(
            user, tuple(role), shell.actor(), shell.at(), full_name, email, language, regions, units
        )  # fmt: skip
        _token(shell, user, add_user(shell.office, wanted), full_name)


def _regions_of(shell: Shell, body: str) -> tuple[str, ...]:
    """Return the regions a body of the mechanism answers for; none where no body is named."""
    from npm_cases.domain.errors import BadInput

    if not body:
        return ()
    of = shell.office.pack.mechanism.region_bodies
    found = tuple(sorted(region for region, responsible in of.items() if responsible == body))
    if not found:
        known = ", ".join(sorted(set(of.values()))) or "none: this mechanism is one body"
        raise BadInput(f"--of-body {body!r} answers for no region; bodies that do: {known}")
    return found


def _set(group: typer.Typer) -> None:
    @command(group, "set", epilog="Example: npm-cases user set aliya --role caseworker --role delegate")
    def set_(
        shell: Shell,
        user: Name,
        *,
        role: Annotated[list[str] | None, typer.Option("--role", help="All roles they shall have; repeat it.")] = None,
        region: Annotated[
            list[str] | None, typer.Option("--region", help="All regions they shall have; * for everywhere.")
        ] = None,
        language: Annotated[str | None, typer.Option(help="kk, ru, en, or empty for that of the installation.")] = None,
    ) -> None:
        """Give a user other roles, regions, or another language; what is not named stays as it is.

        Other roles or regions end their sessions. A role with power over others takes a second person.
        """
        from npm_cases.domain.errors import BadInput
        from npm_cases.services import user_changes

        if role is None and region is None and language is None:
            raise BadInput("say what to change: --role, --region or --language")
        office, actor, at = shell.office, shell.actor(), shell.at()
        if language is not None:
            user_changes.set_language(office, user, language, actor, at)
        if region is not None:
            user_changes.set_regions(office, user, tuple(name for name in region if name != EVERYWHERE), actor, at)
        _pending(shell, user, user_changes.set_roles(office, user, tuple(role), actor, at) if role else "")


def _doors(group: typer.Typer) -> None:
    @command(group, "disable", epilog="Example: npm-cases user disable aliya")
    def disable(shell: Shell, user: Name) -> None:
        """Shut a user out at once: sessions, tokens of programs and the token file open nothing any more."""
        from npm_cases.services.user_changes import disable as shut_out

        shut_out(shell.office, user, shell.actor(), shell.at())
        _pending(shell, user, "")

    @command(group, "enable", epilog="Example: npm-cases user enable aliya")
    def enable(shell: Shell, user: Name) -> None:
        """Let a user in again; somebody with power over others takes a second person."""
        from npm_cases.services.user_changes import enable as let_in

        _pending(shell, user, let_in(shell.office, user, shell.actor(), shell.at()))


def _keys(group: typer.Typer) -> None:
    @command(group, "invite", epilog="Example: npm-cases user invite aliya")
    def invite(shell: Shell, user: Name) -> None:
        """Print the path, once, by which a user sets password and second factor; hand it over in person.

        For somebody with power over others it takes a second person, who is shown the path.
        """
        from npm_cases.services.ways_in import invite as invited

        way = invited(shell.office, user, shell.actor(), shell.at())
        if way.pending:
            _pending(shell, user, way.pending)
            return
        path = f"/invitations/{way.token}"
        said = f"for {user}, shown once; it opens once, below the address of the pages: {path}"
        shell.out({"id": user, "path": path}, lambda where: where.print(said, soft_wrap=True))

    @command(group, "token", epilog="Example: npm-cases user token aliya")
    def token(shell: Shell, user: Name) -> None:
        """Give a user a new token for the command line, printed once; the one before opens nothing any more.

        For somebody with power over others it takes a second person, who is shown the token.
        """
        from npm_cases.services.ways_in import new_token

        _token(shell, user, new_token(shell.office, user, shell.actor(), shell.at()))


def _absent(group: typer.Typer) -> None:
    @command(
        group, "absent", epilog="Example: npm-cases user absent aliya --deputy timur --from 2026-07-01 --to 2026-07-14"
    )
    def absent(
        shell: Shell,
        user: Name,
        *,
        deputy: Annotated[str, typer.Option(help="Who stands in for them.")],
        from_: Annotated[str, typer.Option("--from", metavar="DATE", help="First day.")],
        to: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day.")],
    ) -> None:
        """Record an absence: a deputy acts on the cases of the absent, and the history keeps both names."""
        from npm_cases.services.absences import record_absence
        from npm_cases.services.given_days import a_day

        days = a_day("--from", from_), a_day("--to", to)
        absence = record_absence(shell.office, user, deputy, *days, shell.actor(), shell.at())
        said = f"{deputy} stands in for {user} from {days[0]} to {days[1]}"
        shell.out({"id": absence}, lambda where: where.print(said))


def _token(shell: Shell, user: str, way: WayIn, name: str = "") -> None:
    """Print a token, or which proposal a second person must confirm first; warn of look-alikes in a new name."""
    if way.pending:
        _pending(shell, user, way.pending, name)
        return
    answer = {"id": user, "token": way.token, **warned(name)}
    said = f"user {user}{look_at(answer)}; token (shown once): {way.token}"
    shell.out(answer, lambda where: where.print(said, soft_wrap=True))


def _pending(shell: Shell, user: str, pending: str, name: str = "") -> None:
    """Say that it is done, or which proposal a second person must confirm."""
    answer = {"id": user, "pending": pending, **warned(name)}
    said = f"proposed, because it gives power; another person makes it so with\n  npm-cases case confirm {pending}"
    told = said if pending else f"user {user}: done"
    shell.out(answer, lambda where: where.print(f"{told}{look_at(answer)}"))
