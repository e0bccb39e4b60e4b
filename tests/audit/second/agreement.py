"""The entries of a bundle held against its checkpoints, and against what the auditor kept."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tests.audit.second.bundle import Bundle
from tests.audit.second.canonical import Members
from tests.audit.second.checkpoints import checkpoint_ok, tlog_proof_ok
from tests.audit.second.events import INSTANT, Finding, of_log
from tests.audit.second.notes import base64_of, note_parts
from tests.audit.second.signers import Seen
from tests.audit.second.tree import consistency_ok, inclusion_ok, merkle_root

TOLERANCE = timedelta(minutes=5)  # how far two honest clocks may be apart


def check_consistency(bundle: Bundle, stated: list[Seen], reaching: dict[int, bytes]) -> Iterator[Finding]:
    """Hold each checkpoint against the next larger one; ``reaching`` gets those from which proofs lead to the last."""
    reaching |= {seen.point.size: seen.point.root for seen in stated[-1:]}
    sizes = [seen.point.size for seen in stated]
    if sizes != sorted(sizes):
        yield of_log("checkpoints.jsonl is not in the order of size")
    steps = {(step["old"], step["new"]): (n, step) for n, step in enumerate(bundle.lines["consistency"], 1)}
    if list(steps) != list(pairwise(sizes)):
        yield of_log("consistency.jsonl does not lead from each checkpoint to the next")
    for old, new in reversed(list(pairwise(stated))):
        number, step = steps.get((old.point.size, new.point.size), (0, None))
        if step is None:
            continue
        if not _continues(number, step, old, new):
            yield of_log(f"the checkpoint of size {new.point.size} does not continue that of size {old.point.size}")
        elif new.point.size in reaching:
            reaching[old.point.size] = old.point.root


def _continues(number: int, step: Members, old: Seen, new: Seen) -> bool:
    try:
        proof = [base64_of(each) for each in step["proof"]]
    except ValueError as wrong:
        raise ValueError(f"consistency.jsonl, line {number}: {wrong}") from wrong
    if not old.point.size:
        return not proof
    return consistency_ok(old.point.size, new.point.size, proof, old.point.root, new.point.root)


def check_proofs(bundle: Bundle, last: Seen | None) -> Iterator[Finding]:
    """Prove each event of a case by its tlog-proof against the last checkpoint."""
    if last is None:
        yield of_log("no checkpoint covers the events of this case")
        return
    for entry in bundle.entries:
        try:
            proof = tlog_proof_ok(bundle.proofs.get(entry.index, ""))
            text, signatures = note_parts(proof.checkpoint.encode())
            point = checkpoint_ok(text)
        except ValueError as wrong:
            yield entry.find(f"its proof cannot be read: {wrong}")
            continue
        if (proof.index, point, bool(signatures)) != (entry.index, last.point, True):
            yield entry.find("its proof is for another entry or checkpoint")
        elif not inclusion_ok(entry.leaf, entry.index, point.size, proof.hashes, point.root):
            yield entry.find("its proof does not lead to the checkpoint")


def agrees_with(
    bundle: Bundle, seen: Seen, reaching: dict[int, bytes], findings: list[Finding], notes: list[str]
) -> bool | None:
    """Say whether the entries agree with a checkpoint; None, with a note, where the bundle cannot tell."""
    point = seen.point
    if bundle.is_log:
        leaves = [entry.leaf for entry in bundle.entries]
        agrees = point.size <= len(leaves) and merkle_root(leaves[: point.size]) == point.root
    elif point.size in reaching or point.size > max(reaching, default=0):
        agrees = reaching.get(point.size) == point.root
    else:
        notes.append(f"{seen.name}: this bundle cannot be compared with a checkpoint of size {point.size}")
        return None
    if not agrees:
        findings.append(of_log(f"{seen.name}: the entries are not those of the checkpoint of size {point.size}"))
    return agrees


def check_times(bundle: Bundle, seen: Seen, notes: list[str]) -> Iterator[Finding]:
    """An event covered by a checkpoint is not later than a witness signed it.

    When the bundle says a checkpoint was made is signed by nobody, so what contradicts it is a note. So is an event
    after a checkpoint that says it is older: a long import is written under the instant at which it began.
    """
    limits = [datetime.fromtimestamp(second, UTC) for second in seen.witnessed.values()]
    made, odd = _instant(seen.at), 0
    for entry in bundle.entries:
        at, covered = _instant(str(entry.said.get("at"))), entry.index < seen.point.size
        if at and covered and any(at > limit + TOLERANCE for limit in limits):
            yield entry.find(f"the event is later than a witness saw the checkpoint of size {seen.point.size}")
        odd += bool(at and made and (at > made + TOLERANCE if covered else at < made - TOLERANCE))
    if odd:
        notes.append(f"{odd} events do not lie on the side of the checkpoint of size {seen.point.size} their time says")


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if re.fullmatch(INSTANT, text) else None
    except ValueError:
        return None


def check_receipts(bundle: Bundle, receipts: Iterable[tuple[str, int, str]], notes: list[str]) -> Iterator[Finding]:
    leaves = {(e.said["case"], e.said["seq"]): e.leaf.hex() for e in bundle.entries}
    chains = {bundle.head.get("case"), f"reads-{bundle.head.get('case')}"}
    for case, seq, leaf in receipts:
        if not bundle.is_log and case not in chains:
            notes.append(f"the receipt {case}:{seq} is of a chain that is not in this bundle")
        elif leaves.get((case, seq)) != leaf:
            yield case, seq, None, "a receipt was given for this event, and it is not in the log"
