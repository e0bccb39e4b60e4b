"""The calendars of all countries held against the public list of holidays: day by day, and counting over random terms.

The list proposes and the file decides; where they differ stands in DIFFERENT with the source that decides.
"""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import pytest

from npm_cases.domain.calendar import Calendar
from npm_cases.packs.calendar_file import load_calendar

FOLDER = Path(__file__).parents[2] / "config" / "calendars"
CALENDARS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
LISTED: Mapping[str, tuple[str, str | None]] = {
    "gb": ("GB", "ENG"), "gb_scotland": ("GB", "SCT"), "gb_northern_ireland": ("GB", "NIR"),
}  # fmt: skip
DIFFERENT: Mapping[str, Mapping[date, str]] = {
    "kz": {date(2008, 7, 7): "Law 267-II, wording of 25.06.2008: 6 July was a Sunday; the list begins in 2009"},
}
SHORT, LONG = 1_000, 100_000
MOST_WORKING_DAYS = 120


@cache
def listed(name: str, first: int, last: int) -> Any:
    country, part = LISTED.get(name, (name.upper(), None))
    return holidays.country_holidays(country, subdiv=part, years=range(first, last + 1))


def test_every_calendar_is_of_a_country_of_the_list() -> None:
    supported = holidays.list_supported_countries()
    assert {LISTED.get(name, (name.upper(), None))[0] for name in CALENDARS} <= set(supported)


@pytest.mark.parametrize("name", CALENDARS)
def test_each_day_of_the_confirmed_years_is_worked_in_both_or_the_difference_has_a_source(name: str) -> None:
    calendar = load_calendar(FOLDER / f"{name}.toml")
    first, last = calendar.first_confirmed_year, calendar.last_confirmed_year
    days = (date(first, 1, 1) + timedelta(n) for n in range((date(last + 1, 1, 1) - date(first, 1, 1)).days))
    theirs = listed(name, first - 1, last + 1)
    different = {day for day in days if calendar.is_working(day) != theirs.is_working_day(day)}
    assert different == {day for day in DIFFERENT.get(name, {}) if first <= day.year <= last}


@pytest.mark.parametrize("name", CALENDARS)
def test_random_terms_end_on_the_same_day_by_the_file_and_by_the_list(name: str, *, is_long: bool) -> None:
    calendar, chance = load_calendar(FOLDER / f"{name}.toml"), random.Random(name)  # noqa: S311 - no secret
    first, last = date(calendar.first_confirmed_year, 1, 2), date(calendar.last_confirmed_year, 6, 1)
    theirs = listed(name, first.year - 1, last.year + 1)
    for _ in range(LONG if is_long else SHORT):
        start = first + timedelta(chance.randrange((last - first).days))
        number = chance.randint(1, MOST_WORKING_DAYS)
        assert calendar.add_working_days(start, number) == theirs.get_nth_working_day(start, number), (start, number)


@pytest.mark.parametrize("name", CALENDARS)
def test_a_six_day_week_works_saturdays_that_are_not_free_otherwise(name: str) -> None:
    calendar: Calendar = load_calendar(FOLDER / f"{name}.toml")
    year = calendar.last_confirmed_year - 1
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    saturdays = [day for day in days if day.weekday() == 5 and calendar.is_working(day, "six_day")]
    assert len(saturdays) > 40
    assert all(calendar.is_working(day, "six_day") for day in days if calendar.is_working(day) and day.weekday() < 5)
