"""Ed25519 (RFC 8032), the one kind of signature of the log: the only module that needs a library outside the standard one."""


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether this public key (32 bytes) made this signature (64 bytes) over the message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: the public key is not 32 bytes long
        return False
    return True


def signed(seed: bytes, message: bytes) -> bytes:
    """Return the signature (64 bytes); the same seed and message always give the same."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def public_of(seed: bytes) -> bytes:
    """Return the public key (32 bytes) of a secret seed (32 bytes)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def new_seed() -> bytes:
    """Return a fresh secret seed (32 bytes) from the system's source of randomness."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw()
