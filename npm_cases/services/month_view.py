"""A month of due days and rungs to come, on the working calendar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from npm_cases.domain.records import Actor
from npm_cases.services.finding import Sight, sight_of
from npm_cases.services.ports import Office

DUE, RUNG = "due", "rung"
COUNTED_A_DAY = 100
"""A day's counts stop here: a cell of a calendar says little more than that there are many."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One clock that is due, or one rung that comes (``what`` is "due" or "rung"), on a day of the month."""

    what: str
    number: str
    title: str
    duty: str
    owed_by: str
    assignee: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day: ``why_free`` is empty or weekend, holiday, substitute, day_off, transfer; ``name`` by language, for holidays.

    ``due`` counts the clocks due on the legal day, ``rungs`` those whose next rung comes on it; both stop at 100. Of a
    month to come only the next rung of each clock is known.
    """

    day: date
    is_working: bool
    why_free: str
    name: Mapping[str, str]
    provisional: bool
    due: int
    rungs: int
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a month in order; ``is_capped`` when a day has more than is counted (100)."""

    first: date
    days: tuple[MonthDay, ...]
    is_capped: bool


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """What the database is asked for: clocks due, or rungs that come, from a day or instant on and before another."""

    what: str
    first: str
    before: str


class MonthViews(Protocol):
    """What the database answers; `App.views` does: for each day asked for its count and its first rows."""

    def days_of_month(
        self, days: Sequence[DayOfMonth], sight: Sight, users: Sequence[str], limit: int, most: int
    ) -> list[tuple[int, list[dict[str, Any]]]]: ...


def month(
    office: Office, views: MonthViews, actor: Actor, first: date, *, assigned: tuple[str, ...] = (), rows: int = 5
) -> Month:
    """Show the month a day lies in: due clocks, coming rungs, and the calendar.

    ``assigned`` keeps the cases of these users; ``rows`` is how many rows each day names, clocks first. Somebody who need not
    know of any case sees the calendar alone. Raises NotAllowed for a role that lists no cases.
    """
    sight = sight_of(actor)
    days = list(_days(first))
    asked = [*[_due(day) for day in days], *[_rungs(office, day) for day in days]]
    if sight is None:
        found: list[tuple[int, list[dict[str, Any]]]] = [(0, []) for _ in asked]
    else:
        found = views.days_of_month(asked, sight, assigned, rows, COUNTED_A_DAY + 1)
    due, rungs = found[: len(days)], found[len(days) :]
    told = tuple(_day(office, *one, rows) for one in zip(days, due, rungs, strict=True))
    return Month(days[0], told, any(count > COUNTED_A_DAY for count, _ in found))


def _days(first: date) -> Iterator[date]:
    day = first.replace(day=1)
    while day.month == first.month:
        yield day
        day += ONE_DAY


def _due(day: date) -> DayOfMonth:
    return DayOfMonth(DUE, day.isoformat(), (day + ONE_DAY).isoformat())


def _rungs(office: Office, day: date) -> DayOfMonth:
    zone = office.pack.zone
    return DayOfMonth(RUNG, office.times.end_of(day - ONE_DAY, zone), office.times.end_of(day, zone))


def _day(
    office: Office,
    day: date,
    due: tuple[int, list[dict[str, Any]]],
    rungs: tuple[int, list[dict[str, Any]]],
    rows: int,
) -> MonthDay:
    calendar, week = office.pack.calendar, office.pack.week
    why, _, of = (calendar.why_not_working(day, week) or "").partition(":")
    told = [*[_row(DUE, row) for row in due[1]], *[_row(RUNG, row) for row in rungs[1]]]
    return MonthDay(
        day, calendar.is_working(day, week), why, calendar.names.get(of, {}), calendar.is_provisional(day),
        min(due[0], COUNTED_A_DAY), min(rungs[0], COUNTED_A_DAY), tuple(told[:rows]),
    )  # fmt: skip


def _row(what: str, row: Mapping[str, Any]) -> MonthRow:
    return MonthRow(
        what, row["number"], row["title"], row["duty"], row["owed_by"], row["assignee"], bool(row["provisional"])
    )
