"""Every few minutes: has anybody swept lately, and is a run of ours in trouble? Silence is an incident.

Being a flow itself it cannot notice that no flow runs at all: that is for `npm-cases flows watch`, outside Prefect.
"""

from datetime import UTC, datetime

from prefect import flow, task

from npm_cases.services.flow_runs import report_runs
from npm_cases.services.uploads import remove_old
from npm_cases.services.watching import watch
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text
from workflows.runs import troubles


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def look_for_silence(as_of: str) -> str:
    """Raise an incident when the last sweep is older than the setting allows; remove files to import that nobody used."""
    app = installation()
    remove_old(app.uploads, as_of)
    return watch(app.office, as_of, app.settings.stale_sweep_seconds)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def look_at_runs(as_of: str) -> int:
    """Raise an incident for each flow whose runs fail, are not begun, or have fallen silent."""
    return len(report_runs(installation().office, troubles(datetime.now(UTC)), as_of))


@flow(name="watchdog")
def watchdog(as_of: str = "") -> dict[str, int]:
    """Look for silence."""
    with logged("watchdog") as log:
        instant = as_of or now_text()
        silent, runs = look_for_silence(instant), look_at_runs(instant)
        if silent:
            log.warning("the last sweep is too old", subject=silent)
        if runs:
            log.warning("runs are in trouble", count=runs)
        return {"incidents": int(bool(silent)) + runs}
