"""Rows out of a file in one of the known formats. Nothing here touches a database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from npm_cases.importers import plain, upr
from npm_cases.importers.cells import Record, records
from npm_cases.importers.checks import Unfit
from npm_cases.importers.decoding import decoded_as
from npm_cases.importers.errors import BadFile
from npm_cases.importers.objects import objects
from npm_cases.importers.opening import Progress, opened_text
from npm_cases.importers.refused import MARK, as_typed
from npm_cases.importers.rows import ImportedRow, RefusedRow

Format = Literal["upr", "csv", "json"]
Reader = Callable[[int, Sequence[str]], ImportedRow]

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {"upr": upr.HEADER, "csv": plain.HEADER, "json": plain.HEADER}
_NEEDED: Final[Mapping[str, frozenset[str]]] = {"upr": upr.NEEDED, "csv": plain.NEEDED}


def read_rows(
    path: Path, fmt: Format, encoding: str | None = None, progress: Progress | None = None
) -> Iterator[ImportedRow | RefusedRow]:
    """Give every row of the file, in its order, as read or as refused: the two together are all its rows.

    Streams: at most one row and one block are held. Blank lines are no rows. The same row twice is given twice.
    Raises BadFile, UndecidedEncoding. A BadFile may come after rows: what was taken stands, and the mended file can be
    imported as a whole again, since its rows keep their keys.
    """
    if fmt not in HEADERS:
        raise BadFile(path, 0, f"the format {fmt!r} is not read here; give one of {', '.join(HEADERS)}")
    name = decoded_as(path, encoding)
    with opened_text(path, name, progress) as text:
        if fmt == "json":
            yield from _from_objects(objects(path, text))
        else:
            yield from _from_records(path, fmt, records(path, text))


def _from_records(path: Path, fmt: Format, found: Iterator[Record]) -> Iterator[ImportedRow | RefusedRow]:
    first = next(found, None)
    if first is None:
        raise BadFile(path, 1, f"the file is empty; its first line holds the columns {', '.join(HEADERS[fmt])}")
    columns, is_mended = _columns(path, fmt, first)
    read = upr.row_reader() if fmt == "upr" else plain.row_reader()
    header = HEADERS[fmt]
    places = [columns.index(name) if name in columns else None for name in header]
    is_in_order = places == list(range(len(columns)))
    width = len(columns)
    for record in found:
        cells: Sequence[str] = record.cells
        if is_mended and not record.fault:
            cells = [as_typed(cell) for cell in cells[1:]]
        if record.fault or len(cells) != width:
            yield RefusedRow(record.line, "row", record.fault or _of_width(record, len(cells), width), tuple(cells))
            continue
        if not is_in_order:
            cells = ["" if place is None else cells[place] for place in places]
        try:
            yield read(record.line, cells)
        except Unfit as unfit:
            yield RefusedRow(record.line, unfit.field, unfit.reason, tuple(cells))


def _of_width(record: Record, found: int, width: int) -> str:
    if record.last_line > record.line:
        return (
            f"has {found} cells where the header has {width}, down to line {record.last_line}; look for a stray quote"
        )
    return f"has {found} cells where the header has {width}; look for a stray comma"


def _columns(path: Path, fmt: Format, first: Record) -> tuple[list[str], bool]:
    """The columns of the header in the file's order, and whether it is a file of refused rows that we wrote."""
    columns = [name.strip() for name in first.cells]
    is_mended = columns[0] == MARK
    columns = columns[1:] if is_mended else columns
    known = HEADERS[fmt]
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t"):
        raise BadFile(path, first.line, "the columns are not separated by commas; save the file as comma-separated CSV")
    if missing := sorted(_NEEDED[fmt].difference(columns)):
        names = ", ".join(missing)
        raise BadFile(path, first.line, f"the header has no column {names}; the format {fmt} has {', '.join(known)}")
    if unknown := [name for name in columns if name not in known]:
        reason = f"the column {unknown[0][:40]!r} is not known; the format {fmt} has {', '.join(known)}"
        raise BadFile(path, first.line, reason)
    if len(set(columns)) != len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise BadFile(path, first.line, f"the column {twice} stands twice")
    return columns, is_mended


def _from_objects(found: Iterator[tuple[int, Mapping[str, object] | None]]) -> Iterator[ImportedRow | RefusedRow]:
    read = plain.row_reader()
    for line, members in found:
        cells = [""] * len(plain.HEADER)
        try:
            if members is None:
                raise Unfit("row", "is not an object; write the members between { and }")  # noqa: TRY301
            faults = list(_fill(cells, members))
            if faults:
                raise faults[0]
            yield read(line, cells)
        except Unfit as unfit:
            yield RefusedRow(line, unfit.field, unfit.reason, tuple(cells))


def _fill(cells: list[str], members: Mapping[str, object]) -> Iterator[Unfit]:
    """Put the members of an object into the cells of their columns; give a fault for each that does not fit."""
    for name, value in members.items():
        if name not in plain.HEADER:
            yield Unfit(name[:40], f"is not a known member; there are {', '.join(plain.HEADER)}")
        elif (cell := _as_cell(name, value)) is None:
            yield Unfit(name, "is not text")
        else:
            cells[plain.HEADER.index(name)] = cell


def _as_cell(name: str, value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):  # numbers come as they are written, see objects.py
        return value
    if name == "theme" and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ";".join(value)
    return None
