"""The text of a checkpoint, and the file that proves one entry against it.

Sources: the C2SP formats tlog-checkpoint and tlog-proof; a checkpoint here has no lines of extension.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from tests.audit.second.notes import base64_of
from tests.audit.second.tree import EMPTY


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def checkpoint_ok(text: str) -> Checkpoint:
    """Read the text of a checkpoint: origin, size and root, and nothing more; ValueError."""
    found = re.fullmatch(r"([^\n\r]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n", text)
    if not found or int(found[2]) >= 2**63:
        raise ValueError("no checkpoint of origin, size and root")
    read = Checkpoint(found[1], int(found[2]), base64_of(found[3]))
    if len(read.root) != len(EMPTY) or (not read.size and read.root != EMPTY):
        raise ValueError("the root is no hash of such a tree")
    return read


@dataclass(frozen=True)
class TlogProof:
    index: int
    hashes: list[bytes]
    checkpoint: str
    extra: bytes


def tlog_proof_ok(text: str) -> TlogProof:
    """Read a C2SP tlog-proof; its checkpoint is not looked into. ValueError."""
    found = re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]{0,18})\n((?:[^\n]+\n)*)\n(.+)",
        text,
        re.DOTALL,
    )
    if not found:
        raise ValueError("no tlog-proof")
    hashes = [base64_of(line) for line in found[3].splitlines()]
    if any(len(each) != len(EMPTY) for each in hashes):
        raise ValueError("a hash of the wrong length")
    return TlogProof(int(found[2]), hashes, found[4], base64_of(found[1] or ""))
