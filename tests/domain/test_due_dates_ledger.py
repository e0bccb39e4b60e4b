"""Suspensions and extensions: what they move, what they do not, and that the derivation shows both."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.due_dates import DueDate, due_date
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.terms import Rule, Term, Unit
from tests.makers_calendar import a_rule, bound, days, kazakhstan, ledgers, rules

mon_2_jun, fri_13_jun, tue_24_jun = date(2025, 6, 2), date(2025, 6, 13), date(2025, 6, 24)
thirty_days = Term(30, Unit.calendar_days)


def reply_rule(**changes: object) -> Rule:
    """C.L. art. 15(2): 15 working days; extended once, by at most 30 calendar days."""
    return a_rule(15, "working_days", **{"extension": bound(30, "calendar_days"), **changes})


def due(rule: Rule, *ledger: Pause | Extension) -> DueDate:
    return due_date(mon_2_jun, rule, kazakhstan(), ledger=ledger)


def test_without_a_ledger_it_is_due_on_24_june() -> None:
    assert due(reply_rule()).due_on == tue_24_jun


def test_working_days_inside_a_suspension_are_not_counted() -> None:
    found = due(reply_rule(), Pause(date(2025, 6, 11), fri_13_jun, "expert_opinion"))
    assert found.due_on == date(2025, 6, 27)
    assert ("suspend", "2025-06-11", "2025-06-13 days:3 reason:expert_opinion") in [
        (step.kind, step.day, step.note) for step in found.derivation
    ]


def test_a_suspension_over_a_weekend_takes_no_working_days() -> None:
    assert due(reply_rule(), Pause(date(2025, 6, 14), date(2025, 6, 15), "expert_opinion")).due_on == tue_24_jun


def test_suspensions_that_overlap_count_once() -> None:
    ledger = (Pause(date(2025, 6, 11), date(2025, 6, 12), "a"), Pause(date(2025, 6, 12), fri_13_jun, "b"))
    assert due(reply_rule(), *ledger).due_on == date(2025, 6, 27)


def test_calendar_days_and_months_move_by_the_days_of_the_suspension() -> None:
    ten_days = Pause(date(2025, 6, 11), date(2025, 6, 20), "expert_opinion")
    assert due(a_rule(20, "calendar_days", rolls_to="none"), ten_days).due_on == date(2025, 7, 2)
    assert due(a_rule(2, "months", rolls_to="none"), ten_days).due_on == date(2025, 8, 12)


def test_days_before_the_first_day_are_no_part_of_a_suspension() -> None:
    early = Pause(date(2025, 5, 20), date(2025, 6, 3), "expert_opinion")
    assert due(a_rule(20, "calendar_days", rolls_to="none"), early).due_on == date(2025, 6, 23)


def test_a_suspension_after_the_end_moves_nothing() -> None:
    assert due(reply_rule(), Pause(date(2025, 6, 25), date(2025, 7, 25), "expert_opinion")).due_on == tue_24_jun


def test_a_due_date_does_not_roll_onto_a_suspended_day() -> None:
    rule = a_rule(5, "calendar_days")  # ends on Saturday 7 June
    assert due(rule, Pause(date(2025, 6, 9), date(2025, 6, 10), "expert_opinion")).due_on == date(2025, 6, 11)


def test_a_suspension_that_still_runs_makes_the_date_provisional() -> None:
    found = due(reply_rule(), Pause(date(2025, 6, 11), fri_13_jun, "expert_opinion", is_open=True))
    assert found.provisional
    assert found.derivation[-2].note == "suspension_open"


@pytest.mark.parametrize(
    "extension", [Extension(fri_13_jun, by=thirty_days), Extension(fri_13_jun, until=date(2025, 7, 24))]
)
def test_a_lawful_extension_counts_from_the_due_date(extension: Extension) -> None:
    found = due(reply_rule(), extension)
    assert found.due_on == date(2025, 7, 24)
    assert found.unlawful_extensions == ()


@pytest.mark.parametrize(
    ("rule", "ledger", "why"),
    [
        (reply_rule(), [Extension(fri_13_jun, by=Term(31, Unit.calendar_days))], "too_long"),
        (reply_rule(), [Extension(fri_13_jun, until=date(2025, 7, 25))], "too_long"),
        (reply_rule(), [Extension(date(2025, 6, 25), by=thirty_days)], "too_late"),
        (reply_rule(), [Extension(fri_13_jun, until=date(2025, 6, 20))], "not_later"),
        (reply_rule(extension=None), [Extension(fri_13_jun, by=thirty_days)], "not_allowed"),
    ],
)
def test_an_unlawful_extension_is_written_down_and_moves_nothing(rule: Rule, ledger: list[Extension], why: str) -> None:
    found = due(rule, *ledger)
    assert found.due_on == tue_24_jun
    assert found.unlawful_extensions == ((ledger[0].decided_on, why),)


def test_a_second_extension_moves_nothing_where_one_is_allowed() -> None:
    again = Extension(date(2025, 7, 1), by=Term(1, Unit.calendar_days))
    found = due(reply_rule(), Extension(fri_13_jun, by=thirty_days), again)
    assert found.due_on == date(2025, 7, 24)
    assert found.unlawful_extensions == ((date(2025, 7, 1), "too_often"),)


def test_an_extension_may_be_bound_from_its_decision() -> None:
    """APPC art. 76(3): at most two months from the decision."""
    rule = reply_rule(extension=bound(2, "months", counted_from="decision"))
    assert due(rule, Extension(fri_13_jun, until=date(2025, 8, 13))).due_on == date(2025, 8, 13)
    assert due(rule, Extension(fri_13_jun, until=date(2025, 8, 14))).unlawful_extensions


def test_after_an_extension_in_calendar_days_a_suspension_takes_calendar_days() -> None:
    ledger = (Extension(fri_13_jun, by=thirty_days), Pause(date(2025, 7, 12), date(2025, 7, 13), "expert_opinion"))
    assert due(reply_rule(rolls_to="none"), *ledger).due_on == date(2025, 7, 26)


@given(days, rules(), st.integers(0, 60), st.integers(0, 20))
@settings(max_examples=200, deadline=None)
def test_a_suspension_never_brings_the_date_forward(start: date, rule: Rule, after: int, length: int) -> None:
    first = start + timedelta(days=after)
    pause = Pause(first, first + timedelta(days=length), "expert_opinion")
    plain, paused = due_date(start, rule, kazakhstan()), due_date(start, rule, kazakhstan(), ledger=[pause])
    assert paused.due_on >= plain.due_on


@given(st.data(), days, rules())
@settings(max_examples=200, deadline=None)
def test_the_order_in_which_a_ledger_is_given_does_not_matter(data: st.DataObject, start: date, rule: Rule) -> None:
    ledger = data.draw(ledgers(start))
    pauses = [entry for entry in ledger if isinstance(entry, Pause)]
    shuffled = data.draw(st.permutations(pauses))
    one = due_date(start, rule, kazakhstan(), ledger=pauses)
    assert due_date(start, rule, kazakhstan(), ledger=shuffled) == one
