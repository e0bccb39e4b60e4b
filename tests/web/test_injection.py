"""Payloads in every field and parameter, every page rendered: nothing is run or evaluated (F50, F54, F55, F58)."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from starlette.applications import Starlette

from npm_cases.bootstrap import App
from npm_cases.services.act import DoAct, act
from npm_cases.services.finding import Wanted
from npm_cases.services.preferences import save_filter
from npm_cases.services.registers import add_body, add_place
from npm_cases.services.users import AddUser, add_user
from npm_cases.web.application import build_web
from npm_cases.web.pages.all_pages import PAGES
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR, a_recommendation, an_allegation
from tests.web.conftest import Browser, Clock, an_office
from tests.web.test_safety import address

# fmt: off
SCRIPTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "<svg/onload=alert(1)>",
    "javascript:alert(1)", "</title><script>alert(1)</script>", "<iframe srcdoc=x>", "--><script>alert(1)</script>",
)
TEMPLATES = ("{{7*7}}", "${7*7}", "{% for x in y %}", "{0.__class__}", "#{7*7}", "%(x)s", "{n}")
STATEMENTS = (
    "' OR '1'='1", "1; DROP TABLE cases", "') UNION SELECT token_hash FROM users --", "%", "_", "\\", "x' AND sleep(9)='",
    "\x1b[2J\r\nX: y",
)
# fmt: on
RUN = {"text", "execute", "exec_driver_sql"}
ALIVE = re.compile(
    r"<script>|<script(?! src=)|<img src=x|<svg/onload|<iframe|onerror=alert(?![^<]*&gt;)|' onmouseover='"
)
EVIL = " ".join((*SCRIPTS, *TEMPLATES))


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Starlette]]:
    app = an_office(tmp_path_factory.mktemp("poisoned") / "data")
    add_body(app.office, {"id": "evil", "name": EVIL}, CASEWORKER, MON_2_MAR)
    add_place(app.office, {"id": "evil", "name": EVIL, "region": "abai"}, CASEWORKER, MON_2_MAR)
    add_user(
        app.office, AddUser("evil", ("caseworker",), ADMINISTRATOR, MON_2_MAR, name=EVIL, email="evil@office.example")
    )
    number = a_recommendation(app, "replied", title=EVIL, addressee="evil", place="evil").number
    act(app.office, DoAct(number, "reject", CASEWORKER, MON_2_MAR, {"reasons": EVIL}))
    act(app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR, {"reasons": EVIL}))
    an_allegation(app, statement=EVIL, alleged_victim=EVIL)
    save_filter(app.office, EVIL[:50], f"words={EVIL}", CASEWORKER, MON_2_MAR)
    yield app, build_web(app, Clock())
    app.close()


def pages(browser: Browser) -> Iterator[tuple[str, Any]]:
    for page in PAGES:
        if page.get is not None:
            yield page.name, browser.get(address(page, user="evil", place="evil"))


@pytest.mark.parametrize("user", ["caseworker-one", "administrator", "auditor", "commissioner", "evil"])
def test_what_people_wrote_is_shown_as_they_wrote_it(user: str, poisoned: tuple[App, Starlette]) -> None:
    browser = Browser(poisoned[1]).enter(user)
    seen = 0
    for name, answer in pages(browser):
        assert answer.status_code < 500, name
        if "text/html" in answer.headers["content-type"]:
            assert not ALIVE.search(answer.text), (name, ALIVE.search(answer.text))
            seen += "&lt;script&gt;alert(1)" in answer.text
    assert seen > 0


def test_opened_text_and_a_proposal_are_text_too(poisoned: tuple[App, Starlette]) -> None:
    browser = Browser(poisoned[1]).enter("caseworker-two")
    opened = browser.client.post("/cases/A-2026-000001/texts/1", data={"csrf": browser.csrf, "reason": "casework"})
    proposal = browser.get("/cases/R-2026-000001").text.partition("/proposals/")[2].partition('"')[0]
    exact = browser.client.post(f"/proposals/{proposal}/exact", data={"csrf": browser.csrf})
    for text in (opened.text, exact.text):
        assert "&lt;script&gt;alert(1)" in text
        assert not ALIVE.search(text)
        assert "{{7*7}}" in text
        assert "${49}" not in text


@pytest.mark.parametrize(
    "name", [one.name for one in fields(Wanted)] + ["month", "days", "by", "at", "lang", "next", "whose"]
)
def test_no_parameter_reaches_the_database_or_the_page_as_more_than_a_value(
    name: str, poisoned: tuple[App, Starlette]
) -> None:
    app, web = poisoned
    browser = Browser(web).enter("caseworker-one")
    paths = ("/cases", "/day", "/calendar", "/forecast", "/board", "/cases/R-2026-000001/why", "/sign-in", "/day/next")
    for payload in (*STATEMENTS, *SCRIPTS, *TEMPLATES):
        for path in paths:
            answer = browser.get(path, params={name: payload})
            assert answer.status_code < 500, (path, name, payload)
            assert not ALIVE.search(answer.text), (path, name, payload)
            assert "49" not in answer.text.partition("<h1>")[2].partition("</h1>")[0]
    with app.office.open_reading() as work:
        assert len(work.rows("users")) > 5


def test_a_name_of_a_file_ends_no_header_early(poisoned: tuple[App, Starlette]) -> None:
    app, web = poisoned
    browser = Browser(web).enter("caseworker-one")
    number = a_recommendation(app).number
    for given in ('a"; filename="b.exe', "x\r\nSet-Cookie: a=b", "../../etc/passwd", "қағаз \u202etxt.exe", "nul.txt"):
        files = {"file": (given, b"A synthetic letter.", "text/plain")}
        browser.client.post(f"/cases/{number}/beside/document", data={"csrf": browser.csrf, "key": given}, files=files)
    page = browser.get(f"/cases/{number}").text
    ids = dict.fromkeys(re.findall(rf"/cases/{number}/documents/([0-9a-f]+)", page))
    assert len(ids) >= 4
    for document in ids:
        got = browser.client.post(
            f"/cases/{number}/documents/{document}", data={"csrf": browser.csrf, "reason": "casework"}
        )
        said = got.headers["content-disposition"]
        assert said.startswith("attachment; filename=")
        assert said.count('"') == 2
        assert "/" not in said.partition("''")[0]
        assert "set-cookie" not in got.headers


def test_statements_are_never_built_by_formatting() -> None:
    """F54, the static part: no SQL is made by putting a value into its text."""
    import ast
    from pathlib import Path

    guilty = []
    for path in (Path(__file__).parents[2] / "npm_cases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            if isinstance(node, ast.Call) and getattr(called, "id", getattr(called, "attr", "")) in RUN:
                guilty += [
                    f"{path.name}:{node.lineno}" for one in node.args if isinstance(one, ast.JoinedStr | ast.BinOp)
                ]
    # revisions and views name our own tables and columns, never a value
    assert [
        one for one in guilty if not re.match(r"(0\d\d\d_|roles|migrate|search_index|truncating|database|copying)", one)
    ] == []
