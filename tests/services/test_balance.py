"""The counters find what is silent: mail put off for ever, documents without a file, a sweep of the future."""

from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text, from_text
from npm_cases.health import examine
from npm_cases.persistence.counters import SqlCounters
from npm_cases.services.balance import balance
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.mailroom import RETRIES, bundle
from npm_cases.services.remind import remind_now
from npm_cases.services.watching import recorded_sweep, watch
from tests.faults.checker import LATER, table
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation, an_allegation

FAR = "2999-01-01T00:00:00.000000Z"


def unbalanced(app: App, at: str = LATER) -> dict[str, int]:
    found = balance(app.office, SqlCounters(app.database), at)
    return {name: found.counters[name] for name in ("mail_silenced", "documents_missing") if found.counters[name]}


def changed(app: App, where: dict[str, Any], **values: Any) -> None:
    with app.office.open_work() as work:
        assert work.update("outbox", values, where) > 0
        work.commit()


def bundled(app: App) -> list[dict[str, Any]]:
    """Make mail that is under way, two notices in one mail among it."""
    for _ in range(2):
        a_recommendation(app, "issued")
    recorded_sweep(app.office, LATER, 1_000)
    bundle(app.office, LATER)
    return [row for row in table(app, "outbox") if row["status"] == "bundled"]


def test_mail_under_way_is_not_silent(app: App) -> None:
    rows = bundled(app)
    assert rows
    leaders = [row for row in rows if not row["carried_by"]]
    again = as_text(from_text(LATER) + RETRIES.cap)
    changed(app, {"id": leaders[0]["id"]}, next_attempt_at=again)
    assert unbalanced(app) == {}


def test_a_mail_put_off_beyond_the_longest_pause_does_not_balance(app: App) -> None:
    leader = next(row for row in bundled(app) if not row["carried_by"])
    changed(app, {"id": leader["id"]}, next_attempt_at=FAR)
    found = balance(app.office, SqlCounters(app.database), LATER)
    assert found.counters["mail_silenced"] == 1
    assert any("longer than any pause" in what for what in found.unbalanced)


@pytest.mark.parametrize("carrier", ["nobody", "itself"])
def test_a_notice_carried_by_no_mail_under_way_does_not_balance(app: App, carrier: str) -> None:
    leader = next(row for row in bundled(app) if not row["carried_by"])
    changed(app, {"id": leader["id"]}, carried_by=leader["id"] if carrier == "itself" else carrier)
    assert unbalanced(app)["mail_silenced"] >= 1


def test_a_document_without_its_file_does_not_balance(app: App) -> None:
    add_document(app.office, OnCase(an_allegation(app).number, CASEWORKER, MON_2_MAR), "a.txt", b"text")
    assert unbalanced(app, MON_2_MAR) == {}
    for file in (app.settings.data_dir / "documents").rglob("*"):
        if file.is_file():
            file.unlink()
    assert unbalanced(app, MON_2_MAR) == {"documents_missing": 1}


def sweep_is_well(app: App) -> bool:
    return next(check.well for check in examine(app, MON_2_MAR) if check.code == "sweep")


def test_a_sweep_of_the_future_is_not_well_and_an_incident(app: App) -> None:
    recorded_sweep(app.office, MON_2_MAR, 100)
    assert sweep_is_well(app)
    assert watch(app.office, MON_2_MAR, 1_800) == ""
    with app.office.open_work() as work:
        work.insert("sweeps", {"id": "synthetic", "started_at": FAR, "finished_at": FAR, "taken": 0})
        work.commit()
    assert not sweep_is_well(app)
    assert watch(app.office, MON_2_MAR, 1_800)
    assert "in the future" in table(app, "incidents")[0]["what"]


def test_a_reminder_a_person_sends_is_told_by_no_rung_and_balances(app: App) -> None:
    number = a_recommendation(app, "served").number
    remind_now(app.office, OnCase(number, CASEWORKER, MON_2_MAR))
    found = balance(app.office, SqlCounters(app.database), MON_2_MAR)
    assert (found.counters["notices"], found.counters["rungs_taken"]) == (1, 0)
    assert found.unbalanced == ()
