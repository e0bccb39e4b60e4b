"""What machines ask: does the process live, can it serve, how does it fare. No sign-in, and no word of any case."""

import hmac

from starlette.responses import JSONResponse, PlainTextResponse, Response

from npm_cases import health
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say
from npm_cases.web.metrics_text import MEDIA_TYPE, metrics_text
from npm_cases.web.rates import is_loopback
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

BEARER = "Bearer "
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
NOT_READY = 503


def _lives(_: Visit) -> Response:
    return PlainTextResponse("ok\n")


def _ready(visit: Visit) -> Response:
    _need_watcher(visit)
    checks = health.readiness(visit.app, visit.at)
    is_ready = all(checks.values())
    return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else NOT_READY)


def _metrics(visit: Visit) -> Response:
    _need_watcher(visit)
    found = health.vitals(visit.app, visit.at)
    return PlainTextResponse(metrics_text(found, visit.requests, visit.at, visit.office.app), media_type=MEDIA_TYPE)


def _need_watcher(visit: Visit) -> None:
    """Let pass who holds the token; where none is set, this machine itself, but nothing a proxy on it passes on.

    Raises NotAllowed.
    """
    token = visit.app.settings.metrics_token
    if token is not None:
        given = visit.headers.get("authorization", "").removeprefix(BEARER)
        is_watcher = hmac.compare_digest(given.encode(), token.get_secret_value().encode())
    else:
        is_watcher = is_loopback(visit.address) and not any(name in visit.headers for name in PASSED_ON)
    if not is_watcher:
        raise NotAllowed(say("probe_shut"))


PAGES = (
    Page("healthz", "/healthz", None, Data.NONE, get=_lives),
    Page("readyz", "/readyz", None, Data.ENGINE, get=_ready),
    Page("metrics", "/metrics", None, Data.ENGINE, get=_metrics),
)
