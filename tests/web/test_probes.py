"""What machines ask: who is answered, and that no word of a case, a region or a person is in the answer."""

import re
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from npm_cases.bootstrap import App
from npm_cases.domain.records import SweepCounts
from npm_cases.persistence.database import Database
from npm_cases.services.watching import note_sweep
from npm_cases.web.application import build_web
from npm_cases.web.counting import Requests
from tests.makers import MON_2_MAR, a_recommendation, an_allegation
from tests.web.conftest import ADDRESS, PEOPLE, Browser, Clock

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+')


def a_monitor(web: Starlette, peer: str = "127.0.0.1", **headers: str) -> TestClient:
    return TestClient(web, base_url=ADDRESS, client=(peer, 50_000), headers=headers)


def with_token(app: App, token: str) -> App:
    from dataclasses import replace

    return replace(app, settings=app.settings.model_copy(update={"metrics_token": SecretStr(token)}))


def test_the_process_says_that_it_lives_to_everybody(web: Starlette) -> None:
    assert a_monitor(web, "203.0.113.7").get("/healthz").text == "ok\n"


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("::1", {"Forwarded": "for=203.0.113.7"}),
        ("203.0.113.7", {"X-Forwarded-For": "127.0.0.1"}),
        ("203.0.113.7", {"Authorization": "Bearer anything"}),
    ],
)
def test_nobody_but_this_machine_is_told_how_the_engine_fares(
    path: str, peer: str, headers: dict[str, str], web: Starlette
) -> None:
    assert a_monitor(web, peer, **headers).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_where_a_token_is_set_it_is_needed_from_everywhere(path: str, app: App, clock: Clock) -> None:
    web = build_web(with_token(app, "a synthetic token"), clock)
    assert a_monitor(web, Authorization="Bearer a synthetic token").get(path).status_code == 200
    assert a_monitor(web, "203.0.113.7", Authorization="Bearer a synthetic token").get(path).status_code == 200
    assert a_monitor(web).get(path).status_code == 403
    assert a_monitor(web, Authorization="Bearer another").get(path).status_code == 403


def test_an_installation_is_ready_until_its_sweeps_are_stale(app: App, web: Starlette, clock: Clock) -> None:
    assert a_monitor(web).get("/readyz").json() == {
        "ready": True, "checks": {"database": True, "migrations": True, "sweep": True}
    }  # fmt: skip
    note_sweep(app.office, MON_2_MAR, SweepCounts())
    clock.at = "2026-03-02T06:00:00.000000Z"
    answer = a_monitor(web).get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["sweep"]) == (503, False)
    note_sweep(app.office, clock.at, SweepCounts())
    assert a_monitor(web).get("/readyz").status_code == 200


def test_a_database_of_another_revision_is_not_ready(web: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm_cases.persistence.migrate.HEAD", "9999")
    answer = a_monitor(web).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] is False


def test_the_metrics_are_well_formed_and_name_no_case_region_or_person(app: App, web: Starlette) -> None:
    numbers = [an_allegation(app).number, a_recommendation(app, "served").number]
    for user in PEOPLE:
        Browser(web).enter(user).get(f"/cases/{numbers[0]}")
    Browser(web).get("/nothing/of/the/kind")
    text = a_monitor(web).get("/metrics").text
    for line in text.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    labels = set(re.findall(r'="([^"]*)"', text))
    assert labels.isdisjoint({*PEOPLE, *app.office.pack.regions})
    for word in (*numbers, "ynthetic", "testclient", "127.0.0.1"):
        assert word not in text, word
    assert 'npm_cases_requests_total{page="case",status="2xx"}' in text
    assert 'npm_cases_requests_total{page="nowhere",status="4xx"} 1' in text


def test_open_incidents_late_steps_and_waiting_mail_are_counted(app: App, web: Starlette, clock: Clock) -> None:
    a_recommendation(app, "served")
    from npm_cases.services.sweep import sweep
    from npm_cases.services.watching import watch

    clock.at = "2026-08-02T06:00:00.000000Z"
    before = values_of(a_monitor(web).get("/metrics").text)
    assert before["npm_cases_rungs_late"] > 0
    sweep(app.office, clock.at)
    watch(app.office, clock.at, 60)
    app.sequence()
    after = values_of(a_monitor(web).get("/metrics").text)
    assert after["npm_cases_rungs_late"] == 0
    assert after['npm_cases_incidents_open{kind="stale_sweep"}'] == 1
    assert after['npm_cases_mail_waiting{status="waiting"}'] > 0
    assert after["npm_cases_events_total"] > before["npm_cases_events_total"]


def values_of(text: str) -> dict[str, float]:
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}


def test_a_histogram_counts_each_request_in_every_class_it_fits() -> None:
    requests = Requests()
    for seconds in (0.01, 0.02, 3.0, 11.0):
        requests.count("day", 200, seconds)
    found = requests.durations()["day"]
    assert found.upto == [1, 2, 2, 2, 2, 2, 2, 2, 3, 3]
    assert found.count == 4
    assert found.seconds == pytest.approx(14.03)
    assert requests.outcomes() == {("day", "2xx"): 4}


def test_the_metrics_count_from_indexes_on_both_databases(any_app: App) -> None:
    from npm_cases.persistence.vitals import SqlVitals

    a_recommendation(any_app, "served")
    any_app.sequence()
    found = SqlVitals(any_app.database).vitals("2027-03-02T05:00:00.000000Z", "2027-03-02T04:50:00.000000Z")
    assert found.events > 0
    assert found.late_rungs > 0
    assert found.mail.keys() == {"waiting", "ready"}


@pytest.mark.sqlite("its plan of a query")
def test_counting_mail_reads_no_whole_table(app: App) -> None:
    plans: list[str] = []
    database: Database = app.database
    from sqlalchemy import event

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "outbox" in statement:
            link = connection.connection.driver_connection
            plans.extend(row[3] for row in link.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    from npm_cases.persistence.vitals import SqlVitals

    event.listen(database.engine, "before_cursor_execute", explain)
    SqlVitals(database).vitals(MON_2_MAR, MON_2_MAR)
    assert plans
    assert all("INDEX" in plan for plan in plans), plans
