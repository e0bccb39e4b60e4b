"""An export of a list says in the history what was asked for: codes as they are, of free words only that there were some."""

from collections.abc import Mapping
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput
from npm_cases.history.event import EventType
from npm_cases.services import list_export as list_exports
from npm_cases.services.finding import Wanted
from npm_cases.services.list_export import export_list
from tests.makers import CASEWORKER, COLONY, MON_2_MAR, a_recommendation
from tests.services.people import events

NO_CODE = "Synthetic Person"


def exported(app: App, **wanted: Any) -> str:
    lines = export_list(app.office, app.views, Wanted(**wanted), CASEWORKER, MON_2_MAR)
    return b"".join(lines).decode("utf-8-sig")


def recorded(app: App) -> list[Mapping[str, Any]]:
    return [event.facts["criteria"] for event in events(app.office, EventType.EXPORTED)]


def test_codes_days_and_flags_are_recorded_as_they_were_asked_for(any_app: App) -> None:
    asked = {"kind": "recommendation", "body": COLONY, "theme": "roof", "due_to": "2026-12-31", "open_only": True}
    exported(any_app, **asked)
    assert recorded(any_app) == [asked]


def test_of_words_it_is_recorded_only_that_there_were_some(any_app: App) -> None:
    exported(any_app, words=NO_CODE)
    assert recorded(any_app) == [{"with_words": True}]


@pytest.mark.parametrize("theme", ["conditions of detention", "Ұстау", "x" * 61])
def test_of_a_theme_that_is_no_code_it_is_recorded_only_that_there_was_one(any_app: App, theme: str) -> None:
    exported(any_app, theme=theme)
    assert recorded(any_app) == [{"with_theme": True}]


def test_of_a_body_an_import_named_in_words_it_is_recorded_only_that_there_was_one(any_app: App) -> None:
    exported(any_app, body="The synthetic ministry of roofs")
    assert recorded(any_app) == [{"with_body": True}]


def test_a_theme_typed_with_spaces_still_chooses_its_cases(any_app: App) -> None:
    number = a_recommendation(any_app, theme="conditions_of_detention").number
    assert number in exported(any_app, theme="conditions of detention")


@pytest.mark.parametrize("name", ["channel", "region", "place", "assignee"])
def test_what_is_typed_for_a_code_and_is_none_is_refused_by_its_name_and_nothing_is_recorded(
    any_app: App, name: str
) -> None:
    with pytest.raises(BadInput, match=name):
        exported(any_app, **{name: NO_CODE})
    assert recorded(any_app) == []


def test_every_case_that_fits_is_written_whatever_a_page_holds(any_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_exports, "MOST_ROWS", 2)
    numbers = [a_recommendation(any_app, theme="roof").number for _ in range(5)]
    written = exported(any_app, theme="roof").splitlines()
    assert [line.split(",")[1] for line in written[1:]] == numbers
