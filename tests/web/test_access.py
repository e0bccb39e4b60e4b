"""The written matrix against what each role really gets: pages, calls, commands, cases of others (F52, F53)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from npm_cases.bootstrap import App
from npm_cases.cli.access_matrix import matrix
from npm_cases.cli.command_rights import COMMANDS, MACHINE, MACHINE_ROOM, NOTHING, SIGHT
from npm_cases.cli.commands import build_cli
from npm_cases.domain.records import Actor
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.act import DoAct, act
from npm_cases.services.api_tokens import make_api_token
from npm_cases.services.casework import OnCase, assign
from npm_cases.services.user_changes import disable, set_roles
from npm_cases.web.api.application import CALLS, Call
from npm_cases.web.pages.all_pages import PAGES
from npm_cases.web.routes import Page
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR, a_recommendation, an_allegation
from tests.web.conftest import PEOPLE, Browser
from tests.web.test_safety import address

USERS = [user for user in PEOPLE if user != "caseworker-two"]
ABSENT = "A-2026-999999"


def commands() -> set[str]:
    import typer

    def walk(command: Any, path: tuple[str, ...] = ()) -> Any:
        if not hasattr(command, "commands"):
            yield " ".join(path)
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*path, name))

    return set(walk(typer.main.get_command(build_cli())))


def test_the_written_matrix_is_the_one_of_the_tables() -> None:
    written = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    assert written == "\n".join(matrix()) + "\n", "run: python -m npm_cases.cli.access_matrix docs/access.md"


def test_every_command_has_its_row() -> None:
    assert commands() == set(COMMANDS)
    assert set(COMMANDS.values()) <= {*RIGHTS, SIGHT, MACHINE, MACHINE_ROOM, NOTHING}


def test_every_right_is_asked_for_somewhere() -> None:
    root = Path(__file__).parents[2] / "npm_cases"
    asked = "".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.name != "rights.py")
    assert [right for right in RIGHTS if f'"{right}"' not in asked] == []


@pytest.mark.parametrize("page", [p for p in PAGES if p.roles is not None], ids=lambda page: page.name)
def test_a_page_opens_for_the_roles_of_its_row_and_for_no_other(page: Page, shared_web: Starlette) -> None:
    stranger = Browser(shared_web).client.request(page.methods[0], address(page), follow_redirects=False)
    assert stranger.headers.get("location", "").startswith("/sign-in"), page.name
    for user in USERS:
        browser = Browser(shared_web).enter(user)
        for method in page.methods:
            data = {"csrf": browser.csrf} if method == "POST" else None
            answer = browser.client.request(method, address(page), data=data, follow_redirects=False)
            is_refused = answer.status_code == 403
            if page.roles is not None and page.roles.isdisjoint(PEOPLE[user]):
                assert is_refused, (page.name, method, user, answer.status_code)
            elif page.post is None:
                assert not is_refused, (page.name, method, user)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_a_call_is_answered_for_the_roles_of_its_row_and_for_no_other(
    call: Call, shared_app: App, shared_web: Starlette
) -> None:
    path = "/api/v1" + address(Page("", call.path, None, None)).replace("{name}", "recommendation")  # type: ignore[arg-type]
    for user in USERS:
        actor = Actor(user, frozenset(PEOPLE[user]))
        token = make_api_token(
            shared_app.office, "t", tuple(map(str, set(type(call.right.scope)))), date(2026, 12, 31), actor, MON_2_MAR
        )
        client = TestClient(shared_web, base_url="https://testserver", headers={"Authorization": f"Bearer {token}"})
        answer = client.request(call.method, path, json={})
        if call.right.roles.isdisjoint(PEOPLE[user]):
            assert answer.status_code in {403, 422}, (call.path, user)
            if answer.status_code == 422:  # a body of the wrong form is told before the caller is looked at
                assert call.method == "POST"


def test_a_case_kept_from_somebody_answers_as_one_that_is_not_there(app: App, web: Starlette) -> None:
    far, named = an_allegation(app, region="astana").number, an_allegation(app, excluded="caseworker-two").number
    for user, number in (("representative", far), ("caseworker-two", named)):
        browser = Browser(web).enter(user)
        for page in PAGES:
            if "{ref}" not in page.path:
                continue
            for method in page.methods:
                data = {"csrf": browser.csrf, "reason": "casework"} if method == "POST" else None
                kept = browser.client.request(method, address(page).replace("R-2026-000001", number), data=data)
                absent = browser.client.request(method, address(page).replace("R-2026-000001", ABSENT), data=data)
                assert kept.status_code == absent.status_code, (page.name, method, user)
                assert kept.status_code in {403, 404, 422}, (page.name, method, user, kept.status_code)
                assert kept.text.replace(number, ABSENT) == absent.text, (page.name, method, user)


def test_nobody_finds_or_counts_what_is_kept_from_them(app: App, web: Starlette) -> None:
    kept = an_allegation(app, excluded="caseworker-two").number
    shown = an_allegation(app).number
    browser = Browser(web).enter("caseworker-two")
    for path in ("/cases", f"/cases?words={kept}", "/day", "/cases?kind=allegation"):
        assert kept not in browser.get(path).text.replace(f'value="{kept}"', "").replace(f"words={kept}", ""), path
    assert shown in browser.get("/cases").text
    assert "1 case" in browser.get("/cases?kind=allegation").text


def test_the_protected_text_of_an_allegation_is_for_its_team(app: App, web: Starlette) -> None:
    number = an_allegation(app).number
    assign(app.office, OnCase(number, CASEWORKER, MON_2_MAR), "caseworker-one")
    opened = {}
    for user in ("caseworker-one", "caseworker-two", "commissioner", "auditor", "participant"):
        browser = Browser(web).enter(user)
        answer = browser.client.post(f"/cases/{number}/texts/1", data={"csrf": browser.csrf, "reason": "casework"})
        opened[user] = "A synthetic statement." in answer.text
    assert opened == {
        "caseworker-one": True, "caseworker-two": False, "commissioner": True, "auditor": True, "participant": False
    }  # fmt: skip


def test_a_demotion_acts_at_the_next_request(app: App, web: Starlette) -> None:
    number = a_recommendation(app, "served").number
    browser = Browser(web).enter("caseworker-one")
    assert browser.get(f"/cases/{number}/acts/acknowledge").status_code == 200
    token = browser.csrf
    set_roles(app.office, "caseworker-one", ("auditor",), ADMINISTRATOR, MON_2_MAR)
    answer = browser.client.post(f"/cases/{number}/acts/acknowledge", data={"csrf": token}, follow_redirects=False)
    assert answer.status_code in {303, 403}
    other = Browser(web).enter("caseworker-two")
    disable(app.office, "caseworker-two", ADMINISTRATOR, MON_2_MAR)
    assert other.client.get("/cases", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("field", ["role", "roles", "user", "actor", "state", "region", "assignee", "at", "on_behalf"])
def test_a_form_sets_nothing_it_does_not_name(field: str, app: App, web: Starlette) -> None:
    number = a_recommendation(app, "served").number
    browser = Browser(web).enter("caseworker-one")
    data = {"csrf": browser.csrf, field: "commissioner", "key": field}
    answer = browser.client.post(f"/cases/{number}/acts/acknowledge", data=data)
    assert answer.status_code == 200
    with app.office.open_reading() as work:
        case = work.case(number)
    assert (case.state, case.region, case.assignee) == ("acknowledged", "", "")
    refused = browser.client.post(
        f"/cases/{number}/acts/record_meeting", data={"csrf": browser.csrf, f"f.{field}": "x"}
    )
    assert refused.status_code == 422


def test_an_approval_is_confirmed_once_and_never_by_its_proposer(app: App, web: Starlette) -> None:
    number = a_recommendation(app, "implemented").number
    pending = act(app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR)).pending
    own, other = Browser(web).enter("caseworker-one"), Browser(web).enter("caseworker-two")
    assert own.client.post(f"/proposals/{pending}", data={"csrf": own.csrf}).status_code == 403
    assert other.client.post(f"/proposals/{pending}", data={"csrf": other.csrf}).status_code == 200
    again = other.client.post(f"/proposals/{pending}", data={"csrf": other.csrf, "key": "again"})
    assert again.status_code == 409


def test_a_reading_that_cannot_be_recorded_shows_nothing(
    app: App, web: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F81: the event of the reading comes before the text; where it cannot be written, the answer is 503 and empty of it."""
    from npm_cases.domain.errors import TryAgain
    from npm_cases.persistence.work import SqlWork

    number = an_allegation(app).number
    browser = Browser(web).enter("caseworker-one")
    token = browser.csrf

    def fails(_: SqlWork) -> None:
        raise TryAgain("the disk is full")

    monkeypatch.setattr(SqlWork, "commit", fails)
    answer = browser.client.post(f"/cases/{number}/texts/1", data={"csrf": token, "reason": "casework"})
    assert answer.status_code == 503
    assert "A synthetic statement." not in answer.text
