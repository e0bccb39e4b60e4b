"""The change of the log's key: a statement that the old and the new key both sign."""

from npm_cases.history.notes import VerifierKey


def rotation_statement(origin: str, old: VerifierKey, new: VerifierKey) -> bytes:
    """Return the bytes both keys sign: four lines, each ended by LF."""
    return f"npm-cases key rotation v1\n{origin}\n{old.text()}\n{new.text()}\n".encode()
