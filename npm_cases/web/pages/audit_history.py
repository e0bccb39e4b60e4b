"""Search of all histories with its exports, and who read or exported what."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import Response

from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.messages_words import words_for
from npm_cases.history.event import EventType
from npm_cases.services import erasure, office_acts
from npm_cases.services.bundle import TEXTS
from npm_cases.services.found_lines import told_lines
from npm_cases.services.given_days import a_day_if_given
from npm_cases.services.history_search import Criteria, export, search
from npm_cases.services.history_tables import as_csv, as_json
from npm_cases.services.text_reads import reads
from npm_cases.web.failures import status_of
from npm_cases.web.handing_out import CSV, JSON, FileToKeep, nameless_file
from npm_cases.web.numbers import whole
from npm_cases.web.pages.audit import AUDITORS
from npm_cases.web.pages.audit_parts import wrong_of
from npm_cases.web.reading_reasons import READING_REASONS
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit
from state_machines import MACHINES
from state_machines.table import Role

LINES = 100
FORMS = {"csv": (as_csv, CSV), "json": (as_json, JSON)}
PARTS = frozenset({*TEXTS, "bundle", "search", "list"})
"""What an export says of itself that there are words for."""
Given = Mapping[str, list[str]]


def _given(visit: Visit) -> Given:
    """Return what stands in the address, a name given several times with all its values."""
    return parse_qs(urlsplit(visit.target).query)


def _one(given: Given, name: str) -> str:
    return given.get(name, [""])[0].strip()


def _criteria(given: Given, limit: int) -> Criteria:
    """Read what to look for.

    Raises BadInput naming the field.
    """
    return Criteria(
        actor=_one(given, "actor"), role=_one(given, "role"), types=tuple(given.get("type", ())),
        event=_one(given, "event"), body=_one(given, "body"), region=_one(given, "region"), case=_one(given, "case"),
        first=a_day_if_given("from", _one(given, "from")), last=a_day_if_given("to", _one(given, "to")),
        late=_one(given, "late") != "", after=whole(_one(given, "after"), -1), limit=limit,
    )  # fmt: skip


def _as_address(given: Given) -> str:
    """Write what was asked for as the query of an address, without the place in its pages."""
    return urlencode([(name, one) for name, values in given.items() for one in values if name != "after" and one])


def _search(visit: Visit) -> Response:
    given = _given(visit)
    page, wrong, status = None, None, 200
    visit.app.sequence()
    try:
        with visit.app.views.histories() as histories:
            page = search(visit.office, histories, _criteria(given, LINES), visit.actor)
    except (BadInput, NotFound) as error:
        wrong, status = wrong_of(visit, error), status_of(error)
    query = _as_address(given)
    return visit.render(
        "audit_history.html", status, wrong=wrong, page=page, given=given, query=query,
        lines=told_lines(visit.office.pack, page.lines, visit.lang) if page else (), choices=_choices(visit),
        reading_reasons=READING_REASONS,
        next_query=f"{query}&after={page.next}".strip("&") if page and page.next is not None else "",
    )  # fmt: skip


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Return what each field may be set to, with its label, in the order of the labels."""
    speak = visit.speaker
    events = {str(event): machine for machine, table in MACHINES.items() for event in table.events}
    events |= dict.fromkeys((erasure.EVENT, *office_acts.EVENTS), "")
    found = {
        "role": [(str(role), speak.label("role", str(role))) for role in Role],
        "type": [(str(kind), speak.t(f"event_type.{kind}")) for kind in EventType],
        "event": [(name, words_for("event", name, visit.lang, machine or None)) for name, machine in events.items()],
        "region": [(region, speak.region(region)) for region in visit.office.pack.regions],
    }
    return {name: sorted(rows, key=lambda row: row[1].casefold()) for name, rows in found.items()}


def _export(visit: Visit) -> Response:
    """Write the file while one state of the histories is held, then give it out: the browser may be slow."""
    form = visit.path["form"]
    if form not in FORMS:
        raise NotFound(_no_form(form))
    write, kind = FORMS[form]
    visit.app.sequence()
    wanted = _criteria(_given(visit), 0)
    with nameless_file(visit.app.settings.data_dir) as file:
        with visit.app.views.histories() as histories:
            file.writelines(write(export(visit.office, histories, wanted, visit.actor, visit.at, form)))
        return FileToKeep(file, f"history.{form}", kind)


def _no_form(form: str) -> Any:
    from npm_cases.domain.message_values import choice_list, quoted
    from npm_cases.domain.messages import say

    return say("not_one_of", field="form", given=quoted(form), known=choice_list(tuple(FORMS)))


def _reads(visit: Visit) -> Response:
    given = _given(visit)
    page, wrong, status = None, None, 200
    visit.app.sequence()
    try:
        with visit.app.views.histories() as histories:
            page = reads(visit.office, histories, _criteria(given, LINES), visit.actor)
    except (BadInput, NotFound, NotAllowed) as error:
        wrong, status = wrong_of(visit, error), status_of(error)
    query = _as_address(given)
    return visit.render(
        "audit_reads.html", status, wrong=wrong, page=page, given=given,
        next_query=f"{query}&after={page.next}".strip("&") if page and page.next is not None else "",
        is_auditor="auditor" in visit.actor.roles, reading_reasons=READING_REASONS, parts_known=PARTS,
    )  # fmt: skip


PAGES = (
    Page("audit_history", "/audit/history", AUDITORS, Data.HISTORY, get=_search),
    Page("audit_history_export", "/audit/history/{form}", AUDITORS, Data.HISTORY, post=_export),
    Page("audit_reads", "/audit/reads", AUDITORS, Data.HISTORY, get=_reads),
)
