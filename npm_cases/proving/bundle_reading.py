"""An export bundle opened with suspicion: a ZIP of text made by somebody who may wish the reader ill.

Members are read line by line, never whole unless they are small. Whatever cannot be read as ``docs/bundle.md`` says is
refused with the member and the line.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

FORMAT = "npm-cases-bundle/1"
MOST_LINE = 32 << 20
MOST_WHOLE = 64 << 20
MOST_RATIO = 400  # honest text shrinks far less; a bomb by a thousand
_SMALL = 1 << 20
_CHUNK = 1 << 20
_SURROGATE = re.compile(rb"\\[uU][dD][89a-fA-F]")

ALWAYS = (
    "bundle.json", "events.jsonl", "checkpoints.jsonl", "consistency.jsonl", "tables.json", "rules.json",
    "calendars.json", "derivations.jsonl", "states.jsonl", "documents.jsonl",
)  # fmt: skip
INDEXES, SEALED, TEXTS, PROOFS = "indexes.txt", "sealed.jsonl", "texts.jsonl", "proofs/"

Shape = Mapping[str, type]


class BundleWrong(ValueError):
    """The bundle is no bundle, or damaged: nothing can be said of the history. The message names member and line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``bundle.json`` says of the bundle; nothing of it is believed before it is checked."""

    origin: str
    is_case: bool
    case: str
    text: str
    size: int
    events: int
    made_at: str
    keys: tuple[str, ...]


class Bundle:
    """An open bundle. A context manager; everything it raises for its content is BundleWrong."""

    def __init__(self, path: Path) -> None:
        with ExitStack() as until_read:
            self._file = until_read.enter_context(path.open("rb"))
            self._zip = _opened(self._file, path.name)
            self._members = self._checked_members()
            self.manifest = self._manifest()
            self._check_complete()
            until_read.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def strangers(self) -> list[str]:
        """Name the members that are no part of the format, in order; nothing reads them."""
        known = {*ALWAYS, INDEXES, SEALED, TEXTS}
        return sorted(name for name in self._members if name not in known and not name.startswith(PROOFS))

    def lines(self, member: str) -> Iterator[tuple[int, bytes]]:
        """Walk over the lines of a member with their numbers (from 1), without their line ends."""
        rest, number = b"", 0
        for chunk in self._chunks(member):
            whole, end, after = (rest + chunk).rpartition(b"\n")
            rest = after
            if end:
                for line in whole.split(b"\n"):
                    number += 1
                    yield number, _checked_line(member, number, line)
            if len(rest) > MOST_LINE:
                raise BundleWrong(f"{member} line {number + 1}: longer than {MOST_LINE} bytes")
        if rest:
            yield number + 1, _checked_line(member, number + 1, rest)

    def rows(self, member: str, shape: Shape) -> Iterator[tuple[int, dict[str, Any]]]:
        """Walk over a member of JSON lines, each an object that has the members of the shape, of those types."""
        for number, line in self.lines(member):
            row = _json(line, f"{member} line {number}")
            _check_shape(row, shape, f"{member} line {number}")
            yield number, row

    def whole(self, member: str) -> Any:
        """Read a small member of JSON."""
        return _json(self.data(member), member)

    def data(self, member: str) -> bytes:
        """Read a small member as bytes."""
        if member not in self._members:
            raise BundleWrong(f"{member} is missing")
        if self._members[member].file_size > MOST_WHOLE:
            raise BundleWrong(f"{member} is larger than {MOST_WHOLE} bytes")
        return b"".join(self._chunks(member))

    def has(self, member: str) -> bool:
        return member in self._members

    def _chunks(self, member: str) -> Iterator[bytes]:
        if member not in self._members:
            raise BundleWrong(f"{member} is missing")
        try:
            with self._zip.open(self._members[member]) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as wrong:
            raise BundleWrong(f"{member} cannot be unpacked ({wrong}): the file was damaged or cut off") from wrong

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if info.filename in members:
                raise BundleWrong(
                    f"{info.filename} stands twice in the ZIP file: readers would differ on which one counts"
                )
            if info.file_size > max(_SMALL, MOST_RATIO * info.compress_size):
                raise BundleWrong(f"{info.filename} would unpack to more than {MOST_RATIO} times its size: not read")
            members[info.filename] = info
        return members

    def _manifest(self) -> Manifest:
        said = self.whole("bundle.json")
        shape = {
            "format": str, "origin": str, "scope": str, "text": str, "size": int, "events": int, "made_at": str,
            "keys": list,
        }  # fmt: skip
        _check_shape(said, shape, "bundle.json")
        if said["format"] != FORMAT:
            raise BundleWrong(f"bundle.json: the format is {said['format']!r}; this program reads {FORMAT}")
        if said["scope"] not in {"log", "case"} or said["text"] not in {"none", "sealed", "open"}:
            raise BundleWrong("bundle.json: scope is log or case, text is none, sealed or open")
        is_case = said["scope"] == "case"
        if is_case:
            _check_shape(said, {"case": str}, "bundle.json")
        if said["text"] == "open" and not is_case:
            raise BundleWrong("bundle.json: open texts are given for one case only")
        keys = tuple(str(key) for key in said["keys"])
        return Manifest(
            said["origin"], is_case, said["case"] if is_case else "", said["text"], said["size"], said["events"],
            said["made_at"], keys,
        )  # fmt: skip

    def _check_complete(self) -> None:
        asked = [*ALWAYS, *([INDEXES] if self.manifest.is_case else [])]
        asked += {"sealed": [SEALED], "open": [TEXTS]}.get(self.manifest.text, [])
        for member in asked:
            if member not in self._members:
                raise BundleWrong(f"{member} is missing")


def _opened(file: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, UnicodeDecodeError) as wrong:
        raise BundleWrong(f"{name} is not a whole ZIP file ({wrong}): copy it again, or ask for it again") from wrong


def _checked_line(member: str, number: int, line: bytes) -> bytes:
    if not line:
        raise BundleWrong(f"{member} line {number}: empty")
    if len(line) > MOST_LINE:
        raise BundleWrong(f"{member} line {number}: longer than {MOST_LINE} bytes")
    return line


def _json(data: bytes, where: str) -> Any:
    try:
        text = data.decode()
    except UnicodeDecodeError as wrong:
        raise BundleWrong(f"{where}: not UTF-8 text ({wrong})") from wrong
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_refuse, parse_constant=_refuse)
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as wrong:
        raise BundleWrong(f"{where}: not the JSON of this format ({wrong})") from wrong
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not an integer")


def _check_shape(row: object, shape: Shape, where: str) -> None:
    if not isinstance(row, dict):
        raise BundleWrong(f"{where}: not a JSON object")
    for name, kind in shape.items():
        if type(row.get(name)) is not kind:
            raise BundleWrong(f"{where}: its member {name} is missing, or is not of the type {kind.__name__}")
