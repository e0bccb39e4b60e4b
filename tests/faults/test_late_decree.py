"""A decree moves working days after dates were counted: each open date follows once, and nothing is un-missed in silence (F34).

The real shape: the day off of Saturday 4 May 2024 was moved to Wednesday 8 May, with less than two weeks' notice. Then the
decree is amended, withdrawn, and published after the day.
"""

import json
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.history.due_date_check import Recounts
from npm_cases.history.event import read
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.balance import balance
from npm_cases.services.import_rows import import_rows
from npm_cases.services.mailroom import deliver
from npm_cases.services.recounting import Recounted, recount
from npm_cases.services.sweep import sweep
from tests.adopting import adopt_calendar, calendar_with
from tests.faults.checker import Row, table, violations
from tests.faults.figures import Figure
from tests.faults.journal import HOUSE, Mailboxes
from tests.makers import CASEWORKER, a_recommendation, a_row, an_app

MON_1_APR, WED_24_APR = "2024-04-01T05:00:00.000000Z", "2024-04-24T05:00:00.000000Z"
THU_25_APR, FRI_3_MAY = "2024-04-25T06:00:00.000000Z", "2024-05-03T06:00:00.000000Z"
MON_6_MAY, MON_13_MAY = "2024-05-06T06:00:00.000000Z", "2024-05-13T06:00:00.000000Z"

DECREE = """[[transfers]]
off = 2024-05-08
worked = 2024-05-04
weeks = ["five_day"]
source = "Order of the Ministry of Labour G24G0000109, named by vacanza for the year 2024"
"""
AMENDED = DECREE.replace("2024-05-04", "2024-05-11").replace("Order", "a synthetic amendment of the Order")
CLOSED = 3

pytestmark = pytest.mark.timeout(3_600)


def before_the_decree() -> str:
    text = calendar_text("kz")
    assert text.count(DECREE) == 1, "the file has the transfer of May 2024 in other words"
    return text.replace(DECREE, "")


def by(version: str, lines: str = "") -> str:
    """Return the calendar of before with lines of a decree, as a version of its own."""
    return calendar_with(lines, version, before_the_decree())


class Recounter:
    """Counts due dates by a calendar file alone; equal derivations are counted once."""

    def __init__(self, text: str) -> None:
        self._recounts = Recounts(tomllib.loads(text))
        self._known: dict[str, str] = {}

    def due_on(self, derivation: Any) -> str:
        written = json.dumps(derivation)
        if written not in self._known:
            self._known[written] = self._recounts.due_on(derivation)
        return self._known[written]


@dataclass
class Office:
    """An installation in which a decree arrives, and what was seen of it."""

    app: App
    mailboxes: Mailboxes
    seconds: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)

    def decree(self, text: str, at: str) -> Recounted:
        """Adopt a calendar and let every open date be looked at; what becomes of each is counted by the calendar alone."""
        before = clocks(self.app)
        recounts = Recounter(text)
        affected = {name for name, row in before.items() if recounts.due_on(row["derivation"]) != row["due_on"]}
        adopt_calendar(self.app, text, at)
        began = time.monotonic()
        counted = recount(self.app.office, at)
        self.seconds = max(self.seconds, time.monotonic() - began)
        after = clocks(self.app)
        self._judge(before, after, affected, recounts, at)
        assert after.keys() == before.keys()
        assert counted.looked_at == len(before)
        assert counted.moved == sum(after[name]["due_on"] != row["due_on"] for name, row in before.items())
        assert counted.moved + counted.questioned == len(affected)
        self.seen.update(affected=len(affected), recomputed=counted.moved, questioned=counted.questioned)
        return counted

    def _judge(
        self, before: dict[str, Row], after: dict[str, Row], affected: set[str], recounts: Recounter, at: str
    ) -> None:
        asked = questioned(self.app, at)
        for name, row in after.items():
            is_right = recounts.due_on(row["derivation"]) == row["due_on"]
            self.seen["wrong"] += int(not is_right and name not in asked)
            un_missed = before[name]["due_at"] <= at and row["due_on"] != before[name]["due_on"]
            moved_into_past = row["due_on"] != before[name]["due_on"] and row["due_at"] <= at
            self.seen["un_missed_in_silence"] += un_missed
            self.seen["moved_into_the_past"] += moved_into_past
        assert {name for name in affected if before[name]["due_at"] <= at} <= asked

    def work(self, at: str) -> None:
        sweep(self.app.office, at)
        deliver(self.app.office, self.mailboxes.send, HOUSE, at, most=100_000)

    def agrees(self) -> bool:
        return self.seen["wrong"] == self.seen["un_missed_in_silence"] == self.seen["moved_into_the_past"] == 0


def clocks(app: App) -> dict[str, Row]:
    """Every open obligation by its id, as the recount of anybody outside would read it."""
    with app.office.open_reading() as work:
        return {
            owed.id: {"due_on": owed.due_on, "due_at": owed.due_at, "derivation": owed.derivation}
            for item in work.open_from("", 10_000_000)
            for owed in [item.obligation]
        }


def events_of(app: App, kind: str) -> list[dict[str, object]]:
    events = [read(bytes(row["data"])) for row in table(app, "case_events") if row["type"] == kind]
    return [{**event.facts, "at": event.at, "role": event.role} for event in events]


def questioned(app: App, at: str) -> set[str]:
    return {str(facts["obligation"]) for facts in events_of(app, "obligation_questioned") if facts["at"] >= at}


@pytest.fixture
def office(tmp_path: Path, is_long: bool) -> Office:
    """Drafts dated in April, each with two clocks: the approval in ten working days, and the ceiling of a case's age."""
    app = an_app(tmp_path / "data", at=MON_1_APR)
    adopt_calendar(app, by("2024.before"), MON_1_APR)
    recount(app.office, MON_1_APR)
    cases = 50_000 if is_long else 150
    days = [date(2024, 4, 1) + timedelta(number % 24) for number in range(cases)]
    rows = [
        a_row(number, channel="ombudsman", response="", responded_on=None, issued_on=day, region="abai")
        for number, day in enumerate(days, start=1)
    ]
    import_rows(app.office, rows, CASEWORKER, WED_24_APR)
    for _ in range(CLOSED):
        a_recommendation(app, "closed", WED_24_APR)
    return Office(app, Mailboxes(tmp_path / "mailboxes"))


def test_a_decree_published_amended_withdrawn_and_published_after_the_day(
    office: Office, figure: Figure, is_long: bool
) -> None:
    """Four calendars within three weeks, mail and sweeps between them; every date is counted again apart from the engine."""
    closed = events_of_the_closed(office.app)
    office.work(THU_25_APR)
    published = office.decree(by("2024.decree", DECREE), THU_25_APR)
    office.work(FRI_3_MAY)
    amended = office.decree(by("2024.amended", AMENDED), FRI_3_MAY)
    office.work(MON_6_MAY)
    withdrawn = office.decree(by("2024.withdrawn"), MON_6_MAY)
    office.work(MON_13_MAY)
    late = office.decree(by("2024.late", DECREE), MON_13_MAY)
    open_clocks = len(clocks(office.app))
    figure(
        "F34", open_obligations=open_clocks, **office.seen, corrections=sum(one.notices for one in (published, amended, withdrawn, late)),
        most_seconds_a_recount=round(office.seconds, 1),
    )  # fmt: skip
    assert open_clocks >= (100_000 if is_long else 300)
    assert office.agrees()
    assert min(published.moved, amended.moved, withdrawn.moved) > 0
    assert late.questioned > 0
    assert amended.notices > 0
    assert events_of_the_closed(office.app) == closed
    assert violations(office.app) == []
    assert balance(office.app.office, office.app.counters, MON_13_MAY).unbalanced == ()
    office.app.close()


def events_of_the_closed(app: App) -> dict[str, int]:
    return {row["id"]: row["seq"] for row in table(app, "cases") if row["state"] == "closed"}


def test_an_event_tells_the_old_date_the_new_one_and_the_decree(office: Office) -> None:
    office.decree(by("2024.decree", DECREE), THU_25_APR)
    told = events_of(office.app, "obligation_moved")
    assert {(facts["calendar"], facts["role"]) for facts in told} == {("2024.decree", "clock")}
    assert ("2024-05-06", "2024-05-04") in {(facts["was"], facts["due_on"]) for facts in told}
    assert max(Counter(facts["obligation"] for facts in told).values()) == 1
    office.app.close()


def test_whoever_was_told_the_old_date_is_told_the_new_one_once(office: Office) -> None:
    office.work(FRI_3_MAY)
    told = {
        (row["obligation"], row["post"])
        for row in table(office.app, "outbox")
        if row["obligation"] and row["status"] != "waiting"
    }
    office.decree(by("2024.decree", DECREE), FRI_3_MAY)
    moved = {facts["obligation"] for facts in events_of(office.app, "obligation_moved")}
    corrected = [
        (row["obligation"], row["post"])
        for row in table(office.app, "outbox")
        if row["rung"].startswith("corrected") and row["due_on"] == clocks(office.app)[row["obligation"]]["due_on"]
    ]
    assert sorted(corrected) == sorted(one for one in told if one[0] in moved)
    assert corrected
    office.app.close()
