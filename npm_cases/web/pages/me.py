"""What people look after themselves: language, password, absences, sign-ins, tokens for programs, what they have read."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.rights import EVERYBODY, RIGHTS
from npm_cases.services.absences import absences, end_absence, record_absence
from npm_cases.services.accounts import change_password
from npm_cases.services.api_tokens import Scope, api_tokens_of, end_api_token, make_api_token
from npm_cases.services.given_days import a_day
from npm_cases.services.history_search import Criteria
from npm_cases.services.open_sessions import end_session, end_sessions, open_sessions
from npm_cases.services.people import colleagues
from npm_cases.services.text_reads import reads
from npm_cases.web.numbers import whole
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.trying import tried
from npm_cases.web.reading_reasons import READING_REASONS
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query

ABSENCE_FIELDS = ("deputy", "from_on", "to_on")
READS_AT_ONCE = 50
UNUSABLE = 422


def _show(visit: Visit) -> Response:
    return _page(visit, None, 200)


def _page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    actor = visit.actor
    today = visit.office.times.day(from_text(visit.at))
    away = [row for row in absences(visit.office, actor, today) if actor.user in {row["user"], row["deputy"]}]
    return visit.render(
        "me.html", status, wrong=wrong, absences=away, sessions=open_sessions(visit.office, actor.user, actor, visit.at),
        people=[one for one in colleagues(visit.office, actor) if one[0] != actor.user], key=visit.office.new_id(),
        typed={name: visit.given(name) for name in ABSENCE_FIELDS}, done=visit.query.get("done", ""),
    )  # fmt: skip


def _do(visit: Visit) -> Response:
    """Do one of the small things of the page, named by its button."""
    what = visit.given("what")
    if what not in _DEEDS:
        raise NotFound(visit.speaker.t("people.no_deed"))
    wrong, status = tried(visit, lambda: _DEEDS[what](visit), ABSENCE_FIELDS)
    return _page(visit, wrong, status) if wrong else visit.go("me", as_query({"done": what}))


def _absent(visit: Visit) -> None:
    days = a_day("from_on", visit.given("from_on")), a_day("to_on", visit.given("to_on"))
    deputy, user = visit.given("deputy"), visit.actor.user
    record_absence(visit.office, user, deputy, *days, visit.actor, visit.at, visit.given("key"))


def _end_others(visit: Visit) -> None:
    own = visit.session.id_hash if visit.session else ""
    end_sessions(visit.office, visit.actor.user, visit.actor, visit.at, but=own)


_DEEDS: Mapping[str, Callable[[Visit], Any]] = {
    "absent": _absent,
    "back": lambda visit: end_absence(visit.office, visit.given("absence"), visit.actor, visit.at),
    "session": lambda visit: end_session(visit.office, visit.given("session"), visit.actor, visit.at),
    "sessions": _end_others,
}


# -- the password


def _password(visit: Visit) -> Response:
    return visit.render("me_password.html", wrong=None)


def _change_password(visit: Visit) -> Response:
    session = visit.session
    if session is None:
        raise RuntimeError("the page is open to people who are signed in alone")
    old, new = str(visit.form.get("old", "")), str(visit.form.get("password", ""))
    if new != str(visit.form.get("again", "")):
        return visit.render("me_password.html", UNUSABLE, wrong=Wrong(visit.speaker.t("invitation.not_alike"), "again"))
    wrong, status = tried(
        visit, lambda: change_password(visit.office, session, old, new, visit.given("code"), visit.at), ("password",)
    )
    return (
        visit.render("me_password.html", status, wrong=wrong)
        if wrong
        else visit.go("me", as_query({"done": "password"}))
    )


# -- tokens for programs


def _tokens(visit: Visit) -> Response:
    return _tokens_page(visit, None, 200)


def _tokens_page(visit: Visit, wrong: Wrong | None, status: int, token: str = "") -> Response:
    return visit.render(
        "me_tokens.html", status, wrong=wrong, token=token, scopes=tuple(Scope), chosen=visit.chosen("scopes"),
        tokens=api_tokens_of(visit.office, visit.actor.user, visit.actor),
        typed={name: visit.given(name) for name in ("name", "expires_on")},
    )  # fmt: skip


def _change_tokens(visit: Visit) -> Response:
    if ended := visit.given("end"):
        wrong, status = tried(visit, lambda: end_api_token(visit.office, ended, visit.actor, visit.at))
        return _tokens_page(visit, wrong, status) if wrong else visit.go("my_tokens")
    made: list[str] = []

    def make() -> None:
        day = a_day("expires_on", visit.given("expires_on"))
        made.append(
            make_api_token(visit.office, visit.given("name"), visit.chosen("scopes"), day, visit.actor, visit.at)
        )

    wrong, status = tried(visit, make, ("name", "scopes", "expires_on"))
    return _tokens_page(visit, wrong, status, made[0] if made else "")


# -- what one has read


def _reads(visit: Visit) -> Response:
    after = visit.query.get("after", "")
    wanted = Criteria(actor=visit.actor.user, after=whole(after, -1), limit=READS_AT_ONCE)
    with visit.app.views.histories() as histories:
        found = reads(visit.office, histories, wanted, visit.actor)
    following = as_query({"after": found.next}) if found.next is not None else ""
    return visit.render("me_reads.html", lines=found.lines, next_query=following, reasons=READING_REASONS)


PAGES = (
    Page("me", "/me", EVERYBODY, Data.PEOPLE, get=_show, post=_do),
    Page("my_password", "/me/password", EVERYBODY, Data.PEOPLE, get=_password, post=_change_password, rated=True),
    Page("my_tokens", "/me/tokens", EVERYBODY, Data.PEOPLE, get=_tokens, post=_change_tokens, grave=True),
    Page("my_reads", "/me/reads", RIGHTS["see who read protected text"], Data.HISTORY, get=_reads),
)
