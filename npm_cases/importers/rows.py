"""What an importer hands over: rows, refused rows, and the two digests that make an import repeatable."""

import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256

from npm_cases.domain.incoming import ImportedRow, RefusedRow

__all__ = ["ImportedRow", "RefusedRow", "canonical", "digest_of", "key_of", "without_empty_status"]

SEPARATOR = "\x1f"  # a control character, refused in every cell: joined members cannot run into each other


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


def without_empty_status(cells: Sequence[str]) -> Sequence[str]:
    """Leave out the last cell, the status, where it is empty: files without that column keep the digests they had."""
    return cells if cells[-1].strip() else cells[:-1]


def digest_of(cells: Iterable[str]) -> str:
    """Name the exact content of a row: SHA-256, in hexadecimal, over all its members as typed."""
    return sha256(SEPARATOR.join(cells).encode()).hexdigest()
