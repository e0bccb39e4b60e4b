"""Words in which Latin and Cyrillic letters that look alike stand together: mistyped, or made to be taken for another name.

They are kept as they were typed and merged with nothing; whoever enters or reads them is warned.
Source: Unicode Technical Standard 39, section 5 (mixed scripts) and its confusable letters, of these two scripts alone.
"""

import re
import unicodedata
from functools import lru_cache

_OF_LATIN = frozenset("aceəhijkopqswxyABCEƏHIJKMOPSTXY")
"""Latin letters that are taken for Cyrillic ones."""
_OF_CYRILLIC = frozenset("асеәһіјкорԛѕԝхуүАВСЕӘНІЈКМОРЅТХУҮ")
"""Cyrillic letters that are taken for Latin ones."""
_MARKS = "\u0300-\u036f"
_WORD = re.compile(rf"(?:[^\W\d_]|[{_MARKS}])+")
_MARK = re.compile(f"[{_MARKS}]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u02af]")


@lru_cache(8_192)  # the same few hundred names stand in every file and list
def look_alikes(text: str) -> tuple[str, ...]:
    """Return the words that mix the two scripts so that it cannot be seen, each once, in the order of the text.

    A word of both in which either script is there with letters of its own, such as an abbreviation with a Russian
    ending, is none: that can be seen.
    """
    if text.isascii() or not _CYRILLIC.search(text):
        return ()
    shown = "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Cf")
    found = (unicodedata.normalize("NFC", word) for word in _WORD.findall(shown) if _is_hidden(_MARK.sub("", word)))
    return tuple(dict.fromkeys(found))


def _is_hidden(word: str) -> bool:
    latin, cyrillic = set(_LATIN.findall(word)), set(_CYRILLIC.findall(word))
    return bool(latin and cyrillic) and (latin <= _OF_LATIN or cyrillic <= _OF_CYRILLIC)
