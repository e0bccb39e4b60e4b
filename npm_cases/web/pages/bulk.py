"""Several cases at once: those ticked in a list are shown again, one thing is done to each, and each is answered for."""

from collections.abc import Callable

from starlette.responses import Response

from npm_cases.domain.errors import BadInput
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.bulk import Answer, Many, assign_all, chosen_cases, link_all, refused_first, remind_all
from npm_cases.services.casework import LINK_KINDS
from npm_cases.services.people import colleagues
from npm_cases.web.failures import status_of
from npm_cases.web.pages.trying import wrong_of
from npm_cases.web.routes import Data, Handler, Page
from npm_cases.web.visit import Visit

ASSIGN, REMIND, LINK = RIGHTS["assign a case"], RIGHTS["send a reminder"], RIGHTS["link cases"]
CASE = "case"
FIELDS = ("user", "other", "kind")


def _choose(visit: Visit) -> Response:
    return _form_of(visit, None)


def _form_of(visit: Visit, error: BadInput | None) -> Response:
    cases = chosen_cases(visit.office, visit.chosen(CASE), visit.actor)
    return visit.render(
        "bulk.html", status_of(error) if error else 200, cases=cases,
        people=colleagues(visit.office, visit.actor), link_kinds=LINK_KINDS,
        wrong=wrong_of(error, visit.lang, FIELDS) if error else None, typed={name: visit.given(name) for name in FIELDS},
        key=visit.office.new_id(),
    )  # fmt: skip


def _many(visit: Visit) -> Many:
    return Many(visit.chosen(CASE), visit.actor, visit.at, visit.given("key"))


def _answered(do: Callable[[Visit], list[Answer]]) -> Handler:
    """Do one thing to each chosen case and show what became of it; to send the form again does nothing twice."""

    def done(visit: Visit) -> Response:
        try:
            answers = do(visit)
        except BadInput as error:
            return _form_of(visit, error)
        return visit.render(
            "bulk_done.html", answers=refused_first(answers), done=sum(one.why is None for one in answers),
            refused=[one.case for one in answers if one.why is not None],
        )  # fmt: skip

    return done


def _assign(visit: Visit) -> list[Answer]:
    return assign_all(visit.office, _many(visit), visit.given("user"))


def _remind(visit: Visit) -> list[Answer]:
    return remind_all(visit.office, _many(visit))


def _link(visit: Visit) -> list[Answer]:
    return link_all(visit.office, _many(visit), visit.given("other"), visit.given("kind"))


def _to_list(visit: Visit) -> Response:
    """Send whoever comes without a form, as by switching the language, back to the list."""
    return visit.go("find")


PAGES = (
    Page("bulk", "/bulk", ASSIGN | REMIND | LINK, Data.CASES, get=_to_list, post=_choose),
    Page("bulk_assign", "/bulk/assign", ASSIGN, Data.CASES, get=_to_list, post=_answered(_assign)),
    Page("bulk_remind", "/bulk/remind", REMIND, Data.CASES, get=_to_list, post=_answered(_remind)),
    Page("bulk_link", "/bulk/link", LINK, Data.CASES, get=_to_list, post=_answered(_link)),
)
