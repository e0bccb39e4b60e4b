"""Many derivations recounted together are judged as each is judged alone, and a year is walked through once."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.due_dates import derivation_as_json, due_date
from npm_cases.domain.terms import Rule
from npm_cases.history import plain_calendar
from npm_cases.history.due_date_check import Recounts, check_due_date
from npm_cases.history.plain_calendar import FreeDays
from tests.makers_calendar import a_rule, calendars, kazakhstan, kazakhstan_as_written, ledgers, rules

Steps = list[dict[str, Any]]

starts = st.dates(date(2023, 11, 1), date(2025, 12, 31))


def tampered(steps: Steps, at: int) -> Steps:
    changed = deepcopy(steps)
    changed[at % len(changed)]["day"] = "2024-02-30" if at % 3 else "2024-05-09"
    return changed


@given(st.data(), calendars(), st.lists(st.tuples(starts, rules(), st.integers(0, 40)), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_together_each_derivation_is_judged_as_it_is_alone(
    data: st.DataObject, drawn: tuple[Calendar, dict[str, Any]], terms: list[tuple[date, Rule, int]]
) -> None:
    calendar, written = drawn
    recounts = Recounts(written)
    for start, rule, at in terms:
        steps = derivation_as_json(due_date(start, rule, calendar, ledger=data.draw(ledgers(start))))
        for one in (tampered(steps, at), steps):
            assert recounts.check(one) == check_due_date(one, written)
        assert recounts.check(steps) == []


def test_rubbish_does_not_spoil_what_is_recounted_after_it() -> None:
    recounts = Recounts(kazakhstan_as_written())
    steps = derivation_as_json(due_date(date(2025, 6, 2), a_rule(), kazakhstan()))
    rubbish = deepcopy(steps)
    rubbish[2]["note"] = "15_working_days week:no_such_week"
    for _ in range(2):
        assert recounts.check(rubbish) == ["the derivation cannot be read: KeyError: 'no_such_week'"]
        assert recounts.check([]) != []
        assert recounts.check(steps) == []


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each year was walked through."""
    years: Counter[int] = Counter()
    walk = FreeDays._walk

    def counting(self: FreeDays, year: int) -> Iterator[tuple[date, str]]:
        years[year] += 1
        return walk(self, year)

    monkeypatch.setattr(FreeDays, "_walk", counting)
    return years


def a_decade() -> list[Steps]:
    first = date(2014, 3, 3)
    return [derivation_as_json(due_date(first + timedelta(days=n * 37), a_rule(30), kazakhstan())) for n in range(100)]


def test_a_year_is_walked_through_once_for_all_derivations(walked: Counter[int]) -> None:
    recounts = Recounts(kazakhstan_as_written())
    assert [recounts.check(steps) for steps in a_decade()] == [[]] * 100
    assert len(walked) > 10
    assert set(walked.values()) == {1}


def test_only_so_many_years_are_kept_and_forgotten_ones_are_walked_again(
    walked: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_calendar, "_YEARS_KEPT", 2)
    recounts = Recounts(kazakhstan_as_written())
    assert [recounts.check(steps) for steps in [*a_decade(), *a_decade()]] == [[]] * 200
    assert min(walked.values()) > 1
