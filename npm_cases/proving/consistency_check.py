"""The proofs of a bundle: that each checkpoint only added to the one before, and that each event of a case stands in the log."""

from collections.abc import Iterable, Iterator, Sequence

from npm_cases.history.base64_text import NotBase64, decoded
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.notes import NoteWrong, parse_note
from npm_cases.history.tlog_proofs import parse_proof
from npm_cases.history.tree import ProofWrong, check_consistency, check_inclusion
from npm_cases.proving.bundle_reading import PROOFS, Bundle
from npm_cases.proving.spool import Spool

CONSISTENCY = "consistency.jsonl"
_SHAPE = {"old": int, "new": int, "proof": list}

Stated = dict[int, bytes]
"""The root stated for each size."""


def proofs_between(bundle: Bundle) -> Iterator[tuple[str, int, int, list[object]]]:
    """Walk over the proofs: where each stands, from which size, to which, and its hashes in base64."""
    for number, row in bundle.rows(CONSISTENCY, _SHAPE):
        yield f"{CONSISTENCY} line {number}", row["old"], row["new"], row["proof"]


def inconsistencies(bundle: Bundle, stated: Stated) -> Iterator[str]:
    """Say in words which proofs do not hold, and between which checkpoints one is missing."""
    proven: set[int] = set()
    for where, old, new, proof in proofs_between(bundle):
        wrong = why_inconsistent(old, new, proof, stated)
        if wrong:
            yield f"{where}: {wrong}"
        proven.add(old)
    for size in sorted(stated)[:-1]:
        if size and size not in proven:
            yield f"{CONSISTENCY} has no proof that the log only grew after its checkpoint of {size} entries"


def why_inconsistent(old: int, new: int, proof: Iterable[object], stated: Stated) -> str:
    """Say in words why a proof does not lead from one stated root to another; empty when it does."""
    if old not in stated or new not in stated:
        return f"there is no checkpoint of {old if old not in stated else new} entries"
    try:
        hashes = as_hashes(proof)
        if old or hashes:
            check_consistency(old, stated[old], new, stated[new], hashes)
    except (ProofWrong, NotBase64) as wrong:
        return f"the proof from {old} to {new} entries does not hold: {wrong}"
    return ""


def as_hashes(proof: Iterable[object]) -> list[bytes]:
    """Read the hashes of a proof. Raises NotBase64."""
    return [decoded(step) if isinstance(step, str) else decoded("no text") for step in proof]


def roots_behind(bundle: Bundle, stated: Stated) -> Stated:
    """Return the roots that the largest stated one follows from, by proofs that hold, itself included."""
    if not stated:
        return {}
    reached = {max(stated): stated[max(stated)]}
    for _, old, new, proof in sorted(proofs_between(bundle), key=lambda found: found[2], reverse=True):
        if new in reached and not why_inconsistent(old, new, proof, stated):
            reached[old] = stated[old]
    return reached


def unproven_events(bundle: Bundle, spool: Spool, size: int, text: str) -> Iterator[tuple[int, str]]:
    """Name the events that are not proven to stand in the log: index and what is wrong with the proof.

    ``text`` is that of the last checkpoint, of ``size`` entries, to which every proof must lead.
    """
    root = parse_root(text)
    for index, data in spool.all_events():
        wrong = _why_unproven(bundle, index, leaf_hash(data), size, text, root)
        if wrong:
            yield index, wrong


def parse_root(text: str) -> bytes:
    """Return the root a checkpoint that was read before ends with."""
    return decoded(text.split("\n")[-2])


def _why_unproven(bundle: Bundle, index: int, leaf: bytes, size: int, text: str, root: bytes) -> str:
    member = f"{PROOFS}{index}.tlog-proof"
    if not bundle.has(member):
        return f"no proof shows that it stands in the log: {member} is missing"
    try:
        proof = parse_proof(bundle.data(member).decode())
        if parse_note(proof.checkpoint.encode()).text != text:
            return f"its proof, {member}, leads to another checkpoint than the last of this bundle"
        if proof.index != index:
            return f"its proof, {member}, is for the entry {proof.index}"
        check_inclusion(leaf, index, size, proof.hashes, root)
    except (ProofWrong, NoteWrong, UnicodeError) as wrong:
        return f"its proof, {member}, does not show that it stands in the log: {wrong}"
    return ""


def proof_to_follow(bundle: Bundle, old: int, new: int, stated: Stated) -> Sequence[bytes]:
    """Return the proof between two stated sizes if there is one that holds, else none."""
    for _, first, last, proof in proofs_between(bundle):
        if (first, last) == (old, new) and old and not why_inconsistent(old, new, proof, stated):
            return as_hashes(proof)
    return ()
