"""The bundled caseload loads into a fresh sandbox through the ordinary use cases, and what comes out holds together."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from npm_cases.bootstrap import App, bundled_caseload, initialise
from npm_cases.domain.caseload import Caseload
from npm_cases.domain.errors import BadInput, NotAllowed
from npm_cases.services.caseload import CaseloadReport, load_caseload, seed_registers
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.users import sandbox_user
from npm_cases.services.verify import verify
from tests.makers import settings_of

NOW = "2026-09-01T05:00:00.000000Z"
SPT_REPORT = "Answer the report of the 2016 visit in writing within six months"


def kz() -> Caseload:
    return bundled_caseload("kz")


def settings(folder: Path) -> Settings:
    return settings_of(folder)


def sandbox(folder: Path) -> App:
    return initialise(settings(folder), sandbox=True)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, CaseloadReport, Counter[str]]]:
    app = sandbox(tmp_path_factory.mktemp("caseload"))
    told: Counter[str] = Counter()

    def tell(part: str, done: int, total: int) -> None:
        assert done <= total
        told[part] = max(told[part], done)

    report = load_caseload(app.office, kz(), NOW, tell)
    yield app, report, told
    app.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[App]:
    app = sandbox(tmp_path)
    yield app
    app.close()


Loaded = tuple[App, CaseloadReport, Counter[str]]


def rows(app: App, table: str, **where: str) -> list[dict[str, Any]]:
    with app.office.open_work() as work:
        return work.rows(table, where)


def states(app: App, kind: str) -> set[str]:
    return {row["state"] for row in rows(app, "cases", kind=kind)}


def moves(app: App, chain: str) -> list[dict[str, Any]]:
    found = [json.loads(row["data"]) for row in rows(app, "case_events", chain=chain) if row["type"] == "moved"]
    return sorted(found, key=lambda event: event["seq"])


def test_the_report_counts_what_lies_in_the_tables(loaded: Loaded) -> None:
    app, report, _ = loaded
    kinds = Counter(row["kind"] for row in rows(app, "cases"))
    assert kinds == {"recommendation": report.published + report.synthetic, "allegation": report.allegations}
    assert (report.published, report.synthetic, report.allegations) == (60, 12, 8)
    assert report.places == len(rows(app, "places")) == 12
    assert report.bodies == len(rows(app, "bodies"))
    assert report.users == len(rows(app, "users")) == 11


def test_progress_reaches_the_end_of_each_part(loaded: Loaded) -> None:
    _, report, told = loaded
    assert list(told) == ["registers", "cases", "published"]
    assert told["published"] == report.published - len(kz().answered)


def test_nothing_lies_after_the_present_and_no_history_runs_backwards(loaded: Loaded) -> None:
    app, _, _ = loaded
    chains: dict[str, list[tuple[int, str]]] = {}
    for row in rows(app, "case_events"):
        chains.setdefault(row["chain"], []).append((row["seq"], row["at"]))
    for events in chains.values():
        instants = [at for _, at in sorted(events)]
        assert instants == sorted(instants)
        assert instants[-1] <= NOW


def test_the_cases_stand_in_many_states(loaded: Loaded) -> None:
    app, _, _ = loaded
    assert states(app, "recommendation") >= {
        "draft", "approved", "served", "acknowledged", "replied", "accepted", "rejected", "in_progress",
        "implementation_claimed", "implemented", "not_implemented", "closed",
    }  # fmt: skip
    assert states(app, "allegation") == {
        "received", "registered", "transferred", "referral_issued", "registration_refused", "under_investigation",
        "appealed", "closed",
    }  # fmt: skip


def test_the_answer_to_the_report_of_2016_is_107_days_late(loaded: Loaded) -> None:
    app, _, _ = loaded
    (case,) = rows(app, "cases", title=SPT_REPORT)
    (reply,) = rows(app, "obligations", chain=case["id"], duty="reply")
    served, replied = moves(app, case["id"])
    assert served["to"] == "served"
    assert (served["facts"]["occurred_on"], reply["started_on"], reply["due_on"]) == (
        "2017-02-01",
        "2017-02-01",
        "2017-08-01",
    )
    assert served["facts"]["published_on"] == "2019-02-07"
    assert replied["to"] == case["state"] == "replied"
    assert len(replied["docs"]) == 1
    late = date.fromisoformat(replied["facts"]["occurred_on"]) - date.fromisoformat(reply["due_on"])
    assert late.days == 107


def test_that_due_date_is_derived_from_the_day_after_transmission(loaded: Loaded) -> None:
    app, _, _ = loaded
    (case,) = rows(app, "cases", title=SPT_REPORT)
    (reply,) = rows(app, "obligations", chain=case["id"], duty="reply")
    assert reply["rule"] == "spt_reply"
    counted = json.loads(reply["derivation"])[0]
    assert (counted["first_day"], counted["amount"], counted["unit"], counted["due_on"]) == (
        "2017-02-02",
        6,
        "months",
        "2017-08-01",
    )


def test_a_second_person_confirmed_each_closing(loaded: Loaded) -> None:
    app, _, _ = loaded
    closed = rows(app, "cases", state="closed")
    last = [moves(app, case["id"])[-1] for case in closed]
    assert {event["event"] for event in last} == {"close"}
    assert [(event["actor"], event["approved_by"]) for event in last] == [("demo-caseworker", "demo-second")] * 2
    assert {row["status"] for row in rows(app, "approvals")} == {"confirmed"}


def test_a_reported_reprisal_stands_before_the_ombudsman_at_once(loaded: Loaded) -> None:
    app, _, _ = loaded
    (case,) = rows(app, "cases", state="under_investigation")
    reported, raised = moves(app, case["id"])[-2:]
    assert (reported["event"], raised["event"], raised["to"]) == (
        "report_reprisal",
        "escalate_to_ombudsman",
        "escalated_to_ombudsman",
    )
    assert raised["at"] == reported["at"]


def test_what_fell_due_between_the_steps_was_taken_on_its_day(loaded: Loaded) -> None:
    app, _, _ = loaded
    taken = [row for row in rows(app, "rungs_taken") if row["outcome"] == "taken"]
    assert {row["act"] for row in taken} == {"remind", "notify", "escalate"}
    assert [row["rung"] for row in taken if row["late_by_engine"]] == []


def test_torture_investigated_by_the_police_is_marked(loaded: Loaded) -> None:
    app, _, _ = loaded
    assert len(rows(app, "obligations", duty="correct_jurisdiction")) == 1


def test_verification_finds_nothing(loaded: Loaded) -> None:
    app, _, _ = loaded
    app.sequence()
    with app.reader as reader:
        found = verify(app.office, reader, NOW)
    assert found.events == len(rows(app, "case_events"))
    assert found.findings == ()


@pytest.mark.parametrize(
    "now", ["2025-01-03T22:10:00.000000Z", "2026-03-02T04:00:00.000000Z", "2027-01-01T00:00:00.000000Z"]
)
def test_it_loads_at_any_present(fresh: App, now: str) -> None:
    report = load_caseload(fresh.office, kz(), now, lambda *_: None)
    assert report.published + report.synthetic + report.allegations == 80


def test_the_registers_alone_are_enough_for_a_first_case(fresh: App) -> None:
    seed_registers(fresh.office, kz(), NOW)
    author = sandbox_user(fresh.office, "demo-caseworker")
    fields = {"channel": "visit", "addressee": "administration_1", "place": "synthetic_1", "title": "Mend the window"}
    created = create_case(fresh.office, CreateCase("recommendation", author, NOW, fields))
    assert created.number == "R-2026-000001"
    assert [row["number"] for row in rows(fresh, "cases")] == [created.number]


def test_it_stays_out_of_an_office_that_is_no_sandbox(tmp_path: Path) -> None:
    app = initialise(settings(tmp_path), sandbox=False)
    with pytest.raises(NotAllowed, match="sandbox only"):
        load_caseload(app.office, kz(), NOW, lambda *_: None)
    app.close()


def test_a_published_row_of_an_unknown_channel_is_named(fresh: App) -> None:
    whole = kz()
    strange = replace(whole.published[0], channel="rumour")
    with pytest.raises(BadInput, match="published row 2, field channel: 'rumour' is not one of"):
        load_caseload(fresh.office, replace(whole, published=(strange,)), NOW, lambda *_: None)
