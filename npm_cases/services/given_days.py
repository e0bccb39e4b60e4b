"""Days a person typed: read, and refused in words that name the field."""

from datetime import date

from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say


def a_day(name: str, text: str) -> date:
    """Read a day.

    Raises BadInput naming the field.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(say("not_a_date", field=name, given=quoted(text))) from None


def a_day_gone_by(name: str, text: str, today: date) -> date | None:
    """Read a day that is not to come; None where nothing was typed.

    Raises BadInput naming the field.
    """
    if not text:
        return None
    day = a_day(name, text)
    if day > today:
        raise BadInput(say("day_in_future", field=name, day=day, today=today))
    return day
