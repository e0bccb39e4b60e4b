"""A document as a stream of sealed chunks: AES-256-GCM in the STREAM construction, in bounded memory.

Layout: MAGIC, 32 bytes of salt, 32 bytes of key commitment, then chunks of 64 KiB of content, each followed by its tag
of 16 bytes. The key of a file is HKDF-SHA256 of the case's key and the salt, and so is the commitment, because AES-GCM
alone lets one ciphertext open under two keys. The nonce counts the chunks and marks the last, so that chunks cannot be
moved, left out or cut off (Hoang, Reyhanitabar, Rogaway, Vizar: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, CRYPTO 2015); the associated data names header and case.
"""

import hmac
import secrets
from collections.abc import Iterator

from npm_cases.domain.errors import IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.services.ports import Readable

MAGIC = b"npm-cases document 1\n"
SALT_BYTES = COMMITMENT_BYTES = KEY_BYTES = 32
TAG_BYTES = 16
COUNTER_BYTES = 11
CHUNK = 64 * 1024
HEADER_BYTES = len(MAGIC) + SALT_BYTES + COMMITMENT_BYTES


def sealed_chunks(case_key: bytes, case: str, content: Readable) -> Iterator[bytes]:
    """Encrypt a document chunk by chunk; the first piece is the header."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = secrets.token_bytes(SALT_BYTES)
    key, commitment = _derived(case_key, case, salt)
    header, cipher = MAGIC + salt + commitment, AESGCM(key)
    yield header
    for number, chunk, is_last in _with_last(content, CHUNK):
        yield cipher.encrypt(_nonce(number, is_last=is_last), chunk, _about(header, case))


def opened_chunks(case_key: bytes, case: str, ciphertext: Readable) -> Iterator[bytes]:
    """Decrypt a document chunk by chunk; each chunk is whole and in its place before it is handed out.

    Raises IntegrityBroken for a file that is cut off, changed, put together anew, or sealed for another case.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = _read(ciphertext, HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise IntegrityBroken(say("no_sealed_document"))
    key, commitment = _derived(case_key, case, header[len(MAGIC) : -COMMITMENT_BYTES])
    if not hmac.compare_digest(commitment, header[-COMMITMENT_BYTES:]):
        raise IntegrityBroken(say("sealed_elsewhere"))
    cipher = AESGCM(key)
    for number, chunk, is_last in _with_last(ciphertext, CHUNK + TAG_BYTES):
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), chunk, _about(header, case))
        except InvalidTag as error:
            raise IntegrityBroken(say("chunk_does_not_open", number=number)) from error


def _derived(case_key: bytes, case: str, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key of one file and what commits to it."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = MAGIC + case.encode()
    both = HKDF(SHA256(), KEY_BYTES + COMMITMENT_BYTES, salt, info).derive(case_key)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])


def _about(header: bytes, case: str) -> bytes:
    return header + case.encode()


def _with_last(stream: Readable, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number the chunks of a stream and mark the last, which may be short; an empty stream has one, empty chunk."""
    number, chunk = 0, _read(stream, size)
    while len(chunk) == size and (following := _read(stream, size)):
        yield number, chunk, False
        number, chunk = number + 1, following
    yield number, chunk, True


def _read(stream: Readable, size: int) -> bytes:
    """Read exactly so many bytes, fewer only at the end."""
    read = stream.read(size)
    while read and len(read) < size and (more := stream.read(size - len(read))):
        read += more
    return read
