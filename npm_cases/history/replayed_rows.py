"""What a replayed chain leads to besides its states: clocks, what moved their dates, and proposals."""

from dataclasses import dataclass


@dataclass(slots=True)
class OwedThen:
    """One obligation as the events tell it. ``seq`` is the event that last spoke of it, ``started_on`` its first day."""

    id: str
    duty: str
    rule: str
    rule_version: str
    started_on: str
    starts: str
    roll: str
    amount: int
    unit: str
    due_on: str
    calendar_version: str
    seq: int
    discharged_seq: int = 0
    suspended_on: str = ""


@dataclass(frozen=True, slots=True)
class DueMoved:
    """One thing that may move a due date: an extension (decided on, until) or a pause (from, the first day after it)."""

    obligation: str
    duty: str
    first: str
    until: str
    is_pause: bool


@dataclass(slots=True)
class ProposedThen:
    """One act that waits for a second person."""

    event: str
    digest: str
    proposer: str
    expires_at: str
    is_pending: bool = True
