"""Killed at random instants under a mixed load: what was acknowledged is in the history, once (FAULTS F04)."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text, from_text
from npm_cases.services.mailroom import LEASE, deliver
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.faults.journal import HOUSE, Mailboxes
from tests.faults.mixed_load import STEPS, Journal, now_of, send

ROOT = Path(__file__).parents[2]
KILLS = 6
MOST_LINES = 16
LONGEST_SECONDS = 0.05


def killed_at_some_moment(app: App, journal: Journal, chance: random.Random) -> None:
    settings = app.settings
    command = [sys.executable, "-m", "tests.faults.mixed_load", str(settings.data_dir), settings.database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
        assert load.stdout is not None
        assert load.stdout.readline() == "working\n"
        wanted = len(journal.lines()) + chance.randint(8, MOST_LINES)
        while len(journal.lines()) < wanted and load.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST_SECONDS))
        assert load.poll() is None, load.communicate()[1]
        load.kill()


@pytest.mark.slow
def test_what_was_acknowledged_survives_every_kill_and_is_done_once(any_app: App) -> None:
    chance = random.Random(4)  # noqa: S311 - instants, not secrets
    folder = any_app.settings.data_dir
    journal, mailboxes = Journal(folder / "journal"), Mailboxes(folder / "mailboxes")
    for _ in range(KILLS):
        killed_at_some_moment(any_app, journal, chance)
        assert violations(any_app) == []
        for asked in journal.unanswered():  # the client asks again, under the same key
            send(any_app, journal, asked["key"], asked["number"], asked["step"], now_of(any_app))
    end = now_of(any_app)
    for now in (end, as_text(from_text(end) + LEASE)):
        sweep(any_app.office, now)
        deliver(any_app.office, mailboxes.send, HOUSE, now)
    assert violations(any_app) == []
    _acknowledged_is_in_the_history(any_app, journal)
    leaders = {
        row["message_id"] for row in table(any_app, "outbox") if row["status"] == "sent" and not row["carried_by"]
    }
    assert {line[0] for line in mailboxes.arrived()} == leaders
    assert len(set(mailboxes.arrived())) == len(leaders)


def _acknowledged_is_in_the_history(app: App, journal: Journal) -> None:
    events = {(row["chain"], row["seq"], row["leaf"].hex()) for row in table(app, "case_events")}
    receipts = [line["receipt"] for line in journal.lines() if "receipt" in line]
    assert len(receipts) >= 4 * KILLS
    assert {(receipt["case"], receipt["seq"], receipt["leaf"]) for receipt in receipts} <= events
    made = [row for row in table(app, "case_events") if row["event"] in {step[0] for step in STEPS}]
    assert len(made) == len({line["key"] for line in journal.lines()}) == len(table(app, "commands"))
