"""Due dates: worked examples with their citations, then what must hold for all."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.calendar_parts import OutsideCalendar
from npm_cases.domain.due_dates import due_date, due_on, notice_due_on
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.terms import Rule, Term, TermError, Unit
from npm_cases.packs.known import load_pack
from tests.makers_calendar import a_rule, bound, days, kazakhstan, rules

wed_31_jan_2024, thu_29_feb_2024 = date(2024, 1, 31), date(2024, 2, 29)
fri_30_may_2025, tue_2_sep_2025 = date(2025, 5, 30), date(2025, 9, 2)
tue_14_oct_2025, wed_5_nov_2025 = date(2025, 10, 14), date(2025, 11, 5)
mon_23_dec_2024, thu_16_jan_2025 = date(2024, 12, 23), date(2025, 1, 16)
fri_14_oct_2022, mon_31_oct_2022 = date(2022, 10, 14), date(2022, 10, 31)
fri_23_jun_2023, tue_18_jul_2023 = date(2023, 6, 23), date(2023, 7, 18)
tue_29_apr_2025, mon_12_may_2025 = date(2025, 4, 29), date(2025, 5, 12)
spt_transmitted, spt_due, spt_replied = date(2017, 2, 1), date(2017, 8, 1), date(2017, 11, 16)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        pytest.param(wed_31_jan_2024, 1, "months", thu_29_feb_2024, id="PEC 47(3): last day of a shorter month"),
        pytest.param(fri_30_may_2025, 3, "months", tue_2_sep_2025, id="PEC 49(2): Sat holiday, Mon its substitute"),
        pytest.param(date(2025, 5, 27), 3, "months", date(2025, 8, 27), id="PEC 49(2): a working Wednesday"),
        pytest.param(tue_14_oct_2025, 15, "working_days", wed_5_nov_2025, id="C.L. 15(2): over 25 and 27 Oct 2025"),
        pytest.param(mon_23_dec_2024, 15, "working_days", thu_16_jan_2025, id="C.L. 15(2): Sun 5 Jan 2025 is worked"),
        pytest.param(fri_14_oct_2022, 10, "working_days", mon_31_oct_2022, id="C.L. 18(2): Sat 22 Oct 2022 is worked"),
        pytest.param(fri_23_jun_2023, 15, "working_days", tue_18_jul_2023, id="C.L. 13(1): Sat 1 Jul 2023 is worked"),
        pytest.param(date(2024, 5, 3), 1, "working_days", date(2024, 5, 4), id="Sat 4 May 2024 is worked"),
        pytest.param(date(2018, 12, 28), 1, "working_days", date(2018, 12, 29), id="Sat 29 Dec 2018 is worked"),
        pytest.param(date(2018, 12, 29), 1, "working_days", date(2019, 1, 3), id="Mon 31 Dec 2018 is free"),
        pytest.param(date(2013, 12, 31), 1, "working_days", date(2014, 1, 6), id="Fri 3 Jan 2014 is free"),
        pytest.param(date(2019, 12, 31), 2, "working_days", date(2020, 1, 6), id="Sun 5 Jan 2020 is worked"),
        pytest.param(date(2025, 4, 28), 10, "calendar_days", date(2025, 5, 8), id="Fund Law 8(2): a working Thursday"),
        pytest.param(tue_29_apr_2025, 10, "calendar_days", mon_12_may_2025, id="Fund Law 8(2): Victory Day"),
        pytest.param(spt_transmitted, 6, "months", spt_due, id="CAT/OP/KAZ/1 para. 5"),
        pytest.param(date(2023, 5, 10), 12, "months", date(2024, 5, 10), id="CAT/C/KAZ/CO/4"),
        pytest.param(thu_29_feb_2024, 4, "years", date(2028, 2, 29), id="PEC 45(1)(1): leap day to leap day"),
        pytest.param(thu_29_feb_2024, 1, "years", date(2025, 2, 28), id="leap day to 28 February"),
        pytest.param(date(2025, 11, 30), 3, "months", date(2026, 3, 2), id="28 Feb 2026 is a Saturday"),
    ],
)
def test_a_worked_example(start: date, amount: int, unit: str, due: date) -> None:
    rule = a_rule(amount, unit)
    assert due_date(start, rule, kazakhstan()).due_on == due
    assert due_on(start, rule, kazakhstan()) == due


def test_the_reply_to_the_spt_report_came_107_days_late() -> None:
    due = due_date(spt_transmitted, a_rule(6, "months", starts="day_after_event"), kazakhstan())
    assert (due.due_on, (spt_replied - due.due_on).days) == (spt_due, 107)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        (date(2025, 6, 6), 0, "calendar_days", date(2025, 6, 6)),
        (date(2025, 6, 9), 1, "calendar_days", date(2025, 6, 9)),
        (date(2025, 6, 9), 1, "working_days", date(2025, 6, 9)),
        (date(2025, 6, 7), 1, "working_days", date(2025, 6, 9)),
        (date(2025, 3, 1), 1, "months", date(2025, 3, 31)),
        (date(2025, 1, 31), 1, "months", date(2025, 2, 28)),
        (date(2025, 1, 15), 1, "years", date(2026, 1, 14)),
    ],
)
def test_a_term_that_starts_on_the_same_day_counts_it(start: date, amount: int, unit: str, due: date) -> None:
    rule = a_rule(amount, unit, starts="same_day", rolls_to="none")
    assert due_date(start, rule, kazakhstan()).due_on == due
    assert due_on(start, rule, kazakhstan()) == due


def test_each_skipped_day_of_the_derivation_says_why() -> None:
    steps = due_date(tue_14_oct_2025, a_rule(), kazakhstan()).derivation
    skipped = {step.day: step.note for step in steps if step.kind == "skip"}
    assert skipped["2025-10-25"] == "holiday:republic_day"
    assert skipped["2025-10-27"] == "substitute:republic_day"
    assert skipped["2025-11-01"] == "weekend"
    assert [step.kind for step in steps if step.kind != "skip"] == ["start", "count", "end"]


def test_a_roll_names_the_days_it_passes() -> None:
    steps = due_date(fri_30_may_2025, a_rule(3, "months"), kazakhstan()).derivation
    assert [(step.kind, step.day, step.note) for step in steps[2:]] == [
        ("month", "2025-08-30", "same_day_number"),
        ("skip", "2025-08-30", "holiday:constitution_day"),
        ("skip", "2025-08-31", "weekend"),
        ("skip", "2025-09-01", "substitute:constitution_day"),
        ("roll", "2025-09-02", "from:2025-08-30"),
        ("end", "2025-09-02", "due"),
    ]


def test_a_term_that_does_not_roll_may_end_on_a_holiday() -> None:
    rule = a_rule(3, "months", rolls_to="none")
    assert due_date(fri_30_may_2025, rule, kazakhstan()).due_on == date(2025, 8, 30)


@pytest.mark.parametrize(
    ("start", "is_provisional"),
    [
        pytest.param(date(2025, 11, 3), False, id="all in 2025"),
        pytest.param(date(2026, 3, 2), True, id="over the unconfirmed 16 March 2026"),
        pytest.param(date(2026, 6, 15), False, id="over the confirmed 6 July 2026"),
        pytest.param(date(2026, 12, 21), True, id="into 2027"),
        pytest.param(date(2035, 2, 1), True, id="far beyond the listed years"),
    ],
)
def test_a_due_date_is_provisional_if_an_unconfirmed_day_lies_on_the_way(start: date, *, is_provisional: bool) -> None:
    due = due_date(start, a_rule(), kazakhstan())
    assert due.provisional is is_provisional
    assert any(step.kind == "provisional" for step in due.derivation) is is_provisional


def test_months_that_end_beyond_the_confirmed_years_are_provisional_because_they_roll() -> None:
    assert due_date(date(2026, 11, 2), a_rule(3, "months"), kazakhstan()).provisional
    assert not due_date(date(2026, 11, 2), a_rule(3, "months", rolls_to="none"), kazakhstan()).provisional


def test_hours_run_through_the_hour_that_happened_twice() -> None:
    """Almaty, 29 February 2024: 24 hours after 20:00 it is only 19:00 on the next day."""
    rule = a_rule(24, "hours", starts="at_instant", rolls_to="none")
    due = due_date(thu_29_feb_2024, rule, kazakhstan(), started_at=datetime(2024, 2, 29, 14, tzinfo=UTC))
    assert due.due_at == datetime(2024, 3, 1, 14, tzinfo=UTC)
    assert due.due_on == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ({}, "started_at"),
        ({"started_at": datetime(2024, 2, 29, 14)}, "offset"),  # noqa: DTZ001 - the mistake that is refused
        ({"started_at": datetime(2024, 3, 1, 14, tzinfo=UTC)}, "is not on 2024-02-29"),
        ({"started_at": datetime(2024, 2, 29, 14, tzinfo=UTC), "set_on": date(2024, 3, 1)}, "cannot be set"),
    ],
)
def test_hours_without_a_clear_instant_are_refused(arguments: dict[str, Any], advice: str) -> None:
    rule = a_rule(24, "hours", starts="at_instant", rolls_to="none")
    with pytest.raises(TermError, match=advice):
        due_date(thu_29_feb_2024, rule, kazakhstan(), **arguments)


def documents_rule(**changes: object) -> Rule:
    """C.L. art. 18(2): ten working days, or the term the request sets, of at least two working days."""
    return a_rule(10, "working_days", set_in_document=True, minimum=Term(2, Unit.working_days), **changes)


def test_a_document_may_set_its_own_date_from_the_minimum_on() -> None:
    fri_24_oct_2025, wed_29_oct_2025 = date(2025, 10, 24), date(2025, 10, 29)
    due = due_date(fri_24_oct_2025, documents_rule(), kazakhstan(), set_on=wed_29_oct_2025)
    assert due.due_on == wed_29_oct_2025
    with pytest.raises(TermError, match="earliest lawful date is 2025-10-29"):
        due_date(fri_24_oct_2025, documents_rule(), kazakhstan(), set_on=date(2025, 10, 28))


def test_a_date_set_on_a_day_off_rolls() -> None:
    assert due_date(date(2025, 6, 2), documents_rule(), kazakhstan(), set_on=date(2025, 6, 7)).due_on == date(
        2025, 6, 9
    )


def test_a_date_beyond_the_maximum_needs_a_second_person() -> None:
    rule, late = documents_rule(maximum=Term(3, Unit.months)), date(2026, 1, 15)
    with pytest.raises(TermError, match="latest date is 2025-09-06"):
        due_date(date(2025, 6, 6), rule, kazakhstan(), set_on=late)
    due = due_date(date(2025, 6, 6), rule, kazakhstan(), set_on=late, beyond_maximum=True)
    assert due.due_on == late
    assert "beyond_maximum" in [step.kind for step in due.derivation]


def test_a_date_cannot_be_set_where_the_rule_does_not_let_it() -> None:
    with pytest.raises(TermError, match="lets no document set"):
        due_date(date(2025, 6, 6), a_rule(), kazakhstan(), set_on=date(2025, 7, 1))


@pytest.mark.parametrize("date_set", [date(2025, 6, 5), date(2024, 1, 1)])
def test_a_date_before_the_event_cannot_be_set(date_set: date) -> None:
    with pytest.raises(TermError, match="before the event"):
        due_date(date(2025, 6, 6), a_rule(set_in_document=True), kazakhstan(), set_on=date_set)


def test_the_notice_of_an_extension_is_due_in_working_days_from_the_decision() -> None:
    rule = a_rule(extension=bound(30, "calendar_days", notice=Term(3, Unit.working_days)))
    fri_24_oct_2025 = date(2025, 10, 24)
    extension = Extension(fri_24_oct_2025, by=Term(30, Unit.calendar_days))
    assert notice_due_on(extension, rule, kazakhstan()) == date(2025, 10, 30)
    assert notice_due_on(extension, a_rule(), kazakhstan()) is None


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"source": None}, "policy = true"),
        ({"amount": -1}, "cannot be negative"),
        ({"starts": "someday"}, "day_after_receipt"),
        ({"rolls_to": "monday"}, "next_working_day"),
        ({"starts": "at_instant"}, "go together"),
        ({"unit": Unit.hours, "starts": "at_instant"}, "rolls_to = none"),
        ({"minimum": Term(2, Unit.hours)}, "not in hours"),
        ({"valid_to": date(1999, 1, 1)}, "before valid_from"),
        ({"id": "A rule"}, "code of small Latin letters"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, Any], advice: str) -> None:
    with pytest.raises(TermError, match=advice):
        a_rule(**changes)


def test_a_term_beyond_all_calendars_is_refused() -> None:
    for unit in ("working_days", "calendar_days", "months", "years"):
        with pytest.raises(OutsideCalendar, match="check the date"):
            due_on(date(2025, 1, 1), a_rule(10**7, unit), kazakhstan())


@given(days, rules())
@settings(max_examples=300, deadline=None)
def test_the_fast_way_and_the_derived_way_agree(start: date, rule: Rule) -> None:
    assert due_on(start, rule, kazakhstan()) == due_date(start, rule, kazakhstan()).due_on


@given(days, rules())
@settings(max_examples=200, deadline=None)
def test_a_rolled_due_date_is_a_working_day(start: date, rule: Rule) -> None:
    due = due_date(start, rule, kazakhstan())
    assert rule.rolls_to == "none" or kazakhstan().is_working(due.due_on, rule.week)


@given(days, rules(), st.integers(1, 40))
@settings(max_examples=300, deadline=None)
def test_a_later_receipt_is_never_due_earlier(start: date, rule: Rule, later: int) -> None:
    assert due_on(start, rule, kazakhstan()) <= due_on(start + timedelta(days=later), rule, kazakhstan())


def test_pause_and_extension_refuse_what_cannot_be() -> None:
    with pytest.raises(TermError, match="before it begins"):
        Pause(date(2025, 6, 6), date(2025, 6, 5), "expert_opinion")
    with pytest.raises(TermError, match="either by how much or until when"):
        Extension(date(2025, 6, 6))
    with pytest.raises(TermError, match="code of small Latin letters"):
        Pause(date(2025, 6, 6), date(2025, 6, 7), "Waiting for the expert")


def test_terms_in_hours_fill_no_memory_because_none_is_asked_for_twice() -> None:
    """An hour of load had taken 38 MB so (FAULTS F19)."""
    times = Timetable(load_pack("kz"))
    hours = times.pack.rules["journal_entry"][0]
    tracemalloc.start()
    for second in range(3_000):
        times.due(date(2026, 3, 2), hours, None, f"2026-03-02T05:{second // 60:02d}:{second % 60:02d}.000000Z")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
