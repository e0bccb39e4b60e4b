"""The wrapping key: 32 random bytes in a file outside every database, called by the first 8 hex of its SHA-256.

While it is rotated its successor lies beside it; which of the two is in use, the key store says.
"""

import hashlib
import os
import secrets
from pathlib import Path

from npm_cases.domain.errors import ConfigurationError

KEY_BYTES = 32
NAME_LENGTH = 8
PRESENT, SUCCESSOR = "wrapping.key", "wrapping.key.next"


def name_of(key: bytes) -> str:
    """Return the short name of a wrapping key: it tells keys apart and gives nothing of them away."""
    return hashlib.sha256(key).hexdigest()[:NAME_LENGTH]


class WrappingKeys:
    """The wrapping key of one installation, and its successor while it is rotated, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def named(self, name: str) -> bytes:
        """Return the key of a name.

        Raises ConfigurationError when no file here holds it.
        """
        found = {name_of(key): key for key in map(self._read, (PRESENT, SUCCESSOR)) if key}
        if name not in found:
            there = f"the files here hold {', '.join(found)}" if found else "there is none here"
            raise ConfigurationError(
                f"the wrapping key {name or 'of this installation'} is not in {self._folder} ({there}): protected text "
                f"can neither be opened nor written; put {PRESENT} back from its own backup"
            )
        return found[name]

    def holds(self, name: str) -> bool:
        """Say whether a file here holds the key of a name."""
        return name in {name_of(key) for key in map(self._read, (PRESENT, SUCCESSOR)) if key}

    def make(self) -> str:
        """Make the first key unless there is one, and return the name of the one that is there."""
        if not (self._folder / PRESENT).exists():
            self._write(PRESENT)
        return self._name(PRESENT)

    def present_name(self) -> str:
        """Return the name of the key in its place; of the wreck of one, after a crash while it was destroyed."""
        key = self._read(PRESENT)
        return name_of(key) if key else ""

    def has_successor(self) -> bool:
        """Say whether a rotation is under way."""
        return (self._folder / SUCCESSOR).exists()

    def make_successor(self) -> str:
        """Make the next key unless a rotation that broke off left one, and return its name."""
        if not self._read(SUCCESSOR):
            self._write(SUCCESSOR)
        return self._name(SUCCESSOR)

    def succeed(self) -> None:
        """Destroy the present key by overwriting it, and put its successor in its place; without one, do nothing.

        The file system may keep older blocks of the file (solid-state disks, snapshots): the medium is what it is.
        """
        present, successor = self._folder / PRESENT, self._folder / SUCCESSOR
        if not successor.exists():
            return
        with present.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        successor.replace(present)
        self._sync_folder()

    def _name(self, file: str) -> str:
        key = self._read(file)
        if not key:
            path = self._folder / file
            raise ConfigurationError(
                f"{path} is not a wrapping key: it has {path.stat().st_size} bytes, not {KEY_BYTES}"
            )
        return name_of(key)

    def _read(self, file: str) -> bytes:
        """Return the bytes of a file; nothing where there is no file, or one that is no key."""
        try:
            key = (self._folder / file).read_bytes()
        except OSError:
            return b""
        return key if len(key) == KEY_BYTES else b""

    def _write(self, file: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / file
        path.unlink(missing_ok=True)  # half a key, left by a crash: nothing was ever wrapped with it
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as made:
            made.write(secrets.token_bytes(KEY_BYTES))
            made.flush()
            os.fsync(made.fileno())
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
