"""The compiled rows, the explanation and the `transitions` machine say the same of every move and guard outcome."""

from dataclasses import replace
from enum import StrEnum
from importlib.metadata import version
from itertools import chain, combinations
from types import SimpleNamespace
from typing import Any

import pytest
from transitions import Machine, MachineError

from state_machines import (
    MACHINES,
    Facts,
    StateTable,
    allegation_terms,
    compensation,
    escalation,
    recommendation_terms,
    rehabilitation,
)
from state_machines.table import Guard, Role, Row, TransitionRefused

WORDS: dict[str, tuple[type[StrEnum], type[StrEnum]]] = {
    "recommendation": (recommendation_terms.State, recommendation_terms.Event),
    "allegation": (allegation_terms.State, allegation_terms.Event),
    "compensation": (compensation.State, compensation.Event),
    "rehabilitation": (rehabilitation.State, rehabilitation.Event),
    "escalation": (escalation.State, escalation.Event),
}
each_machine = pytest.mark.parametrize("name", MACHINES)


def _told(code: str) -> Guard:
    """A guard that holds when its code is among the facts: any outcome can be asked for."""
    return Guard(code, lambda facts: code in facts.earlier_authorities)


def _with_told_guards(table: StateTable[Any, Any]) -> StateTable[Any, Any]:
    rows = [
        replace(row, guards=tuple(replace(guard, holds=_told(guard.code).holds) for guard in row.guards))
        for row in table.rows
    ]
    states, events = WORDS[table.name]
    return StateTable(table.name, states, events, states(table.initial), rows)


def _outcomes(row: Row | None) -> list[frozenset[str]]:
    codes = [guard.code for guard in row.guards] if row else []
    subsets = chain.from_iterable(combinations(codes, size) for size in range(len(codes) + 1))
    return [frozenset(subset) for subset in subsets]


def _moved(machine: Machine, state: str, event: str, role: Role, facts: Facts) -> str | None:
    piece = SimpleNamespace(state=state)
    try:
        moved = machine.events[event].trigger(piece, role=role, facts=facts)
    except MachineError:
        moved = False
    assert moved or piece.state == state, "a refusal changes nothing"
    return piece.state if moved else None


@each_machine
def test_compiled_rows_equal_the_machine_for_every_state_event_and_guard_outcome(name: str) -> None:
    table = _with_told_guards(MACHINES[name])
    for state in table.states:
        for event in table.events:
            for role in Role:
                for held in _outcomes(table.row(state, event, role)):
                    facts = Facts(role=role, earlier_authorities=held)
                    allowed = not table.reasons(state, event, role, facts)
                    expected = table.next_state(state, event) if allowed else None
                    assert _moved(table.machine, state, event, role, facts) == expected


@each_machine
def test_the_machine_knows_no_move_beside_the_rows(name: str) -> None:
    table = MACHINES[name]
    known = {
        (move.source, event.name, move.dest)
        for event in table.machine.events.values()
        for moves in event.transitions.values()
        for move in moves
    }
    assert known == {(row.state, row.event, row.next) for row in table.rows}


def test_the_detached_call_of_the_pinned_library_moves_a_bare_object() -> None:
    assert version("transitions").startswith("0.9."), "read transitions' notes, then widen the pin in pyproject.toml"
    machine = Machine(
        model=None,
        states=["a", "b"],
        transitions=[["go", "a", "b"]],
        initial="a",
        auto_transitions=False,
        send_event=True,
        ignore_invalid_triggers=False,
    )
    piece = SimpleNamespace(state="a")
    assert machine.events["go"].trigger(piece) is True
    assert piece.state == "b"
    with pytest.raises(MachineError):
        machine.events["go"].trigger(piece)


def test_the_machine_keeps_nothing_of_the_cases_it_moved() -> None:
    table = MACHINES["recommendation"]
    table.take("replied", "accept", Role.CASEWORKER, Facts())
    assert table.machine.models == []


def test_a_guard_that_answers_twice_differently_is_an_error_and_no_silent_refusal() -> None:
    answers = iter([True, False])
    row = Row("none", "offer", "offered", frozenset({Role.CASEWORKER}), (Guard("fickle", lambda _: next(answers)),))
    table = StateTable("fickle", rehabilitation.State, rehabilitation.Event, rehabilitation.State.NONE, [row])
    with pytest.raises(RuntimeError, match="pure"):
        table.take("none", "offer", Role.CASEWORKER, Facts())


def test_next_states_are_plain_text_that_a_database_stores() -> None:
    table = MACHINES["recommendation"]
    try:
        moved = table.take("replied", "accept", Role.CASEWORKER, Facts())
    except TransitionRefused:  # pragma: no cover - the message would hide the type
        pytest.fail("accepting a reply asks for nothing")
    assert type(moved) is str
    assert type(table.next_state("replied", "accept")) is str
