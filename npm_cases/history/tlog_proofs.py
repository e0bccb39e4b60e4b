"""A proof that one entry stands in the log, on one page that needs nothing else. Source: C2SP tlog-proof."""

from dataclasses import dataclass

from npm_cases.history.base64_text import NotBase64, decoded, encoded
from npm_cases.history.checkpoints import CheckpointWrong, parse_size
from npm_cases.history.tree import HASH_BYTES, ProofWrong

HEADER = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


@dataclass(frozen=True)
class TlogProof:
    """The index of an entry (from 0), its inclusion proof, and the signed checkpoint it leads to, word for word.

    ``extra`` is free for the application and proves nothing.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def text(self) -> str:
        extra = [f"extra {encoded(self.extra)}"] if self.extra else []
        lines = [HEADER, *extra, f"index {self.index}", *map(encoded, self.hashes), "", self.checkpoint]
        return "\n".join(lines)


def parse_proof(text: str) -> TlogProof:
    """Read a proof exactly; that it holds must still be checked, and so must the checkpoint's signatures.

    Raises ProofWrong saying which part is wrong.
    """
    head, blank, checkpoint = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != HEADER:
        raise ProofWrong(f"the proof does not begin with the line {HEADER}")
    if not blank or not checkpoint.endswith("\n"):
        raise ProofWrong("the proof holds no checkpoint after an empty line, or it is cut off")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _bytes(lines.pop(0).removeprefix("extra "), "extra")
    if not lines or not lines[0].startswith("index "):
        raise ProofWrong("the proof has no line with the index of its entry")
    try:
        index = parse_size(lines.pop(0).removeprefix("index "))
    except CheckpointWrong as error:
        raise ProofWrong(f"the index of the proof cannot be read: {error}") from error
    return TlogProof(index, parse_hashes(lines), checkpoint, extra)


def parse_hashes(lines: list[str]) -> tuple[bytes, ...]:
    """Read the hashes of a proof, one a line, in base64.

    Raises ProofWrong.
    """
    if len(lines) > MOST_HASHES:
        raise ProofWrong(f"the proof has {len(lines)} hashes; no tree needs more than {MOST_HASHES}")
    hashes = tuple(_bytes(line, "a hash") for line in lines)
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofWrong(f"a hash of the proof is not {HASH_BYTES} bytes long")
    return hashes


def _bytes(text: str, what: str) -> bytes:
    try:
        data = decoded(text)
    except NotBase64 as error:
        raise ProofWrong(f"{what} of the proof cannot be read: {error}") from error
    if not data:
        raise ProofWrong(f"{what} of the proof is empty")
    return data
