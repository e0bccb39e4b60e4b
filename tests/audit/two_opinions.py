"""What each of two verifiers says of one bundle, in the same words, and whether they say the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from npm_cases.proving.trust import Receipt, Trust, kept_checkpoint, log_key, witness_key
from npm_cases.proving.verifier import verify
from tests.audit.second.verdict import check


@dataclass(frozen=True)
class Opinion:
    """What one verifier says: whether anything is wrong, the level, the first place it names."""

    wrong: bool
    level: int | None
    first: tuple[str, int] | None
    said: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What an auditor holds, as text; the verifiers each read it their way."""

    keys: tuple[str, ...] = ()
    kept: tuple[bytes, ...] = ()
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    receipts: tuple[tuple[str, int, str], ...] = ()


def second_opinion(path: Path, held: Held) -> Opinion:
    try:
        told = check(path, held.keys, held.kept, held.witnesses, held.quorum, held.receipts)
    except ValueError as refused:
        return Opinion(wrong=True, level=None, first=None, said=(str(refused),))
    return opinion(told["findings"], told["level"])


def first_opinion(path: Path, held: Held) -> Opinion:
    trust = Trust(
        keys=tuple(map(log_key, held.keys)),
        kept=tuple(kept_checkpoint(f"kept {number}", note) for number, note in enumerate(held.kept)),
        witnesses=tuple(map(witness_key, held.witnesses)),
        quorum=held.quorum,
        receipts=tuple(Receipt(*one) for one in held.receipts),
    )
    try:
        verdict = verify(path, trust)
    except ValueError as refused:
        return Opinion(wrong=True, level=None, first=None, said=(str(refused),))
    return opinion([(one.case, one.seq, one.index, one.what) for one in verdict.findings], verdict.level)


def opinion(findings: Iterable[tuple[str, int, int | None, str]], level: int) -> Opinion:
    """Sum findings up; the first place is the earliest in the log."""
    found = list(findings)
    placed = [(index, case, seq) for case, seq, index, _ in found if index is not None and seq]
    return Opinion(
        bool(found),
        level,
        min(placed, key=lambda each: each[0])[1:] if placed else None,
        tuple(each[3] for each in found),
    )


def agreed(path: Path, held: Held, *, event: bool = True) -> Opinion:
    """Ask both; they must say the same of whether something is wrong, the level, and the first wrong event.

    Without ``event`` no event was touched: then each may name the event it holds a changed member against.
    """
    one, other = first_opinion(path, held), second_opinion(path, held)
    assert one.wrong == other.wrong, (one, other)
    if None not in {one.level, other.level}:
        assert one.level == other.level, (one, other)
    if event and one.first and other.first:
        assert one.first == other.first, "\n".join([str(one.first), *one.said, "----", str(other.first), *other.said])
    return other
