"""If nobody acts: what the engine will do in the next days, simulated on a copy, one simulation at a time."""

import threading
from datetime import date, timedelta

from markupsafe import Markup
from starlette.responses import Response

from npm_cases.bootstrap import App, copy_of
from npm_cases.domain import access
from npm_cases.domain.errors import TryAgain
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.services.forecast import ESCALATE, Forecast, forecast
from npm_cases.services.simulate import Simulation, simulate
from npm_cases.web.charts import bars
from npm_cases.web.rendering import Speaker
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

SPANS = (30, 90, 365)
SHOWN = 100
ACTS = ("remind", "notify", ESCALATE)
MOST_CASES = 20_000
"""Beyond that a copy of the database takes longer than a page may; the command line does it."""

_one_at_a_time = threading.Lock()
_kept: dict[tuple[str, str, str], Simulation] = {}


def _show(visit: Visit) -> Response:
    days = next((span for span in SPANS if str(span) == visit.query.get("days")), SPANS[0])
    until = visit.office.times.day(from_text(visit.at)) + timedelta(days=days)
    is_asked = "days" in visit.query
    found = _simulated(visit, until) if is_asked else None
    told = forecast(visit.office, found.until, found.acts, visit.actor) if found else None
    return visit.render(
        "forecast.html", told=told, spans=SPANS, days=days, until=until.isoformat(), shown=SHOWN, acts=ACTS,
        chart=_chart(told, visit.speaker) if told else None,
    )  # fmt: skip


def _chart(told: Forecast, speak: Speaker) -> Markup:
    """Draw how much happens in each month."""
    months = sorted({month for month, _ in told.by_month})
    counts = {month: sum(told.by_month.get((month, act), 0) for act in ACTS) for month in months}
    items = [(month, float(counts[month]), speak.number(counts[month])) for month in months]
    help_ = speak.t("forecast.chart_help")
    return bars("forecast", speak.t("forecast.chart"), help_, items, max(counts.values(), default=0))


def _simulated(visit: Visit, until: date) -> Simulation:
    """Return the simulation, made once for a state of the caseload.

    Raises TryAgain while another one runs, or where the caseload is too large for a page.
    """
    with visit.office.open_reading() as work:
        state, cases = work.last_instant(), sum(int(row["last"]) for row in work.rows("case_numbers"))
    key = (visit.office.origin, state, until.isoformat())
    if (found := _kept.get(key)) is not None:
        return found
    if cases > MOST_CASES:
        raise TryAgain(say("too_many_to_simulate", most=MOST_CASES))
    if not _one_at_a_time.acquire(blocking=False):
        raise TryAgain(say("simulation_runs"))
    try:
        made = _run(visit.app, visit.at, until)
        _kept.clear()
        _kept[key] = made
        return made
    finally:
        _one_at_a_time.release()


def _run(app: App, at: str, until: date) -> Simulation:
    last = app.office.times.end_of(until, app.office.pack.zone)
    with copy_of(app) as copy:
        return simulate(copy.office, copy.views, at, last)


PAGES = (Page("forecast", "/forecast", access.READERS, Data.CASES, get=_show),)
