"""The whole log hashed once from end to end: every leaf against its entry, the stored nodes, the roots at given sizes.

The hashing of a range stands for itself, so that several processes can each take one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from npm_cases.history.hashing import LEAF
from npm_cases.history.tree import NODE, CompactRange
from npm_cases.services.log import BLOCK, LEVEL, Log

if TYPE_CHECKING:
    from npm_cases.services.reading import Reader

MOST_FINDINGS = 100
HASH_BYTES = 32

Wrong = tuple[int, str]
"""The index of an entry, and what does not hold there."""


@dataclass(slots=True)
class Hashed:
    """A range of the log, hashed: how many entries, the roots of its whole blocks one after another, the leaves after them.

    ``wrong`` holds what does not hold; a flood of it says no more than the first hundred.
    """

    start: int
    size: int = 0
    blocks: bytearray = field(default_factory=bytearray)
    rest: list[bytes] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    def found(self, index: int, what: str) -> None:
        """Note one thing that does not hold."""
        if len(self.wrong) < MOST_FINDINGS:
            self.wrong.append((index, what))


@dataclass(frozen=True, slots=True)
class LogRoots:
    """What the log is: how many entries, its root, the root at each size asked for, and what does not hold."""

    size: int
    root: bytes
    at: dict[int, bytes]
    wrong: tuple[Wrong, ...]


class Pages(Protocol):
    """Gives the log in order, many rows at a time: index, leaf of the entry, bytes of the event."""

    def pages(self, start: int = ..., end: int = ..., /) -> Iterator[list[tuple[int, bytes, bytes]]]: ...


HashRanges = Callable[[Sequence[tuple[int, int]]], Iterable[Hashed]]
"""Hashes several ranges at once, each in a process of its own, and gives them back in order."""


def hash_range(reader: Pages, start: int, end: int) -> Hashed:
    """Hash the events of a range of the log and hold each against its entry; ``start`` is a multiple of BLOCK.

    Memory holds a page, and a hash for every block.
    """
    found = Hashed(start)
    for page in reader.pages(start, end):
        found.rest += _leaves(page, found)
        whole = len(found.rest) - len(found.rest) % BLOCK
        for first in range(0, whole, BLOCK):
            found.blocks += folded(found.rest[first : first + BLOCK])
        del found.rest[:whole]
    return found


def _leaves(page: list[tuple[int, bytes, bytes]], found: Hashed) -> list[bytes]:
    """Hash the events of a page, and look closer only where a page is not what its entries say."""
    made = [sha256(LEAF + data).digest() for _, _, data in page]
    expected = found.start + found.size
    is_dense = page[0][0] == expected and page[-1][0] == expected + len(page) - 1
    if not is_dense or made != [leaf for _, leaf, _ in page]:
        _look_closer(page, made, found)
    found.size += len(page)
    return made


def _look_closer(page: list[tuple[int, bytes, bytes]], made: list[bytes], found: Hashed) -> None:
    expected = found.start + found.size
    for (index, leaf, data), hashed in zip(page, made, strict=True):
        if index != expected:
            found.found(expected, f"the log has no entry {expected}: it goes on with {index}")
        if not data:
            found.found(index, f"entry {index} of the log names an event that is not there")
        elif hashed != bytes(leaf):
            found.found(index, f"entry {index} of the log does not name the event it stands for")
        expected = index + 1


def hash_log(reader: "Reader", sizes: Iterable[int], *, parts: int = 1, ranges: HashRanges | None = None) -> LogRoots:
    """Hash the whole log and compare it with the stored tree; ``sizes`` are those whose roots are wanted.

    With ``ranges``, other processes hash ``parts`` of it; what is committed meanwhile is left for the next time.
    """
    tree = reader.tree()
    size = tree.size()
    if ranges is None or parts == 1:
        hashed: Iterable[Hashed] = [hash_range(reader, 0, size)]
    else:
        hashed = ranges(parted(size, parts))
    return _together(tree, list(hashed), sorted(set(sizes)))


def parted(size: int, parts: int) -> list[tuple[int, int]]:
    """Part a log into ranges of like length that begin with a block."""
    step = max(size // parts // BLOCK, 1) * BLOCK
    cuts = [*range(0, size, step)][:parts] or [0]
    return list(pairwise([*cuts, size]))


def _together(tree: Log, hashed: list[Hashed], sizes: list[int]) -> LogRoots:
    grown, stored = CompactRange(), tree.blocks()
    at: dict[int, bytes] = {}
    wrong = [one for part in hashed for one in part.wrong]
    for part in hashed:
        for first in range(0, len(part.blocks), HASH_BYTES):
            block = bytes(part.blocks[first : first + HASH_BYTES])
            _roots_before(at, sizes, grown, tree, BLOCK)
            if next(stored, block) != block:
                last = grown.size + BLOCK - 1
                wrong.append((grown.size, f"the stored node over the entries {grown.size} to {last} is another"))
            grown.append_node(LEVEL, block)
    if next(stored, None) is not None:
        wrong.append((grown.size, "the stored tree has nodes over more entries than the log has"))
    for leaf in hashed[-1].rest:
        _roots_before(at, sizes, grown, tree, 1)
        grown.append(leaf)
    _roots_before(at, sizes, grown, tree, 1)
    wrong += tree.wrong_nodes()
    return LogRoots(grown.size, grown.root(), at, tuple(wrong))


def _roots_before(at: dict[int, bytes], sizes: list[int], grown: CompactRange, tree: Log, step: int) -> None:
    """Take the roots at sizes that come before the next step; a size inside a block takes leaves that were just checked."""
    while sizes and sizes[0] < grown.size + step:
        size = sizes.pop(0)
        part = CompactRange(grown.size, grown.hashes)
        for index in range(grown.size, size):
            part.append(tree.node(0, index))
        at[size] = part.root()


def folded(row: list[bytes]) -> bytes:
    """Return the root over a perfect row of hashes."""
    while len(row) > 1:
        row = [sha256(NODE + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
