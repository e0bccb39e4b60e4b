"""Files a person names on the command line: opened for reading, or made anew for what is protected."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from npm_cases.domain.errors import BadInput

FROM_STDIN = "@-"


def open_file(path: Path) -> BinaryIO:
    """Open a file to read from.

    Raises BadInput when it cannot be.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise BadInput(f"--document {path}: cannot be read ({error.strerror})") from error


def value_of(name: str, given: str, stdin_taken_by: str) -> str:
    """Return the value of a field: as given, or from the UTF-8 file named after an @, one newline at its end removed.

    ``@-`` is standard input, which only one field can read; ``stdin_taken_by`` names the one that has. ``@@`` at the
    beginning means a plain @. Raises BadInput naming the field and the file.
    """
    if not given.startswith("@"):
        return given
    if given.startswith("@@"):
        return given[1:]
    if given == FROM_STDIN and stdin_taken_by:
        raise BadInput(f"--field {name}: standard input was read by {stdin_taken_by}; give only one of them as @-")
    source = "standard input" if given == FROM_STDIN else given[1:]
    try:
        content = sys.stdin.buffer.read() if given == FROM_STDIN else Path(given[1:]).read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        raise BadInput(
            f"--field {name}: {source or 'the file after @'} cannot be read ({error.strerror}); a value that begins "
            "with @ is written @@"
        ) from error
    except ValueError as error:
        raise BadInput(f"--field {name}: {source} is not text in UTF-8; save it as UTF-8") from error
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def bytes_of(path: Path) -> bytes:
    """Read a small file somebody gave: a checkpoint, a witness's answer.

    Raises BadInput.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error


def private(name: str | Path, flags: int) -> int:
    """Open a file that its owner alone may read."""
    return os.open(name, flags, 0o600)


def write_new_file(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file that only its owner may read and that was not there before; returns its size.

    Raises BadInput when it is there or cannot be written; what was begun is removed then.
    """
    try:
        handle = private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except OSError as error:
        raise BadInput(f"{path} cannot be made ({error.strerror}); give the name of a new file") from error
    try:
        with os.fdopen(handle, "wb") as file:
            return sum(file.write(piece) for piece in pieces)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BadInput(f"{path} cannot be written ({error.strerror})") from error
        raise
