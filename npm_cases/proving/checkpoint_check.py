"""Checkpoints held against the entries: signature, origin, root, order, and what the auditor kept against all of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.notes import Note, NoteWrong, cosigned_at, parse_note
from npm_cases.proving.bundle_reading import Bundle, BundleWrong
from npm_cases.proving.key_history import KeyHistory
from npm_cases.proving.log_reading import ReadLog, Restore
from npm_cases.proving.trust import Kept, Trust
from npm_cases.proving.witnessed_times import Witnessed

CHECKPOINTS = "checkpoints.jsonl"
_SHAPE = {"at": str, "note": str}
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """One checkpoint with where it was seen and, for those of the bundle, when the log says it made it (POSIX seconds)."""

    where: str
    note: Note
    checkpoint: Checkpoint
    made_at: float | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Misfit:
    """The size of the smallest checkpoint that does not fit the entries, and whether the auditor kept it."""

    size: int
    is_kept: bool


def checkpoints_in(bundle: Bundle) -> Iterator[Seen | str]:
    """Walk over the checkpoints of a bundle; for one that cannot be read, its fault in words.

    Raises BundleWrong where not even its line can be read.
    """
    for number, line in bundle.rows(CHECKPOINTS, _SHAPE):
        yield _seen(f"{CHECKPOINTS} line {number}", line)


def _seen(where: str, line: dict[str, Any]) -> Seen | str:
    try:
        made_at = datetime.fromisoformat(line["at"]).astimezone(UTC).timestamp()
    except (ValueError, OverflowError) as wrong:
        raise BundleWrong(f"{where}: its member at is no instant ({wrong})") from wrong
    try:
        note = parse_note(line["note"].encode())
        return Seen(where, note, parse_checkpoint(note.text), made_at)
    except (NoteWrong, CheckpointWrong) as wrong:
        return f"{where} is no signed checkpoint: {wrong}"


@dataclass
class CheckpointCheck:
    """Checkpoints taken one by one. Faults are gathered by kind, so that one fault does not fill the page.

    ``stated`` is the root stated for each size, ``end`` the number of entries at hand. ``fitting`` and ``kept_fitting``
    become the sizes of checkpoints that fit the entries and are signed by a key the auditor has reason to believe: those
    of the bundle, and those the auditor kept. ``before_trust`` and ``kept_before_trust`` count those that a key from
    before the auditor's first signed; ``kept_misfits`` those kept that contradict the entries, whoever signed them.
    """

    origin: str
    log: ReadLog
    keys: KeyHistory
    trust: Trust
    stated: dict[int, bytes]
    end: int
    fitting: set[int] = field(default_factory=set)
    kept_fitting: set[int] = field(default_factory=set)
    kept_misfits: int = 0
    misfit: Misfit | None = None
    cosigners: dict[int, set[bytes]] = field(default_factory=dict)
    witnessed: list[Witnessed] = field(default_factory=list)
    before_trust: int = 0
    kept_before_trust: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    _last_size: int = -1

    def take(self, seen: Seen | str) -> None:
        """Take one checkpoint of the bundle, smallest first."""
        if isinstance(seen, str):
            self.fault("form", seen)
            return
        size = seen.checkpoint.size
        if size < self._last_size:
            self.fault("order", f"{seen.where} is smaller than the one before it")
        self._last_size = max(size, self._last_size)
        if seen.checkpoint.origin != self.origin:
            self._of_another_log(seen)
        elif self._is_signed(seen) and self._fits(seen):
            self._count(seen, self.fitting)

    def take_kept(self, kept: Kept) -> None:
        """Take one checkpoint the auditor kept, after all those of the bundle.

        It is held against the entries whoever signed it: the auditor had it before the bundle was made.
        """
        seen = Seen(f"your checkpoint {kept.name}", kept.note, kept.checkpoint, is_kept=True)
        if seen.checkpoint.origin != self.origin:
            self._of_another_log(seen)
            self.kept_misfits += 1
            return
        is_signed, fits = self._is_signed(seen), self._fits(seen)
        if not fits:
            self.kept_misfits += 1
        elif is_signed:
            self._count(seen, self.kept_fitting)

    def fault(self, kind: str, what: str) -> None:
        self.faults.setdefault(kind, []).append(what)

    def _of_another_log(self, seen: Seen) -> None:
        self.fault("origin", f"{seen.where} is of the log {seen.checkpoint.origin}, the bundle of {self.origin}")

    def _is_signed(self, seen: Seen) -> bool:
        """Say whether the key that was the log's at this size signed it, believed or not."""
        size = seen.checkpoint.size
        unsigned = self.keys.why_not_signed(seen.note, size, self.trust.witnesses)
        if unsigned:
            self.fault("signature", f"{seen.where}, of {size} entries: {unsigned}")
        return not unsigned

    def _fits(self, seen: Seen) -> bool:
        """Hold size and root against the entries."""
        if seen.checkpoint.size > self.end:
            self.fault("kept cut" if seen.is_kept else "cut", self._cut_off(seen))
        elif self.log.roots.get(seen.checkpoint.size) != seen.checkpoint.root:
            self._does_not_fit(seen)
        else:
            return True
        return False

    def _count(self, seen: Seen, fitting: set[int]) -> None:
        """Count a checkpoint that is signed and fits, if its key is one the auditor has reason to believe."""
        if self.keys.speaks_for(seen.checkpoint.size):
            fitting.add(seen.checkpoint.size)
            self._cosigned(seen)
        elif seen.is_kept:
            self.kept_before_trust.append(seen.where)
        else:
            self.before_trust += 1

    def _does_not_fit(self, seen: Seen) -> None:
        checkpoint = seen.checkpoint
        size = checkpoint.size
        told = f"{seen.where} does not fit: the first {size} entries are not those it was signed over"
        if self.stated.get(size, checkpoint.root) != checkpoint.root:
            told += "; two roots are stated for this size: keep both notes, if both are signed they prove it"
        if self.misfit is None or size < self.misfit.size:
            self.misfit = Misfit(size, is_kept=seen.is_kept)
        self.fault("kept root" if seen.is_kept else "root", told + self._declared(checkpoint))

    def _cut_off(self, seen: Seen) -> str:
        declared = self._declared(seen.checkpoint) or (
            "; no restore is declared. Unless this bundle is older than that checkpoint, ask where the entries are"
        )
        size = seen.checkpoint.size
        return f"the log was cut off or rolled back: {seen.where} is of {size} entries, here are {self.end}{declared}"

    def _declared(self, checkpoint: Checkpoint) -> str:
        for restore in self.log.restores:
            if restore.kept_size < checkpoint.size <= restore.lost_size:
                return f"; {_told(restore, checkpoint)}"
        return ""

    def _cosigned(self, seen: Seen) -> None:
        size = seen.checkpoint.size
        for key in dict.fromkeys(self.trust.witnesses):
            at = cosigned_at(seen.note, key)
            if at is None:
                continue
            self.cosigners.setdefault(size, set()).add(key.public)
            self.witnessed.append(Witnessed(size, at, seen.made_at))
            if seen.made_at is not None and seen.made_at > at + _MINUTE * self.trust.clock_minutes:
                self.fault("witness", f"{seen.where} says it was made after the witness {key.name} had signed it")


def _told(restore: Restore, checkpoint: Checkpoint) -> str:
    where = f"event {restore.event.seq} of {restore.event.case} (entry {restore.index})"
    exact = (restore.lost_size, restore.lost_root) == (checkpoint.size, checkpoint.root.hex())
    lost = "just this checkpoint" if exact else f"the entries up to {restore.lost_size - 1}"
    return f"{where} declares a restore to {restore.kept_size} entries that lost {lost}"
