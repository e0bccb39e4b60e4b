"""The JSON application: its routes with their rights, its OpenAPI document, and the page that explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from npm_cases import __version__
from npm_cases.bootstrap import App
from npm_cases.domain import access
from npm_cases.domain.errors import CaseError
from npm_cases.domain.rights import ACTORS, EVERYBODY, RIGHTS
from npm_cases.services.api_tokens import Scope
from npm_cases.web.api import cases, models, problems, proofs, rules
from npm_cases.web.api.caller import Right, Rights, known
from npm_cases.web.rates import Rates
from npm_cases.web.rendering import Speaker, render
from npm_cases.web.safety import with_headers

REGISTERING = RIGHTS["add a body"] | RIGHTS["record a visit"]
WITHOUT_BODY = frozenset({"GET", "HEAD"})
WHAT = "Follow-up of recommendations and torture allegations: the same use cases as on the pages and the command line."


@dataclass(frozen=True)
class Call:
    """One call: what is not in this table is not served, and none is served without its right."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    right: Right
    status: int = 200


READ, ACT, TEXT, AUDIT = Scope.READ, Scope.ACT, Scope.TEXT, Scope.AUDIT
# fmt: off
CALLS = (
    #    METHOD  PATH                                     ENDPOINT                SCOPE, ROLES
    Call("GET",  "/cases",                                cases.list_cases,       Right(READ, access.READERS)),
    Call("POST", "/cases",                                cases.create,           Right(ACT, RIGHTS["create a case"]), 201),
    Call("GET",  "/cases/{ref}",                          cases.show_case,        Right(READ, access.READERS)),
    Call("GET",  "/cases/{ref}/history",                  cases.history,          Right(READ, access.READERS)),
    Call("GET",  "/cases/{ref}/explanation",              cases.explained,        Right(READ, access.READERS)),
    Call("POST", "/cases/{ref}/acts",                     cases.do_act,           Right(ACT, ACTORS)),
    Call("POST", "/cases/{ref}/assignment",               cases.assign,           Right(ACT, RIGHTS["assign a case"])),
    Call("POST", "/cases/{ref}/links",                    cases.link,             Right(ACT, RIGHTS["link cases"])),
    Call("POST", "/cases/{ref}/suspensions",              cases.suspend,          Right(ACT, RIGHTS["suspend a clock"])),
    Call("POST", "/cases/{ref}/resumptions",              cases.resume,           Right(ACT, RIGHTS["resume a clock"])),
    Call("POST", "/cases/{ref}/consents",                 cases.consent,          Right(ACT, RIGHTS["record consent"])),
    Call("POST", "/cases/{ref}/documents",                cases.add_document,     Right(ACT, RIGHTS["add a document"]), 201),
    Call("POST", "/cases/{ref}/documents/{document}/readings", cases.open_document, Right(TEXT, RIGHTS["open a document"])),
    Call("POST", "/cases/{ref}/events/{seq}/readings",    cases.open_text,        Right(TEXT, RIGHTS["open protected text"])),
    Call("GET",  "/cases/{ref}/events/{seq}/proof",       proofs.proof,           Right(AUDIT, access.READERS)),
    Call("POST", "/proposals/{approval}/confirmation",    cases.confirm_act,      Right(ACT, ACTORS)),
    Call("GET",  "/machines/{name}",                      rules.machine,          Right(READ, EVERYBODY)),
    Call("GET",  "/deadline",                             rules.deadline,         Right(READ, EVERYBODY)),
    Call("GET",  "/registers/{register}",                 rules.list_register,    Right(READ, RIGHTS["list a register"])),
    Call("POST", "/registers/{register}",                 rules.add_to_register,  Right(ACT, REGISTERING), 201),
    Call("GET",  "/history",                              proofs.search,          Right(AUDIT, RIGHTS["search the history"])),
    Call("GET",  "/readings",                             proofs.who_read,        Right(AUDIT, RIGHTS["see who read protected text"])),
    Call("GET",  "/checkpoints",                          proofs.checkpoints,     Right(AUDIT, EVERYBODY)),
)
# fmt: on
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.Problem, "description": problems.TITLES[status], "content": {problems.MEDIA_TYPE: {}}}
    for status in (401, 403, 404, 409, 413, 422, 429, 503)
}


def build_api(app: App, clock: Callable[[], str], rates: Rates) -> FastAPI:
    """Put the JSON application together over an installation; it is mounted under /api/v1."""
    made = FastAPI(
        title="npm-cases", version=__version__, description=WHAT, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", servers=[{"url": "/api/v1"}], redirect_slashes=False,
    )  # fmt: skip
    made.state.rights = Rights(app, clock, rates, {call.endpoint: call.right for call in CALLS})
    made.state.speaker = Speaker("en", app.office.pack)
    for call in CALLS:
        made.add_api_route(
            call.path, call.endpoint, methods=[call.method], status_code=call.status, responses=_PROBLEMS,
            operation_id=call.endpoint.__name__, openapi_extra=_extra(call),
        )  # fmt: skip
    made.add_route("/docs", _documentation, include_in_schema=False)
    made.add_exception_handler(CaseError, problems.of_case_error)
    made.add_exception_handler(RequestValidationError, problems.of_request)
    made.add_exception_handler(HTTPException, problems.of_http)
    made.add_exception_handler(Exception, problems.of_http)
    made.middleware("http")(_with_headers)
    _describe_security(made)
    return made


def _extra(call: Call) -> dict[str, Any]:
    right = call.right
    return {"security": [{"token": []}], "x-scope": right.scope.value, "x-roles": sorted(right.roles)}


def _describe_security(made: FastAPI) -> None:
    """Say in the OpenAPI document how a caller says who they are."""
    document = made.openapi()
    scheme = {"type": "http", "scheme": "bearer", "description": "A token of one person, for the scopes it names."}
    document.setdefault("components", {})["securitySchemes"] = {"token": scheme}
    made.openapi_schema = document


async def _with_headers(request: Request, answer: Callable[[Request], Any]) -> Response:
    if request.method not in WITHOUT_BODY:  # before anything of it is read and kept
        refused = await run_in_threadpool(_unknown, request)
        if refused is not None:
            return refused
    response: Response = await answer(request)
    return with_headers(response)


def _unknown(request: Request) -> Response | None:
    """Return the refusal of a caller whose token opens nothing, None for one that is known."""
    rights: Rights = request.app.state.rights
    try:
        known(request, rights)
    except CaseError as error:
        return problems.of_case_error(request, error)
    return None


def _documentation(request: Request) -> Response:
    """Explain every call on one page, from the OpenAPI document; nothing is loaded from anywhere else."""
    state = request.app.state
    calls = [
        {"method": call.method, "path": call.path, "right": call.right, "says": (call.endpoint.__doc__ or "").strip()}
        for call in CALLS
    ]
    return HTMLResponse(render("api.html", state.speaker, lambda name: f"/{name}", {"calls": calls}))
