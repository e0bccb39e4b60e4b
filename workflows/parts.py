"""What every flow needs: the installation, the present instant, and a log that names the run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import structlog
from prefect.runtime import flow_run

from config.logging import configure, logger
from config.settings import read_settings
from npm_cases.bootstrap import App, build_for_life
from npm_cases.domain.instants import as_text
from npm_cases.services.passing import present

RETRIES = 3
RETRY_DELAYS: list[float] = [60, 600, 3600]


def installation() -> App:
    """Return the installation, built once per process, as it works by the policy in force."""
    app = _built()
    app.renew()
    return app


@cache
def _built() -> App:
    settings = read_settings()
    configure(settings.log_level)
    return build_for_life(settings)


def now_text() -> str:
    """Return the present instant as UTC text; raises ClockWrong where another clock speaks against it."""
    app = installation()
    return app.checked(present(app.office, as_text(datetime.now(UTC))))


@contextmanager
def logged(flow: str) -> Iterator[Any]:
    """Bind the flow and its run to every log line inside; case text never gets here."""
    with structlog.contextvars.bound_contextvars(flow=flow, flow_run_id=str(flow_run.get_id() or "none")):
        log = logger()
        log.debug("flow begins")
        yield log
