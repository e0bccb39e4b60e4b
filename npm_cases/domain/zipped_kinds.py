"""Files of Office and OpenDocument, which are zip archives: what their directory lists, before anything is kept.

Only the directory at the end is read, and one part by which such a file says what is in it; nothing else is unpacked. An
archive that is none of the kinds, holds programs, is locked, or would unpack to more than the limits is refused.
"""

import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Final

from npm_cases.domain.errors import BadInput
from npm_cases.domain.file_kinds import DOCX, ODS, ODT, PPTX, XLSX, Kind
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say

TAIL_BYTES: Final = 4 * 1024 * 1024
"""How much of the end is kept to read the directory from: more than MOST_ENTRIES take in any file of Office."""

MOST_ENTRIES: Final = 10_000
MOST_UNPACKED: Final = 4 * 1024 * 1024 * 1024
MOST_RATIO: Final = 200
SMALL: Final = 1024 * 1024
"""Under this size no ratio is held against a part: a few lines of XML are packed a thousand to one."""

MOST_OF_LIST: Final = 4 * 1024 * 1024
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 1
_MAIN_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_ODF: Final = {kind.media_type: kind for kind in (ODT, ODS)}
_LISTS: Final = ("[Content_Types].xml", "META-INF/manifest.xml")
_PROGRAMS_IN_LIST: Final = (b"macroenabled", b"vbaproject", b"activex", b"macrosheet")
_LOCKED_IN_LIST: Final = b"encryption-data"
_PROGRAM_PLACES: Final = ("basic/", "scripts/", "xl/macrosheets/")
_PROGRAM_SUFFIXES: Final = (
    ".exe", ".dll", ".com", ".bat", ".cmd", ".vbs", ".js", ".jar", ".scr", ".ps1", ".msi", ".lnk",
    ".docm", ".dotm", ".xlsm", ".xlsb", ".xltm", ".xlam", ".pptm", ".potm", ".ppam", ".ppsm",
)  # fmt: skip


class Tail:
    """Keeps the last TAIL_BYTES of what passes, in pieces, and counts all of it."""

    def __init__(self) -> None:
        self.size, self._kept = 0, 0
        self._pieces: deque[bytes] = deque()

    def take(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.size += len(piece)
        self._kept += len(piece)
        while self._kept - len(self._pieces[0]) >= TAIL_BYTES:
            self._kept -= len(self._pieces.popleft())

    def joined(self) -> bytes:
        return b"".join(self._pieces)


def zipped_kind(name: str, tail: Tail, pieces: Callable[[], Iterator[bytes]]) -> Kind:
    """Return which kind of Office file an archive is; ``pieces`` reads it once more from its beginning.

    Raises BadInput naming what stands against it.
    """
    end = tail.joined()
    before = tail.size - len(end)
    try:
        with zipfile.ZipFile(BytesIO(end)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise BadInput(say("archive_broken", name=quoted(name))) from error
    _check_sizes(name, entries, before, tail.size)
    _check_names(name, entries)
    for entry in entries:
        if entry.filename in _LISTS:
            _check_list(name, _unpacked(name, entry, before, pieces()))
    kind = _kind(entries, before, pieces)
    if kind is None:
        raise BadInput(say("kind_not_taken", name=quoted(name)))
    return kind


def _check_sizes(name: str, entries: Sequence[zipfile.ZipInfo], before: int, size: int) -> None:
    """Hold the directory to the limits: its figures are a promise, but nobody unpacks more than it promises."""
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = any(e.file_size > SMALL and e.file_size > MOST_RATIO * max(1, e.compress_size) for e in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_dense:
        raise BadInput(say("archive_too_large", name=quoted(name)))
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        start = entry.header_offset + before
        if start < ends or (ends == 0 and start != 0):  # parts lie over each other, or something stands before them
            raise BadInput(say("archive_broken", name=quoted(name)))
        ends = start + _LOCAL_HEADER + entry.compress_size
    if ends > size:
        raise BadInput(say("archive_broken", name=quoted(name)))


def _check_names(name: str, entries: Sequence[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise BadInput(say("file_encrypted", name=quoted(name)))
    names = [entry.filename.lower() for entry in entries]
    if any(map(_is_program, names)):
        raise BadInput(say("file_has_macros", name=quoted(name)))
    if any("\\" in one or one.startswith("/") or ".." in one.split("/") for one in names) or len(set(names)) < len(
        names
    ):
        raise BadInput(say("archive_broken", name=quoted(name)))


def _is_program(name: str) -> bool:
    """Say whether a part is a program: macros, controls, embedded objects, whatever a system would run.

    Settings of printers are the one binary part that ordinary workbooks hold.
    """
    if name.endswith(".bin"):
        return "/printersettings/" not in name
    return name.endswith(_PROGRAM_SUFFIXES) or name.startswith(_PROGRAM_PLACES) or "/activex/" in name


def _check_list(name: str, listed: bytes) -> None:
    lowered = listed.lower()
    if _LOCKED_IN_LIST in lowered:
        raise BadInput(say("file_encrypted", name=quoted(name)))
    if any(mark in lowered for mark in _PROGRAMS_IN_LIST):
        raise BadInput(say("file_has_macros", name=quoted(name)))


def _kind(entries: Sequence[zipfile.ZipInfo], before: int, pieces: Callable[[], Iterator[bytes]]) -> Kind | None:
    names = {entry.filename for entry in entries}
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        first = next(entry for entry in entries if entry.filename == "mimetype")
        if first.compress_type != zipfile.ZIP_STORED or first.file_size > max(map(len, _ODF)):
            return None
        said = _packed(first, before, pieces()).decode("ascii", "replace")
        return _ODF.get(said)
    found = [kind for part, kind in _MAIN_PARTS.items() if part in names]
    return found[0] if len(found) == 1 and "[Content_Types].xml" in names else None


def _unpacked(name: str, entry: zipfile.ZipInfo, before: int, pieces: Iterator[bytes]) -> bytes:
    """Unpack one part, as far as the limit."""
    if entry.compress_size > MOST_OF_LIST or entry.file_size > MOST_OF_LIST:
        raise BadInput(say("archive_too_large", name=quoted(name)))
    packed = _packed(entry, before, pieces)
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    try:
        unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MOST_OF_LIST)
    except zlib.error as error:
        raise BadInput(say("archive_broken", name=quoted(name))) from error
    if entry.compress_type != zipfile.ZIP_DEFLATED or len(unpacked) != entry.file_size:
        raise BadInput(say("archive_broken", name=quoted(name)))
    return unpacked


def _packed(entry: zipfile.ZipInfo, before: int, pieces: Iterator[bytes]) -> bytes:
    """Return the packed bytes of a part; the lengths in its own header say where they begin (APPNOTE.TXT 4.3.7)."""
    start = entry.header_offset + before
    held, place = b"", 0
    most = _LOCAL_HEADER + 2 * 0xFFFF + entry.compress_size
    for piece in pieces:
        if place + len(piece) > start:
            held += piece[max(0, start - place) :]
        place += len(piece)
        if len(held) >= most:
            break
    lengths = int.from_bytes(held[26:28], "little") + int.from_bytes(held[28:30], "little")
    begins = _LOCAL_HEADER + lengths
    return held[begins : begins + entry.compress_size]
