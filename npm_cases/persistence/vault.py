"""Protected text: one AES-256-GCM key per case, wrapped by a key that lies in a file outside the database.

The associated data names chain and event, so that a ciphertext cannot be moved to another place. The 32 random bytes
before the text make the plaintext commitment reveal nothing (AUDIT section 1).
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.history.hashing import BLINDING_BYTES, ciphertext_commitment, plaintext_commitment

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPING = b"npm-cases case key"


class Vault:
    """Seals and opens under keys wrapped by the installation's wrapping key, which is read when first needed."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        self._wrapping: AESGCM | None = None
        self._opened: dict[bytes, AESGCM] = {}

    def new_key(self) -> bytes:
        """Make a key for one case and return it wrapped."""
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = _encrypt(self._wrap(), key, WRAPPING)
        self._opened[wrapped] = _cipher(key)
        return wrapped

    def seal(self, wrapped: bytes, where: str, plaintext: bytes) -> tuple[bytes, str, str]:
        """Encrypt a text for one place; return the ciphertext and its two commitments (body_ct, body_pt)."""
        blinded = secrets.token_bytes(BLINDING_BYTES) + plaintext
        ciphertext = _encrypt(self._case_key(wrapped), blinded, where.encode())
        return ciphertext, ciphertext_commitment(ciphertext), plaintext_commitment(blinded)

    def open(self, wrapped: bytes, where: str, ciphertext: bytes) -> bytes:
        """Decrypt the text of one place.

        Raises IntegrityBroken when the bytes were changed or belong elsewhere.
        """
        return _decrypt(self._case_key(wrapped), ciphertext, where.encode(), where)[BLINDING_BYTES:]

    def _case_key(self, wrapped: bytes) -> "AESGCM":
        if wrapped not in self._opened:
            if len(self._opened) > MOST_OPEN_KEYS:
                self._opened.clear()
            self._opened[wrapped] = _cipher(_decrypt(self._wrap(), wrapped, WRAPPING, "the key of a case"))
        return self._opened[wrapped]

    def _wrap(self) -> "AESGCM":
        if self._wrapping is None:
            self._wrapping = _cipher(read_key(self._key_file))
        return self._wrapping


MOST_OPEN_KEYS = 4_096


def make_key(path: Path) -> None:
    """Make the wrapping key of an installation, readable by its owner alone; an existing key is left alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read the wrapping key.

    Raises ConfigurationError when it is missing or not a key.
    """
    try:
        key = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the wrapping key {path} cannot be read ({error.strerror}): protected text cannot be opened or written; "
            "put the key back from its own backup"
        ) from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{path} is not a wrapping key: it has {len(key)} bytes, a key has {KEY_BYTES}")
    return key


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _encrypt(cipher: "AESGCM", plaintext: bytes, where: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plaintext, where)


def _decrypt(cipher: "AESGCM", ciphertext: bytes, where: bytes, what: str) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], where)
    except InvalidTag as error:
        raise IntegrityBroken(
            f"{what}: the stored bytes do not open under their key; keep them and call the auditor"
        ) from error
