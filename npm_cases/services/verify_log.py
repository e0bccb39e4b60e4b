"""The log held against its checkpoints: leaves, tree, signatures, and what an auditor kept against all of it.

What this finds for the database the one-file verifier finds for a bundle, by the same parts of npm_cases.proving.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from npm_cases.history.checkpoints import CheckpointWrong, parse_checkpoint
from npm_cases.history.event import EventType
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.notes import NoteWrong, parse_note
from npm_cases.proving.checkpoint_check import CheckpointCheck, Seen
from npm_cases.proving.key_history import KeyHistory
from npm_cases.proving.levels import reached
from npm_cases.proving.log_reading import ReadLog
from npm_cases.proving.trust import Trust
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.log_roots import HashRanges, LogRoots, hash_log
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader
from npm_cases.services.verify_log_rows import log_rows_differ, own_keys

OWN_KEY = "the key believed is the one this installation knows; give --key with the one you keep on paper"
_ROTATIONS = frozenset({EventType.KEY_ROTATED.value, EventType.RESTORED.value})

LogWrong = tuple[int | None, str]
"""The index of an entry (None: the log as a whole), and what does not hold."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What the log is worth: its size and root, what does not hold, the level, the entries it covers, and notes."""

    size: int
    root: bytes
    wrong: tuple[LogWrong, ...]
    level: int
    covers: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hashing:
    """How the log is hashed: in how many parts, and by whom; one part is hashed here."""

    parts: int = 1
    ranges: HashRanges | None = None


def verify_log(office: Office, reader: Reader, trust: Trust, hashing: Hashing) -> LogVerdict:
    """Hash the whole log, and hold every checkpoint against it: ours, and those an auditor kept.

    Without a key in ``trust`` the key this installation knows is believed. Nothing is raised for what is wrong.
    """
    own_word = () if trust.keys else (OWN_KEY,)
    if not trust.keys:
        trust = replace(trust, keys=own_keys(reader)[1])
    stored = list(reader.tree().checkpoints())
    sizes = {one.size for one in stored} | {kept.checkpoint.size for kept in trust.kept}
    roots = hash_log(reader, sizes, parts=hashing.parts, ranges=hashing.ranges)
    log = _as_read(reader, roots, trust)
    keys = KeyHistory(trust.keys, (), log.rotations)
    stated = {one.size: one.root for one in reversed(stored)}
    check = CheckpointCheck(office.origin, log, keys, trust, stated, roots.size)
    wrong: list[LogWrong] = [*roots.wrong, *((None, what) for what in _taken(check, stored))]
    wrong += [(None, what) for what in log_rows_differ(reader, log, stored)]
    for kept in sorted(trust.kept, key=lambda kept: kept.checkpoint.size):
        check.take_kept(kept)
    wrong += [(None, what) for faults in check.faults.values() for what in faults]
    wrong += keys.findings
    wrong += [(None, what) for what in _missing(log, trust)]
    told = reached(check, trust, are_entries_proven=True)
    return LogVerdict(
        roots.size, roots.root, tuple(wrong), told.level, told.covers, (*own_word, *keys.notes(), *told.notes)
    )


def _as_read(reader: Reader, roots: LogRoots, trust: Trust) -> ReadLog:
    """Return the log as the checks know it: its roots, rotations and restores, and the receipts that were found."""
    log = ReadLog(set(roots.at), {receipt.leaf for receipt in trust.receipts}, roots.size, dict(roots.at))
    for event in reader.office_events(_ROTATIONS):
        if event.index is not None:
            log.look_at(event.index, event.data, leaf_hash(event.data))
    tree = reader.tree()
    for receipt in trust.receipts:
        entry = tree.entry(receipt.case, receipt.seq)
        if entry is not None and entry[1].hex() == receipt.leaf:
            log.leaves.add(receipt.leaf)
    return log


def _taken(check: CheckpointCheck, stored: Iterable[StoredCheckpoint]) -> Iterable[str]:
    """Take every checkpoint we keep, and say where its row is not what its note says."""
    expected = 1
    for one in stored:
        where = f"checkpoint {one.number}"
        if one.number != expected:
            yield f"checkpoint {expected} is missing: after {expected - 1} comes {one.number}"
        expected = one.number + 1
        try:
            note = parse_note(one.whole.encode())
            seen = Seen(where, note, parse_checkpoint(note.text))
        except (NoteWrong, CheckpointWrong) as wrong:
            yield f"{where} is no signed checkpoint: {wrong}"
            continue
        if (seen.checkpoint.size, seen.checkpoint.root) != (one.size, one.root):
            yield f"{where}: its size or root is not the one that was signed"
        check.take(seen)


def _missing(log: ReadLog, trust: Trust) -> Iterable[str]:
    for receipt in trust.receipts:
        if receipt.leaf not in log.leaves:
            yield f"the event of the receipt {receipt.case}:{receipt.seq} is not there: proof of removal; keep the receipt"
