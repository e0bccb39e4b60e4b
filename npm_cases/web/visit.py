"""One request as a page sees it: who asks, when, for what, in which language, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.documents import Upload
from npm_cases.services.ports import Office
from npm_cases.services.sessions import Session
from npm_cases.web.counting import Requests
from npm_cases.web.rates import Rates
from npm_cases.web.rendering import Speaker, render
from npm_cases.web.routes import Page, Routes

SEE_OTHER = 303


@dataclass
class Visit:
    """What a page works with. ``session`` is None for people not signed in; ``at`` is the present instant (UTC text)."""

    app: App
    routes: Routes
    page: Page
    at: str
    speaker: Speaker
    session: Session | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: FormData = field(default_factory=FormData)
    is_fragment: bool = False
    address: str = ""
    target: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    requests: Requests = field(default_factory=Requests, repr=False)
    rates: Rates = field(default_factory=Rates, repr=False)
    token: str = field(default="", repr=False)

    @property
    def office(self) -> Office:
        """The office the use cases work in."""
        return self.app.office

    @property
    def actor(self) -> Actor:
        """Who asks; raises RuntimeError on a page for people not signed in."""
        if self.session is None:
            raise RuntimeError(f"the page {self.page.name} asks who is there, and is open to everybody")
        return self.session.actor

    @property
    def lang(self) -> str:
        """The reader's language."""
        return self.speaker.lang

    def given(self, name: str) -> str:
        """Return a field of the form as it was typed, without the blanks around it; empty where there is none."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def chosen(self, name: str) -> list[str]:
        """Return every value of a field that may be given several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def fields(self, prefix: str) -> dict[str, str]:
        """Return the filled fields of the form whose names begin with a prefix, without it."""
        return {
            name.removeprefix(prefix): value.strip()
            for name, value in self.form.items()
            if isinstance(value, str) and name.startswith(prefix) and value.strip()
        }

    def typed(self, prefix: str = "") -> list[tuple[str, str]]:
        """Return what was typed into a form, in its order, without the word of the sign-in; of a prefix, without it."""
        pairs = [(name, value) for name, value in self.form.multi_items() if isinstance(value, str)]
        return [
            (name.removeprefix(prefix), value) for name, value in pairs if name.startswith(prefix) and name != "csrf"
        ]

    def uploads(self, name: str) -> tuple[Upload, ...]:
        """Return the files given in a field of the form; a field left empty gives none."""
        files = [one for one in self.form.getlist(name) if isinstance(one, UploadFile) and one.filename]
        return tuple((str(one.filename), one.file) for one in files)

    def one_upload(self, name: str) -> Upload:
        """Return the one file of a field.

        Raises BadInput where none was given.
        """
        found = self.uploads(name)
        if not found:
            raise BadInput(say("file_needed"))
        return found[0]

    def url(self, name: str, **params: str) -> str:
        """Return the address of a page."""
        return self.routes.url(name, **params)

    def may(self, name: str) -> bool:
        """Say whether the visitor's roles open a page."""
        roles = self.routes.by_name[name].roles
        return roles is None or (self.session is not None and not self.session.actor.roles.isdisjoint(roles))

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """Answer with a page."""
        return HTMLResponse(render(template, self.speaker, self.url, {"visit": self, **values}), status)

    def go(self, name: str, query: str = "", **params: str) -> Response:
        """Send the browser on to a page after something was done."""
        return RedirectResponse(self.url(name, **params) + (f"?{query}" if query else ""), SEE_OTHER)


def as_query(values: Mapping[str, str | int]) -> str:
    """Write values as the query of an address; empty ones are left out."""
    from urllib.parse import urlencode

    return urlencode({name: value for name, value in values.items() if value not in ("", 0, None)})
