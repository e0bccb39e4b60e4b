"""The Merkle tree: each proof is rebuilt from its last hash to its first, as the definitions take it apart.

Sources: RFC 6962 section 2.1 and RFC 9162; subtrees as in the Merkle tree certificates draft.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_of(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    middle = _split(len(leaves))
    return node_of(merkle_root(leaves[:middle]), merkle_root(leaves[middle:]))


def _last(proof: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
    if not proof:
        raise ValueError("the proof is too short")
    return proof[-1], proof[:-1]


def _rebuilt(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    if size == 1:
        if proof:
            raise ValueError("the proof is too long")
        return leaf
    middle, (beside, rest) = _split(size), _last(proof)
    if index < middle:
        return node_of(_rebuilt(leaf, index, middle, rest), beside)
    return node_of(beside, _rebuilt(leaf, index - middle, size - middle, rest))


def inclusion_ok(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether PATH(index, tree of this size) leads from a leaf hash to a root."""
    try:
        return len(leaf) == len(EMPTY) and 0 <= index < size and _rebuilt(leaf, index, size, proof) == root
    except ValueError:
        return False


def _is_subtree(start: int, end: int) -> bool:
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def subtree_inclusion_ok(leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a leaf lies in the subtree [start, end) of this root."""
    return _is_subtree(start, end) and inclusion_ok(leaf, index - start, end - start, proof, root)


def _both(start: int, end: int, size: int, proof: Sequence[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """Rebuild the root of [start, end) and that of the whole; ``known`` is the former while it is one node of the latter."""
    if start == 0 and end == size:
        if known is not None:
            if proof:
                raise ValueError("the proof is too long")
            return known, known
        only, rest = _last(proof)
        if rest:
            raise ValueError("the proof is too long")
        return only, only
    middle, (beside, rest) = _split(size), _last(proof)
    if end <= middle:
        part, whole = _both(start, end, middle, rest, known)
        return part, node_of(whole, beside)
    if start >= middle:
        part, whole = _both(start - middle, end - middle, size - middle, rest, known)
        return part, node_of(beside, whole)
    part, whole = _both(0, end - middle, size - middle, rest, None)
    return node_of(beside, part), node_of(beside, whole)


def subtree_consistency_ok(start: int, end: int, size: int, proof: Sequence[bytes], part: bytes, whole: bytes) -> bool:
    """Say whether the subtree [start, end) of root ``part`` is one of the tree of root ``whole``; an empty one always is."""
    if 0 <= start == end <= size:
        return not proof and part == EMPTY
    try:
        return _is_subtree(start, end) and end <= size and _both(start, end, size, proof, part) == (part, whole)
    except ValueError:
        return False


def consistency_ok(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the tree of the new size begins with that of the old one; of an empty one nothing is proven."""
    return 0 < old <= new and subtree_consistency_ok(0, old, new, proof, old_root, new_root)
