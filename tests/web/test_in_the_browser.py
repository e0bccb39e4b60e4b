"""Walks in a real browser against a real server: what a caseworker, a second person and an auditor do in a day."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.act import DoAct, act
from npm_cases.services.case_views import history, show_case
from npm_cases.services.registers import add_body
from tests.databases import environment_of
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation, an_allegation
from tests.web.chromium import enter, violations
from tests.web.conftest import Clock

pytestmark = pytest.mark.browser
NEXT_YEAR = "2027-03-02T05:00:00.000000Z"
LETTER = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"A synthetic letter."}
RECORDED = re.compile(r"/cases/[RA]-[0-9-]+\?done=[0-9]+$")
PATIENCE = 30_000  # milliseconds; a page asks every 15 seconds whether its case has changed


@pytest.fixture
def person(chrome: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Give each person a browser of their own, with nothing kept from another."""
    opened = []

    def enter_as(user: str, **options: Any) -> Any:
        context = chrome.new_context(base_url=address, **options)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
        enter(page, address, user)
        return page

    yield enter_as
    for context in opened:
        context.close()


def do(page: Any, number: str, event: str, *, letter: bool = False, **fields: str) -> None:
    """Press the button of an act on the page of its case, fill the form in, send it."""
    page.goto(f"/cases/{number}")
    page.click(f"a[href='/cases/{number}/acts/{event}']")
    while page.locator("form details:not([open]) > summary").count():
        page.locator("form details:not([open]) > summary").first.click()
    for name, value in fields.items():
        field = page.locator(f"[name='f.{name}']").first
        kind = field.evaluate("node => node.tagName + ':' + (node.type || '')")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind == "INPUT:radio":
            page.check(f"[name='f.{name}'][value='{value}']")
        else:
            field.fill(value)
    if letter:
        page.set_input_files("input[type=file]", LETTER)
    page.click("main form button:not([class])")
    page.wait_for_url(RECORDED)


def confirm(page: Any, number: str) -> None:
    """Read a proposal as its second person and confirm it."""
    page.goto(f"/cases/{number}")
    page.click("a[href^='/proposals/']")
    page.click("main form button")
    page.wait_for_selector("main h2")
    page.click("main form button")
    page.wait_for_url(RECORDED)


def state(app: App, number: str) -> str:
    return str(show_case(app.office, number, CASEWORKER, NEXT_YEAR)["state"])


def walk_a_recommendation(app: App, person: Callable[..., Any], **options: Any) -> str:
    worker, issuer = person("caseworker-one", **options), person("commissioner", **options)
    secretary, second = person("secretary", **options), person("caseworker-two", **options)
    worker.goto("/new")
    worker.click("a[href='/new/recommendation']")
    worker.select_option("[name='f.channel']", "ombudsman")
    worker.fill("[name='f.title']", "Repair the roof of the isolation cells")
    worker.select_option("[name='f.addressee']", "synthetic_colony")
    worker.click("main form button:not([class])")
    worker.wait_for_url(RECORDED)
    number = str(worker.url.split("/")[-1].partition("?")[0])
    do(issuer, number, "approve")
    do(secretary, number, "issue", measurable="true")
    do(secretary, number, "record_service", letter=True)
    do(worker, number, "acknowledge")
    do(worker, number, "record_reply", letter=True)
    do(worker, number, "accept")
    do(worker, number, "start_implementation", due_on="2026-05-29")
    do(worker, number, "record_claim", letter=True)
    do(worker, number, "verify", letter=True)
    assert state(app, number) == "implementation_claimed"  # proposed, not done
    confirm(second, number)
    return number


def test_a_recommendation_from_draft_to_implemented_by_four_people(app: App, person: Callable[..., Any]) -> None:
    number = walk_a_recommendation(app, person)
    assert state(app, number) == "implemented"


def test_the_same_without_any_script(app: App, person: Callable[..., Any]) -> None:
    number = walk_a_recommendation(app, person, java_script_enabled=False)
    assert state(app, number) == "implemented"


def test_an_allegation_from_its_receipt_to_redress(app: App, person: Callable[..., Any]) -> None:
    for body in ("prosecutor", "prosecutor_general", "court"):
        add_body(app.office, {"id": body, "name": f"Synthetic {body}"}, CASEWORKER, MON_2_MAR)
    worker, second = person("caseworker-one"), person("caseworker-two")
    commissioner = person("commissioner")
    worker.goto("/new/allegation")
    worker.select_option("[name='f.channel']", "complaint")
    worker.select_option("[name='f.region']", "abai")
    worker.fill("[name='f.statement']", "A synthetic statement: beaten in the corridor.")
    worker.fill("[name='f.alleged_victim']", "Synthetic Person")
    worker.click("main form button:not([class])")
    worker.wait_for_url(RECORDED)
    number = str(worker.url.split("/")[-1].partition("?")[0])
    assert "beaten in the corridor" not in worker.content()
    do(worker, number, "register", consent="given", reprisal_risk="low")
    do(worker, number, "notify_prosecutor", authority="prosecutor")
    do(worker, number, "record_registration", register_number="77")
    do(worker, number, "open_investigation", qualification="146-2", investigator="prosecutor")
    do(worker, number, "send_to_court")
    do(worker, number, "convict")
    do(worker, number, "recognise_victim")
    do(worker, number, "apply")
    do(worker, number, "grant")
    do(worker, number, "record_payment", letter=True)
    do(worker, number, "plan_follow_up", due_on="2026-05-29")
    do(worker, number, "record_redress")
    assert state(app, number) == "redressed"
    do(worker, number, "close", reprisal_check="true")
    confirm(second, number)
    assert state(app, number) == "closed"
    commissioner.goto(f"/cases/{number}")
    assert "closed" in commissioner.locator(".states .badge").all_text_contents()
    assert "beaten in the corridor" not in commissioner.content()


def test_an_overdue_case_is_escalated_by_a_flow_run_while_its_page_is_open(
    app: App, person: Callable[..., Any], clock: Clock
) -> None:
    number = a_recommendation(app, "served").number
    clock.at = NEXT_YEAR
    page = person("caseworker-one")
    page.goto(f"/cases/{number}")
    assert "overdue" in page.content()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NPM_CASES_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "npm_cases", "run", "sweep", "--now", NEXT_YEAR.replace(".000000Z", "+00:00")],
        env={**kept, **environment_of(app.settings.data_dir), "NPM_CASES_LOG_LEVEL": "error"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    page.wait_for_selector("#news a", timeout=PATIENCE)
    page.click("#news a")
    page.wait_for_load_state()
    assert page.locator(".badge.state-escalated_to_ombudsman, .badge.state-at_superior_body").count() >= 1


def test_two_caseworkers_on_one_case(app: App, person: Callable[..., Any]) -> None:
    number = a_recommendation(app, "replied").number
    one, two = person("caseworker-one"), person("caseworker-two")
    one.goto(f"/cases/{number}/acts/reject")
    one.fill("[name='f.reasons']", "Typed for a quarter of an hour.")
    do(two, number, "record_meeting", happened_on="2026-03-01")
    one.click("main form button:not([class])")
    one.wait_for_selector(".since li")
    assert one.input_value("[name='f.reasons']") == "Typed for a quarter of an hour."
    assert state(app, number) == "replied"
    one.click("main form button:not([class])")
    one.wait_for_url(RECORDED)
    assert state(app, number) == "rejected"
    refused = [line for line in history(app.office, app.views, number, CASEWORKER) if line["type"] == "act_refused"]
    assert [line["facts"]["reasons"] for line in refused] == [["version_changed"]]


def test_one_key_leads_to_the_next_case(app: App, person: Callable[..., Any]) -> None:
    numbers = [a_recommendation(app, "served").number for _ in range(2)]
    page = person("caseworker-one")
    page.goto("/day")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/*")
    first = page.url.rpartition("/")[2]
    page.keyboard.press("n")
    page.wait_for_function(f"!location.pathname.endsWith('{first}')")
    assert {first, page.url.rpartition("/")[2].partition("?")[0]} == set(numbers)


def test_what_somebody_typed_is_never_run(app: App, person: Callable[..., Any]) -> None:
    """F50, the part a browser must show: text of people in titles, reasons and histories stays text."""
    attack = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'
    number = a_recommendation(app, "replied", title=attack).number
    allegation = an_allegation(app, statement=attack).number
    act(app.office, DoAct(number, "reject", CASEWORKER, MON_2_MAR, {"reasons": attack}))
    page = person("caseworker-one")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in (
        "/day",
        "/cases",
        f"/cases/{number}",
        f"/cases/{number}/why",
        f"/cases?words={attack}",
        f"/cases/{allegation}",
    ):
        page.goto(path)
        assert page.locator("img[src=x]").count() == 0
    page.goto(f"/cases/{number}")
    assert page.text_content("p.lead") == attack
    for ref in (number, allegation):
        page.goto(f"/cases/{ref}")
        page.click("form.open[action*='/texts/'] button >> nth=0")
        page.wait_for_selector("dd.as-typed")
        assert attack in page.locator("dd.as-typed").all_inner_texts(), ref
    assert dialogs == []


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_no_page_of_the_day_shuts_anybody_out(lang: str, app: App, person: Callable[..., Any]) -> None:
    """Axe finds nothing, in each language, in light and dark, on a phone and at 200 %."""
    number, allegation = a_recommendation(app, "replied").number, an_allegation(app).number
    act(app.office, DoAct(number, "reject", CASEWORKER, MON_2_MAR, {"reasons": "No money."}))
    act(app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR, {"reasons": "Synthetic."}))
    paths = (
        "/day", "/cases", f"/cases/{number}", f"/cases/{allegation}", f"/cases/{number}/why", f"/cases/{number}/beside",
        f"/cases/{allegation}/acts/register", "/new", "/new/allegation", "/new/recommendation", "/names", "/calendar",
        "/forecast?days=30", "/board", "/nowhere",
    )  # fmt: skip
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}}):
        page = person("caseworker-one", **options)
        page.click("details.me summary")
        page.click(f"button[value='{lang}']")
        page.wait_for_selector(f"html[lang={lang}]")
        for path in paths:
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == lang
            assert violations(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than the window"
