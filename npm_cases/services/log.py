"""What proofs need from outside: the global log as a tree, its checkpoints, and somebody who signs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from npm_cases.history.checkpoints import Checkpoint

LOG_KEY = "log_key"
"""The name under which the table meta keeps the verifier key of the log."""
LEVEL = 6
"""The lowest stored nodes of the tree stand this high; what lies below is made from the entries."""
BLOCK = 1 << LEVEL


NO_BOUND = 2**53
"""A number no checkpoint reaches."""


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """One signed checkpoint: how many entries it covers, their root, the signed note, when it was made (UTC text).

    ``cosignatures`` are the lines of witnesses, in the order they came.
    """

    number: int
    size: int
    root: bytes
    note: str
    at: str
    cosignatures: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The note with the lines of the witnesses."""
        return self.note + "".join(f"{line}\n" for line in self.cosignatures)


class Log(Protocol):
    """The log in one consistent state; ``node`` is the hash of a perfect subtree, as history.tree asks for it."""

    def size(self) -> int: ...
    def node(self, level: int, index: int) -> bytes: ...
    def blocks(self) -> Iterator[bytes]: ...
    def wrong_nodes(self) -> Iterator[tuple[int, str]]: ...
    def entry(self, chain: str, seq: int) -> tuple[int, bytes] | None: ...
    def named(self, index: int) -> tuple[str, int]: ...
    def last_checkpoint(self) -> StoredCheckpoint | None: ...
    def checkpoints(self) -> Iterator[StoredCheckpoint]: ...
    def newest(self, before: int = ...) -> Iterator[StoredCheckpoint]: ...


class Signer(Protocol):
    """The program that holds the log's key and its high-water mark; it answers or refuses, and is never part of us."""

    def sign(self, request: bytes) -> bytes: ...
    def rotate(self) -> dict[str, str]: ...
    def activate(self) -> None: ...
    def key(self) -> str: ...
    def mark(self) -> Checkpoint: ...
    def declare_restore(self, lost_size: int) -> None: ...
