"""A search for words that must be nowhere: in every encoding in which a program may leave them behind (FAULTS I9)."""

import base64
import json
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

OVERLAP = 4_096
PIECE = 4 * 1024 * 1024


def forms(word: str) -> Mapping[str, bytes]:
    """Every form of a word that is looked for, as bytes."""
    utf8, escaped = word.encode(), json.dumps(word)[1:-1]
    wide = {"UTF-16LE": word.encode("utf-16-le"), "UTF-16BE": word.encode("utf-16-be")}
    quoted = urllib.parse.quote(word, safe="")
    found = {
        "UTF-8": utf8, **wide, "hex": utf8.hex().encode(), "HEX": utf8.hex().upper().encode(),
        "JSON": escaped.encode(), "JSON in JSON": json.dumps(escaped)[1:-1].encode(), "URL": quoted.encode(),
        "url": _lower_escapes(quoted).encode(), "form": urllib.parse.quote_plus(word).encode(),
    }  # fmt: skip
    for name, raw in {"UTF-8": utf8, **wide}.items():
        found |= {f"base64 of {name} at {at}": text for at, text in enumerate(_base64(raw))}
    return {name: data for name, data in found.items() if len(data) >= 6}


def _lower_escapes(quoted: str) -> str:
    return "".join(f"%{part[:2].lower()}{part[2:]}" if i else part for i, part in enumerate(quoted.split("%")))


def _base64(raw: bytes) -> Iterator[bytes]:
    """The characters that are the same whatever stands before and after, for each of the three alignments."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        yield coded[first:last]


def hits(folders: Sequence[Path], words: Sequence[str]) -> list[str]:
    """Say which word stands in which file, in which form; names of files are searched too."""
    wanted = [(word, name, data) for word in words for name, data in forms(word).items()]
    found = []
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            seen = {(word, name) for piece in _pieces(file) for word, name, data in wanted if data in piece}
            found += [f"{word} as {name} in {file}" for word, name in sorted(seen)]
    return found


def _pieces(file: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces that overlap, and its name."""
    yield file.name.encode()
    rest = b""
    with file.open("rb") as opened:
        while read := opened.read(PIECE):
            yield rest + read
            rest = read[-OVERLAP:]
