"""How passwords are hashed and held against a hash: Argon2id; the cost is a parameter, so that tests need not wait."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST = 128
"""Characters of a password; a longer one is never right, and costs no more to refuse."""
MOST_PARTS = 4
"""Characters one letter may be typed as, before they are put together."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """The cost of one hash: rounds, memory in KiB, lanes. The default is the second choice of RFC 9106, section 4."""

    rounds: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password with its parameters and its own salt."""
        return _hasher(self).hash(_bytes(composed(password)))

    def verify(self, stored: str, password: str) -> bool:
        """Say whether a password is the one of a hash, after the same work in either case."""
        from argon2.exceptions import InvalidHashError, VerificationError

        given = composed(password[: LONGEST * MOST_PARTS])
        try:
            _hasher(self).verify(stored, _bytes(given[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return len(given) <= LONGEST

    def of_nobody(self) -> str:
        """Return a hash no password opens, to be held against where there is no account."""
        return _of_nobody(self)


def composed(password: str) -> str:
    """Return a password in Unicode's composed form: keyboards write the same letter in different ways (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    # Half a character from a broken form is a wrong password, and no fault.
    return password.encode("utf-8", "surrogatepass")


@cache
def _hasher(cost: Passwords) -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(cost.rounds, cost.memory_kib, cost.lanes)


@cache
def _of_nobody(cost: Passwords) -> str:
    import secrets

    return cost.hash(secrets.token_urlsafe())
