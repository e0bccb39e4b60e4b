"""A chain replayed from its events and the published tables alone, by somebody who has nothing of the engine.

The tables are plain data, as they stand in an export. A move is judged by its row: where it begins and ends, who may
make it, and whether a second person confirmed it before. Other guards ask for what no event tells.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.history.event import Event, EventType
from npm_cases.history.replayed_rows import DueMoved, OwedThen, ProposedThen

Plain = Mapping[str, Any]

_HOLD = "legal_hold"
CREATED, IMPORTED = EventType.CASE_CREATED, EventType.CASE_IMPORTED


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
            wrong = _unborn(self, event) or _TAKEN_BY.get(event.type, _nothing)(self, event) or self._undone_by(event)
            self.confirmed = (event.actor, event.facts["event"]) if event.type is EventType.ACT_CONFIRMED else None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return f"the facts of this {event.type.value} cannot be read: {type(error).__name__}: {error}"
        self.texts += bool(event.body_ct)
        for document in event.docs:
            self.documents.setdefault(document, event.seq)
        return wrong

    def undone(self) -> str:
        """Say what was confirmed last and never done; empty when nothing is. The act follows in the same transaction."""
        return "" if self.confirmed is None else f"{self.confirmed[1]}, confirmed by {self.confirmed[0]}, was not done"

    def _undone_by(self, event: Event) -> str:
        if self.confirmed is None or (event.approved_by, act_of(event)) == self.confirmed:
            return ""
        return f"{self.undone()}: this {event.type.value} follows instead"


def act_of(event: Event) -> str:
    """Return the name under which the act of an event was proposed."""
    if event.type is EventType.KEY_ROTATED:
        return f"rotate_{event.facts['which']}_key"
    return _PROPOSED_AS.get(event.type, event.event)


_PROPOSED_AS = {EventType.ERASED: "erase", EventType.RESTORED: "declare_restore"}


def _nothing(_: Replay, __: Event) -> str:
    return ""


def _unborn(replay: Replay, event: Event) -> str:
    if event.type in {CREATED, IMPORTED}:
        return "" if event.seq == 1 else "a case is born once, as its first event"
    if event.type not in _OF_A_CASE or replay.born:
        return ""
    if event.seq == 1:
        return f"a case begins with its birth, not with {event.type.value}"
    return f"{event.type.value} belongs to a case, and this chain is none"


def _born(replay: Replay, event: Event) -> str:
    facts = event.facts
    kind = facts["kind"]
    if kind not in replay.machines.kinds:
        return f"there is no kind of case {kind!r}"
    for name in replay.machines.kinds[kind]:
        state, machine = facts["state" if name == kind else name], replay.machines[name]
        if state not in machine.states:
            return f"the {name} machine has no state {state!r}"
        if event.type is CREATED and state != machine.initial:
            return f"a new case begins in {machine.initial}, not in {state}"
        replay.states[name] = state
    if event.type is IMPORTED and event.to != facts["state"]:
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
    if event.approved_by == event.actor or replay.confirmed != (event.approved_by, "erase"):
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
    return _why_not_second(replay, event, mine, state)


def _why_not_second(replay: Replay, event: Event, rows: Iterable[Plain], state: str) -> str:
    if event.approved_by:
        if event.approved_by == event.actor:
            return f"{event.event} was confirmed by the person who proposed it"
        if replay.confirmed != (event.approved_by, event.event):
            return f"{event.event} says it was confirmed by {event.approved_by}, but no confirmation stands before it"
    elif all(row["second_person"] for row in rows):
        return f"{event.event} in {state} needs a second person, and none confirmed it"
    return ""


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
    """Return the obligation an event is about; raises ValueError when it does not run."""
    owed = replay.owed.get(event.facts["obligation"])
    if owed is None:
        raise ValueError(f"the obligation {event.facts['obligation']} was never opened")
    if owed.discharged_seq:
        raise ValueError(f"the obligation {owed.id} was discharged by event {owed.discharged_seq}")
    if event.facts.get("duty", owed.duty) != owed.duty:
        raise ValueError(f"the obligation {owed.id} is of the duty {owed.duty}, not {event.facts['duty']}")
    owed.seq = event.seq
    return owed


def _other_date(owed: OwedThen, said: str) -> str:
    return f"it says the obligation {owed.id} was due on {said}, but it was due on {owed.due_on}"


def _suspended(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    if owed.suspended_on:
        return f"the obligation {owed.id} stood since {owed.suspended_on} already"
    owed.suspended_on = event.facts["from"]
    return ""


def _resumed(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    if facts["from"] != owed.suspended_on:
        return f"the obligation {owed.id} did not stand since {facts['from']}"
    owed.suspended_on, owed.due_on = "", facts["due_on"]
    replay.dates_moved.append(DueMoved(owed.id, owed.duty, facts["from"], facts["to"], is_pause=True))
    return ""


def _date_moved(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    if facts["was"] != owed.due_on:
        return _other_date(owed, facts["was"])
    owed.calendar_version = facts.get("calendar", owed.calendar_version)
    owed.due_on = facts["due_on"]
    if event.type is EventType.OBLIGATION_EXTENDED:
        replay.dates_moved.append(DueMoved(owed.id, owed.duty, facts["decided_on"], facts["to"], is_pause=False))
    return ""


def _discharged(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    if event.facts["due_on"] != owed.due_on:
        return _other_date(owed, event.facts["due_on"])
    owed.discharged_seq = event.seq
    return ""


def _rung_taken(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    key = facts["rung"]
    if (owed.id, key) in replay.rungs:
        return f"the rung {key} of the obligation {owed.id} was taken before"
    if facts["due_on"] != owed.due_on:
        return _other_date(owed, facts["due_on"])
    if facts["due_at"] > event.at:
        return f"the rung {key} was due at {facts['due_at']} only"
    replay.rungs.add((owed.id, key))
    for notice, _ in zip(facts["mail"], facts["posts"], strict=True):
        replay.mail[notice] = ""
    return ""


def _queued(replay: Replay, event: Event) -> str:
    replay.mail[event.facts["mail"]] = ""
    return ""


def _mailed(replay: Replay, event: Event) -> str:
    if event.facts["mail"] not in replay.mail:
        return f"the notice {event.facts['mail']} was never queued"
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
    name = event.facts["approval"]
    proposed = replay.proposals.get(name)
    if proposed is None or not proposed.is_pending:
        return f"no proposal {name} was pending"
    if event.actor == proposed.proposer:
        return f"the proposal {name} was decided by {event.actor}, who made it"
    if event.facts.get("digest", proposed.digest) != proposed.digest or event.facts["event"] != proposed.event:
        return f"the proposal {name} was for another act"
    if event.type is EventType.ACT_CONFIRMED and event.at >= proposed.expires_at:
        return f"the proposal {name} was confirmed at {event.at}, but it had lapsed at {proposed.expires_at}"
    proposed.is_pending = False
    return ""


_TAKEN_BY: Mapping[EventType, Callable[[Replay, Event], str]] = {
    CREATED: _born,
    IMPORTED: _born,
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
    EventType.MAIL_WITHDRAWN: _mailed,
    EventType.ACT_PROPOSED: _proposed,
    EventType.ACT_CONFIRMED: _decided,
    EventType.ACT_EXPIRED: _decided,
}
_OF_A_CASE = frozenset(
    {
        EventType.MOVED, EventType.CASE_AMENDED, EventType.CASE_ASSIGNED, EventType.CASE_LINKED,
        EventType.PARTY_EXCLUDED, EventType.DOCUMENT_ADDED, EventType.ACT_REFUSED, EventType.ERASED,
        EventType.CONSENT_GIVEN, EventType.CONSENT_LIMITED, EventType.CONSENT_WITHDRAWN,
    }
)  # fmt: skip
