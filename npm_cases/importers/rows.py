"""What an importer hands over: rows, refused rows, and the two digests that make an import repeatable."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

SEPARATOR = "\x1f"  # a control character, refused in every cell: joined members cannot run into each other


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One recommendation as the file tells it, before it is a case.

    The same ``key`` and the same ``digest`` is the same row; the same key with another digest is a changed row.
    ``title`` is kept as typed, formula-leading characters included; names and codes are trimmed at both ends.
    ``response`` is "accepted", "rejected" or "" (none on file); ``reason_code`` is "noted" or "".
    In the UPR format ``issued_on`` and ``responded_on`` are the first day of the session's month: the day is unknown.
    """

    line: int
    key: str
    digest: str
    channel: str
    addressee: str
    title: str
    themes: tuple[str, ...]
    recommended_by: str
    response: str
    reason_code: str
    session: int | None
    symbol: str
    paragraph: str
    responded_on: date | None
    region: str
    issued_on: date | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not imported: where, which field, why, and its cells in the order of the format's header."""

    line: int
    field: str
    reason: str
    raw: tuple[str, ...]


def canonical(text: str) -> str:
    """The form two spellings of one text share: composed letters (NFC), single spaces, none at the ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def key_of(names: Iterable[str], text: str) -> str:
    """Name a row by what it is about: SHA-256, in hexadecimal, over the canonical names and the text as typed.

    Two texts that only look alike stay two rows: to merge them is for a person to decide.
    """
    return digest_of((*map(canonical, names), sha256(text.encode()).hexdigest()))


def digest_of(cells: Iterable[str]) -> str:
    """Name the exact content of a row: SHA-256, in hexadecimal, over all its members as typed."""
    return sha256(SEPARATOR.join(cells).encode()).hexdigest()
