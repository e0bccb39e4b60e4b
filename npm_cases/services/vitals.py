"""What tells whether the engine lives: counts and ages without a word of any case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from npm_cases.domain.instants import from_text


@dataclass(frozen=True, slots=True)
class Vitals:
    """The engine at one instant; instants are UTC text, empty where there is none.

    ``mail`` counts notices that wait for a mail and mails that wait for a try; ``oldest_mail_at`` is since when the one
    that waits longest could have left. ``due_rungs`` are due and not taken, ``late_rungs`` were so two sweeps ago. The last
    sweep took ``sweep_seconds`` for ``sweep_taken`` rungs, of which ``sweep_late`` were late by the engine itself.
    ``incidents`` counts the open ones by kind. ``backup_at`` is when the newest backup was made that was checked since.
    """

    mail: Mapping[str, int]
    oldest_mail_at: str
    due_rungs: int
    late_rungs: int
    last_sweep_at: str
    sweep_seconds: float
    sweep_taken: int
    sweep_late: int
    checkpoint_at: str
    checkpoint_size: int
    events: int
    incidents: Mapping[str, int]
    backup_at: str = ""


class ReadVitals(Protocol):
    """Reads them from indexes alone; ``late`` is the instant before which a rung that is due counts as late."""

    def vitals(self, now: str, late: str) -> Vitals: ...


def seconds_since(at: str, now: str) -> float:
    """Return how long ago an instant was, in seconds; none gives 0."""
    return (from_text(now) - from_text(at)).total_seconds() if at else 0.0
