"""The phases that all substance machines share, so that lists, filters and statistics speak one language."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)


class Phase(StrEnum):
    """How far a case has come, whatever its kind; ordered from first to last."""

    DRAFT = "draft"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    IMPLEMENTED = "implemented"
    CLOSED = "closed"


def phase_of_each(states: Iterable[S], named: Mapping[Phase, Iterable[S]], rest: Phase) -> dict[S, Phase]:
    """Give every state its phase: the one that names it, or `rest`."""
    phases = dict.fromkeys(states, rest)
    for phase, members in named.items():
        phases |= dict.fromkeys(members, phase)
    return phases
