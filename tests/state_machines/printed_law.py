"""Reads docs/tables/*.md back into rows, the way a lawyer does: by the words in code type."""

import re
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).parents[2] / "docs" / "tables"


@dataclass(frozen=True)
class PrintedRow:
    states: tuple[str, ...]
    event: str
    next: str | None  # None stays in the same state
    who: tuple[str, ...]
    guards: tuple[str, ...]
    records_others: bool


def text_of(machine: str) -> str:
    return (TABLES / f"{machine}.md").read_text(encoding="utf-8")


def rows_of(machine: str) -> list[PrintedRow]:
    moves, states = text_of(machine).split("\n## ")
    final = {cells[0] for cells in _cells(states) if "`final`" in cells[2]}
    every = [_codes(cells[0])[0] for cells in _cells(states)]
    ended = {_codes(state)[0] for state in final}
    return [_row(cells, every, ended) for cells in _cells(moves)]


def permitted_in(machine: str) -> set[tuple[str, str, str]]:
    """Every (role, state, event) that the printed table allows."""
    return {(role, state, row.event) for row in rows_of(machine) for state in row.states for role in row.who}


def _row(cells: list[str], every: list[str], ended: set[str]) -> PrintedRow:
    states = _codes(cells[0])
    if states == ("any",):
        states = tuple(every)
    elif states == ("any_open",):
        states = tuple(state for state in every if state not in ended)
    next_state = _codes(cells[2])
    return PrintedRow(
        states,
        _codes(cells[1])[0],
        next_state[0] if next_state else None,
        _codes(cells[3]),
        _codes(cells[4]),
        "†" in cells[1],
    )


def _cells(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\(`(\w+)`\)", cell))
