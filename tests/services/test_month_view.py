"""A month shows what is due and which rungs come on which legal day, and which days are worked."""

from datetime import date

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor
from npm_cases.services.month_view import Month, MonthDay, month
from tests.makers import ADMINISTRATOR, CASEWORKER, a_recommendation, an_allegation

MARCH = date(2026, 3, 15)
ELSEWHERE = Actor("of-pavlodar", frozenset({"caseworker"}), frozenset({"pavlodar"}))


def of(shown: Month, day: int) -> MonthDay:
    return shown.days[day - 1]


def test_a_month_has_all_its_days(any_app: App) -> None:
    shown = month(any_app.office, any_app.views, CASEWORKER, MARCH)
    assert (shown.first, len(shown.days)) == (date(2026, 3, 1), 31)


def test_a_clock_stands_on_its_due_day_with_who_owes_it(any_app: App) -> None:
    number = a_recommendation(any_app, "served").number
    day = of(month(any_app.office, any_app.views, CASEWORKER, MARCH), 27)
    assert day.due == 1
    assert [(row.what, row.number, row.duty, row.owed_by) for row in day.rows] == [
        ("due", number, "reply", "addressee")
    ]


def test_the_next_rung_of_a_clock_stands_on_the_legal_day_it_comes(any_app: App) -> None:
    a_recommendation(any_app, "served")
    shown = month(any_app.office, any_app.views, CASEWORKER, MARCH)
    coming = [(day.day.day, row.duty) for day in shown.days for row in day.rows if row.what == "rung"]
    assert "reply" in {duty for _, duty in coming}
    assert sum(day.rungs for day in shown.days) == len(coming)


def test_a_holiday_is_named_in_three_languages(any_app: App) -> None:
    shown = month(any_app.office, any_app.views, CASEWORKER, MARCH)
    assert of(shown, 8).why_free == "holiday"
    assert set(of(shown, 8).name) == {"kk", "ru", "en"}
    assert (of(shown, 14).why_free, of(shown, 14).is_working) == ("weekend", False)
    assert (of(shown, 16).why_free, of(shown, 16).is_working) == ("", True)


def test_a_year_nobody_confirmed_is_provisional(any_app: App) -> None:
    assert of(month(any_app.office, any_app.views, CASEWORKER, date(2031, 3, 1)), 2).provisional


def test_only_what_may_be_known_and_is_asked_for_is_counted(any_app: App) -> None:
    a_recommendation(any_app, "served", region="abai", assignee="one")
    an_allegation(any_app)
    assert sum(day.due + day.rungs for day in month(any_app.office, any_app.views, ELSEWHERE, MARCH).days) == 0
    assert sum(day.due for day in month(any_app.office, any_app.views, CASEWORKER, MARCH, assigned=("one",)).days) == 1
    assert sum(day.due for day in month(any_app.office, any_app.views, ADMINISTRATOR, MARCH).days) == 0
