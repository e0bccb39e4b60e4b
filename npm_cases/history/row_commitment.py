"""The commitment to a row of a register; apart from the other hashes, because an auditor's program has no use for it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from npm_cases.history.canonical import canonical_of_checked
from npm_cases.history.hashing import COMMITMENT


def row_commitment(blind: bytes, columns: Mapping[str, Any]) -> str:
    """Return SHA-256(0x02 || 32 random bytes || canonical JSON) of the lasting columns of a row: text, or lists of it.

    An event that carries it says which row it made, and nobody without the random bytes can guess what stands there.
    Raises NotCanonical for a text that is no Unicode.
    """
    return hashlib.sha256(COMMITMENT + blind + canonical_of_checked(columns)).hexdigest()
