"""Import and many cases in a real browser, with and without scripts: done to the end, and shutting nobody out."""

from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.finding import Wanted, find
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation
from tests.web.chromium import enter, violations

pytestmark = pytest.mark.browser
ROWS = """channel,addressee,title,issued_on,region
visit,Synthetic ministry,Repair the roof of the cells,2026-02-02,abai
visit,Synthetic ministry,"Provide a doctor
at night",2026-02-02,nowhere
"""
FILE = {"name": "rows.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}


def give(page: Any, address: str) -> None:
    page.goto(f"{address}/import")
    page.set_input_files("#f-file", FILE)
    page.click("main form button")
    page.wait_for_selector("#would")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_file_is_imported_mended_and_its_cases_are_given_to_somebody(
    scripts: bool, app: App, chrome: Any, address: str
) -> None:
    context = chrome.new_context(java_script_enabled=scripts)
    page = context.new_page()
    enter(page, address, "caseworker-one")
    give(page, address)
    page.click("section[aria-labelledby=would] button")
    page.wait_for_selector(".done")
    page.fill("label:has(code:text-is('region')) input", "abai")
    page.click("section[aria-labelledby=refused] button")
    page.wait_for_selector("text=Mended rows")
    page.click("section[aria-labelledby=would] button")
    page.wait_for_selector(".done")
    page.goto(f"{address}/cases?ticked=1")
    page.click("#bulk button")
    page.select_option("select[name=user]", "caseworker-two")
    page.click("section[aria-labelledby=b-assign] button")
    page.wait_for_selector(".done")
    found = find(app.views, Wanted(), CASEWORKER, MON_2_MAR).rows
    assert sorted((row.title, row.assignee) for row in found) == [
        ("Provide a doctor\nat night", "caseworker-two"),
        ("Repair the roof of the cells", "caseworker-two"),
    ]
    context.close()


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_no_page_of_these_shuts_anybody_out(lang: str, app: App, chrome: Any, address: str) -> None:
    """Axe finds nothing, in each language, in light and dark, on a phone."""
    a_recommendation(app, "served")
    a_recommendation(app)
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}}):
        context = chrome.new_context(**options)
        page = context.new_page()
        enter(page, address, "caseworker-one")
        page.click("details.me summary")
        page.click(f"button[value='{lang}']")
        page.wait_for_selector(f"html[lang={lang}]")
        page.goto(f"{address}/import")
        shuts_nobody_out(page)
        give(page, address)
        shuts_nobody_out(page)
        page.goto(f"{address}/cases?ticked=1")
        page.click("#bulk button")
        page.wait_for_selector("#chosen")
        shuts_nobody_out(page)
        page.click("section[aria-labelledby=b-remind] button")
        page.wait_for_selector("main table")
        shuts_nobody_out(page)
        context.close()


def shuts_nobody_out(page: Any) -> None:
    assert violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than the window"
