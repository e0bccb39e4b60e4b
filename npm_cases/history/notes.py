"""Signed notes: a text and the lines of those who signed it. Source: C2SP signed-note and tlog-cosignature.

A note proves nothing until ``verified`` has named the keys that hold.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from npm_cases.history.base64_text import NotBase64, decoded, encoded
from npm_cases.history.signatures import holds

ED25519 = 1
COSIGNATURE = 4  # cosignature/v1: a witness's signature with a time
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
TIME_BYTES = 8
MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000
DASH = "\u2014"  # every signature line begins with it
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteWrong(ValueError):
    """A note, a key or a signature is not what it should be; nothing the note says may be used."""


def key_id_of(name: str, algorithm: int, public: bytes) -> bytes:
    """Return the four bytes that name a key: the beginning of SHA-256(name || LF || algorithm || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:KEY_ID_BYTES]


def check_key(name: str, algorithm: int, key: bytes) -> None:
    """Raise NoteWrong unless name, algorithm and length of a public key or a seed are those of a key of the log."""
    if not _is_key_name(name):
        raise NoteWrong(f"'{name}' is no key name: it must not be empty and holds neither spaces nor '+'")
    if algorithm not in {ED25519, COSIGNATURE}:
        raise NoteWrong(f"the key {name} is of algorithm {algorithm}; 1 (Ed25519) and 4 (cosignature/v1) are known")
    if len(key) != KEY_BYTES:
        raise NoteWrong(f"the key {name} holds {len(key)} bytes, not {KEY_BYTES}")


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name: who may be believed."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.name, self.algorithm, self.public)

    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encoded(bytes([self.algorithm]) + self.public)}"


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key (``name+id+key``); the id must be that of the key.

    Raises NoteWrong saying what is wrong.
    """
    name, algorithm, public, key_id = key_parts(text)
    key = VerifierKey(name, algorithm, public)
    if key.key_id.hex() != key_id:
        raise NoteWrong(f"the key {name} says its id is {key_id}, but it is {key.key_id.hex()}: copy it again, whole")
    return key


def key_parts(text: str) -> tuple[str, int, bytes, str]:
    """Take ``name+id+base64`` apart into name, algorithm, key and id (hex).

    Raises NoteWrong; whether the id belongs to the key is for the caller to see.
    """
    name, _, rest = text.partition("+")
    key_id, _, key_text = rest.partition("+")
    try:
        key = decoded(key_text)
    except NotBase64 as error:
        raise NoteWrong(f"the key '{name}' cannot be read: {error}") from error
    if not _KEY_ID.fullmatch(key_id) or not key:
        raise NoteWrong(f"the key '{name}' is not of the form name+id+key, with an id of eight hexadecimal digits")
    check_key(name, key[0], key[1:])
    return name, key[0], key[1:], key_id


@dataclass(frozen=True)
class Line:
    """One signature line: the name and id of a key, and what it signed with (``blob``, without the id)."""

    name: str
    key_id: bytes
    blob: bytes

    def text(self) -> str:
        return f"{DASH} {self.name} {encoded(self.key_id + self.blob)}\n"


@dataclass(frozen=True)
class Note:
    """A text (its last line ended by LF) and its signature lines, in order."""

    text: str
    lines: tuple[Line, ...]

    def data(self) -> bytes:
        return (self.text + "\n" + "".join(line.text() for line in self.lines)).encode()


def parse_note(data: bytes) -> Note:
    """Read a note exactly: what is read serialises to the very same bytes.

    Raises NoteWrong saying what is wrong.
    """
    if len(data) > MOST_BYTES:
        raise NoteWrong(f"the note is longer than {MOST_BYTES} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise NoteWrong(f"the note is not UTF-8 text ({error})") from error
    if _CONTROL.search(whole):
        raise NoteWrong("the note holds a control character; line ends are LF alone")
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise NoteWrong("the note has no signature lines after an empty line, or its last line is cut off")
    lines = tuple(parse_line(line) for line in signatures.removesuffix("\n").split("\n"))
    if len(lines) > MOST_SIGNATURES:
        raise NoteWrong(f"the note carries {len(lines)} signatures; more than {MOST_SIGNATURES} are not read")
    return Note(text + "\n", lines)


def parse_line(line: str) -> Line:
    """Read one signature line, without its LF.

    Raises NoteWrong.
    """
    dash, _, rest = line.partition(" ")
    name, _, blob = rest.partition(" ")
    if dash != DASH or not _is_key_name(name):
        raise NoteWrong(f"'{line[:80]}' is no signature line")
    try:
        signature = decoded(blob)
    except NotBase64 as error:
        raise NoteWrong(f"the signature of {name} cannot be read: {error}") from error
    if len(signature) <= KEY_ID_BYTES:
        raise NoteWrong(f"the signature of {name} is empty")
    return Line(name, signature[:KEY_ID_BYTES], signature[KEY_ID_BYTES:])


def verified(note: Note, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """Return those of the keys whose signatures hold, each once, in the order of the lines.

    Lines of unknown keys are passed over. Raises NoteWrong when a known key's signature is wrong (the whole note is
    refused then), when no known key signed, or when a key is given twice.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if (key.name, key.key_id) in known:
            raise NoteWrong(f"ambiguous key: {key.name}+{key.key_id.hex()} is given twice; give it once")
        known[key.name, key.key_id] = key
    found: dict[VerifierKey, None] = {}
    for line in note.lines:
        signer = known.get((line.name, line.key_id))
        if signer is None:
            continue
        if not line_holds(line, signer, note.text):
            raise NoteWrong(f"invalid signature: the one of {line.name}+{line.key_id.hex()} does not hold")
        found[signer] = None
    if not found:
        raise NoteWrong("no verifiable signatures: none of the known keys signed this note")
    return list(found)


def line_holds(line: Line, key: VerifierKey, text: str) -> bool:
    """Say whether this line is a signature of this key over the text."""
    if (line.name, line.key_id) != (key.name, key.key_id):
        return False
    if key.algorithm == ED25519:
        return holds(key.public, line.blob, text.encode())
    return len(line.blob) == TIME_BYTES + SIGNATURE_BYTES and holds(
        key.public, line.blob[TIME_BYTES:], cosigned_message(text, cosignature_time(line))
    )


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """Return when this witness key cosigned the note (POSIX seconds, the latest), or None when it did not."""
    if key.algorithm != COSIGNATURE:
        return None
    return max((cosignature_time(line) for line in note.lines if line_holds(line, key, note.text)), default=None)


def cosignature_time(line: Line) -> int:
    """Return the time (POSIX seconds) a cosignature line claims."""
    return int.from_bytes(line.blob[:TIME_BYTES], "big")


def cosigned_message(text: str, at: int) -> bytes:
    """Return the bytes a witness signs: its header, the time, then the note's text."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _is_key_name(name: str) -> bool:
    return bool(name) and not any(letter.isspace() or letter == "+" for letter in name)
