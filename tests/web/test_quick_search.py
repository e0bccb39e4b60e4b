"""The search over every page: a number leads straight to its case, words lead to the list."""

import re
from typing import Any

from npm_cases.bootstrap import App
from tests.makers import a_recommendation, an_allegation
from tests.web.conftest import Browser

QUICK = re.compile(r'<form method="get" action="([^"]+)" role="search" class="quick">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def search(browser: Browser, words: str) -> Any:
    """Send the quick search as it stands on a page."""
    form = QUICK.search(browser.get("/cases").text)
    assert form, "the page has no quick search"
    return browser.get(form[1], params={**dict(HIDDEN.findall(form[2])), "words": words})


def test_a_number_typed_into_the_quick_search_leads_straight_to_its_case(app: App, as_user: Any) -> None:
    roof, told = a_recommendation(app).number, an_allegation(app).number
    a_recommendation(app)
    browser = as_user("caseworker-one")
    for number in (roof, roof.lower(), told):
        assert search(browser, number).url.path == f"/cases/{number.upper()}"


def test_words_that_several_cases_have_lead_to_the_list(app: App, as_user: Any) -> None:
    numbers = [a_recommendation(app, title="Repair the roof").number for _ in range(2)]
    answer = search(as_user("caseworker-one"), "roof")
    assert answer.url.path == "/cases"
    assert all(number in answer.text for number in numbers)


def test_a_number_that_is_kept_from_somebody_leads_nowhere(app: App, as_user: Any) -> None:
    kept = an_allegation(app, excluded="caseworker-two").number
    assert search(as_user("caseworker-two"), kept).url.path == "/cases"
