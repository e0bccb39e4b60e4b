"""The watcher outside Prefect: does it answer, is a run of ours in trouble, has anybody swept?"""

import os
import time
from datetime import UTC, datetime

from npm_cases.bootstrap import App
from npm_cases.domain.errors import TryAgain
from npm_cases.services.flow_runs import report_runs, report_silence
from npm_cases.services.watching import watch

PAUSE_SECONDS = 5.0


def look_once(app: App, now: str, patience: float) -> list[str]:
    """Raise an incident for everything that is wrong and return their ids; a server may be silent for ``patience`` seconds.

    Without a PREFECT_API_URL only the sweeps are looked at.
    """
    found = [watch(app.office, now, app.settings.stale_sweep_seconds)]
    if os.environ.get("PREFECT_API_URL"):
        found += _of_prefect(app, now, time.monotonic() + patience)
    return list(filter(None, found))


def _of_prefect(app: App, now: str, until: float) -> list[str]:
    from workflows.runs import troubles

    while True:
        try:
            return report_runs(app.office, troubles(datetime.now(UTC)), now)
        except TryAgain:
            if time.monotonic() > until:
                return [report_silence(app.office, now)]
            time.sleep(PAUSE_SECONDS)
