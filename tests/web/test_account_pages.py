"""Invitations, and what people look after themselves: password, absences, sign-ins, tokens, what they have read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyotp import TOTP

from npm_cases.bootstrap import App
from npm_cases.domain.instants import from_text
from npm_cases.services.api_tokens import by_api_token
from npm_cases.services.case_views import open_text
from npm_cases.services.passwords import Passwords
from npm_cases.services.ways_in import invite
from npm_cases.web.application import build_web
from npm_cases.web.qr import qr_picture
from tests.makers import CASEWORKER, MON_2_MAR, an_allegation
from tests.services.people import FOUNDER, PASSWORD, an_installation, at
from tests.web.conftest import Browser, Clock

NEW = "nine kettles under an open roof"


@pytest.fixture
def earnest(tmp_path: Path) -> Iterator[App]:
    app = an_installation(tmp_path / "data")
    yield app
    app.close()


def code(secret: str, when: str) -> str:
    return str(TOTP(secret).at(int(from_text(when).timestamp())))


def secret_on(page: str) -> str:
    found = re.search(r'name="totp_secret" value="([A-Z2-7]+)"', page)
    assert found
    return found[1]


def enrolled(app: App, clock: Clock) -> tuple[Browser, str]:
    """Walk from an invitation to the first page, as somebody new does."""
    path = f"/invitations/{invite(app.office, 'first', FOUNDER, clock.at).token}"
    browser = Browser(build_web(app, clock))
    secret = secret_on(browser.get(path).text)
    form = {"totp_secret": secret, "password": PASSWORD, "again": PASSWORD, "code": code(secret, clock.at)}
    assert "Password and second factor are set." in browser.client.post(path, data=form).text
    assert browser.client.post(path, data=form).status_code == 403  # the link opens once
    clock.at = at(60)
    given = {"user": "first", "password": PASSWORD, "code": code(secret, clock.at), "next": "/me"}
    assert browser.client.post("/sign-in", data=given).url.path == "/me"
    return browser, secret


def test_somebody_new_comes_in_by_an_invitation(earnest: App) -> None:
    browser, _ = enrolled(earnest, Clock())
    assert browser.get("/me").status_code == 200


def test_the_secret_stays_the_same_while_a_form_comes_back(earnest: App) -> None:
    clock = Clock()
    path = f"/invitations/{invite(earnest.office, 'first', FOUNDER, clock.at).token}"
    browser = Browser(build_web(earnest, clock))
    secret = secret_on(browser.get(path).text)
    good = {"totp_secret": secret, "password": PASSWORD, "again": PASSWORD, "code": code(secret, clock.at)}
    wrong = {
        "code": ({**good, "code": "000000"}, "f-code-wrong"),
        "short": ({**good, "password": "too short", "again": "too short"}, "f-password-wrong"),
        "unlike": ({**good, "again": NEW}, "f-again-wrong"),
    }
    for given, mark in wrong.values():
        page = browser.client.post(path, data=given)
        assert page.status_code == 422
        assert f'id="{mark}"' in page.text
        assert secret_on(page.text) == secret
        assert PASSWORD not in page.text
    other = browser.client.post(path, data={**good, "totp_secret": "AAAA"})
    assert other.status_code == 422
    assert secret_on(other.text) not in {secret, "AAAA"}
    assert browser.client.post(path, data=good).status_code == 200


def test_an_invitation_nobody_made_opens_nothing(earnest: App) -> None:
    browser = Browser(build_web(earnest, Clock()))
    assert browser.get("/invitations/none").status_code == 403


def test_the_picture_of_a_second_factor_is_drawn_without_style_or_script(earnest: App) -> None:
    clock = Clock()
    page = (
        Browser(build_web(earnest, clock))
        .get(f"/invitations/{invite(earnest.office, 'first', FOUNDER, clock.at).token}")
        .text
    )
    picture = page[page.index("<svg") : page.index("</svg>")]
    assert "style" not in picture
    assert "script" not in picture
    size = qr_picture("otpauth://totp/x")["qr_size"]
    assert isinstance(size, int)
    assert size >= 29


def test_a_password_is_changed_with_both_factors_and_other_sign_ins_end(earnest: App) -> None:
    clock = Clock()
    browser, secret = enrolled(earnest, clock)
    clock.at = at(120)
    elsewhere = Browser(build_web(earnest, clock))
    given = {"user": "first", "password": PASSWORD, "code": code(secret, clock.at), "next": "/me"}
    elsewhere.client.post("/sign-in", data=given)
    clock.at = at(180)
    change = {"old": PASSWORD, "password": NEW, "again": NEW}
    refused = browser.post("/me/password", {**change, "old": NEW, "code": code(secret, clock.at)}, form_of="/me")
    assert refused.status_code == 403
    unlike = browser.post("/me/password", {**change, "again": PASSWORD, "code": "1"}, form_of="/me")
    assert unlike.status_code == 422
    clock.at = at(240)
    done = browser.post("/me/password", {**change, "code": code(secret, clock.at)}, form_of="/me")
    assert done.url.path == "/me"
    assert elsewhere.get("/me", follow_redirects=False).status_code == 303
    assert Passwords().verify(account(earnest), NEW)


def account(app: App) -> str:
    with app.office.open_reading() as work:
        return str(work.rows("accounts", {"user": "first"})[0]["password_hash"])


def test_a_token_for_a_program_is_shown_once_and_ended(app: App, as_user: Any) -> None:
    browser = as_user("caseworker-one")
    given = {"name": "Synthetic program", "scopes": ["read"], "expires_on": "2026-12-31"}
    page = browser.post("/me/tokens", given, form_of="/me/tokens").text
    token = re.search(r"<code>([\w-]{43})</code>", page)
    assert token
    assert token[1] not in browser.get("/me/tokens").text
    assert by_api_token(app.office, token[1], MON_2_MAR).scopes == frozenset({"read"})
    before = browser.get("/me/tokens").text
    listed = re.search(r'name="end" value="(\w+)"', before)
    assert listed
    assert "ended" not in before.lower()
    assert "ended" in browser.post("/me/tokens", {"end": listed[1]}, form_of="/me/tokens").text.lower()
    with pytest.raises(Exception, match="opens nothing"):
        by_api_token(app.office, token[1], MON_2_MAR)
    nothing = browser.post("/me/tokens", {**given, "scopes": []}, form_of="/me/tokens")
    assert nothing.status_code == 422
    assert 'id="f-scopes-wrong"' in nothing.text


def test_own_sign_ins_are_listed_and_ended_and_nobody_elses(as_user: Any) -> None:
    one, same, other = as_user("caseworker-one"), as_user("caseworker-one"), as_user("caseworker-two")
    page = one.get("/me").text
    listed = re.findall(r'name="session" value="(\w+)"', page)
    assert len(listed) == 1
    assert other.post("/me", {"what": "session", "session": listed[0]}, form_of="/me").status_code == 404
    one.post("/me", {"what": "session", "session": listed[0]}, form_of="/me")
    assert same.get("/me", follow_redirects=False).status_code == 303
    third = as_user("caseworker-one")
    one.post("/me", {"what": "sessions"}, form_of="/me")
    assert third.get("/me", follow_redirects=False).status_code == 303
    assert one.get("/me", follow_redirects=False).status_code == 200


def test_people_record_their_own_absence_and_no_other(app: App, as_user: Any) -> None:
    browser = as_user("caseworker-one")
    given = {
        "what": "absent",
        "deputy": "caseworker-two",
        "from_on": "2026-03-09",
        "to_on": "2026-03-20",
        "user": "leader",
    }
    page = browser.post("/me", given, form_of="/me")
    assert "caseworker-two stands in for caseworker-one" in page.text
    assert "stands in for caseworker-one" in as_user("caseworker-two").get("/me").text
    with app.office.open_reading() as work:
        assert [row["user"] for row in work.rows("absences")] == ["caseworker-one"]


def test_people_see_what_they_have_opened_themselves(app: App, as_user: Any) -> None:
    number = an_allegation(app).number
    open_text(app.office, number, 1, CASEWORKER, MON_2_MAR, "casework")
    app.sequence()
    assert number in as_user("caseworker-one").get("/me/reads").text
    assert number not in as_user("caseworker-two").get("/me/reads").text
    assert as_user("administrator").get("/me/reads").status_code == 403
