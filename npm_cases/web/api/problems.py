"""What went wrong, as a program reads it: application/problem+json (RFC 9457), with every reason of a refusal."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from npm_cases.domain.errors import CaseError, RefusedByRule
from npm_cases.web.api.caller import Unknown
from npm_cases.web.failures import said, status_of
from npm_cases.web.safety import with_headers
from state_machines.labels import LANGUAGES, Kind, label

TYPE = "urn:npm-cases:problem:"
MEDIA_TYPE = "application/problem+json"
UNUSABLE, UNKNOWN, UNFORESEEN = 422, 401, 500
TITLES: Mapping[int, str] = {
    400: "Not a request we can read", 401: "Say who you are", 403: "Not allowed", 404: "Not found", 405: "Not this method",
    409: "Somebody else was first", 413: "Too large", 415: "Not this media type", 422: "It cannot be done so",
    429: "Too many calls", 500: "Something went wrong here", 503: "Try again in a moment",
}  # fmt: skip


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Answer with a problem; ``more`` are its further members."""
    body = {"type": TYPE + code, "title": TITLES.get(status, "Problem"), "status": status, "detail": detail}
    response = JSONResponse(
        body | {name: value for name, value in more.items() if value}, status, media_type=MEDIA_TYPE
    )
    with_headers(response)
    if status == UNKNOWN:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def language(request: Request) -> str:
    """Return the first language of ours the caller accepts, English where there is none."""
    asked = (
        part.partition(";")[0].strip().lower()[:2] for part in request.headers.get("accept-language", "").split(",")
    )
    return next((lang for lang in asked if lang in LANGUAGES), "en")


def of_case_error(request: Request, error: Exception) -> JSONResponse:
    """Say a refusal of ours."""
    lang = language(request)
    status = UNKNOWN if isinstance(error, Unknown) else status_of(error)
    code = (error.code if isinstance(error, CaseError) else "") or type(error).__name__.lower()
    more: dict[str, Any] = {"field": error.field if isinstance(error, CaseError) else ""}
    if isinstance(error, RefusedByRule):
        more["reasons"] = [{"code": reason, "text": _reason(reason, lang)} for reason in error.reasons]
        more |= {"roles": list(error.roles), "permitted": list(error.permitted)}
    return problem(status, code.replace("_", "-"), said(error, lang), **more)


def _reason(reason: str, lang: str) -> str:
    try:
        return label(Kind.REASON, reason, lang)
    except LookupError:
        return reason


def of_request(_: Request, error: Exception) -> JSONResponse:
    """Say what a request lacks; what was given is not repeated, it may be somebody's words."""
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    wrong = [{"where": [str(part) for part in one["loc"]], "what": one["msg"]} for one in errors]
    return problem(UNUSABLE, "unusable-request", "The request does not have the form this call takes.", errors=wrong)


def of_http(_: Request, error: Exception) -> JSONResponse:
    """Say what the framework refuses: an address there is not, a method it does not have."""
    status = error.status_code if isinstance(error, HTTPException) else UNFORESEEN
    return problem(status, f"http-{status}", TITLES.get(status, "Problem"))
