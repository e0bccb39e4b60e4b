"""A calendar file read day by day: which days are free and why, and on which days the calendar is in doubt.

For the recount of due dates: standard library only, no import of the engine, and no table of the engine's.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

Plain = Mapping[str, Any]

LAST_YEAR = 2199  # calendars reach no further
_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEARS_KEPT = 200  # memory does not grow with the number of terms, whatever years they name


class PlainCalendar:
    """The tables of a calendar file, which must not change: what follows from them is worked out once.

    Nothing is read before it is asked for, so what is wrong in the tables is raised there: KeyError, TypeError,
    ValueError, AttributeError.
    """

    def __init__(self, tables: Plain) -> None:
        self.tables = tables
        self._weeks: dict[str, FreeDays] = {}

    def free_days(self, week: str) -> "FreeDays":
        """Return the free days in a kind of week; raises KeyError when the calendar has no such week."""
        if week not in self._weeks:
            self._weeks[week] = FreeDays(self.tables, week)
        return self._weeks[week]

    def doubt_on(self, day: date) -> str:
        """Say by its code why the calendar is not certain of a day; empty when it is."""
        first, last, spans = self._spans
        if not first <= day.year <= last:
            return "year_not_confirmed"
        return next((code for begins, ends, code in spans if begins <= day <= ends), "")

    @cached_property
    def _spans(self) -> tuple[int, int, list[tuple[date, date, str]]]:
        """Give the first and last confirmed year, and the doubts within them in the order of time."""
        first, last = self.tables["first_confirmed_year"], self.tables["last_confirmed_year"]
        start, end = date(first, 1, 1), date(last, 12, 31)
        doubts = self.tables.get("doubts", [])
        return first, last, sorted((max(d["first"], start), min(d["last"], end), d["id"]) for d in doubts)


class FreeDays:
    """Which days are free in one kind of week, worked out from the calendar file, a year at a time and each year once."""

    def __init__(self, calendar: Plain, week: str) -> None:
        self._substitutes = calendar.get("substitutes", [])
        self._worked_weekdays = set(calendar["weeks"][week])
        self._years: dict[int, dict[date, str]] = {}
        self._yearly: dict[str, list[tuple[str, Plain]]] = {}
        self._dated: dict[date, str] = {}
        self._moved: dict[date, str] = {}
        for kind, table in (("holiday", "holidays"), ("day_off", "days_off")):
            for entry in calendar.get(table, []):
                for month_day in entry.get("days", []):
                    self._yearly.setdefault(month_day, []).append((kind, entry))
                for day in entry.get("dates", []):
                    self._dated.setdefault(day, f"{kind}:{entry['id']}")
        for transfer in calendar.get("transfers", []):
            if week in transfer.get("weeks", ["five_day"]):
                self._moved.setdefault(transfer["worked"], "")
                self._moved.setdefault(transfer["off"], f"transfer:{transfer['worked']}")

    def why_free(self, day: date) -> str:
        year = self._years.get(day.year)
        return (self._work_out(day.year) if year is None else year).get(day, "")

    def next_worked(self, day: date) -> date:
        while self.why_free(day):
            day += _DAY
        return day

    def _work_out(self, year: int) -> dict[date, str]:
        if year > LAST_YEAR:
            raise ValueError(f"the term runs past the year {LAST_YEAR}")
        if len(self._years) >= _YEARS_KEPT:
            self._years.clear()
        self._years[year] = dict(self._walk(year))
        return self._years[year]

    def _walk(self, year: int) -> Iterator[tuple[date, str]]:
        """Walk through the year before and this one, with a queue of holidays that wait for a substitute day."""
        waiting: list[str] = []
        day = date(year - 1, 1, 1)
        while day.year <= year:
            why = self._named(day)
            is_weekend = _WEEKDAYS[day.weekday()] not in self._worked_weekdays
            if is_weekend and why.startswith("holiday:") and self._is_replaced(day):
                waiting.append(why.removeprefix("holiday:"))
            elif not is_weekend and not why and waiting:
                why = f"substitute:{waiting.pop(0)}"
            why = self._moved.get(day, why or ("weekend" if is_weekend else ""))
            if why and day.year == year:
                yield day, why
            day += _DAY

    def _named(self, day: date) -> str:
        for kind, entry in self._yearly.get(day.isoformat()[5:], []):
            if _in_force(entry, day):
                return f"{kind}:{entry['id']}"
        return self._dated.get(day, "")

    def _is_replaced(self, day: date) -> bool:
        return any(_in_force(rule, day) for rule in self._substitutes)


def _in_force(entry: Plain, day: date) -> bool:
    return bool(entry.get("valid_from", date.min) <= day <= entry.get("valid_to", date.max))
