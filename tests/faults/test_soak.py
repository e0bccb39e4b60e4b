"""A load with kills, lost links and a faulty mail server for as long as is wanted: all of it holds, and nothing grows (FAULTS F19).

``--minutes`` says how long; the simulated time of the load runs far faster than the wall clock.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text, from_text
from npm_cases.services.mailroom import LEASE, deliver
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.journal import HOUSE, Mailboxes
from tests.faults.mixed_load import Journal, now_of, send

ROOT = Path(__file__).parents[2]
SHORT_MINUTES, LONG_MINUTES = 1 / 3, 60.0
CHECK_SECONDS = 60.0
LONGEST_LIFE = 4.0
MOST_GROWTH, MOST_WAL, MOST_HANDLES = 1.25, 128, 40
TRIES_LEFT = 12
PAGE_CACHE = 32
"""Megabytes of pages one connection to SQLite keeps (persistence/database.py): an hour of load fills them."""


@contextmanager
def living(app: App) -> Iterator[Path]:
    """Let the long-lived process work; gives the file of what it says of itself."""
    said = app.settings.data_dir / "worker"
    command = [sys.executable, "-m", "tests.faults.soak_worker", str(app.settings.data_dir), app.settings.database_url]
    with said.open("w") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE) as worker:
        try:
            yield said
            assert worker.poll() is None, worker.communicate()[1]
        finally:
            worker.kill()


@contextmanager
def resting(app: App) -> Iterator[None]:
    """Let the long-lived process rest between two rounds."""
    look, rests = app.settings.data_dir / "look", app.settings.data_dir / "rests"
    look.touch()
    until = time.monotonic() + CHECK_SECONDS
    while not rests.exists():
        assert time.monotonic() < until, "the long-lived process hangs"
        time.sleep(0.05)
    yield
    look.unlink()
    while rests.exists():
        time.sleep(0.05)


def load_and_kill(app: App, seconds: float) -> None:
    """Let a client work for so long, or until the database is lost to it, and kill it."""
    command = [sys.executable, "-m", "tests.faults.mixed_load", str(app.settings.data_dir), app.settings.database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as load:
        assert load.stdout is not None
        load.stdout.readline()
        time.sleep(seconds)
        load.kill()


def lose_links(app: App) -> None:
    """End every link to the database of the installation, those of this process too."""
    if app.database.is_sqlite:
        return
    with psycopg.connect(app.settings.database_url.replace("+psycopg", ""), autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    app.database.engine.dispose()


@pytest.mark.slow
@pytest.mark.timeout(100_000)
def test_hours_of_load_and_faults_leave_everything_whole_and_nothing_grows(
    any_app: App, figure: Figure, is_long: bool, request: pytest.FixtureRequest
) -> None:
    app, chance = any_app, random.Random(19)  # noqa: S311 - instants, not secrets
    minutes = request.config.getoption("--minutes") or (LONG_MINUTES if is_long else SHORT_MINUTES)
    until = time.monotonic() + 60 * minutes
    check_seconds = min(CHECK_SECONDS, 20 * minutes)
    journal, mailboxes = Journal(app.settings.data_dir / "journal"), Mailboxes(app.settings.data_dir / "mailboxes")
    kills = checks = lost = 0
    check_at = time.monotonic() + check_seconds
    with living(app) as said:
        while time.monotonic() < until:
            load_and_kill(app, chance.uniform(0.5, LONGEST_LIFE))
            kills += 1
            for asked in journal.unanswered():  # the client asks again, under the same key
                send(app, journal, asked["key"], asked["number"], asked["step"], now_of(app))
            if chance.random() < 1 / 3:
                lose_links(app)
                lost += 1
            if time.monotonic() >= check_at:
                with resting(app):
                    assert violations(app) == []
                checks, check_at = checks + 1, time.monotonic() + check_seconds
    lines = [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    _all_mail_ends(app, mailboxes)
    _acknowledged(app, journal)
    start, end = _start_and_end([line["rss"] for line in lines])
    figure(
        minutes=round(minutes, 1), commands=sum("receipt" in line for line in journal.lines()), kills=kills,
        links_lost=0 if app.database.is_sqlite else lost, checks=checks, violations=0,
        most_rss_at_start=round(start), most_rss_at_end=round(end), most_wal=round(max(line["wal"] for line in lines), 1),
        most_handles=max(line["handles"] for line in lines),
    )  # fmt: skip
    assert checks > 0
    filling = PAGE_CACHE if app.database.is_sqlite else 0  # as large as the database at first, and bounded
    assert end <= start * MOST_GROWTH + filling
    assert max(line["wal"] for line in lines) <= MOST_WAL
    assert max(line["handles"] for line in lines) <= MOST_HANDLES
    assert {line["out"] for line in lines} == {0}


def _start_and_end(sizes: list[float]) -> tuple[float, float]:
    """Return the usual size in the second and in the last fifth: at first what is used is loaded."""
    fifth = len(sizes) // 5
    assert fifth > 0, "the long-lived process did not come to work"
    return median(sizes[fifth : 2 * fifth]), median(sizes[-fifth:])


def _all_mail_ends(app: App, mailboxes: Mailboxes) -> None:
    now = now_of(app)
    for _ in range(TRIES_LEFT):
        sweep(app.office, now)
        deliver(app.office, mailboxes.send, HOUSE, now)
        now = as_text(from_text(now) + 100 * LEASE)
    assert {row["status"] for row in table(app, "outbox")} <= {"sent", "dead", "withdrawn"}
    dead = {row["id"] for row in table(app, "outbox") if row["status"] == "dead" and not row["carried_by"]}
    assert dead == {row["subject"] for row in table(app, "incidents") if row["kind"] == "dead_mail"}
    assert violations(app) == []


def _acknowledged(app: App, journal: Journal) -> None:
    events = {(row["chain"], row["seq"], row["leaf"].hex()) for row in table(app, "case_events")}
    receipts = [line["receipt"] for line in journal.lines() if "receipt" in line]
    assert {(receipt["case"], receipt["seq"], receipt["leaf"]) for receipt in receipts} <= events
    assert len({line["key"] for line in journal.lines()}) == len(table(app, "commands"))
