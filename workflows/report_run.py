"""Run by Prefect's automations, never on a schedule: something is wrong with a run, and a person must know.

Automations only point at a run; what is wrong with it is asked of Prefect's API, as the watchdog asks.
"""

from datetime import UTC, datetime
from uuid import UUID

from prefect import flow, task

from npm_cases.services.flow_runs import report_runs
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text
from workflows.runs import trouble_of

PREFIX = "prefect.flow-run."


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def report(run: str, as_of: str) -> int:
    """Raise an incident if something is wrong, unless one of its kind is open for the flow."""
    found = trouble_of(UUID(run.removeprefix(PREFIX)), datetime.now(UTC))
    return len(report_runs(installation().office, found, as_of))


@flow(name="report-run")
def report_run(run: str, as_of: str = "") -> dict[str, int]:
    """Report one run in trouble, by its id."""
    with logged("report") as log:
        raised = report(run, as_of or now_text())
        log.info("a run was looked at", subject=run.removeprefix(PREFIX), count=raised)
        return {"incidents": raised}
