"""Files that must survive a crash and keep a secret: written whole or not at all, one writer at a time."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from npm_cases.history.notes import NoteWrong
from npm_cases.history.signing import SignerKey, parse_signer_key

_HAS_MODES = os.name == "posix"  # elsewhere a file's readers are not told by its mode
_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeptFileWrong(Exception):
    """A key, a mark or a state file is missing, broken or open to others; a person must put it right first."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside this file until the block ends; a second process waits.

    The lock lies in a file of its own, because the file itself is replaced when it is written.
    """
    descriptor = _opened(beside(path, ".lock"), os.O_RDWR | os.O_CREAT)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that goes with this one: same folder, same name, one more ending."""
    return path.with_name(path.name + ending)


def write_whole(path: Path, text: str) -> None:
    """Replace a file so that after any crash it is the old or the new one, and safe on the disk when this returns.

    Readable by its owner alone. Raises KeptFileWrong when the disk refuses.
    """
    draft = beside(path, ".new")
    draft.unlink(missing_ok=True)  # left by a crash, or laid there with another mode
    descriptor = _opened(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise KeptFileWrong(f"{path} cannot be written: {error.strerror}; make room or mend the disk") from error
    sync_folder(path)


def append_whole(path: Path, text: str) -> None:
    """Add text at the end of a list that only grows: all of it or nothing. Raises KeptFileWrong."""
    before = read_kept(path, "the list") if path.exists() else ""
    write_whole(path, before + text)


def sync_folder(path: Path) -> None:
    """Make sure that the name of this file is on the disk too, where folders can be synced."""
    if not _HAS_MODES:
        return
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_kept(path: Path, what: str) -> str:
    """Read a kept file.

    Raises KeptFileWrong when it is missing or is not text.
    """
    try:
        return path.read_bytes().decode()
    except FileNotFoundError as error:
        raise KeptFileWrong(f"{what} {path} is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeptFileWrong(f"{what} {path} cannot be read: {error}") from error


def write_key(path: Path, key: SignerKey) -> None:
    """Write a new key file. Raises KeptFileWrong when there is one: a key is never overwritten."""
    if path.exists():
        raise KeptFileWrong(f"there is a key in {path} already; nothing was overwritten")
    write_whole(path, key.text() + "\n")


def read_key(path: Path) -> SignerKey:
    """Read a key file.

    Raises KeptFileWrong when it is missing, damaged, or may be read by others than its owner.
    """
    if not path.exists():
        raise KeptFileWrong(
            f"the key file {path} is missing; put it back from its copy (only a new key is made by init)"
        )
    text = read_kept(path, "the key file")
    if _HAS_MODES and path.stat().st_mode & _OTHERS:
        raise KeptFileWrong(
            f"the key file {path} can be read by others: whoever read it can sign. Run 'chmod 600' on it, and rotate the key"
        )
    try:
        return parse_signer_key(text.removesuffix("\n"))
    except NoteWrong as error:
        raise KeptFileWrong(f"the key file {path} is broken: {error}. Put it back from its copy") from error


def destroy_by_replacing(path: Path, successor: Path) -> None:
    """Let the successor take this file's name, then overwrite what the file held.

    A disk that never writes in place (flash memory, snapshots) may keep it all the same.
    """
    with path.open("r+b") as old:
        length = path.stat().st_size
        successor.replace(path)
        sync_folder(path)
        old.write(bytes(length))
        old.flush()
        os.fsync(old.fileno())


def _opened(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
    except OSError as error:
        raise KeptFileWrong(f"{path} cannot be opened: {error.strerror}") from error
