"""Logs: one JSON line per event on stderr, with an allow-list of keys, so no case text can leak.

Our own lines come through structlog, those of libraries (Prefect, uvicorn) through ``Lines``; both look the same.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
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


class Lines(logging.Formatter):
    """Writes a record of the standard library as our own lines are written; what Prefect adds beside the run's id is dropped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None).isoformat() + "Z",
            **{name: str(value) for name, value in vars(record).items() if name in ALLOWED},
        }  # fmt: skip
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(only_allowed(None, "", line), ensure_ascii=False, sort_keys=True)


def configure(level: str) -> None:
    """Set up logging for a process; may be called again."""
    logging.getLogger("npm_cases").setLevel(level.upper())
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(Lines())  # what nobody else writes: warnings and errors of libraries
    if level != _Lazy.level:
        _Lazy.level, _Lazy.ready = level, False


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
