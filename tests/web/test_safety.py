"""What a page lets through and what it never does: origins, forms of others, headers, methods, foreign hosts (F51, F59, F60)."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from npm_cases.bootstrap import App
from npm_cases.persistence.schema import metadata
from npm_cases.web.application import Web, build_web
from npm_cases.web.pages.all_pages import PAGES
from npm_cases.web.routes import Page
from npm_cases.web.safety import COOKIE, HEADERS
from tests.web.conftest import ADDRESS, Browser
from tests.web.forms import hidden

STATIC = Path(__file__).parents[2] / "npm_cases" / "web" / "static"
POSTS = [page for page in PAGES if page.post is not None]
GETS = [page for page in PAGES if page.get is not None]
NOT_A_PAGE = {"export_list": 404}
"""Where a form is sent to that reads as the address of a case there is not; elsewhere the method is refused."""
NOT_OPENED = {"audit_proof": 422, "readyz": 403, "metrics": 403}
"""Pages that open with a query, or for the machine itself."""
# fmt: off
FORGERIES = {
    "no token":            (lambda form: {k: v for k, v in form.items() if k != "csrf"}, {}),
    "a wrong token":       (lambda form: {**form, "csrf": "wrong"}, {}),
    "a foreign origin":    (lambda form: form, {"Origin": "https://evil.example"}),
    "no origin":           (lambda form: form, {"Origin": ""}),
    "an opaque origin":    (lambda form: form, {"Origin": "null"}),
    "a cross-site fetch":  (lambda form: form, {"Sec-Fetch-Site": "cross-site"}),
    "a same-site fetch":   (lambda form: form, {"Sec-Fetch-Site": "same-site"}),
}
# fmt: on


def address(page: Page, **there: str) -> str:
    """Return an address of a page; ``there`` names what is behind its parameters."""
    values = {"ref": "R-2026-000001", "event": "approve", "kind": "recommendation", "seq": "1", **there}
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found.group(1), "1"), page.path)


def everything(app: App) -> dict[str, Any]:
    """Return every row of every table but the sign-ins, whose last use is noted, and the name of every file beside them."""
    app.sequence()
    kept = [table for table in metadata.tables.values() if table.name != "sessions"]
    with app.database.connection() as connection:
        rows = {table.name: sorted(map(repr, connection.execute(table.select()))) for table in kept}
    beside = {str(path) for path in app.settings.data_dir.rglob("*") if not path.name.endswith(("-wal", "-shm"))}
    return {**rows, "files": sorted(beside)}


@pytest.mark.parametrize("page", [p for p in POSTS if p.roles is not None], ids=lambda page: page.name)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_form_is_refused(page: Page, forgery: str, shared_web: Starlette, there: Mapping[str, str]) -> None:
    browser = Browser(shared_web).enter("")  # who may do everything, so that only the forgery stands against it
    change, headers = FORGERIES[forgery]
    form = change({"csrf": browser.csrf})
    answer = browser.client.post(address(page, **there), data=form, headers=headers)
    assert answer.status_code == 403, (page.name, forgery)


def test_the_token_of_another_person_is_refused(web: Starlette) -> None:
    one, other = Browser(web).enter("caseworker-one"), Browser(web).enter("caseworker-two")
    answer = one.client.post("/sign-out", data={"csrf": other.csrf})
    assert answer.status_code == 403
    assert one.get("/cases").status_code == 200


@pytest.mark.parametrize("page", [p for p in POSTS if p.get is None], ids=lambda page: page.name)
def test_nothing_is_done_by_following_a_link(page: Page, shared_web: Starlette, there: Mapping[str, str]) -> None:
    answer = Browser(shared_web).enter("").client.get(address(page, **there), follow_redirects=False)
    assert answer.status_code == NOT_A_PAGE.get(page.name, 405)


@pytest.mark.parametrize("page", GETS, ids=lambda page: page.name)
def test_looking_at_a_page_changes_nothing(
    page: Page, shared_app: App, shared_web: Starlette, there: Mapping[str, str]
) -> None:
    browser = Browser(shared_web).enter("")
    before = everything(shared_app)
    answer = browser.client.get(address(page, **there), follow_redirects=False)
    assert answer.status_code in {200, 303, NOT_OPENED.get(page.name, 200)}
    assert everything(shared_app) == before


def test_a_form_that_is_no_form_is_refused(web: Starlette) -> None:
    browser = Browser(web).enter("caseworker-one")
    for kind in ("text/plain", "application/json"):
        answer = browser.client.post("/sign-out", content=f"csrf={browser.csrf}", headers={"Content-Type": kind})
        assert answer.status_code == 403


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_answer_carries_the_headers(page: Page, shared_web: Starlette) -> None:
    for browser in (Browser(shared_web), Browser(shared_web).enter("")):
        for method in page.methods:
            answer = browser.client.request(method, address(page), follow_redirects=False)
            missing = {name for name, value in HEADERS.items() if answer.headers.get(name) != value}
            assert not missing, (page.name, method, answer.status_code, missing)
            assert "Server" not in answer.headers


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser.client.post("/sign-in/sandbox", data={"user": "", "next": "/"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE.lower() + "=")
    for part in ("secure", "httponly", "path=/", "samesite=lax"):
        assert part in cookie
    assert "domain=" not in cookie
    assert COOKIE.startswith("__Host-")


def test_signing_out_clears_the_browser_and_ends_the_sign_in(web: Starlette) -> None:
    browser = Browser(web).enter("caseworker-one")
    kept = browser.client.cookies[COOKIE]
    answer = browser.client.post("/sign-out", data={"csrf": browser.csrf}, follow_redirects=False)
    assert "cookies" in answer.headers["clear-site-data"]
    again = Browser(web)
    again.client.cookies.set(COOKIE, kept, domain="testserver.local")
    assert again.client.get("/cases", follow_redirects=False, headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 303


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/ok"]
)
def test_signing_in_leads_to_our_own_pages_only(there: str, shared_web: Starlette) -> None:
    browser = Browser(shared_web)
    answer = browser.client.post("/sign-in/sandbox", data={"user": "", "next": there}, follow_redirects=False)
    assert answer.headers["location"] == (there if there == "/ok" else "/")


def test_vendored_files_are_the_ones_that_were_looked_at() -> None:
    listed = dict(reversed(line.split("  ")) for line in (STATIC / "SHA256SUMS").read_text().splitlines())
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name
    assert {path.name for path in STATIC.iterdir() if "min." in path.name} <= set(listed)


def test_no_page_names_another_host_and_no_markup_holds_a_script(shared_web: Starlette) -> None:
    browser = Browser(shared_web).enter("")
    for page in GETS:
        text = browser.get(address(page)).text
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), page.name
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", text), page.name


def test_a_method_a_page_does_not_have_is_refused(shared_web: Starlette) -> None:
    browser = Browser(shared_web).enter("")
    for method in ("PUT", "DELETE", "PATCH"):
        for page in PAGES:
            assert browser.client.request(method, address(page)).status_code in {404, 405}


def test_what_is_not_in_the_route_table_is_not_there(shared_web: Starlette) -> None:
    built: Web = shared_web.state.web
    served = {
        (route.path, tuple(sorted(route.methods - {"HEAD"})))
        for route in shared_web.routes
        if hasattr(route, "methods")
    }  # type: ignore[attr-defined]
    assert served == {(page.path, tuple(sorted(page.methods))) for page in built.routes.pages}


def test_an_unforeseen_failure_says_nothing_of_itself(as_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = as_user("caseworker-one")
    monkeypatch.setattr("npm_cases.web.pages.find.find", lambda *_: 1 / 0)
    answer = browser.get("/cases")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "Something went wrong" in answer.text
    assert ADDRESS not in answer.text


def test_a_grave_form_asks_for_a_fresh_factor_and_loses_nothing_typed(app: App, clock: Any) -> None:
    web = build_web(app, clock)
    browser = Browser(web).enter("administrator")
    clock.at = "2026-03-02T05:15:00.000000Z"  # a quarter of an hour later the factor is no longer fresh
    form = hidden(browser.get("/admin/new-user").text)
    typed = {**form, "user": "somebody-new", "name": "Synthetic name", "role": "participant"}
    asked = browser.client.post("/admin/new-user", data=typed)
    assert asked.status_code == 403
    assert "somebody-new" in asked.text
    renewed = browser.client.post("/renew", data=hidden(asked.text))
    assert "somebody-new" in renewed.text
    with app.office.open_reading() as work:
        assert not work.rows("users", {"id": "somebody-new"})
    again = browser.client.post("/admin/new-user", data=hidden(renewed.text))
    assert again.url.path == "/admin/users/somebody-new"
    assert again.status_code == 200
