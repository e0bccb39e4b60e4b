"""The past on two axes: what was true on a day, as known on a day, of one case or of all, and what differs."""

from collections.abc import Sequence

from starlette.responses import Response

from npm_cases.domain.errors import BadInput, NotFound, RefusedByRule
from npm_cases.services.as_of import CaseloadPast, Moment, Past, as_of, caseload_as_of, difference
from npm_cases.services.asked_moments import Asked, asked_moments
from npm_cases.services.long_logs import need_short_log
from npm_cases.services.narrative import ChangeInWords, changes_in_words
from npm_cases.services.standing import Change, changes
from npm_cases.web.failures import status_of
from npm_cases.web.pages.audit import AUDITORS
from npm_cases.web.pages.audit_parts import today, wrong_of
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

DIFFERING = 100
DAYS = ("on", "known", "against_on", "against_known")


def _show(visit: Visit) -> Response:
    asked = Asked(**{name: visit.query.get(name, "").strip() for name in DAYS})
    ref = visit.query.get("case", "").strip()
    if not asked.on:
        return _page(visit, 200)
    visit.app.sequence()
    try:
        moments = asked_moments(visit.office, asked, visit.at)
        return _one(visit, ref, moments) if ref else _all(visit, moments)
    except (BadInput, NotFound, RefusedByRule) as error:
        return _page(visit, status_of(error), wrong=wrong_of(visit, error))


def _page(visit: Visit, status: int, **values: object) -> Response:
    nothing = {"wrong": None, "views": (), "differences": (), "caseload": None, "rows": (), "differing": ()}
    return visit.render("audit_past.html", status, today=today(visit), most=DIFFERING, **{**nothing, **values})


def _one(visit: Visit, ref: str, moments: Sequence[Moment]) -> Response:
    with visit.app.views.histories() as histories:
        found = as_of(visit.office, histories, ref, moments, visit.actor)
    views = [(past, _in_words(visit, changes({}, past.fields))) for past in found]
    return _page(visit, 200, views=views, differences=_differences(visit, found))


def _differences(visit: Visit, found: Sequence[Past]) -> tuple[ChangeInWords, ...]:
    return _in_words(visit, difference(found[0], found[-1]))


def _in_words(visit: Visit, changed: Sequence[Change]) -> tuple[ChangeInWords, ...]:
    return changes_in_words(visit.office.pack, visit.office.pack.zone, changed, visit.lang)


def _all(visit: Visit, moments: Sequence[Moment]) -> Response:
    with visit.app.views.histories() as histories:
        need_short_log(histories.tree().size())
        found = caseload_as_of(visit.office, histories, moments, visit.actor, DIFFERING)
    differing = [(one.number, _in_words(visit, one.changes)) for one in found.differing]
    return _page(visit, 200, caseload=found, rows=_rows(found), differing=differing)


def _rows(found: CaseloadPast) -> list[tuple[str, str, list[int]]]:
    """Return how many cases there were in each state of each machine at each moment; a state nobody was in is left out."""
    names = {(machine, state) for total in found.totals for machine, counts in total.states.items() for state in counts}
    return [
        (machine, state, [total.states[machine][state] if machine in total.states else 0 for total in found.totals])
        for machine, state in sorted(names)
    ]


PAGES = (Page("audit_past", "/audit/past", AUDITORS, Data.HISTORY, get=_show),)
