"""Where a rewritten log parts from the one that was signed, as narrowly as proofs allow.

A consistency proof holds hashes of parts of the log as it was. Parts whose hash is another now are where it was changed.
"""

from collections.abc import Callable, Iterable, Sequence

from npm_cases.history.tree import CompactRange

Leaves = Callable[[int, int], Iterable[bytes]]
"""(first, end) gives the leaf hashes of the entries from first up to, not including, end."""


def changed_range(old: int, new: int, proof: Sequence[bytes], leaves: Leaves) -> tuple[int, int]:
    """Return (first, end) of the entries among which the first change lies.

    The first ``old`` entries are known to be as they were; ``proof`` leads from them to ``new`` and was checked
    against the roots that were signed. Without a proof that helps, everything from ``old`` on is named.
    """
    ranges = _ranges(old, new) if old else []
    if len(ranges) == len(proof):
        for (first, end), digest in sorted(zip(ranges, proof, strict=True)):
            if first >= old and _root(leaves(first, end)) != digest:
                return first, end
    return old, new


def _ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Return which entries each hash of a consistency proof stands for, in the order of the proof (RFC 6962)."""
    ranges = []
    start, end = 0, new
    while old != end:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def _root(leaves: Iterable[bytes]) -> bytes:
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()
