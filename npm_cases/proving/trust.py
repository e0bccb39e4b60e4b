"""What the auditor brings: the keys he trusts, the checkpoints he kept himself, the receipts he was given.

Everything in a bundle comes from the one who is checked. Only what stands here lifts a verdict above level 0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.notes import COSIGNATURE, ED25519, Note, NoteWrong, VerifierKey, parse_note, parse_vkey

_RECEIPT = re.compile(r"(.+):([1-9][0-9]{0,14}):([0-9a-f]{64})")
_NOTE = re.compile(r"^([^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n)\n+((?:\u2014 [^\n]+\n)+)", re.MULTILINE)
_LINE_END = re.compile(r"\r+\n")
CLOCK_MINUTES = 5


class TrustWrong(ValueError):
    """Something the auditor gave cannot be read; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint the auditor kept himself, with the name of its file."""

    name: str
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a caseworker was given for an act: the chain, the number of the event in it, its leaf in hex."""

    case: str
    seq: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Keys of the log, kept checkpoints, witness keys with how many of them must have signed, receipts.

    ``clock_minutes`` is how far two honest clocks may be apart when event times are held against witnesses.
    """

    keys: tuple[VerifierKey, ...] = ()
    kept: tuple[Kept, ...] = ()
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    receipts: tuple[Receipt, ...] = ()
    clock_minutes: int = CLOCK_MINUTES


def log_key(text: str) -> VerifierKey:
    """Read a key of the log. Raises TrustWrong."""
    return _key(text, ED25519, "--key wants the key of the log; that of a witness goes to --witness")


def witness_key(text: str) -> VerifierKey:
    """Read the key of a witness. Raises TrustWrong."""
    return _key(text, COSIGNATURE, "--witness wants the key of a witness; that of the log goes to --key")


def _key(text: str, algorithm: int, otherwise: str) -> VerifierKey:
    try:
        key = parse_vkey(text.strip())
    except NoteWrong as wrong:
        raise TrustWrong(str(wrong)) from wrong
    if key.algorithm != algorithm:
        raise TrustWrong(f"the key {key.name} is of another kind: {otherwise}")
    return key


def kept_checkpoint(name: str, data: bytes) -> Kept:
    """Read a checkpoint the auditor kept: its file as it was signed, or the letter it came in, line ends as they may be.

    What is found is checked by its signature like any other, so it does no harm to look for it. Raises TrustWrong.
    """
    try:
        note = parse_note(_note_in(data))
        return Kept(name, note, parse_checkpoint(note.text))
    except (NoteWrong, CheckpointWrong) as wrong:
        raise TrustWrong(f"{name} is not a signed checkpoint: {wrong}") from wrong


def _note_in(data: bytes) -> bytes:
    text = _LINE_END.sub("\n", data.decode(errors="replace")) + "\n"
    found = _NOTE.search(text)
    return (found[1] + "\n" + found[2].rstrip("\n") + "\n").encode() if found else data


def receipt(text: str) -> Receipt:
    """Read a receipt, written CASE:SEQ:LEAF. Raises TrustWrong."""
    found = _RECEIPT.fullmatch(text.strip())
    if found is None:
        raise TrustWrong(f"'{text}' is no receipt: write CASE:SEQ:LEAF, the leaf as 64 hexadecimal digits")
    return Receipt(found[1], int(found[2]), found[3])


def quorum_of(asked: int | None, witnesses: Sequence[VerifierKey]) -> int:
    """Return how many witnesses must have signed: all that were given, unless fewer are asked for.

    Raises TrustWrong when more are asked for than there are, or none.
    """
    people = len({key.public for key in witnesses})
    if asked is None:
        return people
    if not 1 <= asked <= people:
        raise TrustWrong(f"--quorum {asked} cannot be met or means nothing: {people} witness keys were given")
    return asked
