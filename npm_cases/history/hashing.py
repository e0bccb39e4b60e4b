"""The hashes of the history: RFC 6962 leaves and the two commitments to a sealed text."""

import hashlib

LEAF = b"\x00"
COMMITMENT = b"\x02"
BLINDING_BYTES = 32


def leaf_hash(event: bytes) -> bytes:
    """Return the RFC 6962 leaf hash SHA-256(0x00 || event); the next event of the chain carries it as ``prev``."""
    return hashlib.sha256(LEAF + event).digest()


def ciphertext_commitment(ciphertext: bytes) -> str:
    """Return ``body_ct``: lets an auditor without keys check what is stored, also after the key is destroyed."""
    return hashlib.sha256(ciphertext).hexdigest()


def plaintext_commitment(blinded: bytes) -> str:
    """Return ``body_pt`` of a blinded plaintext (32 random bytes, then the text).

    Binds the meaning, because AES-GCM alone is not key-committing, and reveals nothing once the key is gone.
    """
    return hashlib.sha256(COMMITMENT + blinded).hexdigest()
