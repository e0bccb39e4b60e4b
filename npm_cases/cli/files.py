"""Files a person names on the command line: opened for reading, or made anew for what is protected."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from npm_cases.domain.errors import BadInput


def open_file(path: Path) -> BinaryIO:
    """Open a file to read from.

    Raises BadInput when it cannot be.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise BadInput(f"--document {path}: cannot be read ({error.strerror})") from error


def write_new_file(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file that only its owner may read and that was not there before; returns its size.

    Raises BadInput when it is there or cannot be written; what was begun is removed then.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(f"--to {path}: cannot be made ({error.strerror}); give the name of a new file") from error
    try:
        with os.fdopen(handle, "wb") as file:
            return sum(file.write(piece) for piece in pieces)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BadInput(f"--to {path}: cannot be written ({error.strerror})") from error
        raise
