"""Checkpoints: how long the log was, and the one root its entries then had. Source: C2SP tlog-checkpoint.

Stricter than the format: a root of 32 bytes, no extension lines, and the empty tree has the empty root.
"""

import re
from dataclasses import dataclass

from npm_cases.history.base64_text import NotBase64, decoded, encoded
from npm_cases.history.tree import EMPTY_ROOT, HASH_BYTES, SIZE_LIMIT

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f]")
_LINES = 3


class CheckpointWrong(ValueError):
    """The text is no checkpoint; the message names the line."""


@dataclass(frozen=True)
class Checkpoint:
    """The size of a log (entries) and its root (32 bytes); the origin names the log."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines of a checkpoint (the text of its note), exactly.

    Raises CheckpointWrong saying which line is wrong.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise CheckpointWrong(
            "a checkpoint has three lines, each ended by LF: origin, size, root; extensions are refused"
        )
    origin, size_text, root_text, _ = lines
    if not origin or _CONTROL.search(origin):
        raise CheckpointWrong("the first line of a checkpoint, the origin, is empty or holds a control character")
    size = parse_size(size_text)
    try:
        root = decoded(root_text)
    except NotBase64 as error:
        raise CheckpointWrong(f"the root of the checkpoint cannot be read: {error}") from error
    if len(root) != HASH_BYTES:
        raise CheckpointWrong(f"the root of the checkpoint holds {len(root)} bytes, not {HASH_BYTES}")
    if size == 0 and root != EMPTY_ROOT:
        raise CheckpointWrong("a checkpoint of size 0 must have the root of the empty tree")
    return Checkpoint(origin, size, root)


def parse_size(text: str) -> int:
    """Read a number of entries: decimal, no sign, no leading zero, below 2**63.

    Raises CheckpointWrong.
    """
    if not _SIZE.fullmatch(text) or int(text) >= SIZE_LIMIT:
        raise CheckpointWrong(f"'{text[:40]}' is no size: a decimal number below 2**63 without leading zeros")
    return int(text)
