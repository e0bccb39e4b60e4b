"""The pages of administration, registers and accounts in Chromium: axe finds nothing, in any language, light or dark, on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.office_acts import ROTATE_LOG_KEY, propose
from npm_cases.services.registers import add_place, record_visit
from npm_cases.services.watching import watch
from npm_cases.services.ways_in import invite
from npm_cases.web.application import build_web
from npm_cases.web.rendering import LANGUAGE_NAMES
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR
from tests.web.chromium import enter, served, violations
from tests.web.conftest import Clock, an_office

pytestmark = pytest.mark.browser
OF_ADMINISTRATORS = (
    "/admin", "/admin/mail", "/admin/users", "/admin/new-user", "/admin/users/secretary", "/office/proposals", "/me",
    "/me/password", "/me/tokens", "/visits", "/places", "/places/nine", "/bodies", "/posts", "/posts/board", "/regions",
    "/new-place", "/new-body",
)  # fmt: skip
OF_CASEWORKERS = ("/me", "/me/reads", "/new-visit", "/places?sort=due")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A sandbox with something on every page."""
    made = an_office(Path(tmp_path_factory.mktemp("looks")) / "data")
    watch(made.office, MON_2_MAR, 60)
    propose(made.office, ROTATE_LOG_KEY, ADMINISTRATOR, MON_2_MAR)
    add_place(made.office, {"id": "nine", "name": "Synthetic nine", "region": "abai"}, CASEWORKER, MON_2_MAR)
    record_visit(made.office, {"place": "nine", "kind": "special", "started_on": "2026-01-05"}, CASEWORKER, MON_2_MAR)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [*((lang, "light", 1200) for lang in LANGUAGE_NAMES), ("kk", "dark", 400)]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    lang: str, scheme: str, width: int, app: App, chrome: Any
) -> None:
    found: list[str] = []
    with served(build_web(app, Clock())) as address:
        for user, paths in (("administrator", OF_ADMINISTRATORS), ("caseworker-one", OF_CASEWORKERS)):
            page = chrome.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
            enter(page, address, user)
            page.goto(f"{address}/me")
            page.click(f"main button[value='{lang}']")
            found += [line for path in paths for line in _looked_at(page, f"{address}{path}", lang)]
            page.close()
        page = chrome.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        token = invite(app.office, "secretary", ADMINISTRATOR, MON_2_MAR).token
        found += _looked_at(page, f"{address}/invitations/{token}?lang={lang}", lang)
        page.close()
    assert found == []


def _looked_at(page: Any, address: str, lang: str) -> list[str]:
    answer = page.goto(address)
    assert answer.status == 200, address
    assert page.get_attribute("html", "lang") == lang
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{address}: {one}" for one in [*violations(page), *(["it is wider than the window"] if wide else [])]]
