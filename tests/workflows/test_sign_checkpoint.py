"""The flow that has the log signed: when it has grown, once a day in any case, and loudly when the signer refuses."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import TryAgain
from tests.faults.checker import table
from tests.makers import MON_2_MAR, a_caseload, an_allegation, an_app
from workflows.sign_checkpoint import checkpoint

LATER = "2026-03-02T05:20:00.000000Z"
TOMORROW = "2026-03-03T05:20:00.000000Z"


@pytest.fixture
def flowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    app = an_app(tmp_path / "data", checkpoint_keepers="a@one.example,b@two.example,c@three.example")
    monkeypatch.setattr("workflows.sign_checkpoint.installation", lambda: app)
    yield app
    app.close()


def run(at: str) -> dict[str, int]:
    return dict(checkpoint.fn(at))


def test_it_signs_when_the_log_has_grown_and_once_a_day_in_any_case(flowing: App) -> None:
    a_caseload(flowing, 5)
    first = run(MON_2_MAR)
    assert (first["signed"], first["queued"]) == (1, 3)
    assert run(MON_2_MAR)["signed"] == 0, "nothing new"
    an_allegation(flowing)
    assert run(MON_2_MAR)["signed"] == 0, "too soon"
    assert run(LATER)["signed"] == 1
    grown = run(TOMORROW)
    assert (grown["signed"], grown["queued"]) == (1, 3), "a new day: a heartbeat, and a letter for each keeper"
    assert len(table(flowing, "checkpoints")) == 3


def test_a_refusal_is_an_incident_once_and_not_tried_again_for_ever(flowing: App) -> None:
    run(MON_2_MAR)
    mark = flowing.settings.data_dir / "signer" / "high-water"
    mark.unlink()
    an_allegation(flowing)
    for _ in range(2):
        assert run(LATER)["refused"] == 1
    (incident,) = [row for row in table(flowing, "incidents") if row["kind"] == "signing_refused"]
    assert "recover" in incident["what"], "it says what to do"
    assert len(table(flowing, "checkpoints")) == 1


def test_a_signer_that_cannot_be_reached_is_tried_again(flowing: App, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = flowing.settings.model_copy(update={"signer_command": "/no/such/program"})
    monkeypatch.setattr("workflows.sign_checkpoint.installation", lambda: replace(flowing, settings=settings))
    with pytest.raises(TryAgain, match="cannot be reached"):
        run(MON_2_MAR)
