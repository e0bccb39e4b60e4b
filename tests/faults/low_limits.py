"""A program that sweeps or imports with little memory or few file handles left, and tells what went wrong as a command does.

``python -m tests.faults.low_limits JOB FOLDER LIMIT EXTRA``: the limit is set to what the program has when it is ready, and
so many mebibytes or handles more.
"""

import gc
import os
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from npm_cases.bootstrap import App, build
from npm_cases.cli.failures import exit_code, tell
from npm_cases.services.import_rows import import_rows
from npm_cases.services.sweep import sweep
from tests.makers import CASEWORKER, MON_2_MAR, a_row, settings_of

NOW = "2027-09-07T06:00:00.000000Z"
ROWS = 300
MEBIBYTE = 1024 * 1024


def run_sweep(app: App) -> None:
    sweep(app.office, NOW)


def run_import(app: App) -> None:
    import_rows(app.office, (a_row(number) for number in range(1_000, 1_000 + ROWS)), CASEWORKER, MON_2_MAR)


JOBS: Mapping[str, Callable[[App], None]] = {"sweep": run_sweep, "import": run_import}


def limit_memory(extra: int) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + extra * MEBIBYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def limit_handles(extra: int) -> None:
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + extra, free + extra))


LIMITS = {"memory": limit_memory, "handles": limit_handles}


def main(job: str, folder: str, limit: str, extra: str) -> int:
    app = build(settings_of(Path(folder)))
    app.close()  # what is kept open is opened again under the limit
    gc.collect()
    LIMITS[limit](int(extra))
    try:
        JOBS[job](app)
    except Exception as error:  # noqa: BLE001 - told as the command line tells it
        tell(error, as_json=False)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
