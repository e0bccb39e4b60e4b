"""The written matrix against what each role really gets: pages, calls, commands, cases of others (F52, F53)."""

import re
from collections.abc import Mapping
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
from tests.makers import ADMINISTRATOR, CASEWORKER, COLONY, MON_2_MAR, a_recommendation, an_allegation
from tests.web.conftest import PEOPLE, Browser
from tests.web.test_safety import address

USERS = [user for user in PEOPLE if user != "caseworker-two"]
ABSENT = "A-2026-999999"
NOT_OPENED = {"act": 422, "audit_proof": 422, "import_file": 404, "import_refused": 404}
"""Pages a role may open that still say no: an act of another role, a page with a query, a file somebody else gave."""
NO_PAGE, NO_CALL = "may not open this page", "may not make this call"
WHY = {"reason": "casework"}
# fmt: off
BODIES: Mapping[str, Any] = {
    "create":          {"kind": "recommendation", "fields": {"channel": "ombudsman", "title": "Mend", "addressee": COLONY}},
    "do_act":          {"event": "approve"},
    "assign":          {"user": "caseworker-one"},
    "link":            {"other": "R-2026-000002"},
    "suspend":         {"duty": "none", "reason": "check"},
    "resume":          {"duty": "none", "reason": "check"},
    "consent":         {"what": "give"},
    "open_document":   WHY,
    "open_text":       WHY,
    "add_to_register": {"fields": {"name": "Synthetic ministry"}},
}
# fmt: on
NOT_NOW = {"suspend", "resume", "consent"}
"""Calls that reach the rules of the case, which refuse them: no such clock runs, and a recommendation takes no consent."""
ASKED_AGAIN = {"do_act", "confirm_act", "add_to_register"}
"""Calls for several roles, of which the table of the machine or of the rights lets some do less than the call."""


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
def test_a_page_opens_for_the_roles_of_its_row_and_for_no_other(
    page: Page, shared_web: Starlette, there: Mapping[str, str]
) -> None:
    assert page.roles is not None
    stranger = Browser(shared_web).client.request(page.methods[0], address(page, **there), follow_redirects=False)
    assert stranger.headers.get("location", "").startswith("/sign-in"), page.name
    for method in page.methods:  # all look before anybody does something
        for user in USERS:
            browser = Browser(shared_web).enter(user)
            data = {"csrf": browser.csrf} if method == "POST" else None
            answer = browser.client.request(method, address(page, **there), data=data, follow_redirects=False)
            told = (page.name, method, user, answer.status_code)
            if page.roles.isdisjoint(PEOPLE[user]):
                assert answer.status_code == 403, told
                assert NO_PAGE in answer.text, told
            elif method == "GET":
                assert answer.status_code in {200, 303, NOT_OPENED.get(page.name, 200)}, told
            else:
                assert NO_PAGE not in answer.text, told
                assert answer.status_code < 500, told


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_a_call_is_answered_for_the_roles_of_its_row_and_for_no_other(
    call: Call, shared_app: App, shared_web: Starlette, there: Mapping[str, str]
) -> None:
    path = "/api/v1" + re.sub(r"\{(\w+)\}", lambda found: there[found.group(1)], call.path)
    does = call.endpoint.__name__
    for user in USERS:
        actor = Actor(user, frozenset(PEOPLE[user]))
        token = make_api_token(
            shared_app.office, "t", tuple(map(str, set(type(call.right.scope)))), date(2026, 12, 31), actor, MON_2_MAR
        )
        client = TestClient(shared_web, base_url="https://testserver", headers={"Authorization": f"Bearer {token}"})
        if does == "add_document":
            answer = client.post(path, files={"file": ("letter.txt", b"A synthetic letter.")})
        else:
            query = {"from": "2026-03-12", "rule": "ombudsman_reply"} if does == "deadline" else None
            answer = client.request(call.method, path, json=BODIES.get(does), params=query)
        told = (call.path, user, answer.status_code, answer.text)
        if call.right.roles.isdisjoint(PEOPLE[user]):
            assert answer.status_code == 403, told
            assert NO_CALL in answer.text, told
        elif does in ASKED_AGAIN:
            assert NO_CALL not in answer.text, told
            assert answer.status_code < 500, told
        else:
            assert answer.status_code in ({422} if does in NOT_NOW else {200, 201, 409}), told


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
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
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
