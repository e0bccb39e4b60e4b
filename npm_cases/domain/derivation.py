"""One step of the way from an event to a due date."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Step:
    """What was done (``kind``), on which legal day (ISO 8601), and why (``note``, codes and numbers only).

    Steps go into the history, which holds no free text: a note never contains a sentence, a name or a case fact.
    """

    kind: str
    day: str
    note: str


@lru_cache(maxsize=1 << 15)
def step_on(day: date, kind: str, note: str) -> Step:
    """Make a step, or give the equal one made before: many terms start, end and count on the same days."""
    return Step(kind, day.isoformat(), note)
