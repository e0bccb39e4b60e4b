"""Every few minutes: has anybody swept lately? Silence is an incident."""

from prefect import flow, task

from npm_cases.services.uploads import remove_old
from npm_cases.services.watching import watch
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def look_for_silence(as_of: str) -> str:
    """Raise an incident when the last sweep is older than the setting allows; remove files to import that nobody used."""
    app = installation()
    remove_old(app.uploads, as_of)
    return watch(app.office, as_of, app.settings.stale_sweep_seconds)


@flow(name="watchdog")
def watchdog(as_of: str = "") -> dict[str, int]:
    """Look for silence."""
    with logged("watchdog") as log:
        incident = look_for_silence(as_of or now_text())
        if incident:
            log.warning("the last sweep is too old", subject=incident)
        return {"incidents": int(bool(incident))}
