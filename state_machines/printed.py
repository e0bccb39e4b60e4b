"""The tables in forms that others read: Markdown for lawyers, Mermaid for pictures, JSON for programs.

`python -m state_machines.printed docs/tables` writes the Markdown of every table into that folder.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from state_machines import MACHINES
from state_machines.labels import Kind, label
from state_machines.table import Role, Row, StateTable

Table = StateTable[Any, Any]

RECORDED = " †"


def as_markdown(table: Table, lang: str = "en") -> str:
    """Print the table as a lawyer reads it, and below it every state with its phase; ends with a newline.

    A move that several states share stands once, where the first of them has it.
    """
    heads = [label(Kind.HEAD, head, lang) for head in ("state", "event", "next", "who", "only_if")]
    lines = [
        f"# {_capital(_term(Kind.MACHINE, table.name, lang, table))}",
        label(Kind.HEAD, "sentence", lang),
        _markdown_table(heads, _printed_rows(table, lang)),
        f"## {label(Kind.HEAD, 'states', lang)}",
        _markdown_table(*_printed_states(table, lang)),
    ]
    return "\n\n".join(lines) + "\n"


def as_mermaid(table: Table) -> str:
    """Draw the moves that change the state as a Mermaid state diagram.

    Events that lead from one state to the same other one share an arrow.
    """
    lines = ["stateDiagram-v2", f"    [*] --> {table.initial}"]
    moves = sorted({(row.state, row.next) for row in table.rows}, key=lambda move: _place(table, *move))
    for state, next_state in moves:
        if state != next_state:
            events = dict.fromkeys(row.event for row in table.rows if (row.state, row.next) == (state, next_state))
            lines.append(f"    {state} --> {next_state}: {' / '.join(events)}")
    lines += [f"    {state} --> [*]" for state in table.states if state in table.final]
    return "\n".join(lines) + "\n"


def as_json(table: Table) -> str:
    """Write the table as JSON, complete enough to replay a history against; keys in a fixed order."""
    document = {
        "machine": table.name,
        "initial": table.initial,
        "states": [
            {"state": state, "phase": _phase(table, state), "final": state in table.final} for state in table.states
        ],
        "events": list(table.events),
        "rows": [_row_as_json(row) for row in table.rows],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write_all(folder: Path) -> None:
    """Write `<machine>.md` for every table into the folder, which is made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in MACHINES.values():
        (folder / f"{table.name}.md").write_text(as_markdown(table), encoding="utf-8")


def _row_as_json(row: Row) -> dict[str, object]:
    return {
        "state": row.state,
        "event": row.event,
        "next": row.next,
        "who": _in_order(row.who),
        "guards": [{"code": guard.code, "second_person": guard.second_person} for guard in row.guards],
        "records_others": row.records_others,
        "fields": [
            {"name": field.name, "kind": field.kind.value, "choices": list(field.choices)} for field in row.fields
        ],
    }


def _printed_rows(table: Table, lang: str) -> Iterator[list[str]]:
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in table.rows:
        alike.setdefault(_but_for_its_state(row), []).append(row)
    for rows in alike.values():
        yield _printed_row(table, rows, lang)


def _but_for_its_state(row: Row) -> tuple[object, ...]:
    next_state = None if row.next == row.state else row.next
    return row.event, next_state, row.who, row.guards, row.records_others


def _printed_row(table: Table, rows: list[Row], lang: str) -> list[str]:
    row = rows[0]
    stays = row.next == row.state
    return [
        _printed_sources(table, {row.state for row in rows}, lang),
        _term(Kind.EVENT, row.event, lang, table) + (RECORDED if row.records_others else ""),
        label(Kind.HEAD, "same", lang) if stays else _term(Kind.STATE, row.next, lang, table),
        ", ".join(_term(Kind.ROLE, role, lang, table) for role in _in_order(row.who)),
        "; ".join(_term(Kind.GUARD, guard.code, lang, table) for guard in row.guards),
    ]


def _printed_sources(table: Table, sources: set[str], lang: str) -> str:
    if sources == set(table.states):
        return f"{label(Kind.HEAD, 'any', lang)} (`any`)"
    if table.final and sources == set(table.states) - table.final:
        return f"{label(Kind.HEAD, 'any_open', lang)} (`any_open`)"
    return ", ".join(_term(Kind.STATE, state, lang, table) for state in table.states if state in sources)


def _printed_states(table: Table, lang: str) -> tuple[list[str], list[list[str]]]:
    heads = [label(Kind.HEAD, head, lang) for head in ("state", "phase", "stands")]
    rows = []
    for state in table.states:
        phase = _phase(table, state)
        end = "final" if state in table.final else "open"
        rows.append(
            [
                _term(Kind.STATE, state, lang, table),
                _term(Kind.PHASE, phase, lang, table) if phase else "",
                f"{label(Kind.HEAD, end, lang)} (`{end}`)",
            ]
        )
    return heads, rows


def _markdown_table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _term(kind: Kind, name: str, lang: str, table: Table) -> str:
    return f"{label(kind, name, lang, table.name)} (`{name}`)"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _phase(table: Table, state: str) -> str | None:
    return table.phase(state) if table.has_phases else None


def _in_order(who: frozenset[Role]) -> list[str]:
    return [role.value for role in Role if role in who]


def _place(table: Table, state: str, next_state: str) -> tuple[int, int]:
    return table.states.index(state), table.states.index(next_state)


if __name__ == "__main__":
    write_all(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/tables"))
