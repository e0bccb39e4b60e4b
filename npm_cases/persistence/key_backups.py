"""Backups of the key store: whole files named by their instant in UTC, removed when they are old enough.

The wrapping key is never among them: a backup and the key that opens it lie in two places.
"""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from npm_cases.domain.errors import BadInput, TryAgain
from npm_cases.domain.instants import from_text
from npm_cases.persistence.key_store import KeyStore

_NAMED = "case-keys-%Y%m%dT%H%M%SZ.db"
_NAME = re.compile(r"case-keys-\d{8}T\d{6}Z\.db")


def back_up(store: KeyStore, folder: Path, at: str) -> Path:
    """Write one consistent state of the key store into a folder while work goes on, and return the file.

    ``at`` is the present instant (UTC text). Raises BadInput when there is a backup of that second; TryAgain.
    """
    file = folder / from_text(at).strftime(_NAMED)
    if file.exists():
        raise BadInput(f"{file} is there already; backups are named by the second they are made in")
    partial = file.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        store.copy_to(partial)
        partial.replace(file)
        _sync(folder)
    except OSError as error:
        raise TryAgain(
            f"the backup could not be written to {folder} ({error.strerror}): make room, then try again"
        ) from error
    return file


def prune(folder: Path, at: str, days: int) -> list[Path]:
    """Remove the backups that are older than so many days at an instant, and return them; other files are left alone.

    The newest backup stays, however old it is: without it a lost key store could not be put back.
    Raises BadInput for a folder that is not there.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; give the one `npm-cases keys backup` writes to")
    oldest = from_text(at) - timedelta(days=days)
    backups = sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name))
    old = [file for file in backups[:-1] if _made_at(file, oldest) < oldest]
    for file in old:
        file.unlink()
    if old:
        _sync(folder)
    return old


def _made_at(file: Path, like: datetime) -> datetime:
    return datetime.strptime(file.name, _NAMED).replace(tzinfo=like.tzinfo)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
