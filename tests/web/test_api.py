"""The JSON API: a case walked by two programs, keys, scopes, problems, and what a caller may not know."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor
from npm_cases.services.api_tokens import make_api_token
from npm_cases.services.user_changes import disable, set_roles
from npm_cases.web.api.application import CALLS
from npm_cases.web.application import build_web
from npm_cases.web.rates import TRIES
from tests.makers import ADMINISTRATOR, MON_2_MAR, a_recommendation, an_allegation
from tests.web.conftest import PEOPLE, Clock

ALL = ("read", "act", "text", "audit")
V1 = "/api/v1"


@pytest.fixture
def program(app: App, web: Starlette) -> Callable[..., TestClient]:
    """Give a program that speaks for somebody, for some scopes."""

    def made(user: str, *scopes: str) -> TestClient:
        regions = frozenset({"abai"}) if user == "representative" else frozenset({"*"})
        actor = Actor(user, frozenset(PEOPLE[user]), regions)
        token = make_api_token(app.office, "test", scopes or ALL, date(2026, 12, 31), actor, MON_2_MAR)
        headers = {"Authorization": f"Bearer {token}"}
        return TestClient(web, base_url="https://testserver", headers=headers, raise_server_exceptions=False)

    return made


def test_a_case_is_walked_by_two_programs(program: Callable[..., Any]) -> None:
    worker, commissioner, secretary = program("caseworker-one"), program("commissioner"), program("secretary")
    fields = {"channel": "ombudsman", "title": "Repair the roof", "addressee": "synthetic_colony"}
    made = worker.post(f"{V1}/cases", json={"kind": "recommendation", "fields": fields})
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert commissioner.post(f"{V1}/cases/{number}/acts", json={"event": "approve"}).json()["state"] == "approved"
    issued = secretary.post(f"{V1}/cases/{number}/acts", json={"event": "issue", "fields": {"measurable": "true"}})
    assert issued.json()["state"] == "issued"
    letter = secretary.post(f"{V1}/cases/{number}/documents", files={"file": ("letter.txt", b"A synthetic letter.")})
    assert letter.status_code == 201, letter.text
    served = secretary.post(
        f"{V1}/cases/{number}/acts", json={"event": "record_service", "documents": [letter.json()["document"]]}
    )
    assert served.json()["state"] == "served", served.text
    whole = worker.get(f"{V1}/cases/{number}").json()
    assert whole["state"] == "served"
    assert {"event": "acknowledge"}.items() <= whole["permitted"][0].items()
    events = [event["event"] for event in worker.get(f"{V1}/cases/{number}/history").json()["events"]]
    assert {"approve", "issue", "record_service"} <= set(events)
    why = worker.get(f"{V1}/cases/{number}/explanation?lang=kk").json()["sentences"]
    assert any("Ешкім" in line for line in why)


def test_a_second_person_confirms_and_the_proposer_may_not(app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "implemented").number
    one, two = program("caseworker-one"), program("caseworker-two")
    proposed = one.post(f"{V1}/cases/{number}/acts", json={"event": "close"}).json()
    assert proposed["pending"]
    assert proposed["state"] == "implemented"
    own = one.post(f"{V1}/proposals/{proposed['pending']}/confirmation")
    assert own.status_code == 403
    assert two.post(f"{V1}/proposals/{proposed['pending']}/confirmation").json()["state"] == "closed"


def test_a_key_makes_a_repeat_harmless_and_is_not_used_for_something_else(
    app: App, program: Callable[..., Any]
) -> None:
    number = a_recommendation(app, "served").number
    worker = program("caseworker-one")
    key = {"Idempotency-Key": "once"}
    answers = [worker.post(f"{V1}/cases/{number}/acts", json={"event": "acknowledge"}, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = worker.post(f"{V1}/cases/{number}/acts", json={"event": "record_meeting"}, headers=key)
    assert other.status_code == 409


def test_a_refusal_gives_every_reason_in_the_callers_language(app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "served").number
    for lang, word in {"en": "proof", "ru": "рекомендац", "kk": "ұсын"}.items():
        answer = program("caseworker-one").post(
            f"{V1}/cases/{number}/acts", json={"event": "record_reply"}, headers={"Accept-Language": lang}
        )
        body = answer.json()
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert [name for name in ("reasons", "permitted", "roles", "detail") if not body[name]] == [], word
        assert body["reasons"][0]["text"] != body["reasons"][0]["code"]


def test_a_version_that_has_passed_is_a_conflict(app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "served").number
    answer = program("caseworker-one").post(f"{V1}/cases/{number}/acts", json={"event": "acknowledge", "if_version": 1})
    assert (answer.status_code, answer.json()["type"].startswith("urn:npm-cases:problem:")) == (409, True)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}, {"Cookie": "__Host-npm-cases=x"}],
)
def test_nobody_is_let_in_without_a_token(headers: dict[str, str], app: App) -> None:
    web = build_web(app, Clock())
    for number, call in enumerate(CALLS):
        peer = (f"203.0.113.{number}", 50_000)  # each from elsewhere: how often one may try is told below
        client = TestClient(web, base_url="https://testserver", headers=headers, client=peer)
        path = V1 + call.path.replace("{", "").replace("}", "")
        whole, broken = client.request(call.method, path, json={}), client.request(call.method, path, content=b"{")
        for answer in (whole, broken):  # what they sent is not read before it is known who they are
            assert answer.status_code == 401, call.path
            assert answer.headers["content-type"] == "application/problem+json"


def test_whoever_guesses_tokens_is_told_to_wait(web: Starlette) -> None:
    client = TestClient(web, base_url="https://testserver", headers={"Authorization": "Bearer wrong"})
    answers = [client.get(f"{V1}/cases").status_code for _ in range(TRIES + 1)]
    assert answers == [401] * TRIES + [429]


def test_a_token_is_for_its_scopes_only(app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "served").number
    reader = program("caseworker-one", "read")
    assert reader.get(f"{V1}/cases/{number}").status_code == 200
    assert reader.post(f"{V1}/cases/{number}/acts", json={"event": "acknowledge"}).status_code == 403
    assert reader.get(f"{V1}/history").status_code == 403
    assert reader.post(f"{V1}/cases/{number}/events/1/readings", json={"reason": "casework"}).status_code == 403


def test_a_case_that_is_kept_from_somebody_is_as_one_that_is_not_there(app: App, program: Callable[..., Any]) -> None:
    number = an_allegation(app, region="astana").number
    other = program("representative")
    for path in ("", "/history", "/explanation"):
        kept, absent = other.get(f"{V1}/cases/{number}{path}"), other.get(f"{V1}/cases/A-2026-999999{path}")
        assert (kept.status_code, absent.status_code) == (404, 404)
        assert kept.json() == {**absent.json(), "detail": absent.json()["detail"].replace("A-2026-999999", number)}


def test_a_demotion_acts_at_the_next_call(app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "served").number
    worker = program("caseworker-one")
    set_roles(app.office, "caseworker-one", ("auditor",), ADMINISTRATOR, MON_2_MAR)
    assert worker.post(f"{V1}/cases/{number}/acts", json={"event": "acknowledge"}).status_code == 403
    disable(app.office, "caseworker-one", ADMINISTRATOR, MON_2_MAR)
    assert worker.get(f"{V1}/cases/{number}").status_code == 401


@pytest.mark.parametrize("member", ["state", "region", "assignee", "role", "actor", "at", "version"])
def test_nothing_can_be_set_that_a_call_does_not_name(member: str, app: App, program: Callable[..., Any]) -> None:
    number = a_recommendation(app, "served").number
    worker = program("caseworker-one")
    answer = worker.post(f"{V1}/cases/{number}/acts", json={"event": "acknowledge", member: "closed"})
    assert answer.status_code == 422
    assert worker.get(f"{V1}/cases/{number}").json()["state"] == "served"


def test_protected_text_is_opened_by_a_recorded_call_only(app: App, program: Callable[..., Any]) -> None:
    number = an_allegation(app).number
    worker = program("caseworker-one")
    assert "A synthetic statement." not in worker.get(f"{V1}/cases/{number}").text
    opened = worker.post(f"{V1}/cases/{number}/events/1/readings", json={"reason": "casework"})
    assert opened.json()["texts"]["statement"] == "A synthetic statement."
    app.sequence()
    read = worker.get(f"{V1}/readings").json()["events"]
    assert [(one["actor"], one["reason"]) for one in read] == [("caseworker-one", "casework")]


def test_pages_of_a_list_meet_without_a_gap(app: App, program: Callable[..., Any]) -> None:
    numbers = {a_recommendation(app).number for _ in range(5)}
    worker, after, seen = program("caseworker-one"), "", []
    while True:
        page = worker.get(f"{V1}/cases", params={"size": 2, "after": after}).json()
        seen += [row["number"] for row in page["cases"]]
        after = page["next"]
        if not after:
            break
    assert sorted(seen) == sorted(numbers)


def test_a_body_that_is_too_large_is_not_read(program: Callable[..., Any]) -> None:
    fields = {"channel": "ombudsman", "title": "x" * (2 * 1024 * 1024)}
    answer = program("caseworker-one").post(f"{V1}/cases", json={"kind": "recommendation", "fields": fields})
    assert answer.status_code == 413


def test_the_document_of_all_calls_is_there_and_names_no_other_host(web: Starlette) -> None:
    client = TestClient(web, base_url="https://testserver")
    document = client.get(f"{V1}/openapi.json").json()
    assert set(document["paths"]) == {call.path for call in CALLS}
    page = client.get(f"{V1}/docs").text
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
    for call in CALLS:
        assert f"{call.method} /api/v1{call.path}" in page


def test_due_dates_machines_and_registers_are_data(program: Callable[..., Any]) -> None:
    worker = program("caseworker-one")
    due = worker.get(f"{V1}/deadline", params={"from": "2026-03-12", "rule": "ombudsman_reply", "lang": "ru"}).json()
    assert due["due_on"]
    assert any("рабочих" in line for line in due["sentences"])
    assert worker.get(f"{V1}/machines/recommendation").json()["initial"] == "draft"
    assert worker.get(f"{V1}/machines/nothing").status_code == 404
    made = worker.post(f"{V1}/registers/bodies", json={"fields": {"name": "Synthetic ministry"}})
    assert made.status_code == 201
    assert made.json()["id"] in str(worker.get(f"{V1}/registers/bodies").json())
    assert worker.get(f"{V1}/registers/users").status_code == 404
