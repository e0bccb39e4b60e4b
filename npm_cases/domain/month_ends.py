"""Adding months. A term in months ends on the same day number, or on the last day of a shorter month."""

from calendar import monthrange
from datetime import date

from npm_cases.domain.calendar_parts import OutsideCalendar
from npm_cases.domain.messages import say
from npm_cases.domain.working_days import ONE_DAY


def add_months(day: date, months: int) -> date:
    """Give the same day number ``months`` later, or the last day of a shorter month (31 January + 1: 28 February)."""
    year, month = _month_after(day, months)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_with_first_day(day: date, months: int) -> date:
    """Give the last day of a term in which ``day`` itself counts: the day before the same day number.

    From 1 March one month ends on 31 March; from 31 January one month ends on the last day of February.
    """
    year, month = _month_after(day, months)
    last = monthrange(year, month)[1]
    return date(year, month, last) if day.day > last else date(year, month, day.day) - ONE_DAY


def _month_after(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise OutsideCalendar(say("months_not_datable", months=months, day=day))
    return year, month + 1
