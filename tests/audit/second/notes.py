"""Signed notes, their keys and signatures, those of witnesses among them.

Sources: the C2SP formats signed-note and tlog-cosignature.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG_KEY, WITNESS_KEY = 1, 4
DASH = "\N{EM DASH} "
MOST_SIGNATURES = 100
Signature = tuple[str, bytes, bytes]  # name, id of the key, the rest


class Key(NamedTuple):
    name: str
    id: bytes
    algorithm: int
    public: bytes


def base64_of(text: str) -> bytes:
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError("base64 with stray bits")
    return data


def _need_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise ValueError(f"{name!r} is no name of a key")


def key_of(vkey: str) -> Key:
    """Read a verifier key; ValueError when any part of it does not fit the others."""
    name, _, rest = vkey.partition("+")
    short, _, text = rest.partition("+")
    _need_name(name)
    data = base64_of(text)
    if data[:1] not in {b"\x01", b"\x04"} or len(data) != 33:
        raise ValueError(f"the key {name} is of an unknown kind or length")
    found = sha256(name.encode() + b"\n" + data).digest()[:4]
    if found.hex() != short:
        raise ValueError(f"the key {name} does not have the id {short}")
    return Key(name, found, data[0], data[1:])


def note_parts(note: bytes) -> tuple[str, list[Signature]]:
    """Take a signed note apart: its text with the last line end, and its signatures."""
    whole = note.decode()
    text, mark, block = whole.rpartition("\n\n")
    if not mark or not block.endswith("\n") or any(letter < " " and letter != "\n" for letter in whole):
        raise ValueError("no signed note")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise ValueError("a line that is no signature")
    _need_name(name)
    data = base64_of(encoded)
    if len(data) < 5:
        raise ValueError("a signature without bytes")
    return name, data[:4], data[4:]


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def seconds_of(signature: bytes) -> int:
    """Read when a witness signed: seconds since 1970, before the signature itself."""
    return int.from_bytes(signature[:8], "big")


def _holds(key: Key, signature: bytes, text: str) -> bool:
    message = text.encode()
    if key.algorithm == WITNESS_KEY:
        message = f"cosignature/v1\ntime {seconds_of(signature)}\n".encode() + message
        signature = signature[8:]
    return is_signed(key.public, signature, message)


def signers_of(note: bytes, vkeys: Iterable[str]) -> tuple[list[tuple[Key, bytes]], list[Signature]]:
    """Return who of the known keys signed a note, and the signatures of unknown ones, each once.

    ValueError for a malformed note, a known key whose signature is false, two known keys with one name and id.
    """
    text, signatures = note_parts(note)
    known: dict[tuple[str, bytes], list[Key]] = {}
    for key in map(key_of, vkeys):
        known.setdefault((key.name, key.id), []).append(key)
    verified: dict[Key, bytes] = {}
    unverified: list[Signature] = []
    for signature in signatures:
        name, short, data = signature
        keys = known.get((name, short), [])
        if len(keys) > 1:
            raise ValueError(f"two keys are called {name}")
        if keys and not _holds(keys[0], data, text):
            raise ValueError(f"the signature of {name} is false")
        if keys:
            verified.setdefault(keys[0], data)
        elif signature not in unverified:
            unverified.append(signature)
    return list(verified.items()), unverified


def note_ok(note: bytes, vkeys: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names whose signatures hold and those nobody vouches for; ValueError when none holds or one is false."""
    verified, unverified = signers_of(note, vkeys)
    if not verified:
        raise ValueError("no verifiable signature")
    return [key.name for key, _ in verified], [name for name, _, _ in unverified]


def cosignature_time(note: bytes, vkey: str) -> int:
    """Return when a witness signed a note, in seconds since 1970; ValueError when it did not."""
    for key, signature in signers_of(note, [vkey])[0]:
        if key.algorithm == WITNESS_KEY:
            return seconds_of(signature)
    raise ValueError("this witness did not sign")


def is_key(vkey: str) -> bool:
    try:
        return bool(key_of(vkey))
    except ValueError:
        return False
