"""What happened to a running term: suspensions and extensions, as they were decided. Values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from npm_cases.domain.messages import say
from npm_cases.domain.terms import Term, TermError, Unit, check_code


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension: calendar days, first and last included, that are not counted.

    A suspension that still runs ends, for the reckoning, on the day of its review, and ``is_open`` makes the due date
    provisional. ``reason`` is a code.
    """

    first: date
    last: date
    reason: str
    is_open: bool = False

    def __post_init__(self) -> None:
        check_code(self.reason, "reason of the suspension")
        if self.last < self.first:
            raise TermError(say("suspended_backwards", last=self.last, first=self.first))

    @property
    def begins_on(self) -> date:
        return self.first


@dataclass(frozen=True, slots=True)
class Extension:
    """A decision to extend: either ``by`` a term, counted from the due date it moves, or ``until`` a date."""

    decided_on: date
    by: Term | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if (self.by is None) == (self.until is None):
            raise TermError(say("extension_unclear", day=self.decided_on))
        if self.by is not None and self.by.unit is Unit.hours:
            raise TermError(say("extension_in_hours", day=self.decided_on))

    @property
    def begins_on(self) -> date:
        return self.decided_on

    def __str__(self) -> str:
        return f"by:{self.by}" if self.by is not None else f"until:{self.until}"


def in_order(ledger: Iterable[Pause | Extension]) -> list[Pause | Extension]:
    """Sort by the day each begins, suspensions first; suspensions that overlap or touch count once.

    Two suspensions merge under the reason of the first; the merged one is open when the later end is.
    """
    merged: list[Pause] = []
    for pause in sorted((e for e in ledger if isinstance(e, Pause)), key=lambda p: (p.first, p.last)):
        if merged and pause.first <= merged[-1].last:
            merged[-1] = _joined(merged[-1], pause)
        else:
            merged.append(pause)
    extensions = sorted((e for e in ledger if isinstance(e, Extension)), key=lambda e: e.decided_on)
    return sorted([*merged, *extensions], key=lambda entry: entry.begins_on)


def _joined(one: Pause, other: Pause) -> Pause:
    last = max(one.last, other.last)
    is_open = any(pause.is_open for pause in (one, other) if pause.last == last)
    return Pause(one.first, last, one.reason, is_open)
