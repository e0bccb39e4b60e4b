"""Calendars and rules for tests. Every calendar and rule here is synthetic, save the file of Kazakhstan itself."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.terms import CountedFrom, ExtensionBound, Rule, Term, Unit
from npm_cases.packs.calendar_file import load_calendar, parse_calendar

KZ_FILE = Path(__file__).parents[1] / "config" / "calendars" / "kz.toml"

SMALL = """
id = "small"
version = "1"
zone = "Asia/Almaty"
first_confirmed_year = 2024
last_confirmed_year = 2025

[weeks]
five_day = ["mon", "tue", "wed", "thu", "fri"]
six_day = ["mon", "tue", "wed", "thu", "fri", "sat"]

[[years]]
year = 2024
source = "synthetic"

[[years]]
year = 2025
source = "synthetic"
"""


@cache
def kazakhstan() -> Calendar:
    return load_calendar(KZ_FILE)


@cache
def kazakhstan_as_written() -> dict[str, Any]:
    return tomllib.loads(KZ_FILE.read_text(encoding="utf-8"))


def a_calendar(more: str = "") -> Calendar:
    """Make a small calendar of 2024 and 2025; ``more`` is TOML that stands after its years."""
    return parse_calendar(SMALL + more, "small.toml")


def a_rule(amount: int = 15, unit: str = "working_days", **changes: object) -> Rule:
    """Make a synthetic rule; the day after receipt, rolling to a working day, unless said otherwise."""
    fields: dict[str, Any] = {
        "id": "a_rule",
        "version": "1",
        "amount": amount,
        "unit": Unit(unit),
        "starts": "day_after_receipt",
        "rolls_to": "next_working_day",
        "valid_from": date(2000, 1, 1),
        "source": "synthetic",
    }
    return Rule(**(fields | changes))


def bound(
    amount: int, unit: str, times: int = 1, *, notice: Term | None = None, counted_from: CountedFrom = "due_date"
) -> ExtensionBound:
    return ExtensionBound(Term(amount, Unit(unit)), times, notice, counted_from)


day_units = st.sampled_from(["working_days", "calendar_days", "months", "years"])
weeks = st.sampled_from(["five_day", "six_day"])
days = st.dates(date(2008, 1, 1), date(2028, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    unit = draw(day_units)
    most = {"working_days": 40, "calendar_days": 90, "months": 14, "years": 4}[unit]
    return a_rule(
        draw(st.integers(0, most)),
        unit,
        starts=draw(st.sampled_from(["day_after_receipt", "day_after_event", "same_day"])),
        rolls_to=draw(st.sampled_from(["next_working_day", "none"])),
        week=draw(weeks),
        extension=draw(st.none() | bounds()),
    )


@st.composite
def bounds(draw: st.DrawFn) -> ExtensionBound:
    return bound(
        draw(st.integers(1, 30)),
        draw(st.sampled_from(["working_days", "calendar_days", "months"])),
        draw(st.integers(1, 2)),
        counted_from=draw(st.sampled_from(["due_date", "decision"])),
    )


@st.composite
def ledgers(draw: st.DrawFn, start: date) -> list[Pause | Extension]:
    """Draw up to four suspensions and extensions in the months after an event."""
    entries: list[Pause | Extension] = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + timedelta(days=draw(st.integers(-5, 120)))
        later = begins + timedelta(days=draw(st.integers(0, 30)))
        term = Term(draw(st.integers(0, 30)), Unit(draw(st.sampled_from(["working_days", "calendar_days", "months"]))))
        if draw(st.booleans()):
            entries.append(Pause(begins, later, "expert_opinion", is_open=draw(st.booleans())))
        elif draw(st.booleans()):
            entries.append(Extension(begins, by=term))
        else:
            entries.append(Extension(begins, until=later))
    return entries


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, dict[str, Any]]:
    """Draw a small calendar with holidays, days off and doubts anywhere, and give it as written too."""
    holidays = draw(st.lists(st.dates(date(2024, 1, 1), date(2024, 12, 31)), min_size=1, max_size=12, unique=True))
    dates = draw(st.lists(st.dates(date(2024, 1, 1), date(2025, 12, 31)), min_size=1, max_size=3, unique=True))
    doubt = draw(st.dates(date(2024, 1, 1), date(2025, 11, 30)))
    days_of_year = ", ".join(f'"{day:%m-%d}"' for day in holidays)
    text = f"""
[[holidays]]
id = "feast"
days = [{days_of_year}]
source = "synthetic"
[[substitutes]]
valid_from = {draw(st.dates(date(2024, 1, 1), date(2025, 12, 31)))}
source = "synthetic"
[[days_off]]
id = "rest"
dates = [{", ".join(map(str, dates))}]
source = "synthetic"
[[doubts]]
id = "unsure"
first = {doubt}
last = {doubt + timedelta(days=draw(st.integers(0, 20)))}
reason = "synthetic"
source = "synthetic"
"""
    return a_calendar(text), tomllib.loads(SMALL + text)
