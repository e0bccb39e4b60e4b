"""Making signatures: the secret half of a key, and the lines it adds to a note."""

from dataclasses import dataclass, field

from npm_cases.history.base64_text import encoded
from npm_cases.history.notes import (
    ED25519,
    TIME_BYTES,
    Line,
    NoteWrong,
    VerifierKey,
    check_key,
    cosigned_message,
    key_parts,
)
from npm_cases.history.signatures import public_of, signed

_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True)
class SignerKey:
    """A secret key with its name; the seed (32 bytes) is never shown."""

    name: str
    seed: bytes = field(repr=False)
    algorithm: int = ED25519

    def __post_init__(self) -> None:
        check_key(self.name, self.algorithm, self.seed)

    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.algorithm, public_of(self.seed))

    def text(self) -> str:
        """Return the one line of a key file; it holds the secret."""
        return f"{_PREFIX}{self.name}+{self.verifier().key_id.hex()}+{encoded(bytes([self.algorithm]) + self.seed)}"


def parse_signer_key(text: str) -> SignerKey:
    """Read the line of a key file.

    Raises NoteWrong saying what is wrong, without showing the secret.
    """
    if not text.startswith(_PREFIX):
        raise NoteWrong(f"a secret key begins with {_PREFIX}")
    try:
        name, algorithm, seed, key_id = key_parts(text.removeprefix(_PREFIX))
    except NoteWrong:
        raise NoteWrong("the secret key cannot be read: it is cut off or damaged") from None
    key = SignerKey(name, seed, algorithm)
    if key.verifier().key_id.hex() != key_id:
        raise NoteWrong(f"the secret key {name} does not belong to its id {key_id}: it is damaged")
    return key


def sign_note(text: str, key: SignerKey) -> Line:
    """Return the line of an Ed25519 signature over the text; the same every time.

    Raises NoteWrong for a witness's key.
    """
    if key.algorithm != ED25519:
        raise NoteWrong(f"the key {key.name} is a witness's; it can only cosign")
    return Line(key.name, key.verifier().key_id, signed(key.seed, text.encode()))


def cosign(text: str, key: SignerKey, at: int) -> Line:
    """Return the line of a cosignature/v1: the witness saw this checkpoint at this time (POSIX seconds).

    Raises NoteWrong for the key of a log. Source: C2SP tlog-cosignature.
    """
    if key.algorithm == ED25519:
        raise NoteWrong(f"the key {key.name} is a log's; only a witness's can cosign")
    return Line(
        key.name, key.verifier().key_id, at.to_bytes(TIME_BYTES, "big") + signed(key.seed, cosigned_message(text, at))
    )
