"""Letters of Kazakh and Russian: folding them so that either spelling finds, and putting words into their alphabet."""

import re
import unicodedata
from collections.abc import Iterator

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The 42 letters of the Kazakh alphabet in their order; the 33 Russian ones stand among them in theirs."""

NEAR = {
    "ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и", "ё": "е",
}  # fmt: skip
"""The Russian letter that stands for a Kazakh one where a keyboard lacks it; ё is mostly written е."""

SORTED_LETTERS = 64
"""Titles alike in so many letters are put in the order of their numbers."""

LONGEST_WORD = 40
"""Letters of a word that are looked at; PostgreSQL takes no more than 2,046 bytes of one."""

_FOLDED = str.maketrans(NEAR)
_FIRST = ord("а")
_PLACED = str.maketrans({letter: chr(_FIRST + place) for place, letter in enumerate(ALPHABET)})
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)+")
_GAP = re.compile(r"[\W_]+")
_LATIN_MARK = re.compile(r"([a-z])[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Write a text in small letters, Kazakh ones and ё as their near Russian ones, Latin ones without marks."""
    small = unicodedata.normalize("NFC", text).casefold().translate(_FOLDED)
    if small.isascii():
        return small
    return unicodedata.normalize("NFC", _LATIN_MARK.sub(r"\1", unicodedata.normalize("NFD", small)))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, each once; a number such as R-2026-000017 as one word and in its parts.

    Source for what a word is: letters and digits of any script (UAX #29 without its rules for single scripts).
    """
    return _each_once(text, with_parts=True)


def asked_words(text: str) -> list[str]:
    """Return the folded words somebody looks for, each once; a number with its separators is one word, not several."""
    return _each_once(text, with_parts=False)


def _each_once(text: str, *, with_parts: bool) -> list[str]:
    found: dict[str, None] = {}
    for piece in fold(text).split():
        if piece.isalnum():
            found[piece[:LONGEST_WORD]] = None
            continue
        for word in _apart(piece, with_parts=with_parts):
            found[word[:LONGEST_WORD]] = None
    return list(found)


def _apart(piece: str, *, with_parts: bool) -> Iterator[str]:
    """Yield the words of a piece that holds other signs too: its numbers whole, then its words."""
    numbers = [found for found in _COMPOUND.findall(piece) if any(letter.isdigit() for letter in found)]
    yield from (_GAP.sub("", number) for number in numbers)
    if not with_parts:
        for number in numbers:
            piece = piece.replace(number, " ")
    yield from _WORD.findall(piece)


def sort_key(text: str) -> str:
    """Return a key whose code points stand in the order of the Kazakh alphabet: signs, digits, Latin, then Cyrillic.

    Small and capital letters are alike. Python and the collations of most databases put ғ қ ң ө ұ ү һ і ә ё after я.
    """
    small = unicodedata.normalize("NFC", text).casefold()
    return _GAP.sub(" ", small).strip()[:SORTED_LETTERS].translate(_PLACED)
