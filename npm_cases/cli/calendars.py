"""Commands on the working days: a calendar compared with the one in force, and put in force by two people."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.policy_changes import differences_under_calendar, propose_calendar_file, show_differences
from npm_cases.cli.shell import Shell, command, table

CalendarFile = Annotated[Path, typer.Argument(help="Calendar file (docs/calendars.md).")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The days that are worked.", no_args_is_help=True)
    app.add_typer(group, name="calendar")

    @command(group, "review", epilog="Example: npm-cases calendar review kz-2027.toml")
    def review(shell: Shell, file: CalendarFile) -> None:
        """Show which days a calendar works otherwise than the one in force, and which open dates that moves."""
        from npm_cases.packs.calendar_file import load_calendar

        calendar = load_calendar(file)
        answer = {
            "old": shell.office.pack.calendar.version, "new": calendar.version, "days": _days(shell, calendar),
            "differences": differences_under_calendar(shell, calendar),
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))

    @command(group, "adopt", epilog="Example: npm-cases calendar adopt kz-2027.toml")
    def adopt(shell: Shell, file: CalendarFile) -> None:
        """Propose to put a calendar in force; another person confirms it with `npm-cases case confirm`."""
        propose_calendar_file(shell, file)


def _days(shell: Shell, calendar: Any) -> list[dict[str, str]]:
    from npm_cases.domain.calendar import changed_days

    pack = shell.office.pack
    first = date(min(pack.calendar.first_confirmed_year, calendar.first_confirmed_year), 1, 1)
    last = date(max(pack.calendar.last_confirmed_year, calendar.last_confirmed_year), 12, 31)
    return [
        {"day": day.isoformat(), "old": old or "worked", "new": new or "worked"}
        for day, old, new in changed_days(pack.calendar, calendar, first, last, pack.week)
    ]


def _show(where: Any, answer: dict[str, Any]) -> None:
    rows = [(one["day"], one["old"], one["new"]) for one in answer["days"]]
    table(where, f"{answer['old']} beside {answer['new']}: {len(rows)} days differ", ("Day", "In force", "New"), rows)
    show_differences(where, answer)
