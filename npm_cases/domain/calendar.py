"""Which days are worked, and counting them. Pure: no files, no clock.

Days are legal days, in the calendar's zone. A week is named by its pattern (``five_day``, ``six_day``). Days nobody
has confirmed are computed all the same, and said to be provisional.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from npm_cases.domain.calendar_parts import (
    FIRST_YEAR,
    FIVE_DAY,
    LAST_YEAR,
    DayOff,
    Doubt,
    Holiday,
    OutsideCalendar,
    Substitute,
    Transfer,
)
from npm_cases.domain.derivation import Step
from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.working_days import ONE_DAY, Parts, WorkingDays, build_table

NOT_CONFIRMED = "year_not_confirmed"


class UnknownWeek(BadInput, ValueError):
    """The calendar has no week pattern of that name: use one of those it lists."""


@dataclass(frozen=True, slots=True)
class CalendarStamp:
    """What a due date keeps of the calendar it was counted with."""

    id: str
    version: str


@dataclass(frozen=True)
class Calendar:
    """The working days of one country, as one version of its calendar file says.

    ``weeks`` gives each pattern its working weekdays, Monday being 0. Years outside the confirmed ones are projected
    from the weekly pattern and the fixed holidays, and every day in them is provisional. ``names`` are those of the
    holidays and days off, by id and language.
    """

    id: str
    version: str
    zone: str
    first_confirmed_year: int
    last_confirmed_year: int
    weeks: Mapping[str, frozenset[int]]
    holidays: tuple[Holiday, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    days_off: tuple[DayOff, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)
    stamp: CalendarStamp = field(init=False, repr=False, compare=False)
    _tables: dict[str, WorkingDays] = field(default_factory=dict, init=False, repr=False, compare=False)
    _doubts: tuple[list[date], list[date], list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stamp", CalendarStamp(self.id, self.version))
        object.__setattr__(self, "_doubts", _in_order(self))

    def is_working(self, day: date, week: str = FIVE_DAY) -> bool:
        return day not in self._table(week, day).reasons

    def why_not_working(self, day: date, week: str = FIVE_DAY) -> str | None:
        """Name the reason a day is free, or None if it is worked.

        ``weekend``, ``holiday:<id>``, ``substitute:<id of the holiday>``, ``day_off:<id>``, or ``transfer:<day that
        is worked instead>``.
        """
        return self._table(week, day).reasons.get(day)

    def next_working_day(self, day: date, week: str = FIVE_DAY) -> date:
        """Give the day itself if it is worked, otherwise the first working day after it."""
        return self.add_working_days(day, 0, week)

    def add_working_days(self, day: date, n: int, week: str = FIVE_DAY) -> date:
        """Count ``n`` working days from ``day``, which is day zero: 1 is the first working day after it.

        A negative ``n`` counts backwards; zero is the day itself if worked, otherwise the next working day.
        Raises OutsideCalendar when the answer lies after 2199 or before 1900.
        """
        table = self._tables.get(week) or self._table(week, day)
        index = day.toordinal() - table.first
        if 0 <= index < table.size:
            position = table.before[index + 1] + n - 1 if n > 0 else table.before[index] + n
            if 0 <= position < table.worked:
                return table.working[position]
        self._widen(week, day, towards_past=n < 0)
        return self.add_working_days(day, n, week)

    def working_days_between(self, first: date, last: date, week: str = FIVE_DAY) -> int:
        """Count the working days from ``first`` to ``last``, both included; zero when they are out of order."""
        if last < first:
            return 0
        self._table(week, first)
        table = self._table(week, last)
        return table.before[last.toordinal() + 1 - table.first] - table.before[first.toordinal() - table.first]

    def skips_between(self, first: date, last: date, week: str = FIVE_DAY) -> list[Step]:
        """List a ``skip`` step, with its reason, for each free day from ``first`` to ``last``, both included."""
        if last < first:
            return []
        table = self._tables.get(week) or self._table(week, first)
        low, high = first.toordinal() - table.first, last.toordinal() + 1 - table.first
        if low < 0 or high > table.size:
            self._table(week, first)
            self._table(week, last)
            return self.skips_between(first, last, week)
        return table.skips[low - table.before[low] : high - table.before[high]]

    def is_provisional(self, day: date) -> bool:
        return self.first_doubt(day, day) is not None

    def first_doubt(self, first: date, last: date) -> tuple[date, str] | None:
        """Find the first unconfirmed day from ``first`` to ``last`` with the code of its doubt, if there is one."""
        firsts, lasts, codes = self._doubts
        index = bisect_left(lasts, first)
        if index == len(firsts) or firsts[index] > last:
            return None
        return max(firsts[index], first), codes[index]

    def _table(self, week: str, day: date) -> WorkingDays:
        table = self._tables.get(week)
        if table is not None and 0 <= day.toordinal() - table.first < table.size:
            return table
        return self._build(week, day.year, day.year)

    def _widen(self, week: str, day: date, *, towards_past: bool) -> None:
        """Double the years a table covers, in the direction of counting, until it reaches what is asked."""
        known, table = self._tables.get(week), self._table(week, day)
        if table is not known:  # the day itself was not covered: now it is, and the answer may be too
            return
        first, last = table.working[0].year, table.working[-1].year
        if (towards_past and first <= FIRST_YEAR) or (not towards_past and last >= LAST_YEAR):
            raise OutsideCalendar(say("outside_calendar", day=day, first=FIRST_YEAR, last=LAST_YEAR))
        span = last - first + 1
        if towards_past:
            self._build(week, first - span, last)
        else:
            self._build(week, first, last + span)

    def _build(self, week: str, first_year: int, last_year: int) -> WorkingDays:
        """Keep the table of a kind of week wide enough for the years asked, the confirmed ones and their neighbours."""
        if week not in self.weeks:
            raise UnknownWeek(
                say("no_such_week", calendar=self.id, given=quoted(week), known=choice_list(sorted(self.weeks)))
            )
        if last_year < FIRST_YEAR or first_year > LAST_YEAR:
            raise OutsideCalendar(say("year_outside_calendar", first=FIRST_YEAR, last=LAST_YEAR, year=first_year))
        known = self._tables.get(week)
        first = min(first_year - 1, self.first_confirmed_year, known.working[0].year if known else first_year)
        last = max(last_year + 1, self.last_confirmed_year, known.working[-1].year if known else last_year)
        table = build_table(self._parts(week), max(first, FIRST_YEAR), min(last, LAST_YEAR))
        self._tables[week] = table
        return table

    def _parts(self, week: str) -> Parts:
        free = frozenset(range(7)) - self.weeks[week]
        return Parts(week, free, self.holidays, self.substitutes, self.days_off, self.transfers)


def transfer_problem(transfer: Transfer, bare: Calendar) -> str | None:
    """Say why a transfer cannot be: the day it frees must be worked without it, and the day it works must be free.

    ``bare`` is the calendar without any transfers.
    """
    for week in sorted(transfer.weeks):
        if not bare.is_working(transfer.off, week):
            return (
                f"off: {transfer.off} is no working day of the {week} week: {bare.why_not_working(transfer.off, week)}"
            )
        why = bare.why_not_working(transfer.worked, week)
        if why is None:
            return f"worked: {transfer.worked} is a working day of the {week} week already"
        if why.startswith("holiday:"):
            return f"worked: {transfer.worked} is a public holiday ({why}), and only days off can be moved"
    return None


def changed_days(
    old: Calendar, new: Calendar, first: date, last: date, week: str = FIVE_DAY
) -> Iterator[tuple[date, str | None, str | None]]:
    """List the days that one calendar works and the other does not: day, old reason, new reason, in order of time."""
    day = first
    while day <= last:
        before, after = old.why_not_working(day, week), new.why_not_working(day, week)
        if (before is None) != (after is None):
            yield day, before, after
        day += ONE_DAY


def _in_order(calendar: Calendar) -> tuple[list[date], list[date], list[str]]:
    """Lay the doubts beside the unconfirmed years, cut so that they do not overlap: first days, last days, codes."""
    start, end = date(calendar.first_confirmed_year, 1, 1), date(calendar.last_confirmed_year, 12, 31)
    inside = sorted(
        (max(doubt.first, start), min(doubt.last, end), doubt.id)
        for doubt in calendar.doubts
        if doubt.first <= end and doubt.last >= start
    )
    stretches = [(date.min, start - ONE_DAY, NOT_CONFIRMED)]
    for first, last, code in [*inside, (end + ONE_DAY, date.max, NOT_CONFIRMED)]:
        free_from = max(first, stretches[-1][1] + ONE_DAY)
        if free_from <= last:
            stretches.append((free_from, last, code))
    return [s[0] for s in stretches], [s[1] for s in stretches], [s[2] for s in stretches]
