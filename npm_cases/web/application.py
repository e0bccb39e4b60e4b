"""The web application: the route table served, each request with its sign-in, its origin and its rights checked first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from npm_cases.bootstrap import App
from npm_cases.domain import access
from npm_cases.domain.errors import CaseError, NotAllowed
from npm_cases.services.sessions import Session, is_fresh, resume
from npm_cases.web.api.application import build_api
from npm_cases.web.api.problems import TITLES, problem
from npm_cases.web.counting import Counting, Requests
from npm_cases.web.failures import said, status_of
from npm_cases.web.last_resort import LastResort
from npm_cases.web.pages.all_pages import PAGES
from npm_cases.web.rates import Rates, address_of
from npm_cases.web.rendering import LANGUAGE_NAMES, Speaker
from npm_cases.web.routes import Data, Handler, Page, Routes
from npm_cases.web.safety import COOKIE, need_own_form, need_own_origin, with_headers
from npm_cases.web.visit import Visit, as_query

Clock = Callable[[], str]
"""Returns the present instant as UTC text."""

MOST_FIELDS, MOST_FILES = 400, 20
LARGEST_FIELD = 1024 * 1024
SEE_OTHER, FORBIDDEN, UNREADABLE, UNKNOWN, TOO_LARGE = 303, 403, 400, 401, 413
NOWHERE = Page("nowhere", "/nowhere", None, Data.NONE)


@dataclass(frozen=True)
class Web:
    """What every request is served with."""

    app: App
    routes: Routes
    clock: Clock
    requests: Requests = field(default_factory=Requests)
    rates: Rates = field(default_factory=Rates)

    def speaker(self, lang: str) -> Speaker:
        """Return what says things in a language."""
        return Speaker(lang, self.app.office.pack)


def build_web(app: App, clock: Clock) -> Starlette:
    """Put the application together over an installation: the pages, what they load, and the JSON API beside them."""
    web = Web(app, Routes(PAGES), clock)
    routes = [
        Route(page.path, partial(_endpoint, web, page), methods=list(page.methods), name=page.name)
        for page in web.routes.pages
    ]
    static = Mount("/static", _Static(directory=Path(str(resources.files("npm_cases.web"))) / "static"), name="static")
    api = Mount("/api/v1", build_api(app, clock, web.rates), name="api")
    handlers: Mapping[Any, Any] = {HTTPException: partial(_plain_failure, web)}
    counting = Middleware(Counting, requests=web.requests)
    last = Middleware(LastResort, answer=partial(_unforeseen, web))
    made = Starlette(routes=[*routes, static, api], exception_handlers=handlers, middleware=[counting, last])
    made.state.web = web
    return made


class _Static(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        return with_headers(super().file_response(*args, **kwargs), is_static=True)


async def _endpoint(web: Web, page: Page, request: Request) -> Response:
    if request.method == "POST" and page.roles is not None:  # nobody unknown has files read and kept
        visit = _visit(web, page, request, FormData())
        if await run_in_threadpool(_session, web, request, visit.at) is None:
            return with_headers(_to_sign_in(visit))
    try:
        form = await _form_of(request, page)
    except (MultiPartException, HTTPException) as error:
        status = error.status_code if isinstance(error, HTTPException) else UNREADABLE
        return _failed(_visit(web, page, request, FormData()), error, status)
    try:
        return await run_in_threadpool(_served, web, page, request, form)
    finally:
        await form.close()


async def _form_of(request: Request, page: Page) -> FormData:
    if request.method != "POST":
        return FormData()
    if page.roles is None and request.headers.get("content-type", "").startswith("multipart/"):
        raise HTTPException(TOO_LARGE)  # no page for people not signed in takes a file
    return await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)


def _served(web: Web, page: Page, request: Request, form: FormData) -> Response:
    web.app.renew()
    visit = _visit(web, page, request, form)
    try:
        _recognise(web, visit, request)
        handler = _checked(visit, request)
        return with_headers(handler(visit))
    except CaseError as error:
        return _failed(visit, error, status_of(error))


def _visit(web: Web, page: Page, request: Request, form: FormData) -> Visit:
    lang = request.query_params.get("lang", "")
    return Visit(
        app=web.app, routes=web.routes, page=page, at=web.clock(),
        speaker=web.speaker(lang if lang in LANGUAGE_NAMES else web.app.settings.language),
        path={name: str(value) for name, value in request.path_params.items()}, query=dict(request.query_params),
        form=form, is_fragment="hx-request" in request.headers and "hx-boosted" not in request.headers,
        address=request.client.host if request.client else "",
        headers=request.headers, requests=web.requests, rates=web.rates,
        token=request.cookies.get(COOKIE, ""), target=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )  # fmt: skip


def _session(web: Web, request: Request, at: str, *, touch: bool = True) -> Session | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        return resume(web.app.office, token, at, touch=touch)
    except NotAllowed:
        return None


def _recognise(web: Web, visit: Visit, request: Request) -> None:
    """Put into a visit who is signed in, and from then on speak their language."""
    visit.session = _session(web, request, visit.at, touch=not visit.page.unattended)
    if visit.session is not None:
        visit.speaker = web.speaker(visit.session.language or visit.lang)


def _checked(visit: Visit, request: Request) -> Handler:
    """Return the handler of a request that may be served: signed in, by role, from our own page, with a fresh factor."""
    if visit.page.roles is not None and visit.session is None:
        return _to_sign_in
    if visit.page.roles is not None:
        access.need_role(visit.actor, visit.page.roles, "open this page")
    if request.method != "POST":
        return _must(visit.page.get)
    need_own_origin(request)
    if visit.page.rated:
        visit.rates.count(visit.page.name, address_of(request))
    if visit.session is not None:
        need_own_form(visit.session.csrf, visit.form)
        if visit.page.grave and not is_fresh(visit.office, visit.session, visit.at):
            return _to_renew
    return _must(visit.page.post)


def _must(handler: Handler | None) -> Handler:
    if handler is None:
        raise RuntimeError("the router let a method through that the page does not have")
    return handler


def _to_sign_in(visit: Visit) -> Response:
    if visit.is_fragment:  # a part of a page that is shown already: the whole page goes to the sign-in
        return Response(status_code=UNKNOWN, headers={"HX-Redirect": visit.url("sign_in")})
    return RedirectResponse(f"{visit.url('sign_in')}?{as_query({'next': visit.target})}", SEE_OTHER)


def _to_renew(visit: Visit) -> Response:
    """Ask for a fresh second factor, and carry along what was typed."""
    return visit.render("renew.html", FORBIDDEN, wrong="", kept=visit.typed())


def _failed(visit: Visit, error: BaseException, status: int) -> Response:
    return with_headers(visit.render("failed.html", status, code=status, said=said(error, visit.lang)))


async def _plain_failure(web: Web, request: Request, error: HTTPException) -> Response:
    """Answer for an address there is not, or a method it does not have; says nothing of who may open what."""
    visit = _visit(web, NOWHERE, request, FormData())
    await run_in_threadpool(_recognise, web, visit, request)
    answer = _failed(visit, error, error.status_code)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _unforeseen(web: Web, scope: Scope, status: int) -> Response:
    """Say only that something happened: to programs as a problem, to people as a page."""
    if scope["path"].startswith("/api/"):
        return problem(status, f"http-{status}", TITLES[status])
    return _failed(_visit(web, NOWHERE, Request(scope), FormData()), CaseError(), status)
