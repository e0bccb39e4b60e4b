"""Finding asks only what can be asked, and tells a person what is wrong with the rest."""

import base64

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed
from npm_cases.domain.records import Actor
from npm_cases.services.finding import Wanted, asked, find, implied_kind, runs_nothing
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    COLONY,
    MON_2_MAR,
    a_recommendation,
    an_allegation,
    keep_from,
)

LATER = "2026-06-01T05:00:00.000000Z"
OTHER = base64.urlsafe_b64encode(b'[1, "due", "2026-03-02", "R-2026-000001", false]').decode()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(sort="colour"), "sort"), (Wanted(kind="memo"), "kind"), (Wanted(state="lost"), "state"),
        (Wanted(kind="allegation", state="served"), "state"), (Wanted(phase="over"), "phase"),
        (Wanted(escalation="high"), "escalation"), (Wanted(due_from="2 March"), "due_from"),
        (Wanted(due_to="20260302"), "due_to"), (Wanted(size=0), "size"), (Wanted(size=1_000), "size"),
        (Wanted(after="no cursor"), "after"), (Wanted(after="é"), "after"), (Wanted(after=OTHER), "after"),
        (Wanted(words="?!"), "words"), (Wanted(words="a b c d e f g h i j k"), "words"), (Wanted(region="a\x00"), "region"),
        (Wanted(theme="\ud800"), "theme"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_field(app: App, wanted: Wanted, field: str) -> None:
    with pytest.raises(BadInput, match=field):
        find(app.views, wanted, CASEWORKER, MON_2_MAR)


def test_a_row_says_what_is_due_and_whose_lateness_it_is(any_app: App) -> None:
    a_recommendation(any_app, "served")
    an_allegation(any_app)
    allegation, recommendation = find(any_app.views, Wanted(), CASEWORKER, LATER).rows
    assert (recommendation.addressee_name, recommendation.due_on) == ("Synthetic colony", "2026-03-27")
    assert (recommendation.overdue, recommendation.ours) == (True, False)
    assert (allegation.overdue, allegation.ours) == (True, True)


def test_a_closed_case_has_no_due_day(any_app: App) -> None:
    a_recommendation(any_app, "closed")
    (row,) = find(any_app.views, Wanted(state="closed", sort="due"), CASEWORKER, LATER).rows
    assert (row.due_on, row.overdue, row.phase) == ("", False, "closed")


def test_an_allegation_is_found_by_its_number_alone(any_app: App) -> None:
    number = an_allegation(any_app, addressee=COLONY).number
    assert find(any_app.views, Wanted(words=number), CASEWORKER, LATER).total == 1
    assert find(any_app.views, Wanted(words="colony"), CASEWORKER, LATER).total == 0


def test_nobody_named_in_an_allegation_finds_or_counts_it(any_app: App) -> None:
    number = an_allegation(any_app).number
    named, unit = (
        Actor("named", frozenset({"caseworker"})),
        Actor("u", frozenset({"delegate"}), bodies=frozenset({COLONY})),
    )
    keep_from(any_app, number, named.user, COLONY)
    for actor in (named, unit):
        for wanted in (Wanted(), Wanted(words=number), Wanted(kind="allegation", sort="due")):
            found = find(any_app.views, wanted, actor, LATER)
            assert (found.rows, found.total) == ((), 0)
    assert find(any_app.views, Wanted(), CASEWORKER, LATER).total == 1


def test_an_administrator_finds_nothing_and_a_clock_may_not_ask(any_app: App) -> None:
    a_recommendation(any_app)
    assert find(any_app.views, Wanted(), ADMINISTRATOR, LATER).total == 0
    with pytest.raises(NotAllowed):
        find(any_app.views, Wanted(), Actor("clock", frozenset({"clock"})), LATER)


def test_a_quote_in_a_word_is_only_a_sign_between_words(any_app: App) -> None:
    a_recommendation(any_app, title='The "roof" of ward 7')
    for words in ('"roof"', "roof' OR 1=1", "roof* NEAR ward", "ROOF) ("):
        expected = 0 if "OR" in words or "NEAR" in words else 1
        assert find(any_app.views, Wanted(words=words), CASEWORKER, LATER).total == expected


def test_letters_alone_are_whole_words_and_two_begin_one() -> None:
    assert asked("в Ро") == (("в", False), ("ро", True))


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (Wanted(state="served"), "recommendation"), (Wanted(state="closed"), ""), (Wanted(theme="health"), "recommendation"),
        (Wanted(words="roof"), "recommendation"), (Wanted(words="a-2026-000001"), ""), (Wanted(words="000001"), ""),
    ],
)  # fmt: skip
def test_the_kind_is_known_where_only_one_can_match(wanted: Wanted, kind: str) -> None:
    assert implied_kind(wanted, asked(wanted.words)) == kind


def test_closed_cases_stand_by_number_among_the_due_ones() -> None:
    assert runs_nothing(Wanted(phase="closed"))
    assert runs_nothing(Wanted(state="withdrawn"))
    assert not runs_nothing(Wanted(state="replied"))
