"""A calendar put in force on a page by a second person, and a date it questions decided on the page of its case."""

from collections.abc import Callable
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.adoption import propose_calendar
from npm_cases.services.watching import recorded_sweep
from tests.makers import ADMINISTRATOR, a_recommendation
from tests.web.conftest import Clock

LONG_PAST_DUE = "2026-04-03T05:00:00.000000Z"
DECREE = '\n[[days_off]]\nid = "synthetic_decree"\ndates = [2026-03-19]\nsource = "a synthetic decree"\n'


@pytest.fixture
def number(app: App, clock: Clock) -> str:
    number = a_recommendation(app, "served").number
    clock.at = LONG_PAST_DUE
    text = calendar_text("kz").replace('version = "2026.2"', 'version = "synthetic-2"', 1) + DECREE
    propose_calendar(app.office, text, parse_calendar(text, "synthetic.toml"), ADMINISTRATOR, clock.at)
    return number


def adopted(as_user: Callable[[str], Any]) -> Any:
    browser = as_user("commissioner")
    page = browser.get("/office/proposals").text
    assert "synthetic-2" in page
    assert "2026.2" in page
    approval = page.partition('name="approval" value="')[2].partition('"')[0]
    return browser.post("/office/proposals", {"approval": approval}, "/office/proposals")


@pytest.mark.usefixtures("number")
def test_a_second_person_puts_a_calendar_in_force_on_a_page(app: App, as_user: Callable[[str], Any]) -> None:
    answer = adopted(as_user)
    assert "synthetic-2" in answer.text
    app.looked_at = 0.0
    as_user("commissioner").get("/office/proposals")
    assert app.office.pack.calendar.version == "synthetic-2"


@pytest.mark.usefixtures("number")
def test_who_proposed_a_calendar_is_given_no_button(as_user: Callable[[str], Any]) -> None:
    page = as_user("administrator").get("/office/proposals").text
    assert 'name="approval"' not in page


def test_a_questioned_date_is_decided_on_the_page_of_its_case(
    app: App, number: str, as_user: Callable[[str], Any], clock: Clock
) -> None:
    adopted(as_user)
    app.looked_at = 0.0
    app.renew()
    recorded_sweep(app.office, clock.at, 100)
    browser = as_user("commissioner")
    page = browser.get(f"/cases/{number}/beside").text
    assert "Mar 27, 2026" in page
    assert "Mar 30, 2026" in page
    sent = browser.post(
        f"/cases/{number}/beside/dates", {"take": "1", "reason": "decree_late"}, f"/cases/{number}/beside"
    )
    assert sent.status_code == 200
    assert "Mar 30, 2026" in browser.get(f"/cases/{number}").text
    assert "/beside/dates" not in browser.get(f"/cases/{number}/beside").text
