"""Documents as files: ciphertext named by its own hash, written whole or not at all."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from npm_cases.domain.errors import IntegrityBroken, NotFound, TryAgain
from npm_cases.domain.messages import say

_NAME = re.compile("[0-9a-f]{64}")


class DocumentFiles:
    """A folder of ciphertexts, read and written in pieces."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, ciphertext: Iterable[bytes]) -> str:
        """Keep a ciphertext and return its name, the SHA-256 of all its bytes; on the disk when this returns.

        Raises TryAgain when the disk does not take it; whatever stops the pieces from coming leaves no file.
        """
        partial = self._folder / f"{secrets.token_hex(16)}.part"
        try:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                name = _write(partial, ciphertext)
                self._put_in_place(partial, self._path(name))
            except BaseException:
                _remove(partial)
                raise
        except OSError as error:
            raise TryAgain(say("not_stored", wrong=error.strerror)) from error
        return name

    def get(self, name: str) -> BinaryIO:
        """Return the open file of a ciphertext, whose every byte was held against its name before.

        Raises NotFound; IntegrityBroken when the bytes are not those of the name.
        """
        try:
            file = self._path(name).open("rb")
        except OSError as error:
            raise NotFound(say("file_missing", document=name)) from error
        if hashlib.file_digest(file, "sha256").hexdigest() != name:
            file.close()
            raise IntegrityBroken(say("file_changed", document=name))
        file.seek(0)
        return file

    @property
    def at_hand(self) -> bool:
        """Say whether there is a folder of documents at all."""
        return self._folder.is_dir()

    def holds(self, name: str) -> bool:
        """Say whether the file of a ciphertext is there; its bytes are not read."""
        return bool(_NAME.fullmatch(name)) and self._path(name).is_file()

    def fault(self, name: str) -> str:
        """Read a ciphertext in pieces and say what is wrong with it: its file is missing, or holds other bytes."""
        if not self.holds(name):
            return "missing from the documents folder"
        try:
            with self._path(name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"unreadable ({error.strerror})"
        return "" if found == name else "not the one that was stored: its bytes do not hash to its name"

    def discard(self, name: str) -> None:
        """Remove a ciphertext that no row ever named."""
        _remove(self._path(name))

    def _put_in_place(self, partial: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(target)
        for folder in (target.parent, self._folder):
            _sync(folder)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _write(file: Path, pieces: Iterable[bytes]) -> str:
    """Write the pieces and make them durable; returns the SHA-256 of them all."""
    digest = hashlib.sha256()
    with file.open("xb") as target:
        for piece in pieces:
            target.write(piece)
            digest.update(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return  # what cannot be removed is ciphertext nobody names; the error that led here is told


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
