"""Commands on the working days: a calendar compared with the one in force, and put in force by two people."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.policy_changes import differences_under_calendar, propose_calendar_file, show_differences
from npm_cases.cli.shell import Shell, command, settings, table

CalendarFile = Annotated[Path, typer.Argument(help="Calendar file (docs/calendars.md).")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The days that are worked.", no_args_is_help=True)
    app.add_typer(group, name="calendar")

    @command(group, "propose", epilog="Example: npm-cases calendar propose --country kz --from 2027 --out kz-2027.toml")
    def propose(
        shell: Shell,
        *,
        country: Annotated[str, typer.Option(help="Calendar that is to go on, and country of the public list.")] = "",
        from_: Annotated[int, typer.Option("--from", metavar="YEAR", help="First year taken from the list.")],
        to: Annotated[int, typer.Option("--to", metavar="YEAR", help="Last year; one year if left out.")] = 0,
        part: Annotated[str, typer.Option(help="A part of the country, as the list calls it: SCT.")] = "",
        zone: Annotated[str, typer.Option(help="Begin a calendar of a country that has none, in this time zone.")] = "",
        version: Annotated[str, typer.Option(help="Version of the proposed file.")] = "",
        out: Annotated[Path, typer.Option(help="Where the proposed calendar is written; never over a file.")],
    ) -> None:
        """Write a calendar that takes new years from a public list, and say where the list and the file differ.

        The list proposes, people decide: hold it against the official calendar, then `calendar review` and `adopt`.
        """
        from npm_cases.packs.calendar_proposal import blank
        from npm_cases.packs.policy_texts import calendar_text

        named, years = country or settings().country, (from_, to or from_)
        text = blank(out.stem.partition("-")[0], zone, *years) if zone else calendar_text(named)
        _propose(shell, text, named.partition("_")[0], years, part, version, out)

    @command(group, "review", epilog="Example: npm-cases calendar review kz-2027.toml")
    def review(shell: Shell, file: CalendarFile) -> None:
        """Show which days a calendar works otherwise than the one in force, which open dates that moves, and who was told them."""
        from npm_cases.packs.calendar_file import load_calendar
        from npm_cases.services.adoption import calendar_present

        calendar = load_calendar(file)
        present = calendar_present(shell.office, calendar)
        answer = {
            "old": present.version, "new": calendar.version, "days": _days(present, calendar, shell.office.pack.week),
            "differences": differences_under_calendar(shell, calendar),
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))

    @command(group, "adopt", epilog="Example: npm-cases calendar adopt kz-2027.toml")
    def adopt(shell: Shell, file: CalendarFile) -> None:
        """Propose to put a calendar in force; another person confirms it with `npm-cases case confirm`."""
        propose_calendar_file(shell, file)


def _propose(shell: Shell, text: str, country: str, years: tuple[int, int], part: str, version: str, out: Path) -> None:
    from npm_cases.domain.errors import Conflict
    from npm_cases.packs.calendar_proposal import propose
    from npm_cases.packs.public_holidays import public_list

    if out.exists():
        raise Conflict(f"--out {out} is there already: give another name, nothing is written over")
    made = propose(text, public_list(country, *years, part), *years, version or f"{years[1]}.1")
    out.write_text(made.text, encoding="utf-8")
    left = [{"day": one.day.isoformat(), "file": one.file, "listed": one.listed} for one in made.disagreements]
    answer = {
        "written": str(out), "freed": [day.isoformat() for day in made.freed], "disagreements": left,
        "transfers": [{"off": off.isoformat(), "worked": worked.isoformat()} for off, worked in made.transfers],
    }  # fmt: skip
    shell.out(answer, lambda where: _show_proposal(where, answer))


def _show_proposal(where: Any, answer: dict[str, Any]) -> None:
    where.print(
        f"{answer['written']}: {len(answer['freed'])} days freed, {len(answer['transfers'])} days moved, "
        f"{len(answer['disagreements'])} left to you"
    )
    rows = [(one["day"], one["file"], one["listed"]) for one in answer["disagreements"]]
    if rows:
        table(where, "The list says otherwise, the file stays", ("Day", "File", "List"), rows)


def _days(present: Any, calendar: Any, week: str) -> list[dict[str, str]]:
    from npm_cases.domain.calendar import changed_days

    first = date(min(present.first_confirmed_year, calendar.first_confirmed_year), 1, 1)
    last = date(max(present.last_confirmed_year, calendar.last_confirmed_year), 12, 31)
    return [
        {"day": day.isoformat(), "old": old or "worked", "new": new or "worked"}
        for day, old, new in changed_days(present, calendar, first, last, week)
    ]


def _show(where: Any, answer: dict[str, Any]) -> None:
    rows = [(one["day"], one["old"], one["new"]) for one in answer["days"]]
    table(where, f"{answer['old']} beside {answer['new']}: {len(rows)} days differ", ("Day", "In force", "New"), rows)
    show_differences(where, answer)
