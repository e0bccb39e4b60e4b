"""Names of documents: what is kept of a name somebody gave, and under which name a document is given out."""

import unicodedata
from typing import Final

from npm_cases.domain.file_kinds import Kind

LONGEST_NAME: Final = 200
NAMELESS: Final = "document"
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: an end such as .exe can be made to look like another."""

_DEVICES: Final = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
    }
)
"""Names that Windows takes for devices, with any end: Naming Files, Paths, and Namespaces (learn.microsoft.com)."""


def clean_name(given: str) -> str:
    """Return a name without folders, without what cannot be seen or turns the writing, and never that of a device."""
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cs"} and c not in _TURNING)
    name = _shortened(seen.strip().rstrip(". "))
    if name.split(".")[0].rstrip().lower() in _DEVICES:
        name = f"_{name}"
    return name or NAMELESS


def _shortened(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    if len(name) <= LONGEST_NAME or not dot or len(end) > LONGEST_NAME // 10:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(end) - 1]}.{end}"


def download_name(name: str, kind: Kind | None) -> str:
    """Return the name a document is given out under: its own, and the end that fits its kind where it has another.

    A program text named ``.bat``, kept as the text it is, is thus saved as ``.bat.txt``, which nothing runs.
    """
    if kind is None or name.lower().endswith(kind.suffixes):
        return name
    return name + kind.suffixes[0]
