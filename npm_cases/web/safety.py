"""What keeps a browser from being used against its owner: headers, cookies, and where a form may come from."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say

COOKIE = "__Host-npm-cases"
ONE_YEAR_SECONDS = 31_536_000
SOURCES = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "object-src": "'none'",
}  # fmt: skip
POLICY = "; ".join(f"{what} {where}" for what, where in SOURCES.items())
"""Nothing from anywhere else, no script and no style inside a page; data: are the small marks of the style sheet."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": f"max-age={ONE_YEAR_SECONDS}; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser names no origin on a form, and every form is refused
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Every answer carries these; a file of the program itself may be kept by the browser instead."""
STATIC_CACHE = "public, max-age=86400"
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


def with_headers(response: Response, *, is_static: bool = False) -> Response:
    """Put the headers on an answer."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if is_static:
        response.headers["Cache-Control"] = STATIC_CACHE
    return response


def keep_cookie(response: Response, token: str) -> None:
    """Give the browser the name of its sign-in; no script reads it, and other sites send it with a followed link alone."""
    response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(response: Response) -> None:
    """Take the cookie away, and whatever else the browser kept of us."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA


def need_own_origin(request: Request) -> None:
    """Let pass only what one of our own pages sent.

    Raises NotAllowed. Every browser names the origin of a form it posts; what names none is no browser.
    """
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"} or urlsplit(origin).netloc != request.headers.get("host", ""):
        raise NotAllowed(say("foreign_form"))


def need_own_form(expected: str, form: Mapping[str, Any]) -> None:
    """Let pass only a form that carries the word of this very sign-in; raises NotAllowed."""
    given = str(form.get("csrf", ""))
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise NotAllowed(say("form_of_another"))
