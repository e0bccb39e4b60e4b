"""What a password must be: long, and not put together from words everybody tries first (ASVS 6.2.1, 6.2.4, 6.2.9).

No kind of character is asked for, and nothing makes a person change it (ASVS 6.2.5, 6.2.10).
"""

import string
from collections.abc import Collection
from functools import cache
from importlib import resources

from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import say
from npm_cases.services.passwords import LONGEST, composed

SHORTEST = 15
FEWEST_OF_ONES_OWN = 6
"""Characters that must be left when common words, one's own name, rows of digits, years and signs are taken away."""
FEWEST_DIFFERENT = 5
SHORTEST_NAME = 3
_SIGNS = frozenset(string.punctuation + string.whitespace)
_DIGITS = "01234567890"
_RUNS = tuple(row[place : place + 3] for row in (_DIGITS, _DIGITS[::-1]) for place in range(len(row) - 2))
_YEARS = tuple(f"{century}{year:02}" for century in (19, 20) for year in range(100))
_ROWS = frozenset({*_RUNS, *_YEARS, *(digit * 3 for digit in string.digits)})


def check_password(password: str, names: Collection[str]) -> str:
    """Return a password as it is hashed, in Unicode's composed form; ``names`` are those of the person.

    Raises BadInput saying which rule it breaks, and never the password.
    """
    given = composed(password)
    if len(given) < SHORTEST:
        raise BadInput(say("password_short", field="password", count=len(given), fewest=SHORTEST))
    if len(given) > LONGEST:
        raise BadInput(say("password_long", field="password", count=len(given), most=LONGEST))
    if len(set(given.casefold())) < FEWEST_DIFFERENT:
        raise BadInput(say("password_alike", field="password", fewest=FEWEST_DIFFERENT))
    if _of_ones_own(given.casefold(), _common() | _ROWS | _parts(names)) < FEWEST_OF_ONES_OWN:
        raise BadInput(say("password_guessed", field="password"))
    return given


def _of_ones_own(text: str, known: Collection[str]) -> int:
    """Return the fewest characters left when known words, spaces and signs are taken away in the best way."""
    fewest = [0] * (len(text) + 1)
    for place in range(len(text) - 1, -1, -1):
        fewest[place] = fewest[place + 1] + (text[place] not in _SIGNS)
        for word in known:
            if text.startswith(word, place):
                fewest[place] = min(fewest[place], fewest[place + len(word)])
    return fewest[0]


def _parts(names: Collection[str]) -> frozenset[str]:
    words = "".join(letter if letter.isalpha() else " " for name in names for letter in f"{name.casefold()} ").split()
    return frozenset(word for word in words if len(word) >= SHORTEST_NAME)


@cache
def _common() -> frozenset[str]:
    """Read the words that come with the program, one a line; lines with # say what follows."""
    text = (resources.files("config") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip() and line[0] != "#")
