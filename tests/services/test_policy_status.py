"""A draft runs in a sandbox only: whoever would work in earnest by it is told how much of its law is still asked."""

import shutil
from pathlib import Path

import pytest

from npm_cases.bootstrap import initialise
from npm_cases.domain.errors import ConfigurationError
from npm_cases.packs.known import load_pack
from npm_cases.services.policy_status import check_status
from tests.makers import settings_of

CONFIG = Path(__file__).parents[2] / "config"


def test_a_draft_is_refused_in_earnest_with_the_number_of_its_questions() -> None:
    questions = len(load_pack("fr").mechanism.questions)
    with pytest.raises(ConfigurationError, match=f"draft with {questions} open questions.*policy show --country fr"):
        check_status(load_pack("fr"), sandbox=False)


def test_an_adopted_pack_works_in_earnest_and_a_draft_in_a_sandbox() -> None:
    check_status(load_pack("kz"), sandbox=False)
    check_status(load_pack("fr"), sandbox=True)


def test_what_a_draft_was_refused_for_can_still_become_a_sandbox(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data", country="fr")
    with pytest.raises(ConfigurationError, match="draft"):
        initialise(settings, sandbox=False)
    app = initialise(settings, sandbox=True)
    assert app.office.pack.id == "fr"
    app.close()


def test_a_pack_named_by_its_path_works_in_earnest_by_the_calendar_beside_it(tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()
    text = (CONFIG / "calendars" / "kz.toml").read_text(encoding="utf-8")
    (tmp_path / "calendars" / "kz.toml").write_text(text.replace('version = "', 'version = "own-', 1), encoding="utf-8")
    shutil.copy(CONFIG / "countries" / "kz.toml", tmp_path / "own.toml")
    app = initialise(settings_of(tmp_path / "data", country=str(tmp_path / "own.toml")), sandbox=False)
    assert app.office.pack.calendar.version.startswith("own-")
    app.close()
