"""The registers as the office's chain tells them: bodies, places, visits, holders, people, incidents, imports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from npm_cases.history.event import Event, EventType
from npm_cases.services.obligations import ONE_DAY
from npm_cases.services.policy_kept import CALENDAR, PACK
from npm_cases.services.replayed import Mark

Key = tuple[str, ...]
COUNTS = ("read", "new", "same", "changed", "refused")
_ENDS = frozenset({"disabled", "enabled"})
_ENDING_TOKENS = frozenset({"disabled", "enrolled"})


@dataclass(slots=True)
class Entered:
    """One row of a register: the commitment to it (empty in a history from before), until when it holds, whose it is.

    ``valid_to`` is the last day of a holder, ``ended_at`` when a user was disabled, a token or an absence ended.
    """

    row: str
    mark: Mark
    valid_to: str = ""
    ended_at: str = ""
    user: str = ""


@dataclass(slots=True)
class Raised:
    """One incident; the members are columns of its row."""

    kind: str
    at: str
    mark: Mark
    closed_at: str = ""
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One import that was finished, with what it counted."""

    at: str
    counts: Mapping[str, int]
    mark: Mark


@dataclass(frozen=True, slots=True)
class InForce:
    """A pack or calendar that was adopted: its version, the digest of its text, and of a calendar which one it is."""

    version: str
    digest: str
    mark: Mark
    of: str = ""


@dataclass
class Registers:
    """Everything the office's events say of the registers; thousands of rows, held in memory.

    ``entered`` has the rows of each register by their key, ``invited`` the users who hold an invitation not yet used,
    ``adopted`` every pack and calendar in the order they came into force.
    """

    entered: dict[str, dict[Key, Entered]] = field(default_factory=dict)
    incidents: dict[str, Raised] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)
    adopted: dict[str, list[InForce]] = field(default_factory=dict)

    def take(self, event: Event, mark: Mark) -> str:
        """Take the next event of the office; return what is wrong with it."""
        take = _TAKEN_BY.get(event.type)
        try:
            return take(self, event, mark) if take else ""
        except (KeyError, TypeError, ValueError) as error:
            return f"the facts of this {event.type.value} cannot be read: {type(error).__name__}: {error}"

    def of(self, register: str) -> dict[Key, Entered]:
        """Return the rows of one register."""
        return self.entered.setdefault(register, {})


def _into(register: str, name: str) -> Callable[[Registers, Event, Mark], str]:
    def enter(registers: Registers, event: Event, mark: Mark) -> str:
        key = (event.facts[name],)
        if key in registers.of(register):
            return f"the {name} {key[0]} was entered before"
        registers.of(register)[key] = Entered(event.facts.get("row", ""), mark)
        return ""

    return enter


def _filled(registers: Registers, event: Event, mark: Mark) -> str:
    """Enter a holder; those of the post without an end that began earlier end the day before."""
    facts, holders = event.facts, registers.of("holders")
    post, start = facts["post"], facts["valid_from"]
    last = (date.fromisoformat(start) - ONE_DAY).isoformat()
    for began in {key[1] for key, held in _of_post(holders, post) if not held.valid_to and key[1] < start}:
        for key, held in _of_post(holders, post):
            if key[1] == began:
                held.valid_to, held.mark = last, mark
    key = (post, start, facts.get("region", ""))
    if key in holders:
        return f"the post {post} was filled from {start} before"
    holders[key] = Entered(facts.get("row", ""), mark, facts.get("valid_to", ""))
    return ""


def _of_post(holders: dict[Key, Entered], post: str) -> Iterator[tuple[Key, Entered]]:
    return ((key, held) for key, held in holders.items() if key[0] == post)


def _user(registers: Registers, event: Event, mark: Mark) -> str:
    """Enter a user, or take other roles or regions of one who is there."""
    facts = event.facts
    return _changed(registers, event, mark) if "change" in facts else _into("users", "user")(registers, event, mark)


def _changed(registers: Registers, event: Event, mark: Mark) -> str:
    """Take what happened to a user, their account, or a token of theirs; each names the row it made anew."""
    facts, key = event.facts, (event.facts["user"],)
    user = registers.of("users").get(key)
    if user is None:
        return f"there is no user {key[0]} whose account could change"
    if "row" in facts:
        user.row, user.mark = facts["row"], mark
    if facts["change"] in _ENDS:
        user.ended_at = event.at if facts["change"] == "disabled" else ""
    if wrong := _invited(registers, event):
        return wrong
    if "account" in facts:
        registers.of("accounts")[key] = Entered(facts["account"], mark)
    if facts["change"] in _ENDING_TOKENS:
        _end_tokens(registers, event, mark)
    return _token(registers, event, mark) if "token" in facts else ""


def _invited(registers: Registers, event: Event) -> str:
    """Let a person set both factors only by an invitation that came before, once."""
    user, change = event.facts["user"], event.facts["change"]
    if change == "invited":
        registers.invited.add(user)
    elif change == "enrolled":
        if user not in registers.invited:
            return f"{user} set up an account, and nobody had invited them"
        registers.invited.discard(user)
    return ""


def _end_tokens(registers: Registers, event: Event, mark: Mark) -> None:
    for token in registers.of("api_tokens").values():
        if token.user == event.facts["user"] and not token.ended_at:
            token.ended_at, token.mark = event.at, mark


def _token(registers: Registers, event: Event, mark: Mark) -> str:
    facts, tokens = event.facts, registers.of("api_tokens")
    token = tokens.get((facts["token"],))
    if facts["change"] == "api_token_made":
        tokens[facts["token"],] = Entered(facts["made"], mark, user=facts["user"])
        return f"the token {facts['token']} was made before" if token else ""
    if token is None or token.ended_at or token.user != facts["user"]:
        return f"no token {facts['token']} of {facts['user']} was open"
    token.ended_at, token.mark = event.at, mark
    return ""


def _adopted(what: str) -> Callable[[Registers, Event, Mark], str]:
    def adopt(registers: Registers, event: Event, mark: Mark) -> str:
        adopted = InForce(event.facts[what], event.facts["digest"], mark, event.facts.get("of", ""))
        registers.adopted.setdefault(what, []).append(adopted)
        return ""

    return adopt


def _absence_ended(registers: Registers, event: Event, mark: Mark) -> str:
    absence = registers.of("absences").get((event.facts["absence"],))
    if absence is None or absence.ended_at:
        return f"no absence {event.facts['absence']} ran"
    absence.ended_at, absence.mark = event.at, mark
    return ""


def _raised(registers: Registers, event: Event, mark: Mark) -> str:
    name = event.facts["incident"]
    if name in registers.incidents:
        return f"the incident {name} was raised before"
    registers.incidents[name] = Raised(event.facts["kind"], event.at, mark)
    return ""


def _closed(registers: Registers, event: Event, mark: Mark) -> str:
    incident = registers.incidents.get(event.facts["incident"])
    if incident is None or incident.closed_at:
        return f"no incident {event.facts['incident']} was open"
    incident.closed_at, incident.closed_by, incident.mark = event.at, event.actor, mark
    return ""


def _finished(registers: Registers, event: Event, mark: Mark) -> str:
    facts: Mapping[str, Any] = event.facts
    if facts["batch"] in registers.batches:
        return f"the import {facts['batch']} was finished before"
    registers.batches[facts["batch"]] = Batch(event.at, {name: facts[name] for name in COUNTS}, mark)
    return ""


_TAKEN_BY: Mapping[EventType, Callable[[Registers, Event, Mark], str]] = {
    EventType.BODY_ADDED: _into("bodies", "body"),
    EventType.PLACE_ADDED: _into("places", "place"),
    EventType.VISIT_RECORDED: _into("visits", "visit"),
    EventType.ROLE_CHANGED: _user,
    EventType.ACCOUNT_CHANGED: _changed,
    EventType.ABSENCE_RECORDED: _into("absences", "absence"),
    EventType.ABSENCE_ENDED: _absence_ended,
    EventType.POST_FILLED: _filled,
    EventType.INCIDENT_RAISED: _raised,
    EventType.INCIDENT_CLOSED: _closed,
    EventType.IMPORT_FINISHED: _finished,
    EventType.PACK_ADOPTED: _adopted(PACK),
    EventType.CALENDAR_ADOPTED: _adopted(CALENDAR),
}
