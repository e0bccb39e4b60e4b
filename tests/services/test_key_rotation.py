"""The wrapping key is rotated: every text opens as before, the old key is gone, and whatever breaks off is completed."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, TryAgain
from npm_cases.persistence.key_rotation import WrappingRotation
from npm_cases.persistence.wrapping import PRESENT, SUCCESSOR, name_of
from npm_cases.services.case_views import open_text
from npm_cases.services.key_rotation import rotate_wrapping_key
from npm_cases.services.office_acts import ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, propose
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR, an_allegation, seconded, started_again

LATER = "2027-03-02T05:00:00.000000Z"


class Stopped(Exception):
    """The program ends here."""


def stop(*_: object, **__: object) -> Any:
    raise Stopped


def key_file(app: App, name: str = PRESENT) -> Any:
    return app.settings.data_dir / "keys" / name


def rotated_events(app: App) -> list[dict[str, Any]]:
    return [json.loads(row["data"])["facts"] for row in table(app, "case_events") if row["type"] == "key_rotated"]


def opens(app: App, number: str) -> bool:
    text = open_text(app.office, number, 1, CASEWORKER, MON_2_MAR, "check")
    return text["statement"] == "A synthetic statement."


def test_after_a_rotation_every_text_opens_and_the_old_key_is_nowhere(app: App) -> None:
    created = [an_allegation(app) for _ in range(3)]
    old = key_file(app).read_bytes()
    done = rotate_wrapping_key(app.office, app.wrapping_rotation, seconded(app, ROTATE_WRAPPING_KEY), MON_2_MAR)
    new = key_file(app).read_bytes()
    assert (done.old, done.new, done.keys) == (name_of(old), name_of(new), 3)
    assert rotated_events(app) == [{"which": "wrapping", "old": done.old, "new": done.new, "keys": 3}]
    again = started_again(app)
    assert all(opens(again, one.number) for one in created)
    assert opens(again, an_allegation(again).number)
    assert violations(again) == []
    again.close()
    assert not key_file(app, SUCCESSOR).exists()
    for file in app.settings.data_dir.rglob("*"):
        assert not file.is_file() or old not in file.read_bytes(), file


def half_destroyed(app: App) -> None:
    key_file(app).write_bytes(b"?" * 32)


STOPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before the keys are wrapped": lambda patch: patch.setattr(WrappingRotation, "wrap_anew", stop),
    "before the event": lambda patch: patch.setattr("npm_cases.services.key_rotation.record", stop),
    "before the old key is destroyed": lambda patch: patch.setattr(WrappingRotation, "finish", stop),
}


@pytest.mark.parametrize("where", [*STOPS, "while the old key is destroyed"])
def test_a_rotation_that_broke_off_is_completed_by_running_it_again(
    app: App, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = an_allegation(app)
    old = name_of(key_file(app).read_bytes())
    second = seconded(app, ROTATE_WRAPPING_KEY)
    with monkeypatch.context() as patch:
        STOPS.get(where, STOPS["before the old key is destroyed"])(patch)
        with pytest.raises(Stopped):
            rotate_wrapping_key(app.office, app.wrapping_rotation, second, MON_2_MAR)
    if where not in STOPS:
        half_destroyed(app)
    again = started_again(app)
    assert opens(again, created.number), "work goes on meanwhile"
    later = an_allegation(again)
    done = rotate_wrapping_key(again.office, again.wrapping_rotation, second, MON_2_MAR)
    assert (len(rotated_events(again)), key_file(app, SUCCESSOR).exists()) == (1, False)
    assert rotated_events(again)[0]["old"] == old
    assert again.key_store.wrapping_now() == done.new == name_of(key_file(app).read_bytes())
    assert opens(again, created.number)
    assert opens(again, later.number)
    assert violations(again) == []
    again.close()


def test_another_process_that_slept_through_a_rotation_loses_nothing(app: App) -> None:
    created = an_allegation(app)
    sleeper = build(app.settings)
    assert opens(sleeper, created.number)
    rotate_wrapping_key(app.office, app.wrapping_rotation, seconded(app, ROTATE_WRAPPING_KEY), MON_2_MAR)
    with pytest.raises(TryAgain, match="the wrapping key was changed"):
        an_allegation(sleeper)
    later = an_allegation(sleeper)
    assert opens(sleeper, later.number)
    assert opens(sleeper, created.number)
    assert violations(app) == []
    sleeper.close()


def test_only_an_administrator_proposes_and_only_another_person_of_rank_confirms(app: App) -> None:
    before = key_file(app).read_bytes()
    with pytest.raises(NotAllowed, match="administrator"):
        propose(app.office, ROTATE_WRAPPING_KEY, CASEWORKER, MON_2_MAR)
    for wrong, why in ((ADMINISTRATOR, "another person"), (CASEWORKER, "may not confirm")):
        second = replace(seconded(app, ROTATE_WRAPPING_KEY), actor=wrong)
        with pytest.raises(NotAllowed, match=why):
            rotate_wrapping_key(app.office, app.wrapping_rotation, second, MON_2_MAR)
    with pytest.raises(BadInput, match="is for rotate_log_key"):
        rotate_wrapping_key(app.office, app.wrapping_rotation, seconded(app, ROTATE_LOG_KEY), MON_2_MAR)
    assert key_file(app).read_bytes() == before
    assert not key_file(app, SUCCESSOR).exists()
    assert violations(app) == []


def test_a_proposal_of_the_office_lapses_and_is_made_once(app: App) -> None:
    second = seconded(app, ROTATE_WRAPPING_KEY)
    rotate_wrapping_key(app.office, app.wrapping_rotation, second, MON_2_MAR)
    with pytest.raises(Conflict, match="was confirmed already"):
        rotate_wrapping_key(app.office, app.wrapping_rotation, second, MON_2_MAR)
    late = seconded(app, ROTATE_WRAPPING_KEY)
    with pytest.raises(Conflict, match="lapsed"):
        rotate_wrapping_key(app.office, app.wrapping_rotation, late, LATER)
    assert sweep(app.office, LATER).expired == 1
    assert violations(app) == []
