"""Writing one event to a chain: the only way anything enters a history."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from npm_cases.domain.errors import Conflict
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import an_instant
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import Event, EventType, Written, written
from npm_cases.services.ports import Office, Work
from npm_cases.services.sealing import seal

WAITED_AT_MOST = timedelta(minutes=5)


class Head(Protocol):
    """What every chain has: a case, the office, the reads of a case."""

    id: str
    seq: int
    head: bytes
    last_at: str


def record(
    work: Work,
    office: Office,
    chain: Head,
    event_type: EventType,
    at: str,
    actor: Actor,
    role: str,
    *,
    sealed: Mapping[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
    **members: Any,
) -> Written:
    """Append one event to a chain, carrying the leaf hash of the one before it, and return it with its bytes.

    ``sealed`` is protected text: it is encrypted under the case's key, and the event only commits to it.
    Raises Conflict when the instant lies well before the chain's last event: a history never runs backwards.
    """
    at = instant(chain, at)
    seq = chain.seq + 1
    if sealed:
        members["body_ct"], members["body_pt"] = seal(work, office, chain.id, seq, at, sealed)
    line = written(
        Event(
            log=office.origin, case=chain.id, seq=seq, prev=chain.head.hex(), type=event_type, at=at,
            actor=actor.user, role=role, on_behalf=actor.on_behalf, app=office.app, facts=facts or {}, **members,
        )
    )  # fmt: skip
    work.append(line)
    chain.seq, chain.head, chain.last_at = seq, line.leaf, at
    return line


def instant(chain: Head, at: str) -> str:
    """Return the instant something is recorded under: the one given, or that of the last event if it came in between.

    Whoever waits for a chain learns its last event only then, and clocks of two machines differ a little. Use cases
    that write the instant into rows as well ask for it first, so that rows and event say the same.
    Raises Conflict when the clock is behind by more than that explains.
    """
    if at >= chain.last_at:
        return at
    if from_text(chain.last_at) - from_text(at) > WAITED_AT_MOST:
        raise Conflict(say("machine_clock_behind", at=an_instant(at), last_at=an_instant(chain.last_at)))
    return chain.last_at
