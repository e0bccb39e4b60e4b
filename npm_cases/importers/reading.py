"""Rows out of a file in one of the known formats. Nothing here touches a database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import Said, say
from npm_cases.domain.plain_cells import as_typed
from npm_cases.importers import plain, upr
from npm_cases.importers.cells import Record, records
from npm_cases.importers.checks import Unfit
from npm_cases.importers.decoding import decoded_as
from npm_cases.importers.errors import BadFile
from npm_cases.importers.objects import objects
from npm_cases.importers.opening import Progress, opened_text
from npm_cases.importers.refused import MARK
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
        raise BadFile(path, 0, say("no_such_format", given=quoted(fmt), known=", ".join(HEADERS)))
    name = decoded_as(path, encoding)
    with opened_text(path, name, progress) as text:
        if fmt == "json":
            yield from _from_objects(objects(path, text))
        else:
            yield from _from_records(path, fmt, records(path, text))


def statuses_in(path: Path, fmt: Format, encoding: str | None = None) -> frozenset[str]:
    """Return every published status the rows of a file hold; raises like ``read_rows``.

    A table without that column is not read beyond its header.
    """
    if fmt != "json" and not _has_status(path, fmt, encoding):
        return frozenset()
    rows = read_rows(path, fmt, encoding)
    return frozenset(row.status for row in rows if isinstance(row, ImportedRow) and row.status)


def _has_status(path: Path, fmt: Format, encoding: str | None) -> bool:
    with opened_text(path, decoded_as(path, encoding), None) as text:
        first = next(records(path, text), None)
    return first is not None and HEADERS[fmt][-1] in {name.strip() for name in first.cells}


def _from_records(path: Path, fmt: Format, found: Iterator[Record]) -> Iterator[ImportedRow | RefusedRow]:
    first = next(found, None)
    if first is None:
        raise BadFile(path, 1, say("file_without_header", known=", ".join(HEADERS[fmt])))
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
            yield RefusedRow(record.line, unfit.field, unfit.why, tuple(cells))


def _of_width(record: Record, found: int, width: int) -> Said:
    if record.last_line > record.line:
        return say("cells_over_lines", found=found, width=width, last=record.last_line)
    return say("cells_too_many", found=found, width=width)


def _columns(path: Path, fmt: Format, first: Record) -> tuple[list[str], bool]:
    """The columns of the header in the file's order, and whether it is a file of refused rows that we wrote."""
    columns = [name.strip() for name in first.cells]
    is_mended = columns[0] == MARK
    columns = columns[1:] if is_mended else columns
    known = HEADERS[fmt]
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t"):
        raise BadFile(path, first.line, say("not_by_commas"))
    if missing := sorted(_NEEDED[fmt].difference(columns)):
        why = say("column_missing", missing=", ".join(missing), format=fmt, known=", ".join(known))
        raise BadFile(path, first.line, why)
    if unknown := [name for name in columns if name not in known]:
        why = say("column_unknown", given=quoted(unknown[0][:40]), format=fmt, known=", ".join(known))
        raise BadFile(path, first.line, why)
    if len(set(columns)) != len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise BadFile(path, first.line, say("column_twice", given=twice))
    return columns, is_mended


def _from_objects(found: Iterator[tuple[int, Mapping[str, object] | None]]) -> Iterator[ImportedRow | RefusedRow]:
    read = plain.row_reader()
    for line, members in found:
        cells = [""] * len(plain.HEADER)
        try:
            if members is None:
                raise Unfit("row", say("not_an_object"))  # noqa: TRY301
            faults = list(_fill(cells, members))
            if faults:
                raise faults[0]
            yield read(line, cells)
        except Unfit as unfit:
            yield RefusedRow(line, unfit.field, unfit.why, tuple(cells))


def _fill(cells: list[str], members: Mapping[str, object]) -> Iterator[Unfit]:
    """Put the members of an object into the cells of their columns; give a fault for each that does not fit."""
    for name, value in members.items():
        if name not in plain.HEADER:
            yield Unfit(name[:40], say("no_such_member", known=", ".join(plain.HEADER)))
        elif (cell := _as_cell(name, value)) is None:
            yield Unfit(name, say("not_text"))
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
