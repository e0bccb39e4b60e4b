"""Run by Prefect's automations, never on a schedule: a run failed, began late or fell silent, and a person must know."""

from prefect import flow, task

from npm_cases.services.flow_runs import Trouble, report_runs
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def report(kind: str, of: str, run: str, as_of: str) -> int:
    """Raise the incident unless one of its kind is open for the flow."""
    return len(report_runs(installation().office, [Trouble(kind, of, run, as_of)], as_of))


@flow(name="report-run")
def report_run(kind: str, of: str, run: str, as_of: str = "") -> dict[str, int]:
    """Report one run in trouble: its kind, the name of its flow, and its id."""
    with logged("report") as log:
        raised = report(kind, of, run, as_of or now_text())
        log.warning("a run is in trouble", kind=kind, subject=of)
        return {"incidents": raised}
