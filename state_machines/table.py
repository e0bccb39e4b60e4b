"""What a state table is: its rows and guards, the machine compiled from them, and a refusal that gives every reason.

Nothing here knows a case, a clock, mail or a database. This file alone imports `transitions`. The library answers a
refused guard with a silent False, so the table asks the guards first and raises; the machine then makes the move,
with the same guards as its own condition.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Generic, TypeVar

from transitions import EventData, Machine

from state_machines.facts import Facts
from state_machines.phases import Phase

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

UNKNOWN_EVENT = "unknown_event"
NOT_FROM_THIS_STATE = "not_from_this_state"
ROLE_NOT_ALLOWED = "role_not_allowed"
VERSION_CHANGED = "version_changed"  # not the table's: the case moved between reading and acting
PLAIN_REFUSALS = (UNKNOWN_EVENT, NOT_FROM_THIS_STATE, ROLE_NOT_ALLOWED, VERSION_CHANGED)


class Role(StrEnum):
    """Who acts. The clock is the system acting on time; it moves the escalation machine only."""

    PARTICIPANT = "participant"
    GROUP_LEADER = "group_leader"
    COUNCIL = "council"
    COMMISSIONER = "commissioner"
    DELEGATE = "delegate"
    SECRETARIAT = "secretariat"
    REPRESENTATIVE = "representative"
    CASEWORKER = "caseworker"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"


class FieldKind(StrEnum):
    """What a field holds. The services seal `TEXT`, free text about persons; facts say only whether it is given."""

    CODE = "code"
    DATE = "date"
    DOCUMENT = "document"
    VISIT = "visit"
    BODY = "body"
    FLAG = "flag"
    NUMBER = "number"
    TEXT = "text"
    CASE = "case"
    USER = "user"


@dataclass(frozen=True)
class Field:
    """One thing a person may be asked for; `choices`, where given, are the only codes accepted."""

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """A condition of a move. `code` is what a refusal names; `fields` are what a person can bring to meet it.

    `second_person` marks a guard that only another person's confirmation meets.
    """

    code: str
    holds: Callable[[Facts], bool]
    fields: tuple[Field, ...] = ()
    second_person: bool = False


@dataclass(frozen=True)
class Row:
    """In `state`, on `event`, go to `next`, done by `who`, only if all `guards` hold.

    `records_others` marks a record of what others did: its guards ask for the paper that proves it, never whether
    it was lawful. `optional` are fields accepted beside those of the guards.
    """

    state: str
    event: str
    next: str
    who: frozenset[Role]
    guards: tuple[Guard, ...] = ()
    records_others: bool = False
    optional: tuple[Field, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields the row accepts, those of the guards first, each name once."""
        asked = (field for guard in self.guards for field in guard.fields)
        return tuple(dict.fromkeys((*asked, *self.optional)))


@dataclass(frozen=True)
class Permitted:
    """A move one role may try from one state: its guards by code, and all fields it accepts.

    `optional` names those of the fields that no guard asks for.
    """

    event: str
    next: str
    guards: tuple[str, ...]
    fields: tuple[Field, ...]
    optional: tuple[str, ...] = ()


class TransitionRefused(Exception):
    """The table refuses the move; nothing changed. Show `reasons` (all of them), who may act, and what is permitted.

    `roles` may make this move from this state; `permitted` are the events the asking role has here.
    `only_second_person` says that nothing but another person's confirmation is missing: propose the act instead.
    """

    def __init__(
        self,
        machine: str,
        state: str,
        event: str,
        reasons: tuple[str, ...],
        roles: tuple[str, ...] = (),
        permitted: tuple[str, ...] = (),
        only_second_person: bool = False,
    ) -> None:
        super().__init__(machine, state, event, reasons, roles, permitted, only_second_person)
        self.machine = machine
        self.state = state
        self.event = event
        self.reasons = reasons
        self.roles = roles
        self.permitted = permitted
        self.only_second_person = only_second_person

    def __str__(self) -> str:
        return (
            f"{self.machine}: {self.event} is refused in state {self.state or 'unknown'}: {', '.join(self.reasons)}"
            f" (may be done by: {', '.join(self.roles) or 'nobody'};"
            f" permitted here: {', '.join(self.permitted) or 'nothing'})"
        )


class _Piece:
    """The only thing the machine moves: a bare state, thrown away after the move."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class StateTable(Generic[S, E]):
    """One machine's rows, compiled once; it decides, refuses and explains moves, and keeps nothing of any case.

    Several rows may share (state, event) where different roles need different guards; they lead to one next state.
    Raises ValueError at building time for a row that contradicts another or names a state or event not its own.
    """

    def __init__(
        self,
        name: str,
        states: type[S],
        events: type[E],
        initial: S,
        rows: Iterable[Row],
        *,
        final: frozenset[S] = frozenset(),
        phases: Mapping[S, Phase] | None = None,
    ) -> None:
        self.name = name
        self.states: tuple[str, ...] = tuple(state.value for state in states)
        self.events: tuple[str, ...] = tuple(event.value for event in events)
        self.initial: str = initial.value
        self.rows = tuple(rows)
        self.final: frozenset[str] = frozenset(state.value for state in final)
        self._phases = {state.value: phase.value for state, phase in (phases or {}).items()}
        self._by_move = _grouped(self)
        self._next = {move: rows[0].next for move, rows in self._by_move.items()}
        self.machine = self._compiled()

    def take(self, state: str, event: str, role: Role, facts: Facts) -> str:
        """Make the move and return the next state; raise TransitionRefused with every reason otherwise."""
        facts = _seen_by(role, facts)
        self.decide(state, event, role, facts)
        piece = _Piece(state)
        if not self.machine.events[event].trigger(piece, role=role, facts=facts):
            message = f"{self.name}: a guard of {event} in {state} answered twice differently; guards must be pure"
            raise RuntimeError(message)
        return piece.state

    def decide(self, state: str, event: str, role: Role, facts: Facts) -> str:
        """Return the next state by the compiled rows alone; raise TransitionRefused like `take`.

        For sweeps over many cases: the machine costs as much as all other work on a rung, and a test holds it equal
        to the rows.
        """
        reasons = self.reasons(state, event, role, facts)
        if reasons:
            raise self._refusal(state, event, role, reasons)
        return self._next[state, event]

    def reasons(self, state: str, event: str, role: Role, facts: Facts) -> tuple[str, ...]:
        """Give every reason against the move, plain refusals first; empty means allowed."""
        if event not in self.events:
            return (UNKNOWN_EVENT,)
        row = self.row(state, event, role)
        if row is None:
            return (NOT_FROM_THIS_STATE,)
        seen = _seen_by(role, facts)
        wrong_role = () if role in row.who else (ROLE_NOT_ALLOWED,)
        return wrong_role + tuple(guard.code for guard in row.guards if not guard.holds(seen))

    def row(self, state: str, event: str, role: Role | None = None) -> Row | None:
        """Return the row of this move, the role's own where it has one; None where the table has no such move."""
        rows = self._by_move.get((state, event))
        if rows is None:
            return None
        if len(rows) == 1:
            return rows[0]
        return next((row for row in rows if role in row.who), rows[0])

    def next_state(self, state: str, event: str) -> str | None:
        """Return where the move leads, guards not asked: for sweeps over sets that asked them already."""
        return self._next.get((state, event))

    def permitted(self, state: str, role: Role) -> tuple[Permitted, ...]:
        """List what the role may try from the state, in the order of the table; guards are named, not asked."""
        return tuple(_as_permitted(row) for row in self.rows if row.state == state and role in row.who)

    def events_from(self, state: str) -> tuple[str, ...]:
        """List the events that leave or touch the state, each once, in the order of the table."""
        return tuple(event for source, event in self._next if source == state)

    @property
    def has_phases(self) -> bool:
        """Whether this is a substance machine: one whose states belong to the common phases."""
        return bool(self._phases)

    def phase(self, state: str) -> str:
        """Return the common phase of the state; raise LookupError in a machine that has no phases."""
        if not self.has_phases:
            message = f"{self.name} has no phases: ask the recommendation or allegation machine of the case"
            raise LookupError(message)
        return self._phases[state]

    def _refusal(self, state: str, event: str, role: Role, reasons: tuple[str, ...]) -> TransitionRefused:
        rows = self._by_move.get((state, event), ())
        may = {member for row in rows for member in row.who}
        row = self.row(state, event, role)
        second = {guard.code for guard in row.guards if guard.second_person} if row else set[str]()
        return TransitionRefused(
            self.name,
            state,
            event,
            reasons,
            tuple(member.value for member in Role if member in may),
            tuple(permitted.event for permitted in self.permitted(state, role)),
            second.issuperset(reasons),
        )

    def _compiled(self) -> Machine:
        return Machine(
            model=None,
            states=list(self.states),
            transitions=[
                {"trigger": event, "source": state, "dest": dest, "conditions": partial(self._allows, state, event)}
                for (state, event), dest in self._next.items()
            ],
            initial=self.initial,
            auto_transitions=False,
            send_event=True,
            ignore_invalid_triggers=False,
        )

    def _allows(self, state: str, event: str, data: EventData) -> bool:
        return not self.reasons(state, event, data.kwargs["role"], data.kwargs["facts"])


def _seen_by(role: Role, facts: Facts) -> Facts:
    return facts if facts.role == role else replace(facts, role=role.value)


def _as_permitted(row: Row) -> Permitted:
    asked = {field.name for guard in row.guards for field in guard.fields}
    optional = tuple(field.name for field in row.optional if field.name not in asked)
    return Permitted(row.event, row.next, tuple(guard.code for guard in row.guards), row.fields, optional)


def _grouped(table: StateTable[S, E]) -> dict[tuple[str, str], tuple[Row, ...]]:
    moves: dict[tuple[str, str], tuple[Row, ...]] = {}
    for row in table.rows:
        move = (str(row.state), str(row.event))
        _check(table, row, moves.get(move, ()))
        moves[move] = (*moves.get(move, ()), row)
    return moves


def _check(table: StateTable[S, E], row: Row, others: tuple[Row, ...]) -> None:
    where = f"{table.name}: {row.event} in {row.state}"
    if row.state not in table.states or row.next not in table.states or row.event not in table.events:
        message = f"{where} to {row.next}: this table has no such state or event"
        raise ValueError(message)
    if not row.who:
        message = f"{where}: name who may do it"
        raise ValueError(message)
    if any(other.next != row.next or other.who & row.who for other in others):
        message = f"{where}: two rows disagree; give them one next state and different roles"
        raise ValueError(message)
