"""The rhythms, in one file: which flow runs how often. Intervals come from the settings."""

from dataclasses import dataclass
from typing import Any

from config.settings import Settings
from workflows.check_calendar import check_calendar
from workflows.deliver_mail import deliver_mail
from workflows.send_daily_digests import send_daily_digests
from workflows.sign_checkpoint import sign_checkpoint
from workflows.sweep_obligations import sweep_obligations
from workflows.verify_history import verify_history
from workflows.watchdog import watchdog

MORNING = "30 8 * * *"
MONDAY = "0 7 * * 1"


@dataclass(frozen=True)
class Rhythm:
    """One flow with its name on the command line and its schedule: an interval in seconds, or a cron line."""

    name: str
    flow: Any
    seconds: int = 0
    cron: str = ""


def rhythms(settings: Settings) -> tuple[Rhythm, ...]:
    """Return every flow with its schedule."""
    return (
        Rhythm("sweep", sweep_obligations, settings.sweep_seconds),
        Rhythm("deliver", deliver_mail, settings.mail_seconds),
        Rhythm("checkpoint", sign_checkpoint, settings.checkpoint_seconds),
        Rhythm("digest", send_daily_digests, cron=MORNING),
        Rhythm("horizon", check_calendar, cron=MONDAY),
        Rhythm("verify", verify_history, settings.verify_seconds),
        Rhythm("watchdog", watchdog, settings.watchdog_seconds),
    )
