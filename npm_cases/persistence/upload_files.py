"""Files given to import, in a private folder: sealed ones whole or not at all, and one laid out plainly while it is read."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from npm_cases.domain.errors import TryAgain
from npm_cases.domain.messages import say

PARTIAL = ".part"
LONGEST_STEM, LONGEST_SUFFIX = 40, 8
"""Characters of a file's own name; each takes four bytes at most, and a name on the disk 255."""


class UploadFiles:
    """A folder only its owner reads; names are given by whoever keeps something in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return what is kept, in the order of the names."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir())

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes under a name.

        Raises TryAgain when the disk does not take them.
        """
        partial = self._folder / f"{name}{PARTIAL}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            partial.replace(self._folder / name)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise TryAgain(say("not_stored", wrong=error.strerror)) from error

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a name, None where there are none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def discard(self, name: str) -> None:
        """Remove what is kept under a name; what is gone already is gone."""
        path = self._folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    @contextmanager
    def laid_out(self, stamp: str, name: str, content: bytes) -> Iterator[Path]:
        """Give a plain file to read, in a folder of its own that is removed afterwards, or with what is old.

        ``stamp`` is the instant as names begin with it. Raises TryAgain when the disk does not take it.
        """
        folder = self._folder / f"{stamp}-read-{secrets.token_hex(8)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(mode=0o700)
            path = folder / _short(name)
            path.write_bytes(content)
        except OSError as error:
            self.discard(folder.name)
            raise TryAgain(say("not_stored", wrong=error.strerror)) from error
        try:
            yield path
        finally:
            with suppress(OSError):
                self.discard(folder.name)


def _short(name: str) -> str:
    path = Path(name)
    return f"{path.stem[:LONGEST_STEM]}{path.suffix[:LONGEST_SUFFIX]}"
