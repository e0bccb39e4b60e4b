"""The age of the last good backup: warned of when it is old, and only what was checked counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from npm_cases import backup
from npm_cases.bootstrap import App
from npm_cases.domain.errors import IntegrityBroken
from npm_cases.health import Check, examine, vitals
from npm_cases.persistence.backup_notes import FILE, BackupNotes, backup_notes, note_good, note_made
from npm_cases.services.backups import DATABASE
from npm_cases.web.counting import Requests
from npm_cases.web.health_words import found_in, to_do
from npm_cases.web.metrics_text import metrics_text
from npm_cases.web.rendering import Speaker
from tests.makers import MON_2_MAR, a_recommendation

THE_NEXT_DAY, IN_A_WEEK = "2026-03-03T05:00:00.000000Z", "2026-03-09T05:00:00.000000Z"
LAST_YEAR, NEXT_YEAR = "2025-03-02T05:00:00.000000Z", "2027-03-02T05:00:00.000000Z"


def look(app: App, now: str) -> Check:
    (found,) = [check for check in examine(app, now) if check.code == "backup"]
    return found


def age(app: App, now: str) -> float:
    text = metrics_text(vitals(app, now), Requests(), now, "0")
    (line,) = [line for line in text.splitlines() if line.startswith("npm_cases_backup_age_seconds ")]
    return float(line.partition(" ")[2])


@pytest.fixture
def backed_up(app: App, tmp_path: Path) -> Path:
    a_recommendation(app)
    folder = tmp_path / "backup"
    backup.make(app, folder, MON_2_MAR)
    return folder


def test_where_none_was_made_it_says_how(app: App) -> None:
    check = look(app, MON_2_MAR)
    assert (check.well, check.found, check.do) == (False, "backup_never", "backup_do")
    assert age(app, MON_2_MAR) == -1


def test_one_that_nobody_checked_is_a_hope(app: App, backed_up: Path) -> None:
    assert backed_up.exists()
    check = look(app, MON_2_MAR)
    assert (check.well, check.found, check.do) == (False, "backup_unchecked", "backup_check")
    assert age(app, MON_2_MAR) == -1


def test_one_that_was_checked_is_good_until_it_is_old(app: App, backed_up: Path) -> None:
    backup.check(app.settings, backed_up, THE_NEXT_DAY)
    assert look(app, THE_NEXT_DAY).well
    assert age(app, THE_NEXT_DAY) == 86_400, "it is as old as what is in it, however late it was checked"
    check = look(app, IN_A_WEEK)
    assert (check.well, check.found, check.do) == (False, "backup_found", "backup_do")
    patient = replace(app, settings=app.settings.model_copy(update={"stale_backup_seconds": 30 * 86_400}))
    assert look(patient, IN_A_WEEK).well


def test_one_in_which_the_check_found_something_is_not_good(app: App, backed_up: Path) -> None:
    with (backed_up / DATABASE).open("r+b") as file:
        file.seek(5_000)
        file.write(b"changed")
    with pytest.raises(IntegrityBroken):
        backup.check(app.settings, backed_up, MON_2_MAR)
    assert look(app, MON_2_MAR).found == "backup_unchecked"


def test_one_checked_where_no_installation_is_tells_nothing(app: App, backed_up: Path, tmp_path: Path) -> None:
    elsewhere = app.settings.model_copy(update={"data_dir": tmp_path / "elsewhere", "database_url": ""})
    backup.check(elsewhere, backed_up, MON_2_MAR)
    assert not (tmp_path / "elsewhere").exists()


def test_the_check_of_an_older_one_makes_nothing_older(tmp_path: Path) -> None:
    note_made(tmp_path, MON_2_MAR)
    note_good(tmp_path, MON_2_MAR, MON_2_MAR)
    note_good(tmp_path, LAST_YEAR, THE_NEXT_DAY)
    assert backup_notes(tmp_path) == BackupNotes(MON_2_MAR, MON_2_MAR)


def test_one_of_the_future_is_said_and_a_good_one_takes_its_place(app: App) -> None:
    note_good(app.settings.data_dir, NEXT_YEAR, NEXT_YEAR)
    check = look(app, MON_2_MAR)
    assert (check.well, check.found, check.do) == (False, "backup_future", "backup_clock")
    note_good(app.settings.data_dir, MON_2_MAR, MON_2_MAR)
    assert look(app, MON_2_MAR).well


@pytest.mark.parametrize("text", ["", "[]", "{", '{"made_at": ', "\x00"])
def test_a_note_that_cannot_be_read_is_a_warning_and_no_failure(text: str, app: App) -> None:
    (app.settings.data_dir / FILE).write_text(text)
    assert look(app, MON_2_MAR).found == "backup_never"


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_each_finding_has_its_words(lang: str, app: App, backed_up: Path) -> None:
    speaker = Speaker(lang, app.office.pack)
    first = look(app, MON_2_MAR)
    backup.check(app.settings, backed_up, MON_2_MAR)
    for check in (first, look(app, MON_2_MAR), look(app, IN_A_WEEK), look(app, LAST_YEAR)):
        assert found_in(speaker, check)
        assert check.well or to_do(speaker, check)
        assert speaker.t("health.backup")
