"""Comma-separated rows out of a text, one at a time, in bounded memory.

A file that hides its rows (a quote never closed, a line without end) is refused at the line where that begins: what
follows such a place cannot be told apart from a cell. A single row with a misplaced quote is only that row's fault.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from npm_cases.domain.messages import Said, say
from npm_cases.importers.errors import BadFile
from npm_cases.importers.opening import MAX_RECORD


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, and the lines on which it begins and ends.

    ``fault`` says why the cells could not be told apart; ``cells`` then holds the line as it stands.
    """

    line: int
    last_line: int
    cells: list[str]
    fault: Said | None = None


class _Lines:
    """The lines of a text for the CSV reader, held to MAX_RECORD characters between two calls of ``begin``."""

    def __init__(self, path: Path, text: TextIO) -> None:
        self._path = path
        self._text = text
        self._taken = 0
        self.first = 1
        self.last = 0
        self.latest = ""

    def begin(self) -> None:
        self.first = self.last + 1
        self._taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(MAX_RECORD)
        except UnicodeDecodeError as error:
            raise BadFile(self._path, self.last + 1, say("changed_while_read")) from error
        if not line:
            raise StopIteration
        self._taken += len(line)
        if self._taken >= MAX_RECORD:
            raise BadFile(self._path, self.first, say("row_too_long", most=MAX_RECORD))
        self.last += 1
        self.latest = line
        return line


def records(path: Path, text: TextIO) -> Iterator[Record]:
    """Give each row that is not blank, in the order of the file.

    Raises BadFile: a row over MAX_RECORD characters, a quote never closed.
    """
    lines = _Lines(path, text)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = _explained(path, lines, error)
            yield Record(lines.first, lines.last, [lines.latest.rstrip("\r\n")], fault)
            continue
        if cells:
            yield Record(lines.first, lines.last, cells)


def _explained(path: Path, lines: _Lines, error: csv.Error) -> Said:
    """Say what the reader met. Its messages are the only thing it tells (CPython, Modules/_csv.c).

    Raises BadFile where the fault may have swallowed rows: they would be neither read nor refused.
    """
    message, line = str(error), lines.first
    if "unexpected end of data" in message or lines.last > line:
        raise BadFile(path, line, say("quote_not_closed")) from error
    if "field limit" in message:
        raise BadFile(path, line, say("cell_too_long", wrong=message)) from error
    return say("text_after_quote")
