"""What will be sent, escalated and missed until an instant if nobody acts: time passes on a copy of the caseload."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from npm_cases.domain.records import SweepCounts
from npm_cases.services.passing import let_time_pass
from npm_cases.services.ports import Office


class TakenRungs(Protocol):
    """Reads back the rungs a simulation took."""

    def rungs_since(self, at: str) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a simulation found; ``acts`` are in order of time, each with case number, rung, due instant and posts."""

    until: str
    counts: SweepCounts
    acts: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the members programs read."""
        counts = self.counts
        return {
            "until": self.until, "reminders": counts.reminders, "notices": counts.notices,
            "escalations": counts.escalations, "to_ombudsman": counts.to_ombudsman, "mails": counts.mails,
            "late_by_engine": counts.late_by_engine, "acts": self.acts,
        }  # fmt: skip


def simulate(
    copy: Office, taken: TakenRungs, start: str, until: str, on_day: Callable[[str], None] = lambda _: None
) -> Simulation:
    """Let time pass on a copy and collect every act; what is overdue for the engine at ``start`` counts as late."""
    total = SweepCounts()
    for _, counts in let_time_pass(copy, start, until, on_day):
        total.add(counts)
    return Simulation(until, total, taken.rungs_since(start))
