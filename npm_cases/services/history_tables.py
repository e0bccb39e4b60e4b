"""What was found in the histories as a file: CSV for spreadsheets, JSON for programs; both name the newest checkpoint.

A cell that a spreadsheet would take for a formula gets an apostrophe before it. UTF-8, without a byte order mark.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from io import StringIO
from typing import Any

from npm_cases.domain.plain_cells import inert
from npm_cases.services.history_search import Exported, Line
from npm_cases.services.log import StoredCheckpoint

COLUMNS = (
    "index", "number", "chain", "seq", "at", "happened_on", "type", "machine", "event", "actor", "role", "on_behalf",
    "approved_by", "from", "to", "reason", "late", "docs", "facts", "leaf",
)  # fmt: skip


def members(line: Line) -> dict[str, Any]:
    """Return an event that was found as members for programs."""
    found = asdict(line)
    return {("from" if name == "frm" else name): value for name, value in found.items()}


def checkpoint_members(checkpoint: StoredCheckpoint | None) -> dict[str, Any] | None:
    """Return the size and the root of a checkpoint; None before the first one."""
    return {"size": checkpoint.size, "root": checkpoint.root.hex()} if checkpoint else None


def checkpoint_line(checkpoint: StoredCheckpoint | None) -> str:
    """Return the size and the root of a checkpoint in one line."""
    if checkpoint is None:
        return "checkpoint: none yet, run `npm-cases audit checkpoint`"
    return f"checkpoint: {checkpoint.size} entries, root {checkpoint.root.hex()}"


def as_csv(found: Exported) -> Iterator[bytes]:
    """Yield the file: a row with the checkpoint, one with what was asked for, the names of the columns, the events."""
    yield csv_row([checkpoint_line(found.checkpoint)])
    yield csv_row([f"events: {found.count}, asked for: {_json(found.criteria) if found.criteria else 'all'}"])
    yield csv_row(COLUMNS)
    for line in found.lines:
        told = members(line)
        yield csv_row(_cell(told[name]) for name in COLUMNS)


def as_json(found: Exported) -> Iterator[bytes]:
    """Yield the file: checkpoint, criteria, count, then the events, one in a line."""
    head = {"checkpoint": checkpoint_members(found.checkpoint), "criteria": found.criteria, "count": found.count}
    yield (_json(head)[:-1] + ', "events": [').encode()
    for number, line in enumerate(found.lines):
        yield (("," if number else "") + "\n" + _json(members(line))).encode()
    yield b"\n]}\n"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(value: Any) -> str:
    text = _json(value) if isinstance(value, Mapping) else str(value)
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else text


def csv_row(cells: Iterable[str]) -> bytes:
    """Write one row of a file, every cell inert in a spreadsheet."""
    line = StringIO()
    csv.writer(line).writerow([inert(cell) for cell in cells])
    return line.getvalue().encode()
