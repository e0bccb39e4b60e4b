"""A machine drawn as a map: its states in the columns of their phases, the present one and those one step away marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from npm_cases.domain.records import Case
from npm_cases.services.moves import machines_of, state_of
from npm_cases.web.rendering import Speaker
from state_machines import MACHINES
from state_machines.phases import Phase


@dataclass(frozen=True, slots=True)
class Spot:
    """One state: ``is_next`` says that an event leads there from the present one."""

    state: str
    label: str
    is_present: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class Column:
    """States that belong together, under the name of their phase; without phases, one column in the order of the table."""

    name: str
    is_present: bool
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """One machine of a case."""

    machine: str
    label: str
    present: str
    columns: tuple[Column, ...]


def machine_map(case: Case, speaker: Speaker) -> list[Map]:
    """Draw every machine of a case that has begun; the redress machines appear once something happened in them."""
    return list(_maps(case, speaker))


def _maps(case: Case, speaker: Speaker) -> Iterator[Map]:
    for name in machines_of(case):
        table, present = MACHINES[name], state_of(case, name)
        if not table.has_phases and name != "escalation" and present == table.initial:
            continue
        ahead = {row.next for row in table.rows if row.state == present}
        spots = {
            state: Spot(
                state, speaker.label("state", state, name), state == present, state in ahead and state != present
            )
            for state in table.states
        }
        groups = (
            [(p.value, [s for s in table.states if table.phase(s) == p]) for p in Phase]
            if table.has_phases
            else [("", list(table.states))]
        )
        columns = tuple(
            Column(speaker.label("phase", phase) if phase else "", present in states, tuple(spots[s] for s in states))
            for phase, states in groups
        )
        yield Map(name, speaker.label("machine", name), present, columns)
