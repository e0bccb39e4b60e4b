"""The things the engine keeps: a case, an obligation, a notice, a proposal.

Only services/moves.py assigns ``state`` and the other machine states of a case.
Overdue is computed from ``due_on`` and the present day, never stored.
"""

from dataclasses import dataclass, field
from typing import Any

RECOMMENDATION = "recommendation"
ALLEGATION = "allegation"

CLOCK_USER = "clock"


@dataclass(slots=True)
class Case:
    """One recommendation or one torture allegation, with the state of each of its machines.

    ``seq`` and ``head`` are the last event of its chain; ``version`` counts changes a person would want to know of
    before acting, so mail events do not move it. ``blind`` are the random bytes under which its history commits to title,
    region and place; empty in a case from before it did.
    """

    id: str
    number: str
    kind: str
    channel: str
    state: str
    escalation: str
    compensation: str
    rehabilitation: str
    region: str
    addressee: str
    place: str
    title: str
    assignee: str
    version: int
    seq: int
    head: bytes
    facts: dict[str, Any]
    opened_at: str
    last_at: str
    closed_at: str
    blind: bytes = b""


@dataclass(slots=True)
class Obligation:
    """One running clock of one subject: who owes what by when, under which rule and calendar.

    ``due_on`` is a legal day in the subject's zone. ``rung_no`` counts the rungs of the ladder already behind it and
    ``next_rung_at`` (UTC text, empty when none) is only the index the sweep looks in. ``revision`` grows when the due
    date moves, so that the rungs of the new date are fresh. ``raised`` says that it raised the case's escalation.
    """

    id: str
    chain: str
    subject_kind: str
    duty: str
    owed_by: str
    party: str
    rule: str
    rule_version: str
    channel: str
    calendar_version: str
    provisional: bool
    started_on: str
    amount: int
    unit: str
    due_on: str
    due_at: str
    set_on: str
    derivation: list[dict[str, Any]]
    ledger: list[dict[str, Any]]
    opened_at: str
    opened_seq: int
    discharged_at: str = ""
    discharged_seq: int = 0
    raised: bool = False
    suspended_on: str = ""
    revision: int = 1
    ladder: str = ""
    rung_no: int = 0
    next_rung_at: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing one post must be told, written in the transaction of the act and mailed later.

    ``not_before`` is the start of the next working time unless the rule says at once. The present holder of the post
    is looked up when it is sent, so that nobody else is reminded.
    """

    id: str
    message_id: str
    chain: str
    obligation: str
    rung: str
    post: str
    body: str
    template: str
    not_before: str
    created_at: str
    due_on: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class TakenRung:
    """A rung of a ladder that was taken: once for ever, with when it was due and when the engine acted."""

    obligation: str
    rung: str
    chain: str
    act: str
    outcome: str
    due_at: str
    act_at: str
    late_by_engine: bool
    posts: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An act that waits for a second person; it is bound to the digest of the exact act and expires."""

    id: str
    chain: str
    event: str
    digest: str
    payload: bytes
    proposer: str
    proposed_at: str
    expires_at: str
    status: str = "pending"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with roles and the regions they may act in (``*`` for all)."""

    user: str
    roles: frozenset[str]
    regions: frozenset[str] = frozenset({"*"})
    bodies: frozenset[str] = frozenset()
    on_behalf: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """By whom something is done, in which role, at which instant (UTC text)."""

    actor: Actor
    role: str
    at: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of a case: named by the hash of its ciphertext, so that the name proves the bytes."""

    id: str
    chain: str
    size: int
    added_at: str
    sealed_name: bytes


@dataclass(slots=True)
class Receipt:
    """What a caseworker takes home: case, seq and leaf name the recorded event and can be checked later by anyone."""

    case: str
    seq: int
    leaf: str

    def __str__(self) -> str:
        """Write it as the verifiers read it: CASE:EVENT:LEAF."""
        return f"{self.case}:{self.seq}:{self.leaf}"


CLOCK = Actor(CLOCK_USER, frozenset({"clock"}))


@dataclass(slots=True)
class SweepCounts:
    """What one sweep did; counts only, so that it can be logged and shown anywhere."""

    taken: int = 0
    reminders: int = 0
    notices: int = 0
    escalations: int = 0
    to_ombudsman: int = 0
    mails: int = 0
    late_by_engine: int = 0
    expired: int = 0
    by_rung: dict[str, int] = field(default_factory=dict)

    def add(self, other: "SweepCounts") -> None:
        """Add the counts of another batch to these."""
        for name in (
            "taken",
            "reminders",
            "notices",
            "escalations",
            "to_ombudsman",
            "mails",
            "late_by_engine",
            "expired",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for rung, count in other.by_rung.items():
            self.by_rung[rung] = self.by_rung.get(rung, 0) + count
