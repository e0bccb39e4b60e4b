"""On PostgreSQL the places in the log are given later: that is no fault for a minute, and one after it."""

from pathlib import Path

import pytest

from npm_cases.bootstrap import database_of
from npm_cases.persistence.sequencer import sequence
from npm_cases.services.explain import explain
from tests.audit.made_history import ONE, after, live_through, reading, settings, verified

pytestmark = pytest.mark.pg
NOTHING_LASTS_SO_LONG = after(1_000)


@pytest.fixture
def folder(tmp_path: Path, postgres_url: str) -> Path:
    live_through(tmp_path / "data", postgres_url)
    return tmp_path / "data"


def give_places(folder: Path, url: str) -> None:
    database = database_of(settings(folder, url))
    sequence(database)
    database.close()


def test_a_sequenced_history_has_no_findings(folder: Path, postgres_url: str) -> None:
    give_places(folder, postgres_url)
    verification = verified(folder, postgres_url)
    assert verification.findings == ()
    assert verification.events > 300


def test_an_event_may_be_a_minute_without_its_place(folder: Path, postgres_url: str) -> None:
    assert verified(folder, postgres_url, at=after(0)).findings == ()


def test_an_event_without_its_place_for_longer_is_named(folder: Path, postgres_url: str) -> None:
    findings = verified(folder, postgres_url, at=NOTHING_LASTS_SO_LONG).findings
    assert {finding.what for finding in findings} == {"it has no entry in the log"}
    assert {finding.seq for finding in findings} == {1}


def test_a_case_is_explained_alike(folder: Path, postgres_url: str) -> None:
    with reading(folder, postgres_url) as (app, reader):
        explained = explain(app.office, reader, "R-2025-000001", after(12.5), ONE)
    assert explained.states["recommendation"] == "in_progress"
