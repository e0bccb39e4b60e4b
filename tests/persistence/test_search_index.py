"""What lists look cases up by is written with the case, whatever is done to it, and the same when it is made again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from npm_cases.bootstrap import App
from npm_cases.persistence.schema import case_texts, cases
from npm_cases.persistence.search_index import days_late, rebuild
from npm_cases.services.act import DoAct, act
from npm_cases.services.finding import Wanted, find
from npm_cases.services.sweep import sweep
from tests.makers import (
    AUDITOR,
    CASEWORKER,
    COMMISSIONER,
    MON_2_MAR,
    a_caseload,
    a_closed_allegation,
    a_recommendation,
    an_allegation,
    walk,
)

LATER = "2026-06-01T05:00:00.000000Z"
STATES = ("draft", "approved", "issued", "served", "replied", "rejected", "in_progress", "implemented", "closed")


def kept(app: App) -> list[Any]:
    with app.database.connection() as connection:
        rows = connection.execute(select(cases).order_by(cases.c.id)).all()
        texts = connection.execute(select(case_texts.c.chain, case_texts.c.words).order_by(case_texts.c.chain)).all()
    return [*rows, *texts]


def remade(app: App) -> list[Any]:
    with app.database.connection(writing=True) as connection:
        rebuild(connection)
    return kept(app)


@pytest.mark.parametrize("state", STATES)
def test_what_an_act_writes_is_what_is_made_again(any_app: App, state: str) -> None:
    a_recommendation(any_app, state)
    assert kept(any_app) == remade(any_app)


def answered_late(app: App) -> None:
    number = a_recommendation(app, "served").number
    walk(app, number, "acknowledged", LATER)
    walk(app, number, "replied", LATER)


def found_insufficient(app: App) -> None:
    number = a_recommendation(app, "replied").number
    act(app.office, DoAct(number, "find_insufficient", CASEWORKER, LATER, {"reasons": "Synthetic."}))


def reissued(app: App) -> None:
    number = a_recommendation(app, "rejected").number
    act(app.office, DoAct(number, "reissue", COMMISSIONER, LATER, {"reasons": "Synthetic."}))


def escalated(app: App) -> None:
    a_recommendation(app, "served")
    sweep(app.office, LATER)


HAPPENINGS = (a_closed_allegation, an_allegation, answered_late, found_insufficient, reissued, escalated)


@pytest.mark.parametrize("happens", HAPPENINGS)
def test_whatever_happens_the_same_is_made_again(any_app: App, happens: Callable[[App], object]) -> None:
    happens(any_app)
    assert kept(any_app) == remade(any_app)


def test_an_import_is_looked_up_as_what_is_made_again(any_app: App) -> None:
    a_caseload(any_app, 30)
    assert kept(any_app) == remade(any_app)


def test_a_case_is_found_in_the_moment_it_is_there(any_app: App) -> None:
    a_recommendation(any_app, title="Жөндеу жұмыстары")
    found = find(any_app.views, Wanted(words="жонд жумыс"), CASEWORKER, MON_2_MAR)
    assert [row.title for row in found.rows] == ["Жөндеу жұмыстары"]


def test_no_sealed_text_is_among_the_words(any_app: App) -> None:
    an_allegation(any_app, statement="The synthetic canary sings.", place="")
    a_recommendation(any_app, text="The synthetic canary sings.")
    with any_app.database.connection() as connection:
        words = " ".join(connection.execute(select(case_texts.c.words)).scalars())
    assert "canary" not in words
    assert find(any_app.views, Wanted(words="canary"), AUDITOR, MON_2_MAR).total == 0


@pytest.mark.parametrize(
    ("answered", "late"),
    [
        ("2026-03-26T10:00:00.000000Z", 0), ("2026-03-27T18:59:59.999999Z", 0), ("2026-03-27T19:00:00.000000Z", 1),
        ("2026-03-28T18:59:59.999999Z", 1), ("2026-03-28T19:00:00.000000Z", 2),
    ],
)  # fmt: skip
def test_an_answer_is_late_by_the_legal_days_after_its_due_day(answered: str, late: int) -> None:
    assert days_late("2026-03-27T19:00:00.000000Z", answered) == late


@pytest.mark.sqlite("its index of words")
def test_the_index_of_words_agrees_with_the_words_after_all_that(app: App) -> None:
    a_recommendation(app, "closed")
    a_caseload(app, 30)
    with app.database.changing_schema() as connection:
        connection.execute(text("INSERT INTO case_words(case_words, rank) VALUES ('integrity-check', 1)"))
