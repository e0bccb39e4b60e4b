"""A list of cases as a file: what was seen, recorded before it is given out, safe to open in a spreadsheet."""

from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.finding import MOST_ROWS, FindingViews, Found, Row, Wanted, find
from npm_cases.services.given_codes import a_code, is_code
from npm_cases.services.history_tables import csv_row
from npm_cases.services.ports import Office
from npm_cases.services.recording import instant, record

BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it spreadsheets take Kazakh letters for something else."""
UNRECORDED = frozenset({"words", "theme", "body", "after", "size", "sort"})
"""Members of a search that may be free words, or choose nothing."""
OF_WORDS = ("theme", "body")
"""Members that imported rows may name in their own words, which stand in no history: then only that one was asked for is said."""


def export_list(office: Office, views: FindingViews, wanted: Wanted, actor: Actor, at: str) -> Iterator[bytes]:
    """Record an export of every case that fits, committed, and only then give it out as CSV.

    Raises like ``find``; BadInput for a place or somebody named by what is no code, which the history cannot hold.
    The rows are those found when they are written, a page at a time; the event says how many there were at first, at most
    the cap of a count.
    """
    role = access.need(actor, "export a list")
    wanted = replace(wanted, after="", size=MOST_ROWS)
    first = find(views, wanted, actor, at)
    facts: dict[str, Any] = {"what": "list", "format": "csv", "count": first.total, "criteria": _criteria(wanted)}
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        record(work, office, chain, EventType.EXPORTED, instant(chain, at), actor, role, facts=facts)
        work.commit()
    return _lines(views, wanted, actor, at, first)


def _criteria(wanted: Wanted) -> dict[str, Any]:
    """Return what was asked for as codes, days and flags; what somebody typed in their own words is not repeated."""
    given = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name not in UNRECORDED}
    asked = {name: a_code(name, value) if isinstance(value, str) else value for name, value in given.items() if value}
    for name in OF_WORDS:
        if value := getattr(wanted, name):
            asked |= {name: value} if is_code(value) else {f"with_{name}": True}
    return asked | {"with_words": True} if wanted.words else asked


def _lines(views: FindingViews, wanted: Wanted, actor: Actor, at: str, page: Found) -> Iterator[bytes]:
    yield BYTE_ORDER_MARK + csv_row([one.name for one in fields(Row)])
    while True:
        for row in page.rows:
            yield csv_row([str(value) for value in astuple(row)])
        if not page.next:
            return
        page = find(views, replace(wanted, after=page.next), actor, at)
