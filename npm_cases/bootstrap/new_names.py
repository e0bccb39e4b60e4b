"""Names of rows and blinding bytes, out of this machine's randomness."""

import secrets
from itertools import count

from npm_cases.history.hashing import BLINDING_BYTES

ID_BYTES = 8


def new_blind() -> bytes:
    """Return the random bytes that keep a commitment from being guessed."""
    return secrets.token_bytes(BLINDING_BYTES)


_places = count(secrets.randbits(63))  # where this process begins to count, by chance


def new_id() -> str:
    """Return a name of 128 bits that no other process gives: 64 bits counted on from a random start, 64 random bits.

    Names given one after another stand together in every index, so that a batch writes few pages instead of one for
    each row (docs/performance.md). They tell no time, and no name can be guessed from another.
    """
    return f"{next(_places):016x}{secrets.token_hex(ID_BYTES)}"
