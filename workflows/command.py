"""Prefect's own command line as a process of ours: ``python -m workflows.command server start ...``.

What goes wrong outside its log is a line of the log too, and not a page of text.
"""

import logging
import sys
from types import TracebackType

from config.logging import Lines


def main() -> None:
    """Run Prefect's command with this process's arguments."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _say
    from prefect.cli import app

    app()


def _say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    record = logging.LogRecord(
        "prefect.command", logging.CRITICAL, __file__, 0, "the process ends", None, (kind, error, trace)
    )
    sys.stderr.write(Lines().format(record) + "\n")


if __name__ == "__main__":
    main()
