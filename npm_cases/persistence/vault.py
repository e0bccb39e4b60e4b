"""Protected text: one AES-256-GCM key per case, wrapped by a key that lies in a file outside every database.

The associated data names chain and event, so that a ciphertext cannot be moved to another place, and a wrapped key
names its case, so that keys cannot be swapped. The 32 random bytes before the text make the plaintext commitment reveal
nothing (AUDIT section 1).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.history.hashing import BLINDING_BYTES, ciphertext_commitment, plaintext_commitment
from npm_cases.persistence.document_stream import opened_chunks, sealed_chunks
from npm_cases.persistence.key_store import ACCOUNTS, NAMES, CaseKeys
from npm_cases.persistence.wrapping import KEY_BYTES, WrappingKeys
from npm_cases.services.ports import CaseKey, Readable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
MOST_OPEN_KEYS = 4_096


class Vault:
    """Seals and opens under keys wrapped by the installation's wrapping key, which is read when first needed."""

    def __init__(self, wrapping: WrappingKeys, store: CaseKeys) -> None:
        self._wrapping = wrapping
        self._store = store
        self._wrapping_ciphers: dict[str, AESGCM] = {}
        self._opened: dict[CaseKey, tuple[bytes, AESGCM]] = {}

    def new_key(self, case_id: str) -> CaseKey:
        """Make a key for one case and return it wrapped; nothing is stored."""
        raw, name = secrets.token_bytes(KEY_BYTES), self._store.wrapping
        made = CaseKey(case_id, _encrypt(self._wrapping_cipher(name), raw, _names(case_id)), name)
        self._remember(made, raw)
        return made

    def seal(self, key: CaseKey, where: str, plaintext: bytes) -> tuple[bytes, str, str]:
        """Encrypt a text for one place; return the ciphertext and its two commitments (body_ct, body_pt)."""
        blinded = secrets.token_bytes(BLINDING_BYTES) + plaintext
        ciphertext = _encrypt(self._raw(key)[1], blinded, where.encode())
        return ciphertext, ciphertext_commitment(ciphertext), plaintext_commitment(blinded)

    def open(self, key: CaseKey, where: str, ciphertext: bytes) -> bytes:
        """Decrypt the text of one place.

        Raises IntegrityBroken when the bytes were changed or belong elsewhere.
        """
        return self.open_blinded(key, where, ciphertext)[BLINDING_BYTES:]

    def open_blinded(self, key: CaseKey, where: str, ciphertext: bytes) -> bytes:
        """Decrypt the text of one place with the random bytes before it, as ``body_pt`` commits to it."""
        return _decrypt(self._raw(key)[1], ciphertext, where.encode(), where)

    def encrypt(self, key: CaseKey, content: Readable) -> Iterator[bytes]:
        """Encrypt a document of a case, piece by piece."""
        return sealed_chunks(self._raw(key)[0], key.case, content)

    def decrypt(self, key: CaseKey, ciphertext: Readable) -> Iterator[bytes]:
        """Decrypt a document of a case, piece by piece.

        Raises IntegrityBroken, while it is read, for a file that is not whole or not of this case.
        """
        return opened_chunks(self._raw(key)[0], key.case, ciphertext)

    def token(self, name: str) -> str:
        """Return what a name is indexed under: it can be compared, and tells nothing without the key of the index."""
        key = self._store.find(NAMES)
        if key is None:
            raise IntegrityBroken(say("name_key_gone"))
        return hmac.new(self._raw(key)[0], name.encode(), hashlib.sha256).hexdigest()

    def seal_secret(self, where: str, plaintext: bytes) -> bytes:
        """Encrypt a secret of a person for one place, under a key of the installation's own."""
        return _encrypt(self._raw(self._accounts())[1], plaintext, where.encode())

    def open_secret(self, where: str, ciphertext: bytes) -> bytes:
        """Decrypt a secret of a person.

        Raises IntegrityBroken when the bytes were changed or belong elsewhere.
        """
        return _decrypt(self._raw(self._accounts())[1], ciphertext, where.encode(), where)

    def mark(self, text: str) -> str:
        """Return a mark nobody makes without the keys: whoever only writes to the database cannot forge it."""
        return hmac.new(self._raw(self._accounts())[0], text.encode(), hashlib.sha256).hexdigest()

    def _accounts(self) -> CaseKey:
        key = self._store.find(ACCOUNTS)
        if key is None:
            raise IntegrityBroken("the key of the accounts is gone from the key store; put the store back")
        return key

    def is_ready(self) -> bool:
        """Say whether the wrapping key the key store names is at hand: without it nothing opens, and nothing is wrong."""
        try:
            self._wrapping_cipher(self._store.wrapping)
        except ConfigurationError:
            return False
        return True

    def opens(self, key: CaseKey) -> bool:
        """Say whether a key unwraps as the key of its case; nothing is remembered of it."""
        try:
            cipher = self._wrapping_cipher(key.wrapping)
            _decrypt(cipher, key.wrapped, _names(key.case), f"the key of case {key.case}")
        except (IntegrityBroken, ConfigurationError):
            return False  # a name no wrapping key has is as wrong as bytes that do not open
        return True

    def opens_names(self) -> bool:
        """Say whether the key of the name index is there and unwraps."""
        key = self._store.find(NAMES)
        return key is not None and self.opens(key)

    def wrapped_anew(self, key: CaseKey, wrapping: str) -> bytes:
        """Return the key of a case wrapped with another wrapping key."""
        return _encrypt(self._wrapping_cipher(wrapping), self._raw(key)[0], _names(key.case))

    def unwrap_old(self, case_id: str, wrapped: bytes) -> CaseKey:
        """Take a key over from the time when the wrapping did not name its case."""
        cipher, name = self._wrapping_cipher(self._store.wrapping), self._store.wrapping
        raw = _decrypt(cipher, wrapped, b"npm-cases case key", f"the key of case {case_id}")
        return CaseKey(case_id, _encrypt(cipher, raw, _names(case_id)), name)

    def forget(self) -> None:
        """Forget every key that was opened: one of them was destroyed."""
        self._opened.clear()
        self._wrapping_ciphers.clear()

    def _raw(self, key: CaseKey) -> "tuple[bytes, AESGCM]":
        if key not in self._opened:
            cipher = self._wrapping_cipher(key.wrapping)
            raw = _decrypt(cipher, key.wrapped, _names(key.case), f"the key of case {key.case}")
            self._remember(key, raw)
        return self._opened[key]

    def _remember(self, key: CaseKey, raw: bytes) -> None:
        if len(self._opened) > MOST_OPEN_KEYS:
            self._opened.clear()
        self._opened[key] = (raw, _cipher(raw))

    def _wrapping_cipher(self, name: str) -> "AESGCM":
        if name not in self._wrapping_ciphers:
            self._wrapping_ciphers[name] = _cipher(self._wrapping.named(name))
        return self._wrapping_ciphers[name]


def _names(case_id: str) -> bytes:
    return f"npm-cases key of case {case_id}".encode()


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
    except (InvalidTag, ValueError) as error:  # too short to hold a nonce at all is a ValueError
        raise IntegrityBroken(say("bytes_do_not_open", what=what)) from error
