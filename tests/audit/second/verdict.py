"""The verdict on a bundle: findings, level and notes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.audit.second.agreement import agrees_with, check_consistency, check_proofs, check_receipts, check_times
from tests.audit.second.bundle import Bundle, read_bundle
from tests.audit.second.canonical import Members
from tests.audit.second.chains import check_links, check_scope
from tests.audit.second.events import Finding
from tests.audit.second.notes import is_key
from tests.audit.second.obligations import check_obligations
from tests.audit.second.replay import check_moves, check_states
from tests.audit.second.signers import Seen, Trusted, is_believed, read_seen, rotations_of
from tests.audit.second.stored import check_stored


def check(
    bundle_path: Path,
    keys: Iterable[str] = (),
    kept: Iterable[bytes] = (),
    witnesses: Iterable[str] = (),
    quorum: int = 0,
    receipts: Iterable[tuple[str, int, str]] = (),
) -> dict[str, Any]:
    """Check a bundle and return ``events``, ``findings``, ``level`` 0 to 3, ``covers`` (entries it covers) and ``notes``.

    Level 1: the entries agree with a checkpoint signed by a key of the auditor; 2: with one that the auditor kept, and
    none that the auditor kept contradicts, whoever signed it; 3: and ``quorum`` of the witnesses signed one that agrees
    and is no smaller than the largest kept one that does. Each counts whatever else was found. ValueError names the
    member and line that cannot be read.
    """
    bundle = read_bundle(Path(bundle_path))
    ends: dict[str, Members] = {}
    notes = [*bundle.strays, "the published tables, rules and calendars come from the bundle: compare them with yours"]
    findings = [
        *bundle.findings,
        *check_scope(bundle),
        *check_links(bundle),
        *check_moves(bundle, ends),
        *check_states(bundle, ends),
    ]
    findings += [*check_obligations(bundle, notes), *check_stored(bundle), *check_receipts(bundle, receipts, notes)]
    level, covers = _level(bundle, (tuple(keys), tuple(witnesses)), tuple(kept), quorum, findings, notes)
    if any(entry.said.get("type") == "restored" for entry in bundle.entries):
        notes.append("the log says it was restored from a backup: ask what was lost")
    return {"events": len(bundle.entries), "findings": findings, "level": level, "covers": covers, "notes": notes}


def _level(
    bundle: Bundle,
    given: tuple[tuple[str, ...], tuple[str, ...]],
    kept: tuple[bytes, ...],
    quorum: int,
    findings: list[Finding],
    notes: list[str],
) -> tuple[int, int]:
    rotations = rotations_of(bundle, findings)
    told = {key for _, *pair in rotations for key in pair}
    told |= set() if given[0] else {key for key in bundle.head["keys"] if is_key(key)}
    trusted = Trusted(*given, tuple(told))
    lines = enumerate(bundle.lines["checkpoints"], 1)
    stated = [
        read_seen(bundle, f"checkpoints.jsonl, line {n}", line["at"], line["note"].encode(), trusted, findings)
        for n, line in lines
    ]
    mine = [read_seen(bundle, f"kept checkpoint {n}", "", note, trusted, findings) for n, note in enumerate(kept, 1)]
    reaching: dict[int, bytes] = {}
    findings += check_consistency(bundle, stated, reaching)
    unproven = [] if bundle.is_log else list(check_proofs(bundle, stated[-1] if stated else None))
    findings += unproven
    good: list[Seen] = []
    contradicted = False
    for seen in (*stated, *mine):
        believed = is_believed(seen, rotations, trusted, findings, notes)
        agrees = agrees_with(bundle, seen, reaching, findings, notes)
        contradicted |= agrees is False and seen in mine
        if agrees and believed and not unproven and seen.point.size:
            good.append(seen)
            findings += check_times(bundle, seen, notes)
    _uncovered(bundle, stated, notes)
    return _reached(good, [] if contradicted else [seen for seen in good if seen in mine], quorum, notes)


def _uncovered(bundle: Bundle, stated: list[Seen], notes: list[str]) -> None:
    covered = max((each.point.size for each in stated), default=0)
    if bundle.is_log and covered < len(bundle.entries):
        notes.append(f"{len(bundle.entries) - covered} entries are covered by no checkpoint of the bundle")


def _reached(good: list[Seen], mine: list[Seen], quorum: int, notes: list[str]) -> tuple[int, int]:
    """Return the level, and how many entries of the log it covers."""
    newest = max((seen.point.size for seen in good), default=0)
    if not mine:
        return (1, newest) if good else (0, 0)
    kept = max(seen.point.size for seen in mine)
    if not quorum:
        return 2, kept
    signers: dict[int, set[bytes]] = {}
    for seen in good:
        signers.setdefault(seen.point.size, set()).update(seen.witnessed)
    enough = [size for size, witnesses in signers.items() if size >= kept and len(witnesses) >= quorum]
    if not enough:
        notes.append(f"no checkpoint of {kept} entries or more was signed by {quorum} of your witnesses")
        return 2, kept
    if max(enough) < newest:
        notes.append(f"the entries from {max(enough)} on are at level 1: your witnesses have not seen them")
    return 3, max(enough)
