"""A small sandbox served to a client: every person, body and case here is invented."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from npm_cases.bootstrap import App
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.registers import add_place
from npm_cases.services.users import AddUser, add_user
from npm_cases.services.ways_in import invite
from npm_cases.web.application import build_web
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR, a_recommendation, an_app
from tests.web.chromium import chromium, served

ADDRESS = "https://testserver"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
PEOPLE = {
    "caseworker-one": ("caseworker",),
    "caseworker-two": ("caseworker",),
    "secretary": ("secretariat",),
    "commissioner": ("commissioner",),
    "delegate": ("delegate",),
    "leader": ("group_leader",),
    "council": ("council",),
    "participant": ("participant",),
    "representative": ("representative",),
    "administrator": ("administrator",),
    "auditor": ("auditor",),
}


@dataclass
class Clock:
    """The clock of a test: it stands until it is set."""

    at: str = MON_2_MAR

    def __call__(self) -> str:
        return self.at


@dataclass
class Browser:
    """A client that behaves like a browser without scripts: it sends origin and cookie, and follows where it is sent."""

    web: Starlette
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.web, base_url=ADDRESS, headers={"Origin": ADDRESS}, raise_server_exceptions=False)

    def enter(self, user: str) -> "Browser":
        answer = self.client.post("/sign-in/sandbox", data={"user": user, "next": "/"}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, form_of: str = "", **more: Any) -> Any:
        """Send a form as its page would: with the word of this sign-in, and the key the page gave."""
        page = self.get(form_of or "/sign-in").text
        hidden = {"csrf": _CSRF.search(page), "key": _KEY.search(page)}
        given = {name: found.group(1) for name, found in hidden.items() if found}
        return self.client.post(path, data={**given, **(data or {})}, **more)

    @property
    def csrf(self) -> str:
        found = _CSRF.search(self.get("/sign-in").text)
        assert found, "nobody is signed in"
        return found.group(1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def an_office(folder: Path) -> App:
    """Make a sandbox with one person of each role."""
    made = an_app(folder)
    for user, roles in PEOPLE.items():
        regions = ("abai",) if user == "representative" else ()
        add_user(
            made.office,
            AddUser(user, roles, ADMINISTRATOR, MON_2_MAR, f"Synthetic {user}", language="en", regions=regions),
        )
    return made


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A sandbox with one person of each role, of this test alone."""
    made = an_office(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A sandbox with one case in it, for tests that change nothing."""
    made = an_office(tmp_path_factory.mktemp("shared") / "data")
    a_recommendation(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_web(shared_app: App) -> Starlette:
    return build_web(shared_app, Clock())


@pytest.fixture(scope="module")
def there(shared_app: App, shared_web: Starlette) -> Mapping[str, str]:
    """Put one thing behind every name an address takes, and say what each is called."""
    office, other = shared_app.office, a_recommendation(shared_app, "implemented").number
    add_place(office, {"id": "nine", "name": "Synthetic nine", "region": "abai"}, CASEWORKER, MON_2_MAR)
    letter = io.BytesIO(b"A synthetic letter.")
    document, _ = add_document(office, OnCase("R-2026-000001", CASEWORKER, MON_2_MAR), "letter.txt", letter)
    shared_app.checkpoint(MON_2_MAR)
    rows = {"file": ("rows.csv", b"channel,addressee,title,issued_on\nvisit,Synthetic ministry,Synthetic,2026-02-02\n")}
    upload = Browser(shared_web).enter("").post("/import", form_of="/import", files=rows).url.path
    return {
        "ref": "R-2026-000001", "event": "approve", "kind": "recommendation", "seq": "1", "number": "1", "form": "csv",
        "user": "secretary", "place": "nine", "post": "board", "document": document, "other": other,
        "upload": upload.rpartition("/")[2], "token": invite(office, "secretary", ADMINISTRATOR, MON_2_MAR).token,
        "approval": act(office, DoAct(other, "close", CASEWORKER, MON_2_MAR)).pending,
        "name": "recommendation", "register": "bodies",
    }  # fmt: skip


@pytest.fixture
def web(app: App, clock: Clock) -> Starlette:
    return build_web(app, clock)


@pytest.fixture
def browser(web: Starlette) -> Browser:
    """A browser nobody has signed in with."""
    return Browser(web)


@pytest.fixture
def as_user(web: Starlette) -> Any:
    """Give a browser of its own to each person that is asked for."""
    return lambda user: Browser(web).enter(user)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    """Chromium, started once for the tests of a module."""
    with chromium() as started:
        yield started


@pytest.fixture
def address(web: Starlette) -> Iterator[str]:
    """Where the sandbox of this test is served to Chromium."""
    with served(web) as found:
        yield found
