"""A sweeper hangs, nobody sweeps for days, a machine sleeps for hours: it is told, and then all is done once (F06, F07, F35)."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, copy_of
from npm_cases.domain.errors import TryAgain
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import SweepCounts
from npm_cases.health import examine, readiness, vitals
from npm_cases.services.mailroom import deliver
from npm_cases.services.passing import let_time_pass
from npm_cases.services.watching import note_sweep, recorded_sweep, watch
from tests.faults.checker import everything, table, violations
from tests.faults.figures import Figure
from tests.faults.journal import HOUSE, Mailboxes
from tests.faults.sweepers import Sweeper
from tests.makers import MON_2_MAR, a_caseload, a_recommendation

CASES, BATCH = 40, 10
DAYS, A_DAY = 5, 5
TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"
AN_HOUR_AGO = "2027-09-07T05:00:00.000000Z"
LEASE_SECONDS = 3
STALE_SECONDS, WATCHES_EVERY = 1_800, timedelta(seconds=300)


@pytest.fixture
def hanging(any_app: App) -> Iterator[Sweeper]:
    """A sweeper that was stopped with its first batch in its hands; the last sweep anybody finished is an hour old."""
    a_caseload(any_app, CASES)
    note_sweep(any_app.office, AN_HOUR_AGO, SweepCounts())
    sweeper = Sweeper(any_app, TUE_7_SEP_2027, BATCH, stops=True, lease_seconds=LEASE_SECONDS)
    sweeper.go()
    sweeper.wait_until_stopped()
    yield sweeper
    sweeper.end()


def is_red(app: App) -> bool:
    found = {check.code: check.well for check in examine(app, TUE_7_SEP_2027)}
    return not found["sweep"] and not readiness(app, TUE_7_SEP_2027)["sweep"]


def sweeps_in_turn(app: App, sweeper: Sweeper) -> int:
    """Sweep as another worker does until nothing is due; on SQLite only when the one that hangs was ended."""
    refused, deadline = 0, time.monotonic() + LEASE_SECONDS + 20
    while True:
        assert time.monotonic() < deadline, "nobody could take over"
        try:
            recorded_sweep(app.office, TUE_7_SEP_2027, BATCH)
            if not vitals(app, TUE_7_SEP_2027).due_rungs:
                return refused
        except TryAgain:
            refused += 1
            assert is_red(app), "reading goes on, and tells"
            sweeper.end()
        time.sleep(0.2)


@pytest.mark.slow
def test_another_takes_over_from_one_that_hangs_and_health_is_red_meanwhile(
    any_app: App, hanging: Sweeper, figure: Figure
) -> None:
    """On PostgreSQL within the lease; on SQLite, where one holds the lock of all, when a person or a supervisor ends it."""
    assert is_red(any_app)
    begun = time.monotonic()
    refused = sweeps_in_turn(any_app, hanging)
    took = time.monotonic() - begun
    assert not is_red(any_app)
    assert refused == int(any_app.database.is_sqlite)
    if not any_app.database.is_sqlite:
        assert took < LEASE_SECONDS + 10
        hanging.wake()
        assert not hanging.taken().get("taken"), "what it held was taken by another"
    assert violations(any_app) == []
    figure("F06", hung=1, doubled=0, longest_take_over_seconds=round(took, 1))


@pytest.fixture
def mailboxes(tmp_path: Path) -> Mailboxes:
    return Mailboxes(tmp_path / "mailboxes")


@pytest.mark.parametrize(
    ("fault", "pause"), [("F07", timedelta(days=3)), ("F35", timedelta(hours=8))], ids=["three days", "eight hours"]
)
def test_after_a_time_without_sweeps_all_is_done_once_oldest_first_late_and_in_digests(
    any_app: App, mailboxes: Mailboxes, fault: str, pause: timedelta, figure: Figure
) -> None:
    for day in range(DAYS):
        for _ in range(A_DAY):
            a_recommendation(any_app, "served", as_text(from_text(MON_2_MAR) + timedelta(days=day)))
    last = _swept_until_the_ombudsman_is_told(any_app, mailboxes)
    before = {(row["obligation"], row["rung"]) for row in table(any_app, "rungs_taken")}
    told = _watched(any_app, last, pause)
    again = as_text(from_text(last) + pause)
    counts = recorded_sweep(any_app.office, again, 1)
    taken = [row for row in _in_order(any_app) if (row["obligation"], row["rung"]) not in before]
    assert counts.taken == len(taken) >= A_DAY
    assert [row["due_at"] for row in taken] == sorted(row["due_at"] for row in taken), "oldest first"
    assert counts.late_by_engine == sum(row["late_by_engine"] for row in taken) == len(taken)
    mailed = _mails_of_three_days(any_app, mailboxes, again)
    assert max(mailed.values()) == 1, "a digest, not a storm"
    settled = everything(any_app)
    recorded_sweep(any_app.office, again, BATCH)
    assert everything(any_app) == settled
    assert violations(any_app) == []
    figure(
        fault, rungs=len(taken), late_by_engine=counts.late_by_engine, doubled=0,
        longest_seconds_until_told=told.total_seconds(), most_mails_per_person=max(mailed.values()),
    )  # fmt: skip


def _swept_until_the_ombudsman_is_told(app: App, mailboxes: Mailboxes) -> str:
    """Sweep and deliver as usual until a minute before the first case would be raised to the Ombudsman; return the instant."""
    with copy_of(app) as tried:
        passing = let_time_pass(tried.office, MON_2_MAR, TUE_7_SEP_2027)
        first = next(at for at, counts in passing if counts.to_ombudsman)
    last = as_text(from_text(first) - timedelta(minutes=1))
    for _ in let_time_pass(app.office, MON_2_MAR, last):
        pass
    _mails_of_three_days(app, mailboxes, last)
    mailboxes.file.unlink()
    recorded_sweep(app.office, last, BATCH)
    return last


def _watched(app: App, last: str, pause: timedelta) -> timedelta:
    """Look as the watcher does, which is not the sweeper; return how long the silence lasted when it was told."""
    passed = WATCHES_EVERY
    while not watch(app.office, as_text(from_text(last) + passed), STALE_SECONDS):
        assert passed < pause, "nobody was told"
        passed += WATCHES_EVERY
    assert [row["kind"] for row in table(app, "incidents")] == ["stale_sweep"]
    return passed


def _in_order(app: App) -> list[dict[str, object]]:
    """Rungs in the order in which they were taken, as the log has it."""
    app.sequence()
    at = {(row["chain"], row["seq"]): row["idx"] for row in table(app, "log_entries")}
    events = [row for row in table(app, "case_events") if row["type"] == "rung_taken"]
    said = [(at[row["chain"], row["seq"]], _facts(row)) for row in events]
    order = {(facts["obligation"], facts["rung"]): index for index, facts in said}
    return sorted(table(app, "rungs_taken"), key=lambda row: order.get((row["obligation"], row["rung"]), 0))


def _facts(row: dict[str, bytes]) -> dict[str, str]:
    return dict(json.loads(row["data"])["facts"])


def _mails_of_three_days(app: App, mailboxes: Mailboxes, since: str) -> Counter[str]:
    """Deliver until everything that was written has left, and count what each of our own people got."""
    for hours in range(0, 73, 6):
        deliver(app.office, mailboxes.send, HOUSE, as_text(from_text(since) + timedelta(hours=hours)))
    return Counter(line[1] for line in mailboxes.arrived() if line[1].endswith("@office.example"))
