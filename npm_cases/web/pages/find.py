"""Find cases by words and filters, keep a filter, take the list away as a file."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from starlette.responses import Response, StreamingResponse

from npm_cases.domain import access
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.finding import Wanted, find
from npm_cases.services.list_export import export_list
from npm_cases.services.preferences import forget_filter, save_filter, saved_filters
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query
from state_machines import MACHINES
from state_machines.phases import Phase

SORTS = ("number", "-number", "due", "opened", "-opened", "title")
FLAGS = ("open_only", "overdue")
_TEXTS = tuple(one.name for one in fields(Wanted) if one.name not in {*FLAGS, "size"})


def _wanted(given: Mapping[str, str]) -> Wanted:
    texts: dict[str, Any] = {name: given[name].strip() for name in _TEXTS if given.get(name, "").strip()}
    flags: dict[str, Any] = {name: given.get(name, "") in {"on", "1"} for name in FLAGS}
    return Wanted(**texts, **flags)


def _query_of(wanted: Wanted) -> str:
    """Write a search as an address, without the place in its pages."""
    values = {name: getattr(wanted, name) for name in _TEXTS if name != "after"}
    values |= {name: "1" for name in FLAGS if getattr(wanted, name)}
    return as_query({name: value for name, value in values.items() if (name, value) != ("sort", "number")})


def _show(visit: Visit) -> Response:
    wanted = _wanted(visit.query)
    found = find(visit.app.views, wanted, visit.actor, visit.at)
    if visit.query.get("go") and len(found.rows) == 1:
        return visit.go("case", ref=found.rows[0].number)
    template = "find_results.html" if visit.is_fragment else "find.html"
    query = _query_of(wanted)
    return visit.render(
        template, wanted=wanted, found=found, query=query, choices=_choices(visit), sorts=SORTS,
        saved=saved_filters(visit.office, visit.actor), may_export=visit.may("export_list"),
        next_query=f"{query}&{as_query({'after': found.next})}".strip("&") if found.next else "",
        prev_query=f"{query}&{as_query({'after': found.prev})}".strip("&") if found.prev else "",
    )  # fmt: skip


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter may be set to, with its label."""
    pack, speak = visit.office.pack, visit.speaker
    states = {state: machine for machine in ("recommendation", "allegation") for state in MACHINES[machine].states}
    regions = pack.regions if access.EVERYWHERE in visit.actor.regions else visit.actor.regions
    return {
        "kind": [(kind, speak.label("machine", kind)) for kind in ("recommendation", "allegation")],
        "channel": [(c.id, c.labels[visit.lang]) for c in pack.channels.values()],
        "phase": [(p.value, speak.label("phase", p.value)) for p in Phase],
        "state": sorted(((s, speak.label("state", s, m)) for s, m in states.items()), key=lambda one: one[1]),
        "escalation": [(s, speak.label("state", s, "escalation")) for s in MACHINES["escalation"].states],
        "region": [(region, speak.region(region)) for region in sorted(regions)],
    }


def _export(visit: Visit) -> Response:
    rows = export_list(visit.office, visit.app.views, _wanted(visit.query), visit.actor, visit.at)
    return StreamingResponse(
        rows, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="cases.csv"'}
    )


def _keep(visit: Visit) -> Response:
    wanted = replace(_wanted(visit.fields("q.")), after="")
    save_filter(visit.office, visit.given("name"), _query_of(wanted), visit.actor, visit.at)
    return visit.go("find", _query_of(wanted))


def _forget(visit: Visit) -> Response:
    forget_filter(visit.office, visit.given("name"), visit.actor, visit.at)
    return visit.go("find")


PAGES = (
    Page("find", "/cases", access.READERS, Data.CASES, get=_show),
    Page("export_list", "/cases/export", RIGHTS["export a list"], Data.CASES, post=_export),
    Page("keep_filter", "/filters", access.READERS, Data.NONE, post=_keep),
    Page("forget_filter", "/filters/forget", access.READERS, Data.NONE, post=_forget),
)
