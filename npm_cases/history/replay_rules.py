"""What follows in every chain, whoever replays it: births, running clocks, proposals and the acts they lead to.

Each rule answers in the words of a finding, empty when it holds. The replay inside the system and the one of the offline
verifier keep what they need of a chain, each in its own way; what a chain may say is told here once.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from npm_cases.history.event import Event, EventType

BIRTHS = frozenset({EventType.CASE_CREATED, EventType.CASE_IMPORTED})
OF_A_CASE = frozenset(
    {
        EventType.MOVED, EventType.CASE_AMENDED, EventType.CASE_ASSIGNED, EventType.CASE_LINKED,
        EventType.PARTY_EXCLUDED, EventType.DOCUMENT_ADDED, EventType.ACT_REFUSED, EventType.ERASED,
        EventType.CONSENT_GIVEN, EventType.CONSENT_LIMITED, EventType.CONSENT_WITHDRAWN,
    }
)  # fmt: skip
ERASE = "erase"
_PROPOSED_AS = {
    EventType.ERASED: ERASE, EventType.RESTORED: "declare_restore", EventType.PACK_ADOPTED: "adopt_pack",
    EventType.CALENDAR_ADOPTED: "adopt_calendar",
}  # fmt: skip

Confirmed = tuple[str, str]
"""Who confirmed, and what."""


class Clock(Protocol):
    """What every replay keeps of an obligation; ``discharged_seq`` is 0 while it runs."""

    @property
    def id(self) -> str: ...
    @property
    def duty(self) -> str: ...
    @property
    def due_on(self) -> str: ...
    @property
    def discharged_seq(self) -> int: ...
    @property
    def suspended_on(self) -> str: ...


class Proposal(Protocol):
    """What every replay keeps of an act that waits for a second person."""

    @property
    def event(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def proposer(self) -> str: ...
    @property
    def expires_at(self) -> str: ...
    @property
    def is_pending(self) -> bool: ...


Some = TypeVar("Some", bound=Clock)


def not_of_this_chain(event: Event, *, is_born: bool) -> str:
    """Say why an event has no place where it stands: a case is born once and first, and only a case has a case's events."""
    if event.type in BIRTHS:
        return "" if event.seq == 1 else "a case is born once, as its first event"
    if event.type not in OF_A_CASE or is_born:
        return ""
    if event.seq == 1:
        return f"a case begins with its birth, not with {event.type.value}"
    return f"{event.type.value} belongs to a case, and this chain is none"


def running(owed: Mapping[str, Some], event: Event) -> Some:
    """Return the obligation an event is about.

    Raises ValueError when it does not run, or is of another duty.
    """
    name = event.facts["obligation"]
    found = owed.get(name)
    if found is None:
        raise ValueError(f"the obligation {name} was never opened")
    if found.discharged_seq:
        raise ValueError(f"the obligation {found.id} was discharged by event {found.discharged_seq}")
    if event.facts.get("duty", found.duty) != found.duty:
        raise ValueError(f"the obligation {found.id} is of the duty {found.duty}, not {event.facts['duty']}")
    return found


def due_otherwise(owed: Clock, said: str) -> str:
    """Say that an event names another due date than the obligation had."""
    if said == owed.due_on:
        return ""
    return f"it says the obligation {owed.id} was due on {said}, but it was due on {owed.due_on}"


def stands_already(owed: Clock) -> str:
    """Say that a clock to be stopped stands."""
    return f"the obligation {owed.id} stood since {owed.suspended_on} already" if owed.suspended_on else ""


def stood_otherwise(owed: Clock, since: str) -> str:
    """Say that a clock to go on did not stand since the day its event names."""
    return "" if since == owed.suspended_on else f"the obligation {owed.id} did not stand since {since}"


def not_so_decided(event: Event, proposed: Proposal | None) -> str:
    """Say why a proposal cannot have been decided so: by another person, in time, for the very act proposed."""
    name = event.facts["approval"]
    if proposed is None or not proposed.is_pending:
        return f"no proposal {name} was pending"
    if event.actor == proposed.proposer:
        return f"the proposal {name} was decided by {event.actor}, who made it"
    if event.facts.get("digest", proposed.digest) != proposed.digest or event.facts["event"] != proposed.event:
        return f"the proposal {name} was for another act"
    if event.type is EventType.ACT_CONFIRMED and event.at >= proposed.expires_at:
        return f"the proposal {name} was confirmed at {event.at}, but it had lapsed at {proposed.expires_at}"
    return ""


def not_seconded(event: Event, confirmed: Confirmed | None, state: str, *, is_needed: bool) -> str:
    """Say why a move lacks its second person: none confirmed it just before, or it was the first once more."""
    if not event.approved_by:
        return f"{event.event} in {state} needs a second person, and none confirmed it" if is_needed else ""
    if event.approved_by == event.actor:
        return f"{event.event} was confirmed by the person who proposed it"
    if confirmed != (event.approved_by, event.event):
        return f"{event.event} says it was confirmed by {event.approved_by}, but no confirmation stands before it"
    return ""


def not_by_two(event: Event, confirmed: Confirmed | None) -> bool:
    """Say whether an act that always takes two people was made without the second."""
    return event.approved_by == event.actor or confirmed != (event.approved_by, act_of(event))


def act_of(event: Event) -> str:
    """Return the name under which the act of an event was proposed."""
    if event.type is EventType.KEY_ROTATED:
        return f"rotate_{event.facts['which']}_key"
    return _PROPOSED_AS.get(event.type, event.event)


def confirmed_by(event: Event) -> Confirmed | None:
    """Return who confirmed what, if this event is a confirmation."""
    facts: Mapping[str, Any] = event.facts
    return (event.actor, facts["event"]) if event.type is EventType.ACT_CONFIRMED else None


def undone(confirmed: Confirmed | None) -> str:
    """Say what was confirmed last and never done; the act follows in the same transaction."""
    return "" if confirmed is None else f"{confirmed[1]}, confirmed by {confirmed[0]}, was not done"


def undone_by(event: Event, confirmed: Confirmed | None) -> str:
    """Say that another event stands where the act that was confirmed must follow."""
    if confirmed is None or (event.approved_by, act_of(event)) == confirmed:
        return ""
    return f"{undone(confirmed)}: this {event.type.value} follows instead"
