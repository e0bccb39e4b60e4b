"""A month of due days and rungs on the working calendar."""

from datetime import date, timedelta

from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.domain.instants import from_text
from npm_cases.services.absences import stands_in_for
from npm_cases.services.given_days import a_day
from npm_cases.services.month_view import month
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

ONE_DAY = timedelta(days=1)
MONDAY = 0


def _show(visit: Visit) -> Response:
    today = visit.office.times.day(from_text(visit.at))
    first = a_day("day", f"{visit.query['month']}-01") if visit.query.get("month") else today.replace(day=1)
    mine = visit.query.get("whose") == "mine"
    with visit.office.open_reading() as work:
        assigned = (visit.actor.user, *sorted(stands_in_for(work, visit.actor.user, today))) if mine else ()
    found = month(visit.office, visit.app.views, visit.actor, first, assigned=assigned)
    return visit.render(
        "month.html", found=found, today=today, mine=mine, weeks=_weeks([day.day for day in found.days]),
        days={day.day: day for day in found.days}, before=(found.first - ONE_DAY).isoformat()[:7],
        after=(found.days[-1].day + ONE_DAY).isoformat()[:7], this=found.first.isoformat()[:7],
    )  # fmt: skip


def _weeks(days: list[date]) -> list[list[date | None]]:
    """Lay the days of a month out in weeks from Monday; places before the first and after the last day are empty."""
    cells: list[date | None] = [None] * days[0].weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


PAGES = (Page("month", "/calendar", access.READERS, Data.CASES, get=_show),)
