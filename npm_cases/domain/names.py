"""Names of people: which sealed fields hold them, and when two spellings are one name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

NAME_FIELDS = ("alleged_victim", "source")
"""Sealed fields that hold names of people; several are separated by a comma, a semicolon or a line end."""
_BETWEEN_NAMES = re.compile(r"[,;\n]")
_NOT_A_WORD = re.compile(r"[\W_]+")


def names_in(texts: Mapping[str, str]) -> Iterator[str]:
    """Give every name of sealed texts, written alike, each once."""
    given = (name for field in NAME_FIELDS for name in _BETWEEN_NAMES.split(texts.get(field, "")))
    yield from dict.fromkeys(name for name in map(written_alike, given) if name)


def written_alike(name: str) -> str:
    """Return a name so that spellings of one name are equal.

    Compatibility forms are folded, capitals and the Russian yo do not count, hyphens and points are spaces, words stand
    in order.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).replace("ё", "е")
    return " ".join(sorted(_NOT_A_WORD.sub(" ", folded).split()))
