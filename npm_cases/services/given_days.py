"""Days a person typed: read, and refused in words that name the field."""

from datetime import date

from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""No law, no case and no calendar of ours lies outside; beyond them dates can no longer be counted with."""


def a_day(name: str, text: str) -> date:
    """Read a day.

    Raises BadInput naming the field.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(say("not_a_date", field=name, given=quoted(text)))
    return day


def a_day_if_given(name: str, text: str) -> date | None:
    """Read a day; None where nothing was typed.

    Raises BadInput naming the field.
    """
    return a_day(name, text) if text else None


def a_day_gone_by(name: str, text: str, today: date) -> date | None:
    """Read a day that is not to come; None where nothing was typed.

    Raises BadInput naming the field.
    """
    day = a_day_if_given(name, text)
    if day is not None and day > today:
        raise BadInput(say("day_in_future", field=name, day=day, today=today))
    return day
