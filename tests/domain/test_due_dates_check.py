"""The independent recount agrees with the engine on everything lawful, and with nothing that was tampered with."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.due_dates import derivation_as_json, due_date, from_json
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.terms import Rule, Term, TermError, Unit
from npm_cases.history.due_date_check import check_due_date
from npm_cases.history.due_date_rule_check import check_rule
from tests.makers_calendar import a_rule, bound, calendars, days, kazakhstan, kazakhstan_as_written, ledgers, rules

MON_2_JUN = date(2025, 6, 2)


@given(st.data(), days, rules())
@settings(max_examples=150, deadline=None)
def test_the_recount_agrees_on_kazakhstan(data: st.DataObject, start: date, rule: Rule) -> None:
    due = due_date(start, rule, kazakhstan(), ledger=data.draw(ledgers(start)))
    assert check_due_date(derivation_as_json(due), kazakhstan_as_written()) == []


@given(st.data(), calendars(), st.dates(date(2023, 11, 1), date(2025, 12, 31)), rules())
@settings(max_examples=150, deadline=None)
def test_the_recount_agrees_on_any_calendar(
    data: st.DataObject, drawn: tuple[Calendar, dict[str, Any]], start: date, rule: Rule
) -> None:
    calendar, written = drawn
    due = due_date(start, rule, calendar, ledger=data.draw(ledgers(start)))
    assert check_due_date(derivation_as_json(due), written) == []


@given(days, st.integers(0, 120), st.sampled_from(["same_day", "day_after_event"]))
@settings(max_examples=60, deadline=None)
def test_the_recount_agrees_on_dates_set_in_a_document(start: date, after: int, starts: str) -> None:
    rule = a_rule(10, set_in_document=True, starts=starts, maximum=Term(2, Unit.months))
    due = due_date(start, rule, kazakhstan(), set_on=start + timedelta(days=after), beyond_maximum=True)
    assert check_due_date(derivation_as_json(due), kazakhstan_as_written()) == []


@given(st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 1)), st.integers(0, 200))  # noqa: DTZ001 - made aware below
@settings(max_examples=60, deadline=None)
def test_the_recount_agrees_on_hours(naive: datetime, hours: int) -> None:
    started_at = naive.replace(tzinfo=UTC)
    rule = a_rule(hours, "hours", starts="at_instant", rolls_to="none")
    start = (started_at + timedelta(hours=6 if started_at < datetime(2024, 2, 29, 18, tzinfo=UTC) else 5)).date()
    due = due_date(start, rule, kazakhstan(), started_at=started_at)
    assert check_due_date(derivation_as_json(due), kazakhstan_as_written()) == []


@given(st.data(), days, rules())
@settings(max_examples=100, deadline=None)
def test_what_is_written_reads_back_the_same(data: st.DataObject, start: date, rule: Rule) -> None:
    due = due_date(start, rule, kazakhstan(), ledger=data.draw(ledgers(start)))
    assert from_json(json.loads(json.dumps(derivation_as_json(due)))) == due


def test_a_derivation_holds_only_text_and_whole_numbers() -> None:
    plain = derivation_as_json(due_date(MON_2_JUN, a_rule(), kazakhstan()))
    assert {type(value) for part in plain for value in part.values()} == {str, int}


@pytest.mark.parametrize("plain", [[], [{"kind": "due"}], [{"kind": "due", "due_on": "soon"}]])
def test_reading_something_else_is_refused(plain: list[dict[str, Any]]) -> None:
    with pytest.raises(TermError, match="no derivation"):
        from_json(plain)


def _examples() -> dict[str, list[dict[str, Any]]]:
    extendable = bound(30, "calendar_days")
    ledger: list[Pause | Extension] = [
        Pause(date(2025, 6, 11), date(2025, 6, 13), "expert_opinion"),
        Extension(date(2025, 6, 20), by=Term(30, Unit.calendar_days)),
        Extension(date(2025, 7, 1), by=Term(1, Unit.calendar_days)),
    ]
    kz = kazakhstan()
    set_rule = a_rule(10, set_in_document=True, minimum=Term(2, Unit.working_days), maximum=Term(1, Unit.months))
    found = {
        "working days": due_date(date(2025, 10, 14), a_rule(), kz),
        "months that roll": due_date(date(2025, 5, 30), a_rule(3, "months"), kz),
        "provisional": due_date(date(2026, 3, 2), a_rule(), kz),
        "ledger": due_date(MON_2_JUN, a_rule(extension=extendable), kz, ledger=ledger),
        "set": due_date(MON_2_JUN, set_rule, kz, set_on=date(2025, 6, 7)),
        "open": due_date(
            MON_2_JUN, a_rule(9, "calendar_days"), kz, ledger=[Pause(MON_2_JUN, date(2025, 6, 5), "x", is_open=True)]
        ),
        "hours": due_date(
            MON_2_JUN,
            a_rule(24, "hours", starts="at_instant", rolls_to="none"),
            kz,
            started_at=datetime(2025, 6, 2, 9, tzinfo=UTC),
        ),
    }
    return {name: derivation_as_json(due) for name, due in found.items()}


def _mutations(plain: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Tamper with one thing at a time: drop, double, swap, move or rename a step, or change the result."""
    mutated: dict[str, list[dict[str, Any]]] = {}
    for i in range(1, len(plain)):
        mutated[f"drop {i}"] = plain[:i] + plain[i + 1 :]
        mutated[f"double {i}"] = plain[: i + 1] + plain[i:]
        if i + 1 < len(plain):
            mutated[f"swap {i}"] = [*plain[:i], plain[i + 1], plain[i], *plain[i + 2 :]]
        for days_on in (-1, 1, 7):
            mutated[f"move {i} by {days_on}"] = deepcopy(plain)
            mutated[f"move {i} by {days_on}"][i]["day"] = _later(plain[i]["day"], days_on)
        mutated[f"rename {i}"] = deepcopy(plain)
        mutated[f"rename {i}"][i]["kind"] = "skip" if plain[i]["kind"] != "skip" else "count"
        mutated[f"note {i}"] = deepcopy(plain)
        mutated[f"note {i}"][i]["note"] = "holiday:invented"
    for key in ("due_on", "first_day"):
        mutated[key] = deepcopy(plain)
        mutated[key][0][key] = _later(plain[0][key], 1)
    for key, value in {"amount": 16, "provisional": 1 - plain[0]["provisional"], "calendar_version": "0"}.items():
        mutated[key] = deepcopy(plain)
        mutated[key][0][key] = value
    return mutated


def _later(day: str, days_on: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days_on)).isoformat()


@pytest.mark.parametrize("name", sorted(_examples()))
def test_the_recount_accepts_each_example_as_it_stands(name: str) -> None:
    assert check_due_date(_examples()[name], kazakhstan_as_written()) == []


# Facts that no recount can know, changed so that nothing follows from it: the history's chain guards them.
FACTS = {
    "ledger": {"move 11 by -1", "move 11 by 1", "move 11 by 7"}  # the day on which an extension was decided
    | {"drop 14", "double 14", "move 14 by -1", "move 14 by 1", "move 14 by 7"},  # a decision that moved nothing
    "open": {"move 3 by -1", "move 3 by 1"},  # a suspension that began before the first day
}

RULES: dict[str, dict[str, Any]] = {
    "set": {
        "amount": 10,
        "set_in_document": True,
        "minimum": {"amount": 2, "unit": "working_days"},
        "maximum": {"amount": 1, "unit": "months"},
    },
    "ledger": {"extension": {"amount": 30, "unit": "calendar_days", "times": 1}},
    "months that roll": {"amount": 3, "unit": "months"},
    "open": {"amount": 9, "unit": "calendar_days"},
    "hours": {"amount": 24, "unit": "hours", "starts": "at_instant", "rolls_to": "none"},
}


def _rule_of(name: str) -> dict[str, Any]:
    plain = {"amount": 15, "unit": "working_days", "starts": "day_after_receipt", "rolls_to": "next_working_day"}
    return plain | RULES.get(name, {})


@pytest.mark.parametrize("name", sorted(_examples()))
def test_each_example_is_what_its_rule_says(name: str) -> None:
    assert check_rule(_examples()[name], _rule_of(name)) == []


@pytest.mark.parametrize("name", sorted(_examples()))
def test_the_recount_rejects_every_tampered_derivation(name: str) -> None:
    passed = {
        what
        for what, mutated in _mutations(_examples()[name]).items()
        if not check_due_date(mutated, kazakhstan_as_written()) and not check_rule(mutated, _rule_of(name))
    }
    assert passed == FACTS.get(name, set())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ledger", {"extension": {"amount": 20, "unit": "calendar_days", "times": 1}}),
        ("ledger", {"extension": None}),
        ("set", {"set_in_document": False}),
        ("set", {"maximum": None}),
        ("months that roll", {"rolls_to": "none"}),
        ("months that roll", {"starts": "same_day"}),
    ],
)
def test_a_derivation_under_another_rule_than_the_published_one_is_found(name: str, change: dict[str, Any]) -> None:
    assert check_rule(_examples()[name], _rule_of(name) | change)


def test_an_invented_holiday_that_fits_by_itself_is_found_with_the_calendar() -> None:
    """The step and the due date agree with each other; only the calendar tells that the day is worked."""
    plain = derivation_as_json(due_date(MON_2_JUN, a_rule(3), kazakhstan()))
    plain.insert(3, {"kind": "skip", "day": "2025-06-04", "note": "holiday:invented"})
    plain[0]["due_on"] = plain[-1]["day"] = "2025-06-09"
    assert check_due_date(plain, kazakhstan_as_written())


def test_another_calendar_version_is_named() -> None:
    plain = derivation_as_json(due_date(MON_2_JUN, a_rule(3), kazakhstan()))
    findings = check_due_date(plain, kazakhstan_as_written() | {"version": "2030.1"})
    assert findings == ["counted with calendar kz 2026.2, but this is kz 2030.1"]


@pytest.mark.parametrize(
    "plain", [[], [{}], [{"unit": "hours"}], [{"kind": "due", "amount": -1, "unit": "working_days"}], [{"amount": "x"}]]
)
def test_rubbish_is_a_finding_and_no_error(plain: list[dict[str, Any]]) -> None:
    assert "cannot be read" in check_due_date(plain, kazakhstan_as_written())[0]
