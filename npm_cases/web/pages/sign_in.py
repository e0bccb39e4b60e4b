"""Signing in and out, a fresh second factor, and the reader's language."""

from starlette.responses import RedirectResponse, Response

from npm_cases.domain.errors import NotAllowed
from npm_cases.services.sessions import Opened, enter_sandbox, renew, sign_in, sign_out
from npm_cases.services.user_changes import set_language
from npm_cases.services.users import HUMAN_ROLES, sandbox_people
from npm_cases.web.rendering import LANGUAGE_NAMES
from npm_cases.web.routes import Data, Page
from npm_cases.web.safety import drop_cookie, keep_cookie
from npm_cases.web.visit import SEE_OTHER, Visit

EVERYBODY = frozenset(HUMAN_ROLES)
FORBIDDEN = 403
KEPT = "kept."
"""What stands before the names of a form that waits for a fresh factor."""
SECONDS_IN_A_MINUTE = 60


def _own_address(given: str) -> str:
    """Return an address of ours to go on to; anything that could lead elsewhere becomes the first page."""
    return given if given.startswith("/") and not given.startswith(("//", "/\\")) and "\n" not in given else "/"


def _show(visit: Visit) -> Response:
    return _form(visit, "", 200)


def _form(visit: Visit, wrong: str, status: int) -> Response:
    following = _own_address(visit.query.get("next", "") or visit.given("next"))
    people = sandbox_people(visit.office)
    return visit.render("sign_in.html", status, wrong=wrong, next=following, user=visit.given("user"), people=people)


def _sign_in(visit: Visit) -> Response:
    try:
        opened = sign_in(
            visit.office, visit.given("user"), str(visit.form.get("password", "")), visit.given("code"), visit.at
        )
    except NotAllowed:
        minutes = visit.office.limits.lock_seconds // SECONDS_IN_A_MINUTE
        return _form(visit, visit.speaker.t("sign_in.wrong", minutes=minutes), FORBIDDEN)
    return _opened(opened, visit.given("next"))


def _enter(visit: Visit) -> Response:
    return _opened(enter_sandbox(visit.office, visit.given("user"), visit.at), visit.given("next"))


def _opened(opened: Opened, following: str) -> Response:
    response = RedirectResponse(_own_address(following), SEE_OTHER)
    keep_cookie(response, opened.token)
    return response


def _renew(visit: Visit) -> Response:
    back = visit.given("back")
    try:
        opened = renew(visit.office, visit.token, str(visit.form.get("password", "")), visit.given("code"), visit.at)
    except NotAllowed as refused:
        return visit.render("renew.html", FORBIDDEN, wrong=refused.said(visit.lang), back=back, kept=visit.typed(KEPT))
    if not visit.typed(KEPT):
        return _opened(opened, back)
    visit.session = opened.session
    response = visit.render("go_on.html", back=_own_address(back), kept=visit.typed(KEPT))
    keep_cookie(response, opened.token)
    return response


def _sign_out(visit: Visit) -> Response:
    sign_out(visit.office, visit.token, visit.at)
    response = RedirectResponse(visit.url("sign_in"), SEE_OTHER)
    drop_cookie(response)
    return response


def _language(visit: Visit) -> Response:
    chosen = visit.given("language")
    if chosen in LANGUAGE_NAMES:
        set_language(visit.office, visit.actor.user, chosen, visit.actor, visit.at)
    return RedirectResponse(_own_address(visit.given("back")), SEE_OTHER)


PAGES = (
    Page("sign_in", "/sign-in", None, Data.NONE, get=_show, post=_sign_in, rated=True),
    Page("enter_sandbox", "/sign-in/sandbox", None, Data.NONE, post=_enter),
    Page("renew", "/renew", EVERYBODY, Data.NONE, post=_renew, rated=True),
    Page("sign_out", "/sign-out", EVERYBODY, Data.NONE, post=_sign_out),
    Page("language", "/language", EVERYBODY, Data.NONE, post=_language),
)
