"""Every minute: send the mail that is ready, and read what came back."""

from prefect import flow, task

from npm_cases.services.mailroom import MailCounts, deliver
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def send_ready_mail(as_of: str) -> MailCounts:
    """Bundle and send; a mail that fails is tried again under the same Message-ID."""
    app = installation()
    sender = app.sender()
    if sender is None:
        return MailCounts()
    return deliver(app.office, sender, app.house, as_of, most=app.settings.mail_most)


@task
def take_returned_mail(as_of: str) -> dict[str, int]:
    """Read what came back; it is not tried again here, because the next run of the flow is a minute away."""
    return installation().take_returned(as_of)


@flow(name="deliver-mail")
def deliver_mail(as_of: str = "") -> dict[str, int]:
    """Send everything that is ready, then read what came back of earlier mail."""
    with logged("deliver") as log:
        instant = as_of or now_text()
        done = send_ready_mail(instant)
        counts = {"bundled": done.bundled, "sent": done.sent, "again": done.again, "dead": done.dead}
        counts |= take_returned_mail(instant)
        log.info("delivered", counts=counts)
        return counts
