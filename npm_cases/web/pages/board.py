"""The board for the Ombudsman: decisions that wait, implementation over time, late answers, repeats; each chart with its table."""

from markupsafe import Markup
from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.domain.small_cells import SMALL
from npm_cases.services.board import ROWS, Board, board
from npm_cases.web.charts import bars
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

LOOKERS = access.CASEWORK | {"council", "auditor"}
WHOLE = 100.0


def _show(visit: Visit) -> Response:
    by = visit.query.get("by") or ROWS[0]
    found = board(visit.office, visit.app.views, visit.actor, visit.at, by=by)
    return visit.render(
        "board.html", board=found, by=by, ways=ROWS, smallest=SMALL, name=lambda code: _name(visit, found, by, code),
        quarters=_quarters(visit, found),
    )  # fmt: skip


def _name(visit: Visit, found: Board, by: str, code: str) -> str:
    """Say the name of a row; one without a name of its own says that there is none."""
    if not code:
        return visit.speaker.t("board.unnamed")
    names = {"body": lambda: found.names.get(code, code), "region": lambda: visit.speaker.region(code)}
    names["channel"] = lambda: visit.speaker.channel(code)
    return names[by]() if by in names else code


def _quarters(visit: Visit, found: Board) -> Markup:
    """Draw the rate of each quarter; one that is not told has no bar and says so."""
    speak = visit.speaker
    items = []
    for quarter in found.rates.quarters:
        rate = found.rates.quarter_totals[quarter]
        said = f"{rate.percent} %" if rate.percent is not None else speak.t("board.not_told")
        items.append((quarter, float(rate.percent) if rate.percent is not None else None, said))
    return bars("quarters", speak.t("board.rates"), speak.t("board.chart_help"), items, WHOLE)


PAGES = (Page("board", "/board", LOOKERS, Data.CASES, get=_show),)
