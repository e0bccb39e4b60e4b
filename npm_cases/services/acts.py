"""An act: what somebody does to a case, with everything that belongs to it, ready for moves.py to make it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from npm_cases.domain.records import Actor, By
from state_machines.facts import Facts
from state_machines.table import Role


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a case, ready to be made: event, who, when, and what belongs to it.

    ``occurred_on`` is the legal day the thing happened (receipt of a letter, say), which may lie before ``at``.
    ``due_on`` is a date the act itself sets. ``codes`` go into the event; ``texts`` are sealed.
    """

    machine: str
    event: str
    actor: Actor
    role: Role
    at: str
    occurred_on: date
    facts: Facts
    codes: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    docs: tuple[str, ...] = ()
    due_on: date | None = None
    reason: str = ""
    approved_by: str = ""
    idem: str = ""
    remembered: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> By:
        """By whom, in which role, and when it is recorded."""
        return By(self.actor, self.role.value, self.at)
