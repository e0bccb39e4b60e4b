"""A reminder sent by hand in the history: every verifier follows it, and none lets a false one pass."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.history.event import Event, EventType, read
from npm_cases.history.machine_replay import Machines, Replay as OfflineReplay
from npm_cases.services.act import DoAct, act
from npm_cases.services.bundle import Export, export, tables
from npm_cases.services.casework import OnCase
from npm_cases.services.remind import remind_now
from npm_cases.services.replay import Replay
from tests.audit.two_opinions import Held, agreed
from tests.makers import AUDITOR, CASEWORKER, LETTER, MON_2_MAR, a_recommendation

LIES = {
    "another due date": {"due_on": "2020-01-01"},
    "an obligation nobody opened": {"obligation": "0" * 32},
    "another duty": {"duty": "implement"},
}


@pytest.fixture
def reminded(app: App) -> str:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    return made.id


def events_of(app: App, case: str) -> Iterator[Event]:
    with app.reader as reader:
        yield from [read(stored.data) for stored in reader.events_of(case)]


def findings(app: App, case: str, lie: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return what the replay inside and the offline one find where a reminder says something else."""
    inside, offline = Replay(case), OfflineReplay(Machines(tables()))
    said: tuple[list[str], list[str]] = ([], [])
    for event in events_of(app, case):
        is_reminder = event.type is EventType.MAIL_QUEUED
        told = replace(event, facts={**event.facts, **lie}) if is_reminder else event
        said[0].append(inside.take(told, None))
        said[1].append(offline.take(told))
    return [one for one in said[0] if one], [one for one in said[1] if one]


def test_both_replays_follow_a_true_reminder(app: App, reminded: str) -> None:
    assert findings(app, reminded, {}) == ([], [])


@pytest.mark.parametrize("lie", LIES)
def test_both_replays_find_a_false_reminder(app: App, reminded: str, lie: str) -> None:
    inside, offline = findings(app, reminded, LIES[lie])
    assert len(inside) == len(offline) == 1


def test_nobody_can_have_been_reminded_of_what_was_done(app: App, reminded: str) -> None:
    number = "R-2026-000001"
    act(app.office, DoAct(number, "record_reply", CASEWORKER, MON_2_MAR, files=LETTER))
    chain = list(events_of(app, reminded))
    late = replace(next(one for one in chain if one.type is EventType.MAIL_QUEUED), seq=chain[-1].seq + 1)
    replay = Replay(reminded)
    assert [replay.take(one, None) for one in chain] == [""] * len(chain)
    assert "discharged" in replay.take(late, None)


def test_an_auditor_outside_follows_it_with_either_verifier(app: App, reminded: str, tmp_path: Path) -> None:
    assert reminded
    bundle = tmp_path / "bundle.zip"
    with bundle.open("wb") as file:
        asked = Export(AUDITOR, MON_2_MAR)
        export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(MON_2_MAR), asked, file)
    assert not agreed(bundle, Held(keys=(app.signer.key(),))).wrong
