"""My day: what needs me, what hurts most first."""

from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.services.absences import stands_in_for
from npm_cases.services.my_day import my_day, next_case
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query

WORKERS = access.READERS | access.ADMINISTRATORS
MINE = access.CASEWORK
"""Roles whose day begins with what is assigned to them; the others see what they may know."""


def _first_page(visit: Visit) -> Response:
    """Send everybody where their work begins."""
    if visit.actor.roles.isdisjoint(access.READERS):
        return visit.go("admin" if visit.may("admin") else "me")
    if visit.actor.roles == {"auditor"}:
        return visit.go("audit")
    return visit.go("day")


def _is_mine(visit: Visit) -> bool:
    return visit.query.get("whose", "all") == "mine"


def _users(visit: Visit) -> frozenset[str]:
    from npm_cases.domain.instants import from_text

    with visit.office.open_reading() as work:
        return stands_in_for(work, visit.actor.user, visit.office.times.day(from_text(visit.at)))


def _show(visit: Visit) -> Response:
    users = _users(visit)
    found = my_day(visit.office, visit.app.views, visit.actor, visit.at, mine=_is_mine(visit), users=users)
    return visit.render("day.html", day_=found, mine=_is_mine(visit), users=sorted(users))


def _next(visit: Visit) -> Response:
    """Open the case after the one given, in the order of the day; at its end the day itself."""
    after = visit.query.get("after", "")
    number = next_case(
        visit.office, visit.app.views, visit.actor, visit.at, mine=_is_mine(visit), users=_users(visit), after=after
    )
    whose = {"whose": visit.query.get("whose", "")}
    return visit.go("case", as_query(whose), ref=number) if number else visit.go("day", as_query(whose))


PAGES = (
    Page("home", "/", WORKERS, Data.NONE, get=_first_page),
    Page("day", "/day", access.READERS, Data.CASES, get=_show),
    Page("next", "/day/next", access.READERS, Data.CASES, get=_next),
)
