"""What lies beside the checkpoints, held against them: the stored tree, the lines of witnesses, the key we know the log by."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from npm_cases.history.notes import NoteWrong, VerifierKey, line_holds, parse_line, parse_note, parse_vkey, verified
from npm_cases.proving.log_reading import ReadLog
from npm_cases.proving.trust import TrustWrong, log_key
from npm_cases.services.log import BLOCK, LOG_KEY, StoredCheckpoint
from npm_cases.services.reading import Reader


def own_keys(reader: Reader) -> tuple[list[str], tuple[VerifierKey, ...]]:
    """Return the key this installation knows its log by, as it is written, and as far as it can be read."""
    texts = [str(row["value"]) for row in reader.register("meta") if row["name"] == LOG_KEY]
    keys: list[VerifierKey] = []
    for text in texts:
        with suppress(TrustWrong):
            keys.append(log_key(text))
    return texts, tuple(keys)


def log_rows_differ(reader: Reader, log: ReadLog, stored: Sequence[StoredCheckpoint]) -> Iterator[str]:
    """Say what does not hold in the rows beside the checkpoints."""
    yield from _ungrown(reader, stored)
    yield from _cosigned(reader, stored)
    yield from _own_key(reader, log, stored)


def _ungrown(reader: Reader, stored: Sequence[StoredCheckpoint]) -> Iterable[str]:
    """Find nodes taken off the end of the stored tree: it is grown before anything is signed."""
    covered = max((one.size for one in stored), default=0) // BLOCK
    if sum(1 for _ in reader.tree().blocks()) < covered:
        yield f"the stored tree has fewer nodes than the {covered} that stood there when the last checkpoint was signed"


def _cosigned(reader: Reader, stored: Sequence[StoredCheckpoint]) -> Iterable[str]:
    """Hold each line of a witness against the key it is kept under: whether to believe that key is for the auditor."""
    texts = {one.number: one.note.partition("\n\n")[0] + "\n" for one in stored}
    for row in reader.register("cosignatures"):
        where = f"the cosignature of checkpoint {row['checkpoint']} by {row['witness'].partition('+')[0]}"
        try:
            holds = line_holds(parse_line(row["line"]), parse_vkey(row["witness"]), texts.get(row["checkpoint"], ""))
        except NoteWrong as wrong:
            yield f"{where} cannot be read: {wrong}"
            continue
        if not holds:
            yield f"{where} does not hold"


def _own_key(reader: Reader, log: ReadLog, stored: Sequence[StoredCheckpoint]) -> Iterable[str]:
    """Hold the key this installation knows its log by against the last rotation, else against the first checkpoint."""
    texts, keys = own_keys(reader)
    if texts and not keys:
        yield "the key of the log in the table meta cannot be read"
    elif log.rotations:
        if log.rotations[-1].new not in keys:
            yield "the key of the log in the table meta is not the one of the last rotation"
    elif stored and not keys:
        yield "the key of the log is gone from the table meta, but it has signed checkpoints"
    elif stored and not _signed(stored[0].note, keys):
        yield "the key of the log in the table meta did not sign the first checkpoint"


def _signed(note: str, keys: Sequence[VerifierKey]) -> bool:
    try:
        return bool(verified(parse_note(note.encode()), keys))
    except NoteWrong:
        return False
