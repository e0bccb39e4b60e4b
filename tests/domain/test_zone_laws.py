"""No day that is due moves by arithmetic of zones: other countries' clocks, days that were skipped, leap days (F31, F33)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.due_dates import due_date, due_on
from npm_cases.domain.zones import end_of_day, legal_day, start_of_working_time
from tests.faults.figures import Figure
from tests.makers_calendar import a_rule, kazakhstan

ONE_DAY = timedelta(days=1)
ZONES = (
    "Asia/Almaty", "Asia/Qostanay", "Asia/Qyzylorda", "Asia/Aqtau", "America/New_York", "America/Santiago",
    "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London", "Africa/Cairo", "UTC",
)  # fmt: skip
SKIPPED = {("Pacific/Apia", date(2011, 12, 30))}
REMARKABLE = (
    date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),  # Kazakhstan goes to one zone, in a leap year
    date(2018, 12, 20), date(2018, 12, 21),  # Qyzylorda
    date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31),  # Apia had no 30 December
    date(2023, 12, 31), date(2024, 1, 1), date(2026, 3, 8), date(2026, 11, 1),  # the turn of the year; New York
    date(2025, 9, 6), date(2025, 9, 7), date(2026, 4, 4),  # Santiago: midnight that is not there, an hour twice
    date(1986, 1, 1), date(2028, 2, 29), date(2100, 2, 28),
)  # fmt: skip
DAYS = st.one_of(st.sampled_from(REMARKABLE), st.dates(date(2005, 1, 1), date(2040, 12, 31)))
NEAR = st.integers(-20, 20).map(lambda days: days * ONE_DAY)
RULES = st.builds(
    a_rule,
    st.integers(0, 60),
    st.sampled_from(["working_days", "calendar_days", "months", "years"]),
    rolls_to=st.sampled_from(["none", "next_working_day"]),
)


@pytest.fixture
def examples(is_long: bool) -> int:
    return 5_000 if is_long else 150


def run(fault: str, figure: Figure, law: Callable[..., None], count: int, **given_: st.SearchStrategy[object]) -> None:
    """Try a law on so many examples and report how many there were."""
    seen: list[int] = []

    def counted(**values: object) -> None:
        law(**values)
        seen.append(1)

    settings(max_examples=count, deadline=None)(given(**given_)(counted))()
    figure(fault, examples=len(seen))


@pytest.mark.timeout(1_800)
def test_a_due_date_is_the_same_day_in_every_zone(figure: Figure, examples: int) -> None:
    def law(zone: str, start: date, near: timedelta, rule: object) -> None:
        here = due_date(start + near, rule, replace(kazakhstan(), zone=zone))  # type: ignore[arg-type]
        plain = due_date(start + near, rule, replace(kazakhstan(), zone="UTC"))  # type: ignore[arg-type]
        assert (here.due_on, here.derivation) == (plain.due_on, plain.derivation)
        assert here.due_on == due_on(start + near, rule, kazakhstan())  # type: ignore[arg-type]

    days = st.one_of(st.sampled_from(REMARKABLE[:-1]), st.dates(date(2005, 1, 1), date(2040, 12, 31)))
    run("F33", figure, law, examples, zone=st.sampled_from(ZONES), start=days, near=NEAR, rule=RULES)


@pytest.mark.timeout(1_800)
def test_every_instant_of_a_legal_day_starts_a_term_on_that_day(figure: Figure, examples: int) -> None:
    def law(zone: str, day: date, part: float) -> None:
        begins, ends = end_of_day(day - ONE_DAY, zone), end_of_day(day, zone)
        if (zone, day) in SKIPPED:
            assert begins == ends
            return
        assert timedelta(hours=22) <= ends - begins <= timedelta(hours=26)
        assert legal_day(begins, zone) == day
        assert legal_day(begins + part * (ends - begins - timedelta(microseconds=1)), zone) == day

    run("F33", figure, law, examples, zone=st.sampled_from(ZONES), day=DAYS, part=st.floats(0, 1))


@pytest.mark.timeout(1_800)
def test_an_office_opens_on_its_day_by_its_own_clocks(figure: Figure, examples: int) -> None:
    def law(zone: str, day: date, hour: int) -> None:
        if (zone, day) in SKIPPED:
            return
        opens = start_of_working_time(day, zone, time(hour))
        local = opens.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (day, time(hour))

    run("F33", figure, law, examples, zone=st.sampled_from(ZONES), day=DAYS, hour=st.integers(6, 20))


@pytest.mark.timeout(1_800)
def test_hours_are_hours_through_every_change_of_a_clock(figure: Figure, examples: int) -> None:
    def law(zone: str, day: date, minute: int, hours: int) -> None:
        calendar = replace(kazakhstan(), zone=zone)
        begins = datetime.combine(day, time.min, tzinfo=UTC) + timedelta(minutes=minute)
        rule = a_rule(hours, "hours", starts="at_instant", rolls_to="none")
        due = due_date(legal_day(begins, zone), rule, calendar, started_at=begins)
        assert due.due_at == begins + timedelta(hours=hours)
        assert due.due_on == legal_day(begins + timedelta(hours=hours), zone)

    given_ = {"day": DAYS, "minute": st.integers(0, 1_439), "hours": st.integers(1, 96)}
    run("F33", figure, law, examples, zone=st.sampled_from(ZONES), **given_)


# Government Decree of 19.01.2024 No. 20: where clocks were at UTC+6 they went to UTC+5 at 00:00 on 1 March 2024.
WENT_BACK = ("Asia/Almaty", "Asia/Qostanay")
STAYED = ("Asia/Qyzylorda", "Asia/Aqtau", "Asia/Aqtobe", "Asia/Atyrau", "Asia/Oral")


@pytest.mark.parametrize("zone", [*WENT_BACK, *STAYED])
def test_across_1_march_2024_the_day_stays_and_the_instant_follows(zone: str, figure: Figure) -> None:
    calendar, wrong, checked = replace(kazakhstan(), zone=zone), [], 0
    for received in (date(2024, 1, 22) + n * ONE_DAY for n in range(50)):
        for amount in (3, 10, 15, 30):
            due = due_on(received, a_rule(amount), calendar)
            hours = 6 if zone in WENT_BACK and due < date(2024, 2, 29) else 5
            over = datetime.combine(due + ONE_DAY, time.min, tzinfo=UTC) - timedelta(hours=hours)
            if due != due_on(received, a_rule(amount), kazakhstan()) or end_of_day(due, zone) != over:
                wrong.append((received, amount))
            checked += 1
    figure("F31", deadlines=checked, wrong=len(wrong))
    assert wrong == []
