"""What a calendar is made of: holidays, days off, transfers, doubts. Dated facts only, no counting.

A *holiday* is a public holiday of the law; a *day off* is free without being a holiday, so nothing replaces it
when it falls on a weekend; a *transfer* swaps one free day for one working day; a *doubt* is a stretch of days that
nobody has confirmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from npm_cases.domain.errors import BadInput

FIRST_YEAR = 1900  # the span a calendar may be asked about; outside it a date is surely a slip of the pen
LAST_YEAR = 2199
FIVE_DAY = "five_day"

MonthDay = tuple[int, int]


class OutsideCalendar(BadInput, ValueError):
    """A calendar is asked about a day before 1900 or after 2199: check the date that was typed."""


@dataclass(frozen=True, slots=True)
class Validity:
    """The first and the last day on which a provision is in force; no last day means until further notice."""

    valid_from: date
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday kept on the same days each year, while its provision is in force."""

    id: str
    days: tuple[MonthDay, ...]
    validity: Validity
    source: str

    def dates_in(self, year: int) -> Iterator[date]:
        return (day for day in _dates(self.days, year) if self.validity.covers(day))


@dataclass(frozen=True, slots=True)
class DayOff:
    """A free day that is no holiday: on fixed days each year, or on dates that are listed one by one."""

    id: str
    days: tuple[MonthDay, ...]
    dates: frozenset[date]
    validity: Validity
    source: str

    def dates_in(self, year: int) -> Iterator[date]:
        yield from (day for day in _dates(self.days, year) if self.validity.covers(day))
        yield from (day for day in self.dates if day.year == year)


@dataclass(frozen=True, slots=True)
class Substitute:
    """While in force, a holiday on a weekly day off makes the next working day after it free."""

    validity: Validity
    source: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One free day moves: ``worked`` was free and is worked, ``off`` was a working day and is free."""

    off: date
    worked: date
    weeks: frozenset[str]
    source: str

    @property
    def id(self) -> str:
        return self.worked.isoformat()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Days, first and last included, of which nobody has confirmed whether they are worked."""

    id: str
    first: date
    last: date
    reason: str


def _dates(days: tuple[MonthDay, ...], year: int) -> Iterator[date]:
    for month, day in days:
        if (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
            yield date(year, month, day)
