"""The table behind a calendar: every working day of a span of years in order, and how many lie before each day.

With it, adding working days is two look-ups. A table is a pure function of the calendar's parts, the kind of week
and the years; it holds the same answers however wide it is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from npm_cases.domain.calendar_parts import DayOff, Holiday, Substitute, Transfer
from npm_cases.domain.derivation import Step

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Positions count from ``first``, the ordinal of 1 January of the first year.

    ``size`` is the number of days, ``worked`` that of working days.
    ``before[i]`` is the number of working days earlier than day ``i`` (one entry more than there are days);
    ``working`` and ``skips`` are the working days and the steps over free days, both in the order of time.
    """

    first: int
    size: int
    worked: int
    before: list[int]
    working: list[date]
    skips: list[Step]
    reasons: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What decides whether a day is worked in one kind of week; ``free_weekdays`` counts Monday as 0."""

    week: str
    free_weekdays: frozenset[int]
    holidays: tuple[Holiday, ...]
    substitutes: tuple[Substitute, ...]
    days_off: tuple[DayOff, ...]
    transfers: tuple[Transfer, ...]


def build_table(parts: Parts, first_year: int, last_year: int) -> WorkingDays:
    """Lay out the working days from 1 January of the first year to 31 December of the last."""
    reasons = special_days(parts, first_year, last_year)
    worked = {transfer.worked for transfer in parts.transfers if parts.week in transfer.weeks}
    first, end = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal() + 1
    before, working, free = [0], [], {}
    for ordinal in range(first, end):
        day = date.fromordinal(ordinal)
        why = reasons.get(day) or ("weekend" if day.weekday() in parts.free_weekdays else "")
        if why and day not in worked:
            free[day] = why
        else:
            working.append(day)
        before.append(len(working))
    skips = [Step("skip", day.isoformat(), why) for day, why in free.items()]
    return WorkingDays(first, end - first, len(working), before, working, skips, free)


def special_days(parts: Parts, first_year: int, last_year: int) -> dict[date, str]:
    """Give each day that is free by more than the weekly pattern its reason; the stronger reason wins.

    A moved day off is stronger than a holiday, a holiday than a day off, a day off than a substitute day.
    """
    years = range(first_year - 1, last_year + 1)  # a holiday of December may be replaced in January
    holidays = {day: holiday.id for year in years for holiday in parts.holidays for day in holiday.dates_in(year)}
    days_off = {day: off.id for year in years for off in parts.days_off for day in off.dates_in(year)}
    substitutes = substitute_days(holidays, days_off, parts)
    moved = {transfer.off: transfer.id for transfer in parts.transfers if parts.week in transfer.weeks}
    return {
        **{day: f"substitute:{code}" for day, code in substitutes.items()},
        **{day: f"day_off:{code}" for day, code in days_off.items()},
        **{day: f"holiday:{code}" for day, code in holidays.items()},
        **{day: f"transfer:{code}" for day, code in moved.items()},
    }


def substitute_days(holidays: Mapping[date, str], days_off: Collection[date], parts: Parts) -> dict[date, str]:
    """Replace each holiday on a weekly day off by the next working day after it, in the order of time.

    Transfers are decided later than the holidays, so a substitute day may itself be moved away (11 May 2020).
    """
    found: dict[date, str] = {}
    for holiday in sorted(holidays):
        if holiday.weekday() in parts.free_weekdays and _is_replaced(holiday, parts.substitutes):
            day = holiday + ONE_DAY
            while day.weekday() in parts.free_weekdays or day in holidays or day in days_off or day in found:
                day += ONE_DAY
            found[day] = holidays[holiday]
    return found


def _is_replaced(holiday: date, rules: Iterable[Substitute]) -> bool:
    return any(rule.validity.covers(holiday) for rule in rules)
