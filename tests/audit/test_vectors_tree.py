"""The tree against published probes and known roots, and its proofs against themselves.

The probes are those of transparency-dev/merkle; the roots of the second tree were computed by another program.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as some

from npm_cases.history.hashing import leaf_hash
from npm_cases.history.tree import (
    EMPTY_ROOT,
    CompactRange,
    ProofWrong,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
    consistency_proof,
    inclusion_proof,
    node_hash,
    peaks,
    root_of,
)
from tests.audit.made_log import LARGEST, LEAVES, LOG, stored

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"


def vectors(name: str) -> dict[str, Any]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"the vectors {name} are not here")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def mth(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word: recursive, for comparison only."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(mth(leaves[:middle]), mth(leaves[middle:]))


def subtree_proof(start: int, end: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """The recursive definition of a proof for any subtree, for comparison only."""
    if start == 0 and end == len(leaves):
        return [] if known else [mth(leaves)]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:middle], leaves[middle:]
    if end <= middle:
        return [*subtree_proof(start, end, left, known=known), mth(right)]
    if start >= middle:
        return [*subtree_proof(start - middle, end - middle, right, known=known), mth(left)]
    return [*subtree_proof(0, end - middle, right, known=False), mth(left)]


def hashes(probe: dict[str, Any], *names: str) -> list[bytes]:
    return [base64.b64decode(probe[name]) for name in names]


def proof_of(probe: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(each) for each in probe["proof"] or ()]


def inclusion(p: dict[str, Any]) -> None:
    leaf, root = hashes(p, "leafHash", "root")
    check_inclusion(leaf, p["leafIdx"], p["treeSize"], proof_of(p), root)


def consistency(p: dict[str, Any]) -> None:
    root1, root2 = hashes(p, "root1", "root2")
    check_consistency(p["size1"], root1, p["size2"], root2, proof_of(p))


def subtree_inclusion(p: dict[str, Any]) -> None:
    leaf, root = hashes(p, "leafHash", "root")
    check_subtree_inclusion(leaf, p["leafIdx"], p["start"], p["end"], proof_of(p), root)


def subtree_consistency(p: dict[str, Any]) -> None:
    root1, root2 = hashes(p, "root1", "root2")
    check_subtree_consistency(p["start"], p["end"], root1, p["size"], root2, proof_of(p))


FAMILIES: dict[str, tuple[Callable[[dict[str, Any]], None], int]] = {
    "inclusion": (inclusion, 98),
    "consistency": (consistency, 98),
    "subtreeinclusion": (subtree_inclusion, 204),
    "subtreeconsistency": (subtree_consistency, 118),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_probe_of_the_family_is_judged_as_published(family: str) -> None:
    check, expected = FAMILIES[family]
    probes = vectors("merkle_rfc6962_probes.json")[family]
    misjudged = [p["file"] for p in probes if is_accepted(check, p) == p["wantErr"]]
    assert misjudged == []
    assert len(probes) == expected


def is_accepted(check: Callable[[dict[str, Any]], None], probe: dict[str, Any]) -> bool:
    try:
        check(probe)
    except ProofWrong:
        return False
    return True


def test_leaves_and_nodes_hash_as_published() -> None:
    for case in vectors("merkle_rfc6962_trees.json")["hasher"]:
        if case["op"] == "node":
            made = node_hash(case["left_ascii"].encode(), case["right_ascii"].encode())
        else:
            made = EMPTY_ROOT if case["op"] == "empty" else leaf_hash(case["in_ascii"].encode())
        assert made.hex() == case["out"], case["desc"]


def roots_both_ways(leaves: list[bytes]) -> list[str]:
    """The roots of every size, by the growing tree; each is also looked up in the stored one."""
    tree, node = CompactRange(), stored(leaves)
    roots = [tree.root().hex()]
    for leaf in leaves:
        tree.append(leaf)
        assert tree.root() == root_of(node, tree.size)
        roots.append(tree.root().hex())
    return roots


def test_the_published_tree_has_its_published_roots_and_nodes() -> None:
    trees = vectors("merkle_rfc6962_trees.json")
    leaves = [leaf_hash(bytes.fromhex(text)) for text in trees["leaf_inputs_hex"]]
    assert roots_both_ways(leaves) == trees["root_hex_by_size"]
    node = stored(leaves)
    for level, row in enumerate(trees["node_hashes_by_level_hex"]):
        assert [node(level, index).hex() for index in range(len(row))] == row


def test_the_derived_tree_of_a_hundred_leaves_has_the_same_roots_as_another_program_found() -> None:
    derived = vectors("merkle_rfc6962_trees.json")["derived"]
    leaves = [leaf_hash((derived["leaf_format"] % number).encode()) for number in range(100)]
    assert roots_both_ways(leaves) == derived["root_hex_by_size"]


def test_the_growing_tree_has_the_root_of_the_definition_at_every_size() -> None:
    assert roots_both_ways(LEAVES) == [mth(LEAVES[:size]).hex() for size in range(LARGEST + 1)]


def test_every_leaf_of_every_tree_is_proven() -> None:
    for size in range(1, LARGEST + 1):
        root = root_of(LOG, size)
        for index in range(size):
            check_inclusion(LEAVES[index], index, size, inclusion_proof(LOG, index, size), root)


def test_every_tree_is_proven_the_beginning_of_every_larger_one() -> None:
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(LOG, old, new)
            check_consistency(old, root_of(LOG, old), new, root_of(LOG, new), proof)


def test_every_subtree_is_proven_part_of_every_tree_of_up_to_33_leaves() -> None:
    for size in range(1, 34):
        for start, end in [(s, e) for e in range(1, size + 1) for s in range(e)]:
            if start % (1 << (end - start - 1).bit_length()) == 0:
                proof = subtree_proof(start, end, LEAVES[:size])
                check_subtree_consistency(start, end, mth(LEAVES[start:end]), size, mth(LEAVES[:size]), proof)


sizes = some.integers(1, LARGEST)


@given(sizes, some.data())
@settings(deadline=None)
def test_an_inclusion_proof_fails_after_any_single_change(size: int, data: some.DataObject) -> None:
    index = data.draw(some.integers(0, size - 1))
    root, proof = root_of(LOG, size), inclusion_proof(LOG, index, size)
    values = [LEAVES[index], root, *proof]
    for leaf, other_root, *changed in one_change(values, data, fixed=2):
        with pytest.raises(ProofWrong):
            check_inclusion(leaf, index, size, changed, other_root)
    other = data.draw(some.integers(0, LARGEST).filter(lambda number: number != index))
    with pytest.raises(ProofWrong):
        check_inclusion(LEAVES[index], other, size, proof, root)


@given(sizes, some.data())
@settings(deadline=None)
def test_a_consistency_proof_fails_after_any_single_change(new: int, data: some.DataObject) -> None:
    old = data.draw(some.integers(1, new))
    roots, proof = [root_of(LOG, old), root_of(LOG, new)], consistency_proof(LOG, old, new)
    for old_root, new_root, *changed in one_change([*roots, *proof], data, fixed=2):
        with pytest.raises(ProofWrong):
            check_consistency(old, old_root, new, new_root, changed)
    other = data.draw(some.integers(0, LARGEST).filter(lambda number: number != old))
    with pytest.raises(ProofWrong):
        check_consistency(other, roots[0], new, roots[1], proof)


def one_change(values: list[bytes], data: some.DataObject, fixed: int) -> list[list[bytes]]:
    """Every kind of single change: a bit flipped, and a hash too much, too few, too short or swapped with the next."""
    at = data.draw(some.integers(0, len(values) - 1))
    bit = data.draw(some.integers(0, 255))
    flipped = bytearray(values[at])
    flipped[bit // 8] ^= 1 << bit % 8
    changed = [
        [*values[:at], bytes(flipped), *values[at + 1 :]],
        [*values[:at], values[at][:-1], *values[at + 1 :]],
        [*values, values[at]],
        [*values[:fixed], values[0], *values[fixed:]],
    ]
    if len(values) > fixed:
        changed.append(values[:-1])
    if len(values) > fixed + 1:
        changed.append([*values[:fixed], values[fixed + 1], values[fixed], *values[fixed + 2 :]])
    return changed


@given(some.integers(0, LARGEST), some.integers(0, LARGEST))
def test_a_tree_that_was_put_down_and_taken_up_again_goes_on_as_if_nothing_had_been(first: int, then: int) -> None:
    whole, before = CompactRange(), CompactRange()
    for leaf in LEAVES[:first]:
        before.append(leaf)
    after = CompactRange(before.size, before.hashes)
    for leaf in LEAVES[first:then]:
        after.append(leaf)
    for leaf in LEAVES[: max(first, then)]:
        whole.append(leaf)
    assert (after.size, after.hashes, after.root()) == (whole.size, whole.hashes, whole.root())


@given(some.integers(0, LARGEST))
def test_a_tree_grows_by_whole_subtrees_as_by_leaves(size: int) -> None:
    tree = CompactRange()
    for level, index in peaks(size):
        tree.append_node(level, LOG(level, index))
    assert (tree.size, tree.root()) == (size, root_of(LOG, size))


def test_a_subtree_that_does_not_fit_and_a_broken_state_are_refused() -> None:
    tree = CompactRange()
    tree.append(LEAVES[0])
    for level, digest in [(1, LEAVES[1]), (0, b"short")]:
        with pytest.raises(ValueError, match="cannot follow"):
            tree.append_node(level, digest)
    for size, held in [(1, []), (3, LEAVES[:1]), (-1, []), (1, [b"short"])]:
        with pytest.raises(ValueError, match="one hash of 32 bytes"):
            CompactRange(size, held)


def test_proofs_of_what_is_not_there_are_not_made() -> None:
    for index, size in [(0, 0), (3, 3), (-1, 3)]:
        with pytest.raises(ValueError, match="has no leaf"):
            inclusion_proof(LOG, index, size)
    with pytest.raises(ValueError, match="no proof leads"):
        consistency_proof(LOG, 5, 4)
    assert consistency_proof(LOG, 0, 5) == consistency_proof(LOG, 5, 5) == []


def test_every_refusal_says_what_is_wrong() -> None:
    root, proof = root_of(LOG, 5), inclusion_proof(LOG, 1, 5)
    for wrong, said in [(proof[:-1], "too short"), ([*proof, root], "too long"), ([*proof[:-1], b""], "32 bytes")]:
        with pytest.raises(ProofWrong, match=said):
            check_inclusion(LEAVES[1], 1, 5, wrong, root)
    with pytest.raises(ProofWrong, match="another root"):
        check_inclusion(LEAVES[1], 1, 5, proof, EMPTY_ROOT)
    with pytest.raises(ProofWrong, match="nothing can be shown"):
        check_consistency(0, EMPTY_ROOT, 5, root, [])


def test_a_larger_tree_cannot_pass_for_a_smaller_one_by_a_longer_proof() -> None:
    hidden = node_hash(LEAVES[9], root_of(LOG, 2))
    with pytest.raises(ProofWrong, match="too long"):
        check_consistency(1, LEAVES[0], 2, hidden, [LEAVES[1], LEAVES[9]])
    with pytest.raises(ProofWrong, match="too long"):
        check_inclusion(LEAVES[1], 1, 2, [LEAVES[0], LEAVES[9]], hidden)


def test_leaves_that_no_tree_has_under_one_node_are_no_subtree() -> None:
    with pytest.raises(ProofWrong, match="no subtree"):
        check_subtree_inclusion(LEAVES[1], 1, 1, 3, [LEAVES[2]], node_hash(LEAVES[1], LEAVES[2]))
    with pytest.raises(ProofWrong, match="no subtree"):
        check_subtree_consistency(1, 3, node_hash(LEAVES[1], LEAVES[2]), 4, root_of(LOG, 4), [LEAVES[0], LEAVES[3]])
