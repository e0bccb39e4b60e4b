"""Short words to write a table with: our own acts, records of what others did, and rows for many states at once."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, TypeVar

from state_machines.fields import DOCUMENT, HAPPENED_ON, NOTE
from state_machines.table import Field, Guard, Role, Row

S = TypeVar("S", bound=StrEnum)

SAME: Final = None  # the next state is the state itself

PARTICIPANT = frozenset({Role.PARTICIPANT})
GROUP_LEADER = frozenset({Role.GROUP_LEADER})
COMMISSIONER = frozenset({Role.COMMISSIONER})
DELEGATE = frozenset({Role.DELEGATE})
SECRETARIAT = frozenset({Role.SECRETARIAT})
CASEWORKER = frozenset({Role.CASEWORKER})
CLOCK = frozenset({Role.CLOCK})
REPRESENTATIVE = frozenset({Role.REPRESENTATIVE})
WITNESSES = CASEWORKER | PARTICIPANT | GROUP_LEADER | REPRESENTATIVE  # who hears of a reprisal first


def any_open(states: type[S], final: frozenset[S]) -> tuple[S, ...]:
    """Return the states that are not final, in the order of the enum."""
    return tuple(state for state in states if state not in final)


def act(
    states: S | Iterable[S],
    event: StrEnum,
    to: S | None,
    who: frozenset[Role],
    *guards: Guard,
    optional: tuple[Field, ...] = (),
) -> Iterator[Row]:
    """Write one row per state for an act of our own, which its guards may refuse."""
    for state in _each(states):
        yield Row(str(state), str(event), str(to or state), who, guards, optional=(*optional, DOCUMENT, NOTE))


def record(
    states: S | Iterable[S],
    event: StrEnum,
    to: S | None,
    who: frozenset[Role],
    *guards: Guard,
    optional: tuple[Field, ...] = (),
) -> Iterator[Row]:
    """Write one row per state for what others did: its guards ask for the proof, never whether it was lawful."""
    for state in _each(states):
        yield Row(
            str(state),
            str(event),
            str(to or state),
            who,
            guards,
            records_others=True,
            optional=(*optional, HAPPENED_ON, DOCUMENT, NOTE),
        )


def _each(states: S | Iterable[S]) -> Iterable[S]:
    # A member is itself an iterable of letters.
    return (states,) if isinstance(states, StrEnum) else states
