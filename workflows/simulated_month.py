"""For the demo: one flow run per simulated month; inside it the clock steps through each day with a due rung."""

from dataclasses import asdict
from typing import Any

from prefect import flow, task

from npm_cases.domain.records import SweepCounts
from npm_cases.services.mailroom import MailCounts, deliver
from npm_cases.services.passing import let_time_pass
from workflows.parts import installation, logged


@task
def pass_the_days(start: str, until: str) -> dict[str, Any]:
    """Sweep and send mail at every due instant of the month; idempotent as every sweep is."""
    app = installation()
    sender = app.sender()
    total, mail = SweepCounts(), MailCounts()

    def send(at: str) -> None:
        if sender is not None:
            done = deliver(app.office, sender, app.house, at)
            mail.sent += done.sent
            mail.dead += done.dead
            for post, count in done.told.items():
                mail.told[post] = mail.told.get(post, 0) + count

    days = 0
    for _, counts in let_time_pass(app.office, start, until, send):
        total.add(counts)
        days += 1
    return {**asdict(total), "days": days, "sent": mail.sent, "dead": mail.dead, "told": mail.told}


@flow(name="simulated-month")
def simulated_month(start: str, until: str) -> dict[str, Any]:
    """Let one month pass."""
    with logged("month") as log:
        counts = pass_the_days(start, until)
        log.debug("month passed", counts={"taken": counts["taken"], "sent": counts["sent"]})
        return counts
