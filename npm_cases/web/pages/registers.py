"""The registers people look through and add to: visits, places of detention, bodies, posts, regions."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from npm_cases.domain.instants import from_text
from npm_cases.domain.rights import RIGHTS
from npm_cases.services import register_lists as lists, registers
from npm_cases.services.held_posts import one_post, posts
from npm_cases.services.people import colleagues
from npm_cases.services.register_lists import ListPage, Wanted
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.choices import regions_by_name
from npm_cases.web.pages.trying import tried
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query

LOOKERS = RIGHTS["list a register"]
FILTERS = ("words", "region", "place", "kind", "first", "last", "sort")


def _wanted(visit: Visit) -> Wanted:
    given: dict[str, Any] = {name: visit.query[name] for name in (*FILTERS, "after") if visit.query.get(name)}
    return Wanted(**given)


def _next(visit: Visit, found: ListPage) -> str:
    """Return the query of the page after this one; empty at the end."""
    filters = {name: visit.query.get(name, "") for name in FILTERS}
    return as_query({**filters, "after": found.next}) if found.next else ""


def _today(visit: Visit) -> str:
    return visit.office.times.day(from_text(visit.at)).isoformat()


# -- lists


def _visits(visit: Visit) -> Response:
    wanted = _wanted(visit)
    found = lists.list_visits(visit.app.lists, wanted, visit.actor)
    return visit.render(
        "visits.html", rows=found.rows, wanted=wanted, next_query=_next(visit, found), regions=regions_by_name(visit),
        kinds=registers.VISIT_KINDS,
    )  # fmt: skip


def _places(visit: Visit) -> Response:
    wanted = _wanted(visit)
    found = lists.list_places(visit.app.lists, wanted, visit.actor)
    return visit.render(
        "places.html", rows=found.rows, wanted=wanted, next_query=_next(visit, found), regions=regions_by_name(visit),
        today=_today(visit), sorts=lists.SORTS,
    )  # fmt: skip


def _place(visit: Visit) -> Response:
    found = lists.one_place(visit.office, visit.app.lists, visit.path["place"], visit.actor, visit.at)
    return visit.render("place.html", found=found)


def _bodies(visit: Visit) -> Response:
    wanted = _wanted(visit)
    found = lists.list_bodies(visit.app.lists, wanted, visit.actor)
    return visit.render("bodies.html", rows=found.rows, wanted=wanted, next_query=_next(visit, found))


def _region_list(visit: Visit) -> Response:
    counts = lists.places_by_region(visit.app.lists, visit.actor)
    rows = [(code, name, counts.get(code, 0)) for code, name in regions_by_name(visit)]
    return visit.render("regions.html", rows=rows)


# -- adding


def _form(visit: Visit, template: str, fields: tuple[str, ...], wrong: Wrong | None, status: int) -> Response:
    typed = {name: visit.given(name) or visit.query.get(name, "") for name in fields}
    return visit.render(
        template, status, wrong=wrong, typed=typed, key=visit.given("key") or visit.office.new_id(),
        regions=regions_by_name(visit), kinds=registers.VISIT_KINDS, today=_today(visit),
    )  # fmt: skip


def _adding(
    template: str, fields: tuple[str, ...], add: Callable[[Visit, dict[str, str]], Any], back: str
) -> dict[str, Any]:
    """Return the two handlers of a form that adds a row: it comes back with what was wrong, or leads to the list."""

    def show(visit: Visit) -> Response:
        return _form(visit, template, fields, None, 200)

    def send(visit: Visit) -> Response:
        given = {name: value for name in fields if (value := visit.given(name))}
        wrong, status = tried(visit, lambda: add(visit, given), fields)
        return _form(visit, template, fields, wrong, status) if wrong else visit.go(back, as_query({"done": "1"}))

    return {"get": show, "post": send}


_NEW_VISIT = _adding(
    "new_visit.html", registers.VISIT_FIELDS,
    lambda visit, given: registers.record_visit(visit.office, given, visit.actor, visit.at, visit.given("key")), "visits",
)  # fmt: skip
_NEW_PLACE = _adding(
    "new_place.html", registers.PLACE_FIELDS,
    lambda visit, given: registers.add_place(visit.office, given, visit.actor, visit.at), "places",
)  # fmt: skip
_NEW_BODY = _adding(
    "new_body.html", registers.BODY_FIELDS,
    lambda visit, given: registers.add_body(visit.office, given, visit.actor, visit.at), "bodies",
)  # fmt: skip


# -- posts


def _posts(visit: Visit) -> Response:
    return visit.render("posts.html", rows=posts(visit.office, visit.actor, visit.at))


def _post(visit: Visit) -> Response:
    return _post_page(visit, None, 200)


def _post_page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    return visit.render(
        "post.html", status, wrong=wrong, found=one_post(visit.office, visit.path["post"], visit.actor, visit.at),
        typed={name: visit.given(name) for name in registers.POST_FIELDS}, regions=regions_by_name(visit), today=_today(visit),
        people=colleagues(visit.office, visit.actor), done=visit.query.get("done", ""),
    )  # fmt: skip


def _fill(visit: Visit) -> Response:
    given = {name: value for name in registers.POST_FIELDS if (value := visit.given(name))} | {
        "post": visit.path["post"]
    }
    wrong, status = tried(
        visit, lambda: registers.fill_post(visit.office, given, visit.actor, visit.at), registers.POST_FIELDS
    )
    return _post_page(visit, wrong, status) if wrong else visit.go("post", "done=1", post=visit.path["post"])


PAGES = (
    Page("visits", "/visits", LOOKERS, Data.REGISTERS, get=_visits),
    Page("new_visit", "/new-visit", RIGHTS["record a visit"], Data.REGISTERS, **_NEW_VISIT),
    Page("places", "/places", LOOKERS, Data.REGISTERS, get=_places),
    Page("new_place", "/new-place", RIGHTS["add a place of detention"], Data.REGISTERS, **_NEW_PLACE),
    Page("place", "/places/{place}", LOOKERS, Data.REGISTERS, get=_place),
    Page("bodies", "/bodies", LOOKERS, Data.REGISTERS, get=_bodies),
    Page("new_body", "/new-body", RIGHTS["add a body"], Data.REGISTERS, **_NEW_BODY),
    Page("posts", "/posts", LOOKERS, Data.REGISTERS, get=_posts),
    Page("post", "/posts/{post}", RIGHTS["fill a post"], Data.REGISTERS, get=_post, post=_fill, grave=True),
    Page("regions", "/regions", LOOKERS, Data.REGISTERS, get=_region_list),
)
