"""Every week: is the calendar confirmed far enough ahead?"""

from prefect import flow, task

from npm_cases.services.watching import check_horizon
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def look_ahead(as_of: str) -> str:
    """Raise an incident when the last confirmed year is nearly over."""
    return check_horizon(installation().office, as_of)


@flow(name="check-calendar")
def check_calendar(as_of: str = "") -> dict[str, int]:
    """Look at the calendar's horizon."""
    with logged("horizon") as log:
        incident = look_ahead(as_of or now_text())
        log.info("calendar looked at", count=int(bool(incident)))
        return {"incidents": int(bool(incident))}
