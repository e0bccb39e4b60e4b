"""The page of one case, why it stands where it stands, and how far it has changed since it was opened."""

from datetime import datetime

from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import as_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.services.case_file import CaseFile, case_file
from npm_cases.services.case_views import version_of
from npm_cases.services.derivation_words import derivation_in_words
from npm_cases.services.explain import explain
from npm_cases.services.explain_words import sentences
from npm_cases.services.given_days import FIRST_YEAR, LAST_YEAR
from npm_cases.web.machine_map import machine_map
from npm_cases.web.numbers import whole
from npm_cases.web.reading_reasons import READING_REASONS
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

UNCHANGED = 204


def read_file(visit: Visit, ref: str) -> CaseFile:
    """Read a case for a page."""
    with visit.app.reader as reader:
        return case_file(visit.office, reader, ref, visit.actor, visit.at, visit.lang)


def _show(visit: Visit) -> Response:
    found = read_file(visit, visit.path["ref"])
    names = visit.office.pack.calendar.names
    done = visit.query.get("done", "")
    return visit.render(
        "case.html", file=found, case=found.case, maps=machine_map(found.case, visit.speaker),
        derived={clock["id"]: derivation_in_words(clock["derivation"], names, visit.lang) for clock in found.clocks},
        receipt=found.leaves.get(whole(done), ""), done=done,
        reasons=READING_REASONS, may_open=not visit.actor.roles.isdisjoint(access.TEXT_READERS),
        whose=visit.query.get("whose", ""),
    )  # fmt: skip


def _why(visit: Visit) -> Response:
    at = _moment(visit)
    with visit.app.reader as reader:
        found = explain(visit.office, reader, visit.path["ref"], at, visit.actor)
    return visit.render("why.html", lines=sentences(found, visit.lang), ref=found.number)


def _moment(visit: Visit) -> str:
    """Return the instant asked for, on the wall clocks of the country; the present one where none is."""
    from zoneinfo import ZoneInfo

    given = visit.query.get("at", "")
    if not given:
        return visit.at
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - refused in the next line
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(say("no_time", given=quoted(given)))
    return as_text(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(visit.office.pack.zone)))


def _news(visit: Visit) -> Response:
    """Say, while a page stays open, that its case was changed by somebody else; nothing where it was not."""
    version = version_of(visit.office, visit.path["ref"], visit.actor)
    if str(version) == visit.query.get("version", ""):
        return Response(status_code=UNCHANGED)
    return visit.render("news.html", ref=visit.path["ref"])


PAGES = (
    Page("case", "/cases/{ref}", access.READERS, Data.CASES, get=_show),
    Page("why", "/cases/{ref}/why", access.READERS, Data.HISTORY, get=_why),
    Page("news", "/cases/{ref}/news", access.READERS, Data.CASES, get=_news, unattended=True),
)
