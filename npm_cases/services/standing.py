"""How a case stands after some of its events: what a person would call its fields, each with its value.

Unlike the replay it judges nothing: it takes any choice of events in their order, the last one that speaks of a field
is right. So it can leave out what had not happened by a day, and tell of a history that does not hold.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.history.event import Event, EventType
from npm_cases.history.replay_rules import BIRTHS
from npm_cases.services.filling import Filled, remembered
from npm_cases.services.moves import ESCALATION
from npm_cases.services.replay import Replay

DUE, SUSPENDED, OVERDUE = "due_on.", "suspended_on.", "overdue."
"""Fields of a running clock are named by these and its duty."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is another than before; None where there was, or is, nothing."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Clock:
    """One obligation as its events tell it, with what its last instant is computed from."""

    obligation: str
    duty: str
    owed_by: str
    due_on: str
    rule: str
    rule_version: str
    unit: str
    amount: int
    started_on: str
    opened_at: str
    suspended_on: str = ""


@dataclass(slots=True)
class Standing:
    """What the events taken so far lead to. ``born`` are the facts of the birth, empty before it."""

    chain: str
    born: Mapping[str, Any] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    assignee: str = ""
    excluded: int = 0
    addressee: str = ""
    documents: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Take the next event; facts that are missing or of another form change nothing."""
        take = _TAKEN_BY.get(event.type)
        if take is not None:
            take(self, event)
        self.documents.update(event.docs)

    @property
    def kind(self) -> str:
        return str(self.born.get("kind", ""))

    def running(self) -> list[Clock]:
        """Return the clocks that run, by due date."""
        found = [clock for name, clock in self.clocks.items() if name not in self.ended]
        return sorted(found, key=lambda clock: (clock.due_on, clock.duty, clock.obligation))

    def fields(self) -> dict[str, Any]:
        """Return every field that has a value, by its name."""
        born = {name: self.born[name] for name in _OF_BIRTH if self.born.get(name)}
        counted = {"excluded": self.excluded, "documents": len(self.documents)}
        named = {
            "addressee": self.addressee,
            "assignee": self.assignee,
            "links": sorted(self.links),
            "pending": sorted(self.pending.values()),
        }
        found = {**born, **self.states, **self.codes, **counted, **named, **self._of_clocks()}
        return {name: value for name, value in found.items() if value not in _EMPTY or value is False}

    def _of_clocks(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for clock in self.running():
            for name, day in ((DUE, clock.due_on), (SUSPENDED, clock.suspended_on)):
                if day:
                    found[name + clock.duty] = ", ".join(filter(None, (found.get(name + clock.duty), day)))
        return found


_EMPTY: tuple[Any, ...] = ("", 0, [], ())
_OF_BIRTH = ("number", "kind", "channel", "region", "place")


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the fields in which two standings differ, in the order they have there."""
    names = dict.fromkeys([*before, *after])
    return tuple(
        Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def step_by_step(chain: str, events: Iterable[Event]) -> Iterator[tuple[Event, tuple[Change, ...]]]:
    """Yield each event of a chain with what it changed."""
    standing = Standing(chain)
    before: Mapping[str, Any] = {}
    for event in events:
        standing.take(event)
        after = standing.fields()
        yield event, changes(before, after)
        before = after


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name, "")
    return value if isinstance(value, str) else ""


def _born(standing: Standing, event: Event) -> None:
    standing.born, standing.addressee = event.facts, _text(event.facts, "addressee")
    told = Replay(standing.chain)
    told.take(event, None)
    standing.states, standing.codes, standing.assignee = told.states, told.facts, _text(event.facts, "assignee")


def _told(standing: Standing, event: Event) -> None:
    """Let the replay say what becomes of the codes and the assignee."""
    told = Replay(standing.chain, born=standing.born, facts=dict(standing.codes), assignee=standing.assignee)
    told.take(event, None)
    standing.codes, standing.assignee = told.facts, told.assignee
    standing.addressee = _text(event.facts, "addressee") or standing.addressee


def _moved(standing: Standing, event: Event) -> None:
    standing.states[event.machine] = event.to
    if event.machine == ESCALATION:
        return
    codes = {name: value for name, value in event.facts.items() if name != "occurred_on"}
    case = Replay(standing.chain, born=standing.born, facts=standing.codes).as_case()
    standing.codes = {**standing.codes, **remembered(case, event.event, Filled(codes=codes))}
    standing.addressee = _text(codes, "addressee") or standing.addressee


def _opened(standing: Standing, event: Event) -> None:
    facts = event.facts
    amount = facts.get("amount", 0)
    clock = Clock(
        obligation=_text(facts, "obligation"), duty=_text(facts, "duty"), owed_by=_text(facts, "owed_by"),
        due_on=_text(facts, "due_on"), rule=_text(facts, "rule"), rule_version=_text(facts, "rule_version"),
        unit=_text(facts, "unit"), amount=amount if isinstance(amount, int) else 0, started_on=_text(facts, "start"),
        opened_at=event.at,
    )  # fmt: skip
    standing.clocks[clock.obligation] = clock


def _suspended(standing: Standing, event: Event) -> None:
    clock = standing.clocks.get(_text(event.facts, "obligation"))
    if clock is not None:
        clock.suspended_on = _text(event.facts, "from")


def _resumed(standing: Standing, event: Event) -> None:
    clock = standing.clocks.get(_text(event.facts, "obligation"))
    if clock is not None:
        clock.suspended_on, clock.due_on = "", _text(event.facts, "due_on")


def _date_moved(standing: Standing, event: Event) -> None:
    clock = standing.clocks.get(_text(event.facts, "obligation"))
    if clock is not None:
        clock.due_on = _text(event.facts, "due_on")


def _discharged(standing: Standing, event: Event) -> None:
    standing.ended.add(_text(event.facts, "obligation"))


def _excluded(standing: Standing, event: Event) -> None:
    count = event.facts.get("count", 0)
    standing.excluded += count if isinstance(count, int) else 0


def _linked(standing: Standing, event: Event) -> None:
    standing.links.append(_text(event.facts, "to") or _text(event.facts, "by"))


def _proposed(standing: Standing, event: Event) -> None:
    standing.pending[_text(event.facts, "approval")] = _text(event.facts, "event")


def _decided(standing: Standing, event: Event) -> None:
    standing.pending.pop(_text(event.facts, "approval"), None)


def _erased(standing: Standing, event: Event) -> None:
    standing.codes["erased"] = _text(event.facts, "basis")


_TAKEN_BY: Mapping[EventType, Callable[[Standing, Event], None]] = {
    **dict.fromkeys(BIRTHS, _born),
    EventType.CASE_AMENDED: _told,
    EventType.CASE_ASSIGNED: _told,
    EventType.CASE_LINKED: _linked,
    EventType.PARTY_EXCLUDED: _excluded,
    EventType.CONSENT_GIVEN: _told,
    EventType.CONSENT_LIMITED: _told,
    EventType.CONSENT_WITHDRAWN: _told,
    EventType.MOVED: _moved,
    EventType.OBLIGATION_OPENED: _opened,
    EventType.OBLIGATION_SUSPENDED: _suspended,
    EventType.OBLIGATION_RESUMED: _resumed,
    EventType.OBLIGATION_EXTENDED: _date_moved,
    EventType.OBLIGATION_MOVED: _date_moved,
    EventType.OBLIGATION_DISCHARGED: _discharged,
    EventType.ACT_PROPOSED: _proposed,
    EventType.ACT_CONFIRMED: _decided,
    EventType.ACT_EXPIRED: _decided,
    EventType.ERASED: _erased,
}
