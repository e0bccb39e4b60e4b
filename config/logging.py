"""Logs through structlog: one JSON line per event on stderr, with an allow-list of keys, so no case text can leak."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "case_id", "flow_run_id", "flow", "batch", "counts", "count", "kind",
        "stage", "code", "seconds", "subject", "findings", "events", "state", "machine", "error", "port", "url", "pid",
        "exception", "message_id", "outcome", "revision", "path", "address",
    }
)  # fmt: skip


def only_allowed(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list: what is not named here is not logged."""
    return {name: value for name, value in line.items() if name in ALLOWED}


def configure(level: str) -> None:
    """Set up logging for a process; may be called again."""
    logging.getLogger("npm_cases").setLevel(level.upper())
    _Lazy.level = level


class _Lazy:
    level = "info"
    ready = False


def logger() -> Any:
    """Return the structured logger; structlog is loaded when first used, because most commands log nothing."""
    import structlog

    if not _Lazy.ready:
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                only_allowed,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(_Lazy.level.upper())),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
            cache_logger_on_first_use=False,
        )
        _Lazy.ready = True
    return structlog.get_logger("npm_cases")
