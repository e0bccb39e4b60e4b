"""The calendar of Kazakhstan, against the law and against a public list of its days off."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.makers_calendar import kazakhstan

PUBLIC_LIST = Path(__file__).parents[2].parent / "shared" / "data" / "kazakhstan_days_off.json"

# Days on which our file, by the law, differs from the public list. None is known for these years.
BY_LAW_INSTEAD: frozenset[date] = frozenset()

sat_25_oct_2025, mon_27_oct_2025 = date(2025, 10, 25), date(2025, 10, 27)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("year", range(2010, 2026))
def test_every_working_day_of_a_confirmed_year_is_that_of_the_public_list(year: int) -> None:
    if not PUBLIC_LIST.exists():
        pytest.skip("the public list of days off is not beside this checkout")
    listed = json.loads(PUBLIC_LIST.read_text(encoding="utf-8"))
    off = {date.fromisoformat(day) for day in listed["weekdays_off"]}
    worked = {date.fromisoformat(day) for day in listed["working_weekend_days"]}
    differing = {
        day
        for day in _days(date(year, 1, 1), date(year, 12, 31))
        if kazakhstan().is_working(day) != (day in worked or (day.weekday() < 5 and day not in off))
    }
    assert differing == {day for day in BY_LAW_INSTEAD if day.year == year}


@pytest.mark.parametrize(
    ("holiday", "substitute", "code"),
    [
        (date(2019, 3, 23), date(2019, 3, 25), "substitute:nauryz"),
        (date(2019, 7, 6), date(2019, 7, 8), "substitute:capital_day"),
        (date(2019, 12, 1), date(2019, 12, 2), "substitute:first_president_day"),
        (sat_25_oct_2025, mon_27_oct_2025, "substitute:republic_day"),
    ],
)
def test_a_holiday_on_a_day_off_frees_the_next_working_day_by_article_5(
    holiday: date, substitute: date, code: str
) -> None:
    assert kazakhstan().why_not_working(holiday) == code.replace("substitute:", "holiday:")
    assert kazakhstan().why_not_working(substitute) == code


def test_two_holidays_on_one_weekend_free_two_days() -> None:
    assert kazakhstan().why_not_working(date(2022, 1, 3)) == "substitute:new_year"
    assert kazakhstan().why_not_working(date(2022, 1, 4)) == "substitute:new_year"
    assert kazakhstan().is_working(date(2022, 1, 5))


def test_the_six_day_week_has_no_substitute_for_a_holiday_on_its_working_saturday() -> None:
    assert kazakhstan().is_working(mon_27_oct_2025, "six_day")
    assert kazakhstan().why_not_working(sat_25_oct_2025, "six_day") == "holiday:republic_day"


@pytest.mark.parametrize("sunday", [date(2018, 1, 7), date(2019, 8, 11), date(2024, 6, 16)])
def test_christmas_and_kurban_ait_on_a_sunday_are_not_replaced(sunday: date) -> None:
    code = kazakhstan().why_not_working(sunday)
    assert code is not None
    assert code.startswith("day_off:")
    assert kazakhstan().is_working(sunday + timedelta(days=1))


@pytest.mark.parametrize(
    ("worked", "off"),
    [
        (date(2022, 10, 22), date(2022, 10, 24)),
        (date(2023, 7, 1), date(2023, 7, 7)),
        (date(2025, 1, 5), date(2025, 1, 3)),
        (date(2012, 12, 29), date(2012, 12, 31)),
        (date(2013, 12, 28), date(2014, 1, 3)),
        (date(2018, 12, 29), date(2018, 12, 31)),
        (date(2020, 1, 5), date(2020, 1, 3)),
    ],
)
def test_a_transfer_works_the_weekend_and_frees_the_weekday(worked: date, off: date) -> None:
    assert kazakhstan().is_working(worked)
    assert kazakhstan().why_not_working(off) == f"transfer:{worked}"


def test_a_moved_saturday_changes_nothing_in_the_six_day_week() -> None:
    assert kazakhstan().is_working(date(2023, 7, 1), "six_day")
    assert kazakhstan().is_working(date(2023, 7, 7), "six_day")


def test_a_moved_sunday_counts_in_the_six_day_week_too() -> None:
    assert kazakhstan().is_working(date(2025, 1, 5), "six_day")
    assert kazakhstan().why_not_working(date(2025, 1, 3), "six_day") == "transfer:2025-01-05"


def test_a_substitute_day_can_itself_be_moved_away() -> None:
    assert kazakhstan().is_working(date(2020, 5, 11))
    assert kazakhstan().why_not_working(date(2020, 5, 8)) == "transfer:2020-05-11"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2008, 7, 7), "substitute:capital_day"),  # 6 July 2008 was a Sunday; in the law since 25.06.2008
        (date(2008, 10, 27), "substitute:republic_day"),
        (date(2009, 3, 23), "substitute:nauryz"),
        (date(2010, 3, 21), "holiday:nauryz"),
        (date(2021, 12, 17), "holiday:independence_day"),
        (date(2022, 10, 25), "holiday:republic_day"),
    ],
)
def test_holidays_follow_the_wording_in_force(day: date, code: str) -> None:
    assert kazakhstan().why_not_working(day) == code


@pytest.mark.parametrize("day", [date(2009, 10, 26), date(2009, 4, 23), date(2022, 12, 19), date(2012, 5, 7)])
def test_a_day_outside_the_validity_of_its_holiday_is_worked(day: date) -> None:
    assert kazakhstan().is_working(day)


@pytest.mark.parametrize(
    "day",
    [date(2009, 6, 1), date(2026, 3, 16), date(2026, 5, 8), date(2026, 5, 27), date(2027, 2, 1), date(2044, 2, 1)],
)
def test_unconfirmed_days_are_provisional(day: date) -> None:
    assert kazakhstan().is_provisional(day)


@pytest.mark.parametrize("day", [date(2010, 1, 1), date(2025, 12, 31), date(2026, 1, 5), date(2026, 10, 26)])
def test_confirmed_days_are_not_provisional(day: date) -> None:
    assert not kazakhstan().is_provisional(day)


def test_beyond_the_listed_years_fixed_holidays_are_projected() -> None:
    assert kazakhstan().why_not_working(date(2040, 1, 2)) == "holiday:new_year"
    assert kazakhstan().why_not_working(date(2040, 1, 7)) == "day_off:orthodox_christmas"
    assert kazakhstan().why_not_working(date(2032, 10, 25)) == "holiday:republic_day"
