"""Opening a file for reading: a plain file only, its bytes counted, its lines never longer than a limit."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from npm_cases.domain.messages import say
from npm_cases.importers.errors import BadFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 65_536
MAX_RECORD = 262_144  # characters of one row, all its cells together; the longest real row known has under 2,000


@dataclass(slots=True)
class Progress:
    """How far a reading is: bytes taken from the file, and its size. Read ahead by up to one block."""

    bytes_read: int = 0
    total: int = 0


class _CountedFile(io.FileIO):
    progress: Progress | None = None

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        count = super().readinto(buffer)
        if self.progress is not None and count:
            self.progress.bytes_read += count
        return count


@contextmanager
def opened(path: Path, progress: Progress | None = None) -> Iterator[BinaryIO]:
    """Give the bytes of a plain file, counted into ``progress``.

    Raises BadFile where there is no such file, it may not be read, or it is a folder, a pipe or a device.
    """
    if not path.is_file():
        raise BadFile(path, 0, say("no_plain_file"))
    try:
        raw = _CountedFile(path)
    except OSError as error:
        raise BadFile(path, 0, say("file_not_opened", wrong=error.strerror)) from error
    if progress is not None:
        progress.total = path.stat().st_size
        raw.progress = progress
    with io.BufferedReader(raw, BLOCK) as buffered:
        yield buffered


@contextmanager
def opened_text(path: Path, encoding: str, progress: Progress | None = None) -> Iterator[io.TextIOWrapper]:
    """Give the text of a file, line ends untouched (LF, CRLF and CR all end a line), strictly decoded."""
    python_name = "utf-8-sig" if encoding == "utf-8" else encoding  # the mark at the start is no text
    with opened(path, progress) as buffered, io.TextIOWrapper(buffered, python_name, "strict", newline="") as text:
        yield text


def line_at(path: Path, offset: int) -> int:
    """The number, from 1, of the line that holds the byte at ``offset``; LF, CRLF and CR end a line."""
    ends, left, after_return = 0, offset, False
    with opened(path) as file:
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            ends += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            ends -= after_return and block.startswith(b"\n")
            after_return = block.endswith(b"\r")
    return ends + 1
