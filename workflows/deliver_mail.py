"""Every minute: send the mail that is ready."""

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


@flow(name="deliver-mail")
def deliver_mail(as_of: str = "") -> dict[str, int]:
    """Send everything that is ready."""
    with logged("deliver") as log:
        done = send_ready_mail(as_of or now_text())
        counts = {"bundled": done.bundled, "sent": done.sent, "again": done.again, "dead": done.dead}
        log.info("delivered", counts=counts)
        return counts
