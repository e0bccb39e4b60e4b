"""A chain replayed from its events and the published tables alone, by somebody who has nothing of the engine.

The tables are plain data, as they stand in an export. A move is judged by its row: where it begins and ends, who may
make it, and whether a second person confirmed it before. Other guards ask for what no event tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.history.event import Event, EventType
from npm_cases.history.replay_rules import (
    confirmed_by,
    due_otherwise,
    not_by_two,
    not_of_this_chain,
    not_seconded,
    not_so_decided,
    running,
    stands_already,
    stood_otherwise,
    undone_by,
)
from npm_cases.history.replayed_rows import DueMoved, OwedThen, ProposedThen

Plain = Mapping[str, Any]

_HOLD = "legal_hold"


class TablesWrong(ValueError):
    """The published tables cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One published table: where it begins, its states, those of them that are final, its rows by state and event."""

    initial: str
    states: frozenset[str]
    final: frozenset[str]
    rows: Mapping[tuple[str, str], tuple[Plain, ...]]


class Machines:
    """The published tables of all machines, and which machines a case of each kind has, the substance first."""

    def __init__(self, tables: Plain) -> None:
        try:
            self._of = {str(table["machine"]): _machine(table) for table in tables["machines"]}
            self.kinds = {kind: tuple(names) for kind, names in tables["of"].items()}
            missing = [name for names in self.kinds.values() for name in names if name not in self._of]
        except (KeyError, TypeError, AttributeError) as wrong:
            raise TablesWrong(f"the transition tables cannot be read: {type(wrong).__name__}: {wrong}") from wrong
        if missing:
            raise TablesWrong(f"no transition table is there for the machine {missing[0]}")

    def __getitem__(self, name: str) -> Machine:
        return self._of[name]


def _machine(table: Plain) -> Machine:
    rows: dict[tuple[str, str], tuple[Plain, ...]] = {}
    for row in table["rows"]:
        known = {"next": row["next"], "who": frozenset(row["who"]), "second_person": bool(row["second_person"])}
        move = row["state"], row["event"]
        rows[move] = (*rows.get(move, ()), known)
    states = {state["state"]: bool(state["final"]) for state in table["states"]}
    return Machine(
        table["initial"], frozenset(states), frozenset(s for s, is_final in states.items() if is_final), rows
    )


@dataclass(slots=True)
class Replay:
    """Everything one chain's events lead to. ``born`` are the facts of its birth, empty for a chain that is no case."""

    machines: Machines
    seq: int = 0
    born: Plain = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    owed: dict[str, OwedThen] = field(default_factory=dict)
    rungs: set[tuple[str, str]] = field(default_factory=set)
    mail: dict[str, str] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, ProposedThen] = field(default_factory=dict)
    dates_moved: list[DueMoved] = field(default_factory=list)
    texts: int = 0
    is_held: bool = False
    is_erased: bool = False
    confirmed: tuple[str, str] | None = None

    @property
    def kind(self) -> str:
        return str(self.born.get("kind", ""))

    def take(self, event: Event) -> str:
        """Take the next event; return what is wrong with it, empty when it follows from those before.

        A wrong event leaves the replay unusable: nothing after it can be judged.
        """
        self.seq = event.seq
        try:
            wrong = not_of_this_chain(event, is_born=bool(self.born))
            wrong = wrong or _TAKEN_BY.get(event.type, _nothing)(self, event) or undone_by(event, self.confirmed)
            self.confirmed = confirmed_by(event)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return f"the facts of this {event.type.value} cannot be read: {type(error).__name__}: {error}"
        self.texts += bool(event.body_ct)
        for document in event.docs:
            self.documents.setdefault(document, event.seq)
        return wrong


def _nothing(_: Replay, __: Event) -> str:
    return ""


def _born(replay: Replay, event: Event) -> str:
    facts = event.facts
    kind = facts["kind"]
    if kind not in replay.machines.kinds:
        return f"there is no kind of case {kind!r}"
    for name in replay.machines.kinds[kind]:
        state, machine = facts["state" if name == kind else name], replay.machines[name]
        if state not in machine.states:
            return f"the {name} machine has no state {state!r}"
        if event.type is EventType.CASE_CREATED and state != machine.initial:
            return f"a new case begins in {machine.initial}, not in {state}"
        replay.states[name] = state
    if event.type is EventType.CASE_IMPORTED and event.to != facts["state"]:
        return f"it says to {event.to!r}, its facts say {facts['state']!r}"
    replay.born = facts
    return ""


def _amended(replay: Replay, event: Event) -> str:
    if _HOLD in event.facts:
        replay.is_held = bool(event.facts[_HOLD])
    return ""


def _erased(replay: Replay, event: Event) -> str:
    """Take an erasure only as the rule has it: closed, not held, by two people, and true to what there was."""
    is_final = replay.states.get(replay.kind) in replay.machines[replay.kind].final
    if not is_final or replay.is_held or replay.is_erased:
        return "it erases a case that is open, under legal hold, or erased already"
    if not_by_two(event, replay.confirmed):
        return "it erases a case, and no second person confirmed that before it"
    if (event.facts["texts"], event.facts["documents"]) != (replay.texts, len(replay.documents)):
        return f"it says {event.facts['texts']} texts and {event.facts['documents']} documents went; there were others"
    replay.is_erased = True
    return ""


def _moved(replay: Replay, event: Event) -> str:
    if event.machine not in replay.states:
        return f"a case of the kind {replay.kind} has no machine {event.machine!r}"
    state = replay.states[event.machine]
    if event.frm != state:
        return f"it says {event.machine} moved from {event.frm!r}, but it stood in {state!r}"
    rows = replay.machines[event.machine].rows.get((state, event.event), ())
    if not any(row["next"] == event.to for row in rows):
        return f"the {event.machine} table has no move from {state} on {event.event} to {event.to}"
    mine = [row for row in rows if row["next"] == event.to and event.role in row["who"]]
    if not mine:
        return f"the {event.machine} table does not let {event.role} do {event.event} in {state}"
    replay.states[event.machine] = event.to
    is_needed = all(row["second_person"] for row in mine)
    return not_seconded(event, replay.confirmed, state, is_needed=is_needed)


def _opened(replay: Replay, event: Event) -> str:
    facts = event.facts
    name = facts["obligation"]
    if name in replay.owed:
        return f"the obligation {name} was opened before"
    replay.owed[name] = OwedThen(
        id=name, duty=facts["duty"], rule=facts["rule"], rule_version=facts["rule_version"], started_on=facts["start"],
        starts=facts["starts"], roll=facts["rolls_to"], amount=facts["amount"], unit=facts["unit"],
        due_on=facts["due_on"], calendar_version=facts["calendar"], seq=event.seq,
    )  # fmt: skip
    replay.rungs |= {(name, rung) for rung in facts.get("before_intake", ())}
    return ""


def _running(replay: Replay, event: Event) -> OwedThen:
    owed = running(replay.owed, event)
    owed.seq = event.seq
    return owed


def _suspended(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    wrong = stands_already(owed)
    owed.suspended_on = event.facts["from"]
    return wrong


def _resumed(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    wrong = stood_otherwise(owed, facts["from"])
    owed.suspended_on, owed.due_on = "", facts["due_on"]
    owed.calendar_version = facts.get("calendar", owed.calendar_version)
    replay.dates_moved.append(DueMoved(owed.id, owed.duty, facts["from"], facts["to"], is_pause=True))
    return wrong


def _date_moved(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    wrong = due_otherwise(owed, facts["was"])
    owed.calendar_version = facts.get("calendar", owed.calendar_version)
    owed.due_on = facts["due_on"]
    if event.type is EventType.OBLIGATION_EXTENDED:
        replay.dates_moved.append(DueMoved(owed.id, owed.duty, facts["decided_on"], facts["to"], is_pause=False))
    return wrong


def _discharged(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    owed.discharged_seq = event.seq
    return due_otherwise(owed, event.facts["due_on"])


def _rung_taken(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    key = facts["rung"]
    if (owed.id, key) in replay.rungs:
        return f"the rung {key} of the obligation {owed.id} was taken before"
    if facts["due_at"] > event.at:
        return f"the rung {key} was due at {facts['due_at']} only"
    replay.rungs.add((owed.id, key))
    for notice, _ in zip(facts["mail"], facts["posts"], strict=True):
        replay.mail[notice] = ""
    return due_otherwise(owed, facts["due_on"])


def _queued(replay: Replay, event: Event) -> str:
    replay.mail[event.facts["mail"]] = ""
    if "obligation" not in event.facts:
        return ""
    return due_otherwise(running(replay.owed, event), event.facts["due_on"])


def _mailed(replay: Replay, event: Event) -> str:
    if event.facts["mail"] not in replay.mail:
        return f"the notice {event.facts['mail']} was never queued"
    if event.type is EventType.MAIL_BOUNCED and replay.mail[event.facts["mail"]] != EventType.MAIL_SENT:
        return f"the notice {event.facts['mail']} came back, but was never sent, or had come back before"
    replay.mail[event.facts["mail"]] = event.type.value
    return ""


def _proposed(replay: Replay, event: Event) -> str:
    facts = event.facts
    if facts["approval"] in replay.proposals:
        return f"the proposal {facts['approval']} was made before"
    replay.proposals[facts["approval"]] = ProposedThen(
        facts["event"], facts["digest"], event.actor, facts["expires_at"]
    )
    return ""


def _decided(replay: Replay, event: Event) -> str:
    proposed = replay.proposals.get(event.facts["approval"])
    wrong = not_so_decided(event, proposed)
    if proposed is not None:
        proposed.is_pending = False
    return wrong


_TAKEN_BY: Mapping[EventType, Callable[[Replay, Event], str]] = {
    EventType.CASE_CREATED: _born,
    EventType.CASE_IMPORTED: _born,
    EventType.CASE_AMENDED: _amended,
    EventType.ERASED: _erased,
    EventType.MOVED: _moved,
    EventType.OBLIGATION_OPENED: _opened,
    EventType.OBLIGATION_SUSPENDED: _suspended,
    EventType.OBLIGATION_RESUMED: _resumed,
    EventType.OBLIGATION_EXTENDED: _date_moved,
    EventType.OBLIGATION_MOVED: _date_moved,
    EventType.OBLIGATION_DISCHARGED: _discharged,
    EventType.RUNG_TAKEN: _rung_taken,
    EventType.MAIL_QUEUED: _queued,
    EventType.MAIL_SENT: _mailed,
    EventType.MAIL_FAILED: _mailed,
    EventType.MAIL_BOUNCED: _mailed,
    EventType.MAIL_WITHDRAWN: _mailed,
    EventType.ACT_PROPOSED: _proposed,
    EventType.ACT_CONFIRMED: _decided,
    EventType.ACT_EXPIRED: _decided,
}
