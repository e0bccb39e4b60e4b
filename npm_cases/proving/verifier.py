"""The offline verifier: an export bundle and what the auditor trusts in, findings and the level reached out.

It shares nothing with the engine but the formats of npm_cases.history, and needs no database and no network.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from npm_cases.history.canonical import NotCanonical
from npm_cases.history.event import read
from npm_cases.history.hashing import leaf_hash
from npm_cases.proving.bundle_reading import Bundle, BundleWrong
from npm_cases.proving.chain_walk import ChainWalk, read_machines, spool_beside
from npm_cases.proving.checkpoint_check import CheckpointCheck, Misfit, Seen, checkpoints_in
from npm_cases.proving.consistency_check import inconsistencies, proof_to_follow, roots_behind, unproven_events
from npm_cases.proving.divergence import changed_range
from npm_cases.proving.due_dates import DueDates
from npm_cases.proving.key_history import KeyHistory
from npm_cases.proving.levels import reached
from npm_cases.proving.log_reading import ReadLog, chain_named, read_log
from npm_cases.proving.spool import Spool
from npm_cases.proving.trust import (
    CLOCK_MINUTES,
    Kept,
    Trust,
    TrustWrong,
    kept_checkpoint,
    log_key,
    quorum_of,
    receipt,
    witness_key,
)
from npm_cases.proving.verdict import Finding, Verdict, as_plain, as_text
from npm_cases.proving.witnessed_times import TimeBounds

FOUND, MALFORMED, FAILED = 8, 7, 1


def verify(path: Path, trust: Trust) -> Verdict:
    """Verify a bundle with what the auditor trusts in.

    Raises BundleWrong when it is no bundle; a wrong history raises nothing, it is what findings are for. Memory does not
    grow with the log; the disk holds the bundle once more, unpacked, until this returns.
    """
    with Bundle(path) as bundle, Spool() as spool:
        return _Verification(bundle, spool, trust).verdict()


class _Verification:
    """One verification from the events to the verdict."""

    def __init__(self, bundle: Bundle, spool: Spool, trust: Trust) -> None:
        self._bundle = bundle
        self._spool = spool
        self._trust = trust
        self._findings: list[Finding] = []
        self._notes: list[str] = []
        self._are_entries_proven = True

    def verdict(self) -> Verdict:
        stated, last = self._stated()
        wanted = {*stated, *(kept.checkpoint.size for kept in self._trust.kept)}
        log = read_log(self._bundle, self._spool, wanted, {receipt.leaf for receipt in self._trust.receipts})
        self._findings += log.findings
        keys = self._keys(log)
        self._prove_entries(log, stated, last)
        check = self._checkpoints(log, keys, stated)
        walk = self._walk(check)
        self._findings += self._receipts(log)
        told = reached(check, self._trust, are_entries_proven=self._are_entries_proven)
        notes = [*keys.notes(), *self._notes, *_restores(log), *told.notes, *walk.notes]
        return Verdict(log.count, tuple(self._findings), told.level, told.covers, tuple(notes))

    def _stated(self) -> tuple[dict[int, bytes], Seen | None]:
        """Return the root first stated for each size, and the largest checkpoint."""
        stated: dict[int, bytes] = {}
        last: Seen | None = None
        for seen in checkpoints_in(self._bundle):
            if isinstance(seen, Seen):
                stated.setdefault(seen.checkpoint.size, seen.checkpoint.root)
                last = seen if last is None or seen.checkpoint.size > last.checkpoint.size else last
        return stated, last

    def _keys(self, log: ReadLog) -> KeyHistory:
        keys = KeyHistory(self._trust.keys, self._bundle.manifest.keys, log.rotations)
        self._findings += [self._at(index, what) for index, what in keys.findings]
        return keys

    def _prove_entries(self, log: ReadLog, stated: dict[int, bytes], last: Seen | None) -> None:
        """In a bundle of one case, put proofs in the place of the tree; in one of the log, count its entries."""
        manifest = self._bundle.manifest
        if manifest.events != log.count:
            self._of_log(f"bundle.json says {manifest.events} events are inside, but there are {log.count}")
        end = last.checkpoint.size if last else 0
        if manifest.size < end if manifest.is_case else manifest.size != log.count:
            there = end if manifest.is_case else log.count
            self._of_log(f"bundle.json says the log had {manifest.size} entries, but {there} are shown")
        if not manifest.is_case:
            return
        if not self._spool.has_events(manifest.case):
            self._of_log(f"no event of the case {manifest.case} is inside, of which the bundle says it is")
        self._notes.append(
            "one case is inside: that no event of it came after the last one here, this bundle cannot show"
        )
        log.roots = roots_behind(self._bundle, stated)
        if last is None:
            self._of_log("checkpoints.jsonl holds no checkpoint, so nothing shows that these events stand in the log")
            return
        size, text = last.checkpoint.size, last.checkpoint.text()
        unproven = [self._at(index, what) for index, what in unproven_events(self._bundle, self._spool, size, text)]
        self._are_entries_proven = not unproven
        self._findings += unproven

    def _checkpoints(self, log: ReadLog, keys: KeyHistory, stated: dict[int, bytes]) -> CheckpointCheck:
        manifest = self._bundle.manifest
        end = max(stated, default=0) if manifest.is_case else log.count
        check = CheckpointCheck(manifest.origin, log, keys, self._trust, stated, end)
        for seen in checkpoints_in(self._bundle):
            check.take(seen)
        for kept in sorted(self._trust.kept, key=lambda kept: kept.checkpoint.size):
            if manifest.is_case and kept.checkpoint.size < end and kept.checkpoint.size not in log.roots:
                self._not_compared(kept)
            else:
                check.take_kept(kept)
        for what in inconsistencies(self._bundle, stated):
            check.fault("consistency", what)
        for faults in check.faults.values():
            more = f" (and {len(faults) - 1} more like it)" if len(faults) > 1 else ""
            self._of_log(faults[0] + more)
        if check.misfit is not None and not manifest.is_case:
            self._findings.append(self._divergence(check, check.misfit))
        return check

    def _not_compared(self, kept: Kept) -> None:
        self._notes.append(
            f"your checkpoint {kept.name}, of {kept.checkpoint.size} entries, cannot be compared with this bundle of one "
            "case: no proof leads from it to the last checkpoint; ask for the bundle of the whole log"
        )

    def _divergence(self, check: CheckpointCheck, misfit: Misfit) -> Finding:
        """Say among which entries the first change lies, and name the event when it is one."""
        old, proof = self._still_fitting(check, misfit)
        first, end = changed_range(old, misfit.size, proof, self._leaves)
        if end - first == 1:
            return self._at(first, "it is not the entry that stood here when the checkpoint was signed")
        since = f": the checkpoint before, of {old}, still fits" if old else ""
        return Finding("", 0, None, f"the first change lies among the entries {first} to {end - 1}{since}")

    def _still_fitting(self, check: CheckpointCheck, misfit: Misfit) -> tuple[int, Sequence[bytes]]:
        """Return the largest size known to have been the same in the log the misfit was signed over, and a proof of it.

        A checkpoint of the bundle that fits may have been signed anew; only one the misfit provably follows counts.
        """
        if not misfit.is_kept:
            old = max((size for size in check.fitting if size < misfit.size), default=0)
            proof = proof_to_follow(self._bundle, old, misfit.size, check.stated)
            if proof:
                return old, proof
        return max((size for size in check.kept_fitting if size < misfit.size), default=0), ()

    def _leaves(self, first: int, end: int) -> Iterator[bytes]:
        return (leaf_hash(data) for data in self._spool.events_between(first, end))

    def _walk(self, check: CheckpointCheck) -> ChainWalk:
        spool_beside(self._bundle, self._spool)
        dates = DueDates(self._bundle.whole("rules.json"), self._bundle.whole("calendars.json"))
        bounds = TimeBounds(check.witnessed, self._trust.clock_minutes)
        walk = ChainWalk(self._bundle.manifest, self._spool, read_machines(self._bundle), dates, bounds)
        self._findings += walk.findings()
        walk.notes += [
            f"due dates under the calendar {name} were not counted again: it is not in the bundle"
            for name in sorted(dates.not_counted)
        ]
        walk.notes += [
            f"{name} is no part of the format and was not looked at" for name in self._bundle.strangers
        ]  # fmt: skip
        return walk

    def _receipts(self, log: ReadLog) -> Iterator[Finding]:
        for receipt_given in self._trust.receipts:
            if receipt_given.leaf in log.leaves:
                continue
            case, seq = receipt_given.case, receipt_given.seq
            if self._bundle.manifest.is_case and not self._spool.has_events(case):
                self._notes.append(f"the receipt {case}:{seq} is of another case than this bundle: it was not searched")
                continue
            yield Finding(case, seq, None, self._removed(case, seq))

    def _removed(self, case: str, seq: int) -> str:
        there = self._spool.index_of(case, seq)
        what = "is not there" if there is None else f"is another one (entry {there})"
        made_at = self._bundle.manifest.made_at
        return (
            f"the event of the receipt {what}: if the receipt was given before {made_at}, when this bundle was made, it "
            "is proof of removal"
        )

    def _at(self, index: int, what: str) -> Finding:
        """Make a finding about the event of an index."""
        data = self._spool.event_at(index) or b""
        try:
            event = read(data)
        except (NotCanonical, TypeError):
            return Finding(chain_named(data), 0, index, what)
        return Finding(event.case, event.seq, index, what)

    def _of_log(self, what: str) -> None:
        self._findings.append(Finding("", 0, None, what))


def _restores(log: ReadLog) -> Iterator[str]:
    for restore in log.restores:
        yield (
            f"event {restore.event.seq} of {restore.event.case} declares a restore: the log went back from "
            f"{restore.lost_size} entries to {restore.kept_size}"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verifier; returns its exit code.

    0 without findings, 8 with findings, 7 for a bundle or input that cannot be read, 1 when it could not be finished.
    """
    asked = _arguments().parse_args(argv)
    try:
        verdict = verify(_file(asked.bundle, "BUNDLE"), _trust(asked))
    except (BundleWrong, TrustWrong) as wrong:
        sys.stderr.write(f"cannot be verified: {wrong}\n")
        return MALFORMED
    except (OSError, sqlite3.Error) as wrong:
        sys.stderr.write(f"the verification could not be finished: {wrong}\n")
        return FAILED
    _say(json.dumps(as_plain(verdict)) + "\n" if asked.json else as_text(verdict))
    return FOUND if verdict.findings else 0


def _file(name: str, what: str) -> Path:
    """Return the path of a file that was named. Raises TrustWrong when it is a folder, or not there, or not to be read."""
    path = Path(name)
    if path.is_dir():
        raise TrustWrong(f"{name} is a folder; {what} wants the file inside it")
    try:
        path.open("rb").close()
    except FileNotFoundError as wrong:
        raise TrustWrong(f"there is no file {name}; look at how {what} is written") from wrong
    except OSError as wrong:
        raise TrustWrong(f"{name} cannot be read: {wrong.strerror}; see who may read it") from wrong
    return path


def _say(text: str) -> None:
    """Print in UTF-8 wherever the output goes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="npm_verify.py",
        description="Verify an export bundle of a case history, without the system that made it. `npm_verify.py witness "
        "--help` tells how to be a witness.",
        epilog="Levels: 1 needs --key, 2 --kept as well, 3 --witness as well. After a change of the log's key give both "
        "keys. Exit code 0: no findings, 8: findings, 7: something given cannot be read, 2: wrong use, 1: not finished.",
    )
    parser.add_argument("bundle", metavar="BUNDLE", help="the ZIP file that was exported")
    parser.add_argument(
        "--key", metavar="VKEY", action="append", default=[], help="a key of the log you trust; repeat it"
    )
    parser.add_argument(
        "--kept", metavar="FILE", action="append", default=[], help="a checkpoint you kept, or its letter; repeat it"
    )
    parser.add_argument(
        "--witness", metavar="VKEY", action="append", default=[], help="the key of a witness you trust; repeat it"
    )
    parser.add_argument(
        "--quorum", metavar="K", type=int, help="how many of them must have signed one checkpoint (default: all)"
    )
    parser.add_argument(
        "--receipt", metavar="CASE:SEQ:LEAF", action="append", default=[], help="a receipt to find; repeat it"
    )
    parser.add_argument(
        "--clock-minutes", metavar="M", type=int, default=CLOCK_MINUTES, help="how far honest clocks may differ"
    )
    parser.add_argument("--json", action="store_true", help="print for a program")
    return parser


def _trust(asked: argparse.Namespace) -> Trust:
    witnesses = tuple(witness_key(text) for text in asked.witness)
    return Trust(
        keys=tuple(log_key(text) for text in asked.key),
        kept=tuple(kept_checkpoint(name, _file(name, "--kept").read_bytes()) for name in asked.kept),
        witnesses=witnesses,
        quorum=quorum_of(asked.quorum, witnesses),
        receipts=tuple(receipt(text) for text in asked.receipt),
        clock_minutes=asked.clock_minutes,
    )


if __name__ == "__main__":
    sys.exit(main())
