"""An auditor's day in a real browser, and what axe finds on the pages of auditors."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.proving import verifier
from npm_cases.services.checkpoints import known_keys
from tests.makers import MON_2_MAR, a_recommendation, an_allegation
from tests.web.chromium import enter, violations
from tests.web.test_audit_pages import PAGES_OF_AUDITORS, read_by_all

pytestmark = pytest.mark.browser


def saved(page: Any, link: str, folder: Path) -> Path:
    """Press what downloads a file, and keep the file."""
    with page.expect_download() as download:
        page.click(link)
    path = folder / str(download.value.suggested_filename)
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_an_auditors_day(app: App, chrome: Any, address: str, tmp_path: Path, *, scripts: bool) -> None:
    number, allegation = a_recommendation(app, "served").number, an_allegation(app).number
    kept = tmp_path / "kept.txt"
    kept.write_text(app.checkpoint(MON_2_MAR).whole, encoding="utf-8")
    page = chrome.new_context(java_script_enabled=scripts).new_page()
    enter(page, address, "auditor")
    assert page.url == f"{address}/audit"
    page.click("nav.tabs a[href='/audit/history']")
    page.fill("[name=case]", number)
    page.select_option("[name=role]", "secretariat")
    page.click("main form.filters button")
    assert page.locator("tbody tr").count() == 6
    proof = saved(page, "tbody tr:first-child a[href$='/proof']", tmp_path)
    assert proof.read_text(encoding="utf-8").startswith("c2sp.org/tlog-proof@v1")
    exported = saved(page, "form[action^='/audit/history/csv'] button", tmp_path)
    assert number in exported.read_text(encoding="utf-8")
    page.goto(f"{address}/cases/{allegation}")
    assert page.locator("a[href*='/acts/']").count() == 0
    page.select_option("form.open select >> nth=0", "audit")
    page.click("form.open button >> nth=0")
    assert "A synthetic statement." in page.content()
    assert [(one.what, one.reason) for one in read_by_all(app)] == [("export", ""), ("text", "audit")]
    page.goto(f"{address}/audit/past")
    page.fill("[name=case]", number)
    page.fill("[name=against_on]", "2026-03-01")
    page.click("main form.filters button")
    assert "not there yet" in page.content()
    page.goto(f"{address}/audit/verification")
    page.click("main details summary >> nth=-1")
    page.set_input_files("[name=kept]", kept)
    page.click("main form button")
    page.wait_for_selector(
        "text=Assurance level 2"
    )  # a run of some seconds, after which the page comes again by itself
    page.click("nav.tabs a[href='/audit/export']")
    bundle = saved(page, "main form button", tmp_path)
    assert "events.jsonl" in zipfile.ZipFile(bundle).namelist()
    assert verifier.main([str(bundle), "--key", known_keys(app.office)[0], "--kept", str(kept)]) == 0
    page.click("nav.tabs a[href='/audit/reads']")
    assert page.locator("tbody tr").count() == 3


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_no_page_of_auditors_shuts_anybody_out(app: App, chrome: Any, address: str, lang: str) -> None:
    """Axe finds nothing, in each language, in light and dark, on a phone too, where nothing is wider than the window."""
    number = a_recommendation(app, "replied").number
    app.checkpoint(MON_2_MAR)
    paths = (
        *PAGES_OF_AUDITORS, "/audit/history?role=king", "/audit/past?on=2026-03-02&against_on=2026-03-01",
        f"/audit/past?case={number}&on=2026-03-02&against_on=2026-03-01", "/audit/proof?case=R-1&seq=x",
    )  # fmt: skip
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 400, "height": 850}}):
        page = chrome.new_context(**options).new_page()
        enter(page, address, "auditor")
        page.click("details.me summary")
        page.click(f"button[value='{lang}']")
        page.wait_for_selector(f"html[lang={lang}]")
        for path in paths:
            page.goto(address + path)
            assert page.locator("html").get_attribute("lang") == lang
            assert violations(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than the window"
