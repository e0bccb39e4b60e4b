"""A new recommendation or allegation."""

from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.messages import say
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.create_case import CODES, TEXTS, CreateCase, create_case
from npm_cases.web.failures import said
from npm_cases.web.pages.acting import PREFIX, Wrong
from npm_cases.web.pages.choices import named_in
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

KINDS = ("recommendation", "allegation")
UNUSABLE = 422


def _choose(visit: Visit) -> Response:
    return visit.render("new_case.html", kind="", wrong=None)


def _form(visit: Visit) -> Response:
    return _form_of(visit, None, 200)


def _form_of(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    kind = _kind(visit)
    pack, actor = visit.office.pack, visit.actor
    regions = sorted(pack.regions if access.EVERYWHERE in actor.regions else actor.regions)
    return visit.render(
        "new_case.html", status, kind=kind, wrong=wrong, typed=visit.fields(PREFIX), prefix=PREFIX,
        channels=[(c.id, c.labels[visit.lang]) for c in pack.channels.values() if c.kind == kind],
        regions=[(region, visit.speaker.region(region)) for region in regions],
        posts=[(post.id, post.labels[visit.lang]) for post in pack.posts.values() if not post.relative],
        bodies=named_in(visit, "bodies"), places=named_in(visit, "places"),
        codes=CODES if kind == KINDS[0] else (), texts=TEXTS,
        excluded=visit.chosen("excluded"), key=visit.given("key") or visit.office.new_id(),
    )  # fmt: skip


def _kind(visit: Visit) -> str:
    kind = visit.path["kind"]
    if kind not in KINDS:
        raise NotFound(say("no_kind"))
    return kind


def _create(visit: Visit) -> Response:
    fields = visit.fields(PREFIX)
    if excluded := [one for one in visit.chosen("excluded") if one]:
        fields["excluded"] = ",".join(excluded)
    try:
        made = create_case(visit.office, CreateCase(_kind(visit), visit.actor, visit.at, fields, visit.given("key")))
    except (BadInput, NotFound) as error:
        return _form_of(visit, Wrong(said(error, visit.lang), error.field), UNUSABLE)
    return visit.go("case", f"done={made.receipt.seq}", ref=made.number)


PAGES = (
    Page("new_case", "/new", RIGHTS["create a case"], Data.CASES, get=_choose),
    Page("new_of_kind", "/new/{kind}", RIGHTS["create a case"], Data.CASES, get=_form, post=_create),
)
