"""Documents as files: ciphertext named by its own hash, written whole or not at all."""

import os
from pathlib import Path

from npm_cases.domain.errors import IntegrityBroken, NotFound, TryAgain
from npm_cases.history.hashing import ciphertext_commitment


class DocumentFiles:
    """A folder of ciphertexts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, ciphertext: bytes) -> str:
        """Keep a ciphertext and return its name.

        Raises TryAgain when the disk does not take it.
        """
        name = ciphertext_commitment(ciphertext)
        target = self._path(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(target, ciphertext)
        except OSError as error:
            raise TryAgain(f"the document could not be stored ({error.strerror}): nothing was recorded") from error
        return name

    def get(self, name: str) -> bytes:
        """Return a ciphertext by its name.

        Raises NotFound; IntegrityBroken when the bytes are not those of the name.
        """
        try:
            ciphertext = self._path(name).read_bytes()
        except OSError as error:
            raise NotFound(f"the file of document {name} is missing from the documents folder") from error
        if ciphertext_commitment(ciphertext) != name:
            raise IntegrityBroken(f"the file of document {name} was changed; keep it and call the auditor")
        return ciphertext

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file so that after a power cut it is there whole or not at all: content first, then its name."""
    partial = target.with_suffix(".part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
