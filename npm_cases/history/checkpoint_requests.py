"""The request to sign or cosign a checkpoint: the size known before, a consistency proof from it, the checkpoint.

Source: C2SP tlog-witness, add-checkpoint. The same form goes to the signer (checkpoint unsigned) and to a witness (signed).
"""

from dataclasses import dataclass

from npm_cases.history.base64_text import encoded
from npm_cases.history.checkpoints import CheckpointWrong, parse_size
from npm_cases.history.tlog_proofs import parse_hashes
from npm_cases.history.tree import ProofWrong


class RequestWrong(ValueError):
    """The request is not in its form; whoever made it must make it again."""


@dataclass(frozen=True)
class CheckpointRequest:
    """``old`` is the size the receiver last signed (0 for none), ``checkpoint`` the text or the signed note."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        return "\n".join([f"old {self.old}", *map(encoded, self.proof), "", self.checkpoint])


def parse_request(text: str) -> CheckpointRequest:
    """Read a request; the checkpoint inside is not looked at.

    Raises RequestWrong saying what is wrong.
    """
    head, blank, checkpoint = text.partition("\n\n")
    first, *hashes = head.split("\n")
    if not blank or not checkpoint.endswith("\n"):
        raise RequestWrong("the request holds no checkpoint after an empty line, or it is cut off")
    if not first.startswith("old "):
        raise RequestWrong("the request does not begin with the line 'old SIZE'")
    try:
        return CheckpointRequest(parse_size(first.removeprefix("old ")), parse_hashes(hashes), checkpoint)
    except (CheckpointWrong, ProofWrong) as error:
        raise RequestWrong(f"the request cannot be read: {error}") from error
