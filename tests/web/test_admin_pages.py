"""The administrator's pages: incidents closed, users looked after, power given by two people only, a letter to try."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor
from npm_cases.mail.sink import MailSink
from npm_cases.services.incidents import open_incidents
from npm_cases.services.office_proposals import office_proposals
from npm_cases.services.users import AddUser, add_user
from npm_cases.services.watching import watch
from npm_cases.web.application import build_web
from npm_cases.web.rendering import LANGUAGE_NAMES
from tests.makers import ADMINISTRATOR, MON_2_MAR
from tests.services.people import FOUNDER, an_installation, at, enrolled
from tests.web.conftest import Browser, Clock


def row_of(app: App, user: str) -> dict[str, Any]:
    with app.office.open_reading() as work:
        return work.rows("users", {"id": user})[0]


def deed(browser: Browser, user: str, what: str, **fields: Any) -> Any:
    return browser.post(f"/admin/users/{user}", {"what": what, **fields}, form_of=f"/admin/users/{user}")


# -- health and incidents


def test_an_incident_is_told_with_what_to_do_and_closed(app: App, as_user: Any) -> None:
    watch(app.office, MON_2_MAR, 60)
    browser = as_user("administrator")
    page = browser.get("/admin").text
    assert "deadlines were not swept" in page
    assert "npm-cases work" in page
    incident = re.search(r'name="incident" value="([^"]+)"', page)
    assert incident
    after = browser.post("/admin", {"incident": incident[1]}, form_of="/admin")
    assert "No incident is open." in after.text
    assert open_incidents(app.views, ADMINISTRATOR) == []
    assert browser.post("/admin", {"incident": incident[1]}, form_of="/admin").status_code == 404


def test_every_kind_of_incident_the_engine_raises_has_words_of_its_own() -> None:
    from npm_cases.web.words import all_words

    raised = set()
    for path in (Path(__file__).parents[2] / "npm_cases" / "services").glob("*.py"):
        raised |= set(re.findall(r'raise_incident\(\s*work, office, "(\w+)"', path.read_text(encoding="utf-8")))
    assert raised
    assert {kind for kind in raised if f"incidents.kind_{kind}" not in all_words()} == set()
    assert {kind for kind in raised if f"incidents.do_{kind}" not in all_words()} == set()


@pytest.mark.parametrize("lang", LANGUAGE_NAMES)
def test_health_is_told_in_every_language(lang: str, shared_web: Starlette) -> None:
    browser = Browser(shared_web).enter("administrator")
    browser.post("/language", {"language": lang, "back": "/admin"}, form_of="/admin")
    page = browser.get("/admin").text
    assert f'<html lang="{lang}">' in page
    assert {"en": "never swept", "ru": "обходов ещё не было", "kk": "тексеру әлі болған жоқ"}[lang] in page


def test_nobody_but_an_administrator_sees_the_pages_of_administration(shared_web: Starlette) -> None:
    for user in ("caseworker-one", "commissioner", "auditor", "delegate"):
        browser = Browser(shared_web).enter(user)
        for path in (
            "/admin",
            "/admin/users",
            "/admin/users/secretary",
            "/admin/mail",
            "/admin/new-user",
            "/posts/board",
        ):
            assert browser.get(path).status_code == 403, (user, path)


# -- users, in a sandbox


def test_a_user_is_added_and_invited_by_a_link_shown_once(app: App, as_user: Any) -> None:
    browser = as_user("administrator")
    given = {"user": "aliya", "name": "Synthetic Aliya", "role": ["caseworker"], "region": ["abai"], "language": "kk"}
    page = browser.post("/admin/new-user", given, form_of="/admin/new-user")
    assert page.url.path == "/admin/users/aliya"
    row = row_of(app, "aliya")
    assert (row["roles"], row["regions"], row["language"]) == ("caseworker", "abai", "kk")
    shown = deed(browser, "aliya", "invite").text
    link = re.search(r"/invitations/[\w-]+", shown)
    assert link
    assert link[0] not in browser.get("/admin/users/aliya").text
    assert browser.get(link[0]).status_code == 200
    deed(browser, "aliya", "invite")
    assert browser.get(link[0]).status_code == 403  # a new link takes the place of the one before


def test_what_is_wrong_with_a_new_user_is_said_beside_its_field_and_nothing_typed_is_lost(as_user: Any) -> None:
    browser = as_user("administrator")
    given = {"user": "алия", "name": "Synthetic Aliya", "role": "caseworker"}
    page = browser.post("/admin/new-user", given, form_of="/admin/new-user")
    assert page.status_code == 422
    assert 'id="f-user-wrong"' in page.text
    assert 'value="Synthetic Aliya"' in page.text
    taken = browser.post("/admin/new-user", {**given, "user": "secretary"}, form_of="/admin/new-user")
    assert taken.status_code == 409


def test_roles_regions_and_language_are_changed_and_sessions_end(app: App, as_user: Any) -> None:
    browser, other = as_user("administrator"), as_user("secretary")
    deed(browser, "secretary", "roles", role=["secretariat", "caseworker"])
    assert row_of(app, "secretary")["roles"] == "caseworker,secretariat"
    assert other.get("/me", follow_redirects=False).status_code == 303
    deed(browser, "secretary", "regions", region=["abai", "ulytau"])
    deed(browser, "secretary", "language", language="ru")
    assert row_of(app, "secretary")["regions"] == "abai,ulytau"
    assert row_of(app, "secretary")["language"] == "ru"


def test_shutting_out_ends_everything_at_once_and_letting_in_again_undoes_it(app: App, as_user: Any) -> None:
    browser, other = as_user("administrator"), as_user("secretary")
    deed(browser, "secretary", "disable")
    assert other.get("/me", follow_redirects=False).status_code == 303
    assert "shut out since Mar 2, 2026" in browser.get("/admin/users/secretary").text
    assert row_of(app, "secretary")["disabled_at"] == MON_2_MAR
    assert deed(browser, "secretary", "disable").status_code == 409
    deed(browser, "secretary", "enable")
    assert row_of(app, "secretary")["disabled_at"] == ""


def test_an_administrator_does_not_change_their_own_rights(app: App, as_user: Any) -> None:
    browser = as_user("administrator")
    assert deed(browser, "administrator", "roles", role=["administrator", "commissioner"]).status_code == 403
    assert deed(browser, "administrator", "disable").status_code == 403
    assert row_of(app, "administrator")["roles"] == "administrator"


def test_sessions_of_somebody_are_counted_and_ended_with_an_event(as_user: Any) -> None:
    browser, other = as_user("administrator"), as_user("secretary")
    assert "signed in at 1 place" in browser.get("/admin/users/secretary").text
    deed(browser, "secretary", "sessions")
    assert other.get("/me", follow_redirects=False).status_code == 303
    assert "signed in at 0 places" in browser.get("/admin/users/secretary").text


def test_an_absence_is_recorded_once_however_often_the_form_is_sent_and_ended(app: App, as_user: Any) -> None:
    browser = as_user("administrator")
    given = {"deputy": "caseworker-two", "from_on": "2026-03-09", "to_on": "2026-03-20", "key": "once"}
    for _ in range(2):
        assert deed(browser, "caseworker-one", "absent", **given).status_code == 200
    with app.office.open_reading() as work:
        rows = work.rows("absences")
    assert len(rows) == 1
    deed(browser, "caseworker-one", "back", absence=rows[0]["id"])
    with app.office.open_reading() as work:
        assert work.rows("absences")[0]["ended_at"]
    wrong = deed(browser, "caseworker-one", "absent", **{**given, "to_on": "2026-03-01", "key": "two"})
    assert wrong.status_code == 422
    assert 'id="f-to_on-wrong"' in wrong.text


def test_a_button_there_is_not_does_nothing(as_user: Any) -> None:
    assert deed(as_user("administrator"), "secretary", "promote").status_code == 404


def test_the_list_of_users_goes_on_page_by_page_and_is_searched_by_name(app: App, as_user: Any) -> None:
    for number in range(60):
        add_user(
            app.office, AddUser(f"person-{number:02}", ("participant",), ADMINISTRATOR, MON_2_MAR, f"Әлия {number:02}")
        )
    browser = as_user("administrator")
    seen: list[str] = []
    path = "/admin/users"
    while path:
        page = browser.get(path).text
        seen += re.findall(r'href="/admin/users/([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) >= 71
    assert seen == sorted(seen)
    assert re.findall(r'href="/admin/users/(person[^"]+)"', browser.get("/admin/users?words=әлия 07").text) == [
        "person-07"
    ]


# -- power takes two, in earnest


@pytest.fixture
def earnest(tmp_path: Path) -> Iterator[App]:
    app = an_installation(tmp_path / "data")
    yield app
    app.close()


def signed_in(app: App, clock: Clock, user: str, seconds: float) -> Browser:
    """Let somebody set up an account, and sign in with a later code."""
    person = enrolled(app.office, user, at(seconds))
    clock.at = at(seconds + 60)
    browser = Browser(build_web(app, clock))
    given = {"user": user, "password": "seven lamps in a quiet harbour", "code": person.code(clock.at), "next": "/me"}
    answer = browser.client.post("/sign-in", data=given)
    assert answer.url.path == "/me", answer.text
    return browser


def test_power_is_proposed_by_one_administrator_and_confirmed_on_a_page_by_another(earnest: App) -> None:
    clock = Clock()
    add_user(earnest.office, AddUser("second", ("administrator",), FOUNDER, MON_2_MAR))
    add_user(earnest.office, AddUser("aliya", ("caseworker",), FOUNDER, MON_2_MAR))
    one, other = signed_in(earnest, clock, "first", 0), signed_in(earnest, clock, "second", 100)
    proposed = deed(one, "aliya", "roles", role=["commissioner"])
    assert proposed.url.path == "/office/proposals"
    assert "proposed and not done" in proposed.text
    assert row_of(earnest, "aliya")["roles"] == "caseworker"
    waiting = office_proposals(earnest.office, Actor("first", frozenset({"administrator"})), clock.at)
    assert f'value="{waiting[0].id}"' not in proposed.text  # who proposed it is offered no button
    own = one.post("/office/proposals", {"approval": waiting[0].id}, form_of="/office/proposals")
    assert own.status_code == 403
    done = other.post("/office/proposals", {"approval": waiting[0].id}, form_of="/office/proposals")
    assert "Done for aliya" in done.text
    assert row_of(earnest, "aliya")["roles"] == "commissioner"
    again = other.post("/office/proposals", {"approval": waiting[0].id}, form_of="/office/proposals")
    assert again.status_code == 409


def test_acts_on_users_ask_for_a_fresh_second_factor(earnest: App) -> None:
    clock = Clock()
    add_user(earnest.office, AddUser("aliya", ("caseworker",), FOUNDER, MON_2_MAR))
    browser = signed_in(earnest, clock, "first", 0)
    clock.at = at(60 + earnest.office.limits.fresh_seconds)
    answer = deed(browser, "aliya", "disable")
    assert answer.status_code == 403
    assert 'name="code"' in answer.text
    assert row_of(earnest, "aliya")["disabled_at"] == ""


def test_keys_and_restores_are_shown_with_the_command_that_confirms_them(app: App, as_user: Any) -> None:
    from npm_cases.services.office_acts import ROTATE_LOG_KEY, propose

    approval, _ = propose(app.office, ROTATE_LOG_KEY, ADMINISTRATOR, MON_2_MAR)
    browser = as_user("commissioner")
    page = browser.get("/office/proposals").text
    assert f"npm-cases case confirm {approval}" in page
    assert f'value="{approval}"' not in page
    refused = browser.post("/office/proposals", {"approval": approval}, form_of="/office/proposals")
    assert refused.status_code == 422
    assert as_user("caseworker-one").get("/office/proposals").status_code == 403


# -- a letter to try


def test_a_test_letter_is_sent_at_once_and_holds_no_fact(tmp_path: Path, app: App, clock: Clock) -> None:
    with MailSink(tmp_path / "mail") as sink:
        settings = app.settings.model_copy(update={"smtp_port": sink.port, "smtp_security": "none"})
        browser = Browser(build_web(replace(app, settings=settings), clock)).enter("administrator")
        page = browser.post("/admin/mail", {"email": "somebody@office.example"}, form_of="/admin/mail")
        refused = browser.post("/admin/mail", {"email": "not an address"}, form_of="/admin/mail")
    assert "The server took the letter." in page.text
    letters = list((tmp_path / "mail").glob("*.eml"))
    assert len(letters) == 1
    assert b"somebody@office.example" in letters[0].read_bytes()
    assert "refused for good" in refused.text
    assert "look at the address" in refused.text


def test_without_a_mail_server_the_page_says_what_to_set(as_user: Any) -> None:
    browser = as_user("administrator")
    assert "NPM_CASES_SMTP_HOST" in browser.get("/admin/mail").text
    assert browser.post("/admin/mail", {"email": "a@b.example"}, form_of="/admin/mail").status_code == 409
