"""The rhythms, in one file: which flow runs how often. Intervals come from the settings, mornings from the country's zone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.schedules import Cron, Interval, Schedule

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
COUNTED_FROM = datetime(2020, 1, 1)  # noqa: DTZ001 - a wall clock; the zone is the country's
"""Intervals are counted from here and not from a start, or what runs daily would never run on a machine restarted daily."""


@dataclass(frozen=True)
class Rhythm:
    """One flow with its name on the command line and its schedule: an interval in seconds, or a cron line.

    ``most`` runs of it go on at once. One too many is left out, because the next look is near; where the next is a day
    away it ``waits``. Nothing depends on either: what is done twice at once is done once.
    """

    name: str
    flow: Any
    seconds: int = 0
    cron: str = ""
    most: int = 1
    waits: bool = False

    def schedule(self, zone: str) -> Schedule:
        """Return when it runs, by the clocks of the given zone."""
        if self.cron:
            return Cron(self.cron, timezone=zone)
        return Interval(self.seconds, anchor_date=COUNTED_FROM.replace(tzinfo=ZoneInfo(zone)), timezone=zone)

    def overlap(self) -> ConcurrencyLimitConfig:
        """Return how many runs go on at once, and what becomes of one too many."""
        strategy = ConcurrencyLimitStrategy.ENQUEUE if self.waits else ConcurrencyLimitStrategy.CANCEL_NEW
        return ConcurrencyLimitConfig(limit=self.most, collision_strategy=strategy)


def rhythms(settings: Settings) -> tuple[Rhythm, ...]:
    """Return every flow with its schedule; of sweep and watchdog a second run may pass one that hangs."""
    return (
        Rhythm("sweep", sweep_obligations, settings.sweep_seconds, most=2),
        Rhythm("deliver", deliver_mail, settings.mail_seconds),
        Rhythm("checkpoint", sign_checkpoint, settings.checkpoint_seconds),
        Rhythm("digest", send_daily_digests, cron=MORNING, waits=True),
        Rhythm("horizon", check_calendar, cron=MONDAY, waits=True),
        Rhythm("verify", verify_history, settings.verify_seconds, waits=True),
        Rhythm("watchdog", watchdog, settings.watchdog_seconds, most=2),
    )
