"""Every night: recompute the whole history; a finding is an incident and a failed run."""

from prefect import flow, task

from config.logging import logger
from npm_cases.domain.errors import IntegrityBroken
from npm_cases.services.incidents import raise_incident
from npm_cases.services.verify import verify
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text

MOST_LOGGED = 20


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def verify_everything(as_of: str) -> tuple[int, int]:
    """Return how many events were verified and how many findings there are; the first findings are logged by case."""
    app = installation()
    app.sequence()
    with app.reader as reader:
        found = verify(app.office, reader, as_of)
    for finding in found.findings[:MOST_LOGGED]:
        logger().error("the history does not hold", case_id=finding.case, count=finding.seq, error=finding.what)
    if found.findings:
        with app.office.open_work() as work:
            what = f"{len(found.findings)} findings; run `npm-cases audit verify` and call the auditor"
            raise_incident(work, app.office, "history_broken", "history", what, as_of)
            work.commit()
    return found.events, len(found.findings)


@flow(name="verify-history")
def verify_history(as_of: str = "") -> dict[str, int]:
    """Verify the history; fails when it does not hold."""
    with logged("verify") as log:
        events, findings = verify_everything(as_of or now_text())
        log.info("verified", events=events, findings=findings)
        if findings:
            raise IntegrityBroken(f"the history does not hold: {findings} findings")
        return {"events": events, "findings": findings}
