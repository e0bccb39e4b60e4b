"""Users as administrators look after them, and the acts of the office that wait for a second person."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages_words import words_for
from npm_cases.domain.rights import ADMINISTRATORS
from npm_cases.services import user_changes
from npm_cases.services.absences import absences, end_absence, record_absence
from npm_cases.services.adoption import Adopted, adopt
from npm_cases.services.api_tokens import api_tokens_of, end_api_token
from npm_cases.services.confirmed_power import Confirmed, confirm_power
from npm_cases.services.given_days import a_day
from npm_cases.services.office_acts import CONFIRMING, OF_POLICY, Seconded, proposed_event
from npm_cases.services.office_proposals import office_proposals
from npm_cases.services.open_sessions import end_sessions
from npm_cases.services.people import colleagues, one_person
from npm_cases.services.register_lists import Wanted, list_users
from npm_cases.services.shown_once import WayIn
from npm_cases.services.users import HUMAN_ROLES, AddUser, add_user
from npm_cases.services.ways_in import invite, new_token
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.choices import regions_by_name
from npm_cases.web.pages.trying import tried
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query

NEW_FIELDS = ("user", "name", "email", "language", "role", "region")
ABSENCE_FIELDS = ("deputy", "from_on", "to_on")


def _list(visit: Visit) -> Response:
    words = visit.query.get("words", "")
    found = list_users(visit.app.lists, Wanted(words=words, after=visit.query.get("after", "")), visit.actor)
    following = as_query({"words": words, "after": found.next}) if found.next else ""
    return visit.render("users.html", rows=found.rows, words=words, next_query=following)


# -- a new one


def _new(visit: Visit) -> Response:
    return _new_form(visit, None, 200)


def _new_form(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    return visit.render(
        "new_user.html", status, wrong=wrong, roles=HUMAN_ROLES, regions=regions_by_name(visit),
        typed={name: visit.given(name) for name in NEW_FIELDS}, chosen=visit.chosen("role"), areas=visit.chosen("region"),
    )  # fmt: skip


def _add(visit: Visit) -> Response:
    made: list[WayIn] = []
    user = visit.given("user")
    command = AddUser(
        user, tuple(visit.chosen("role")), visit.actor, visit.at, visit.given("name"), visit.given("email"),
        visit.given("language"), tuple(visit.chosen("region")), tuple(visit.given("units").replace(",", " ").split()),
    )  # fmt: skip
    wrong, status = tried(visit, lambda: made.append(add_user(visit.office, command)), NEW_FIELDS)
    if wrong:
        return _new_form(visit, wrong, status)
    if made[0].pending:
        return visit.go("office_proposals", as_query({"proposed": made[0].pending}))
    return visit.go("user", as_query({"done": "added"}), user=user)


# -- one of them


def _show(visit: Visit) -> Response:
    return _page(visit, None, 200)


def _page(visit: Visit, wrong: Wrong | None, status: int, **once: Any) -> Response:
    """Show a user; ``once`` holds what is shown a single time: a path of an invitation, a token."""
    user, actor = visit.path["user"], visit.actor
    today = visit.office.times.day(from_text(visit.at))
    away = [row for row in absences(visit.office, actor, today) if user in {row["user"], row["deputy"]}]
    return visit.render(
        "user.html", status, wrong=wrong, person=one_person(visit.office, user, actor, visit.at), absences=away,
        tokens=api_tokens_of(visit.office, user, actor), roles=HUMAN_ROLES, regions=regions_by_name(visit),
        people=[one for one in colleagues(visit.office, actor) if one[0] != user], key=visit.office.new_id(),
        typed={name: visit.given(name) for name in ABSENCE_FIELDS}, is_self=user == actor.user, whose=user,
        once={"path": "", "token": "", **once}, done=visit.query.get("done", ""),
    )  # fmt: skip


def _do(visit: Visit) -> Response:
    """Do one of the small things of the page, named by its button."""
    what = visit.given("what")
    if what not in _DEEDS:
        raise NotFound(visit.speaker.t("people.no_deed"))
    answer: list[Any] = []
    wrong, status = tried(visit, lambda: answer.append(_DEEDS[what](visit, visit.path["user"])), ABSENCE_FIELDS)
    if wrong:
        return _page(visit, wrong, status)
    way = answer[0] if isinstance(answer[0], WayIn) else WayIn(pending=answer[0] or "")
    if way.pending:
        return visit.go("office_proposals", as_query({"proposed": way.pending}))
    if way.token:
        return _page(visit, None, status, **_shown(visit, what, way.token))
    return visit.go("user", as_query({"done": what}), user=visit.path["user"])


def _shown(visit: Visit, what: str, token: str) -> dict[str, str]:
    """Return what a page shows a single time: the address of an invitation, or a token."""
    return {"path": _link(visit, token)} if what == "invite" else {"token": token}


def _link(visit: Visit, token: str) -> str:
    return visit.app.settings.public_url.rstrip("/") + visit.url("invitation", token=token)


def _set_roles(visit: Visit, user: str) -> str:
    return user_changes.set_roles(visit.office, user, visit.chosen("role"), visit.actor, visit.at)


def _set_regions(visit: Visit, user: str) -> None:
    user_changes.set_regions(visit.office, user, visit.chosen("region"), visit.actor, visit.at)


def _absent(visit: Visit, user: str) -> None:
    days = a_day("from_on", visit.given("from_on")), a_day("to_on", visit.given("to_on"))
    record_absence(visit.office, user, visit.given("deputy"), *days, visit.actor, visit.at, visit.given("key"))


_DEEDS: Mapping[str, Callable[[Visit, str], Any]] = {
    "roles": _set_roles,
    "regions": _set_regions,
    "language": lambda visit, user: user_changes.set_language(
        visit.office, user, visit.given("language"), visit.actor, visit.at
    ),
    "disable": lambda visit, user: user_changes.disable(visit.office, user, visit.actor, visit.at),
    "enable": lambda visit, user: user_changes.enable(visit.office, user, visit.actor, visit.at),
    "invite": lambda visit, user: invite(visit.office, user, visit.actor, visit.at),
    "token": lambda visit, user: new_token(visit.office, user, visit.actor, visit.at),
    "sessions": lambda visit, user: end_sessions(visit.office, user, visit.actor, visit.at),
    "api_token": lambda visit, _: end_api_token(visit.office, visit.given("token"), visit.actor, visit.at),
    "absent": _absent,
    "back": lambda visit, _: end_absence(visit.office, visit.given("absence"), visit.actor, visit.at),
}
"""What can be done with a user; each may return a way in, or the id of a proposal that a second person must confirm."""


# -- what waits for a second person


def _proposals(visit: Visit) -> Response:
    return _proposals_page(visit, None, 200)


def _proposals_page(visit: Visit, wrong: Wrong | None, status: int, done: str = "", **once: str) -> Response:
    """Show what waits; ``once`` holds what whoever confirmed is shown a single time, to hand over to ``done``."""
    return visit.render(
        "office_proposals.html", status, wrong=wrong, rows=office_proposals(visit.office, visit.actor, visit.at),
        event_words=lambda event: words_for("event", event, visit.lang), proposed=visit.query.get("proposed", ""),
        done=done or visit.query.get("done", ""), adopted=visit.query.get("adopted", ""), once={"path": "", "token": "", **once},
    )  # fmt: skip


def _confirm(visit: Visit) -> Response:
    second = Seconded(visit.given("approval"), visit.actor)
    if proposed_event(visit.office, second.approval) in OF_POLICY:
        return _adopt(visit, second)
    made: list[Confirmed] = []
    wrong, status = tried(visit, lambda: made.append(confirm_power(visit.office, second, visit.at)))
    if wrong:
        return _proposals_page(visit, wrong, status)
    done = made[0]
    if done.invitation:
        return _proposals_page(visit, None, status, done.user, **_shown(visit, "invite", done.invitation))
    if done.token:
        return _proposals_page(visit, None, status, done.user, **_shown(visit, "token", done.token))
    return visit.go("office_proposals", as_query({"done": done.user}))


def _adopt(visit: Visit, second: Seconded) -> Response:
    """Put rules or a calendar in force; the next sweep counts the open dates again."""
    adopted: list[Adopted] = []
    wrong, status = tried(visit, lambda: adopted.append(adopt(visit.office, second, visit.at)))
    if wrong:
        return _proposals_page(visit, wrong, status)
    return visit.go("office_proposals", as_query({"adopted": adopted[0].version}))


PAGES = (
    Page("users", "/admin/users", ADMINISTRATORS, Data.PEOPLE, get=_list),
    Page("new_user", "/admin/new-user", ADMINISTRATORS, Data.PEOPLE, get=_new, post=_add, grave=True),
    Page("user", "/admin/users/{user}", ADMINISTRATORS, Data.PEOPLE, get=_show, post=_do, grave=True),
    Page("office_proposals", "/office/proposals", CONFIRMING, Data.PEOPLE, get=_proposals, post=_confirm, grave=True),
)
