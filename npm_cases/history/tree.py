"""The Merkle tree over the leaves of the log: roots, proofs and their checks (RFC 6962 section 2.1, RFC 9162 section 2.1).

Nothing is read or kept here: whoever makes a proof says where the hash of a node comes from. No function calls itself,
and every loop is bounded by the number of bits of a size.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

NODE = b"\x01"
HASH_BYTES = 32
SIZE_LIMIT = 2**63
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""(level, index) gives the hash of the perfect subtree over leaves [index << level, (index + 1) << level)."""


class ProofWrong(ValueError):
    """A proof does not prove what it is said to prove; whoever gave it is not to be believed."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(NODE + left + right).digest()


class CompactRange:
    """A tree that only grows: it keeps the hashes of its perfect subtrees (left to right), one for each bit of its size.

    ``size`` and ``hashes`` are all that has to be kept to go on later.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if not 0 <= size < SIZE_LIMIT or len(peaks) != size.bit_count() or any(len(p) != HASH_BYTES for p in peaks):
            raise ValueError(f"a tree of {size} leaves needs one hash of 32 bytes for each bit set in its size")
        self.size = size
        self._peaks = list(peaks)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.append_node(0, leaf)

    def append_node(self, level: int, digest: bytes) -> None:
        """Add a perfect subtree of 2**level leaves; the size must be a multiple of 2**level.

        Raises ValueError when it is not, or when the hash is not 32 bytes.
        """
        if self.size % (1 << level) or len(digest) != HASH_BYTES:
            raise ValueError(f"a subtree of level {level} cannot follow {self.size} leaves, or is no hash of 32 bytes")
        merged = digest
        neighbours = self.size >> level
        while neighbours & 1:
            merged = node_hash(self._peaks.pop(), merged)
            neighbours >>= 1
        self._peaks.append(merged)
        self.size += 1 << level

    def root(self) -> bytes:
        """Return the root over all leaves so far; that of the empty tree is SHA-256 of nothing."""
        return _folded(self._peaks)


def peaks(size: int) -> list[tuple[int, int]]:
    """Return (level, index) of the perfect subtrees of a tree, left to right."""
    return list(_perfect_subtrees(0, size))


def root_of(node: Node, size: int) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _range_root(node, 0, size)


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf ``index`` to the root, lowest first.

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size < SIZE_LIMIT:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            proof.append(_range_root(node, middle, end))
            end = middle
        else:
            proof.append(_range_root(node, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """Return the hashes that show the first ``old`` leaves unchanged in a tree of ``new`` leaves.

    Empty for equal sizes, and from the empty tree, of which nothing can be shown. Raises ValueError when ``old`` is larger.
    """
    if not 0 <= old <= new < SIZE_LIMIT:
        raise ValueError(f"no proof leads from {old} leaves to {new}")
    proof: list[bytes] = []
    if not old:
        return proof
    start, end = 0, new
    while old != end:
        middle = _middle(start, end)
        if old <= middle:
            proof.append(_range_root(node, middle, end))
            end = middle
        else:
            proof.append(_range_root(node, start, middle))
            start = middle
    if start:  # otherwise the last subtree is the old tree itself, and its root is known
        proof.append(_range_root(node, start, end))
    return proof[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` stands at ``index`` (from 0) in the tree of this size and root.

    Raises ProofWrong saying what is wrong. Source: RFC 9162 section 2.1.3.2.
    """
    check_subtree_inclusion(leaf, index, 0, size, proof, root)


def check_subtree_inclusion(leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` stands at ``index`` of the log, in the subtree over leaves [start, end) with this root.

    Raises ProofWrong saying what is wrong.
    """
    _check_range(start, end)
    if not start <= index < end:
        raise ProofWrong(f"there is no leaf {index} among the leaves {start} to {end - 1}")
    _check_lengths([leaf, root, *proof])
    place, last, reached = index - start, end - start - 1, leaf
    for step in proof:
        if not last:
            raise ProofWrong(f"the proof for leaf {index} is too long")
        if place & 1 or place == last:
            reached = node_hash(step, reached)
            lone = 0 if place & 1 else _trailing_zeros(place)  # a right edge has no neighbour on these levels
        else:
            reached = node_hash(reached, step)
            lone = 0
        place, last = place >> lone + 1, last >> lone + 1
    if last:
        raise ProofWrong(f"the proof for leaf {index} is too short")
    if reached != root:
        raise ProofWrong(f"the proof for leaf {index} leads to another root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of ``old`` leaves is the beginning of the tree of ``new`` leaves.

    Raises ProofWrong saying what is wrong, also for an empty old tree: every log begins with it, so nothing is shown.
    Source: RFC 9162 section 2.1.4.2.
    """
    if old == 0:
        raise ProofWrong("from an empty tree nothing can be shown; compare with a tree that has leaves")
    check_subtree_consistency(0, old, old_root, new, new_root, proof)


def check_subtree_consistency(
    start: int, end: int, subtree_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the subtree over leaves [start, end) is part of the tree of ``size`` leaves.

    An empty subtree with the empty root is part of every tree. Raises ProofWrong saying what is wrong.
    """
    if not 0 <= start <= end <= size < SIZE_LIMIT:
        raise ProofWrong(f"the leaves {start} to {end} do not lie in a tree of {size} leaves")
    if proof:  # without one, two roots are only compared
        _check_lengths([subtree_root, root, *proof])
    if start == end:
        if proof or subtree_root != EMPTY_ROOT:
            raise ProofWrong("a subtree without leaves has the empty root and needs no proof")
        return
    _check_range(start, end)
    part, whole = _climbed(start, end, subtree_root, size, proof)
    if part != subtree_root:
        raise ProofWrong(f"the proof does not start from the root given for the leaves {start} to {end - 1}")
    if whole != root:
        raise ProofWrong(f"the proof leads to another root than the one given for {size} leaves")


def _climbed(start: int, end: int, subtree_root: bytes, size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Climb along the right edge of the subtree; return the roots of the subtree and of the tree so reached."""
    first, last, top = start, end - 1, size - 1
    while first != last and (last & 1 or last == top):  # the climb starts at the largest known perfect subtree
        first, last, top = first >> 1, last >> 1, top >> 1
    steps: Iterator[bytes] = iter(proof)
    part = whole = subtree_root if first == last else next(steps, b"")
    for step in steps:
        if not top:
            raise ProofWrong("the consistency proof is too long")
        if last & 1 or last == top:
            part = node_hash(step, part) if first < last else part
            whole = node_hash(step, whole)
            lone = 0 if last & 1 else _trailing_zeros(last)
        else:
            whole = node_hash(whole, step)
            lone = 0
        first, last, top = first >> lone + 1, last >> lone + 1, top >> lone + 1
    if top:
        raise ProofWrong("the consistency proof is too short")
    return part, whole


def _check_range(start: int, end: int) -> None:
    if not 0 <= start < end < SIZE_LIMIT or start % (1 << (end - start - 1).bit_length()):
        raise ProofWrong(f"the leaves {start} to {end - 1} are no subtree of any tree")


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofWrong("a hash in the proof, a leaf or a root is not 32 bytes long")


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1 if number else 0


def _middle(start: int, end: int) -> int:
    """Return where RFC 6962 splits: after the largest power of two that is smaller than the number of leaves."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _range_root(node: Node, start: int, end: int) -> bytes:
    return _folded([node(level, index) for level, index in _perfect_subtrees(start, end)])


def _folded(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
