"""Every working morning: one digest per caseworker with what is overdue or due within the week."""

from prefect import flow, task

from npm_cases.services.daily_digest import queue_daily_digests
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def queue_digests(as_of: str) -> int:
    """Queue today's digests; a second run on one day queues nothing more."""
    return queue_daily_digests(installation().office, as_of)


@flow(name="send-daily-digests")
def send_daily_digests(as_of: str = "") -> dict[str, int]:
    """Queue today's digests; the mail flow sends them."""
    with logged("digest") as log:
        queued = queue_digests(as_of or now_text())
        log.info("digests queued", count=queued)
        return {"queued": queued}
