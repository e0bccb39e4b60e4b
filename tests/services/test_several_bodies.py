"""Several bodies under one coordinator: each works on its own cases; the coordinator sees how they stand, and no text."""

from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.services.case_views import ListFilter, list_cases, open_text
from npm_cases.services.create_case import CreateCase, create_case
from tests.makers import CASEWORKER, COLONY, MON_2_MAR, an_app

SCOT = Actor("synthetic-scot", frozenset({"caseworker"}), frozenset({"scotland"}))
ULSTER = Actor("synthetic-ulster", frozenset({"caseworker"}), frozenset({"northern_ireland"}))
COORDINATOR = Actor("synthetic-coordinator", frozenset({"council"}))
FIELDS = {"channel": "visit", "title": "Repair the roof", "addressee": COLONY}


@pytest.fixture
def british(tmp_path: Path) -> App:
    return an_app(tmp_path / "gb", country="gb")


def seen_by(app: App, actor: Actor) -> set[str]:
    return {row["number"] for row in list_cases(app.views, ListFilter(), actor, MON_2_MAR)}


def test_each_body_sees_its_own_cases_and_the_coordinator_all_of_them(british: App) -> None:
    scots = create_case(british.office, CreateCase("recommendation", SCOT, MON_2_MAR, FIELDS)).number
    ulsters = create_case(british.office, CreateCase("recommendation", ULSTER, MON_2_MAR, FIELDS)).number
    assert seen_by(british, SCOT) == {scots}
    assert seen_by(british, ULSTER) == {ulsters}
    assert seen_by(british, COORDINATOR) == {scots, ulsters}


def test_the_coordinator_opens_no_protected_text_of_a_body(british: App) -> None:
    fields = {"channel": "visit_allegation", "statement": "A synthetic statement.", "region": "scotland"}
    number = create_case(british.office, CreateCase("allegation", SCOT, MON_2_MAR, fields)).number
    with pytest.raises(NotAllowed):
        open_text(british.office, number, 1, COORDINATOR, MON_2_MAR, "synthetic_reason")
    with pytest.raises(NotFound):
        open_text(british.office, number, 1, ULSTER, MON_2_MAR, "synthetic_reason")


def test_a_case_of_no_body_is_refused_unless_it_is_published(british: App) -> None:
    with pytest.raises(BadInput, match="whose case it is"):
        create_case(british.office, CreateCase("recommendation", CASEWORKER, MON_2_MAR, FIELDS))
    published = {**FIELDS, "channel": "spt"}
    assert create_case(british.office, CreateCase("recommendation", CASEWORKER, MON_2_MAR, published)).number
