"""The folder of a backup: written under a passing name and renamed when it is whole, read back byte by byte.

The manifest is written last, and its own digest beside it (``sha256sum -c manifest.sha256`` checks it by hand).
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from npm_cases.domain.errors import BadInput, IntegrityBroken, TryAgain
from npm_cases.domain.messages import Said, say
from npm_cases.persistence.document_files import DocumentFiles
from npm_cases.persistence.empty_place import put_in_place, sync
from npm_cases.services.backups import DATABASE, DIGEST, DOCUMENTS, MANIFEST, BackupFile, Manifest, read_manifest

PIECE = 1024 * 1024


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write a backup into; it gets its name when the block ends well, and is gone when it does not.

    Raises BadInput when there is something of that name; TryAgain when the disk does not take it.
    """
    folder = folder.absolute()
    if folder.exists() or folder.is_symlink():
        raise BadInput(say("backup_there", folder=folder))
    partial = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.mkdir(mode=0o700)
        yield partial
        for one in partial.rglob("*"):
            sync(one)
        sync(partial)
        if folder.exists():
            raise BadInput(say("backup_there", folder=folder))
        partial.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise TryAgain(say("backup_not_written", folder=folder, wrong=error.strerror)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def copy_document(name: str, documents: Path, backup: Path) -> BackupFile | None:
    """Copy a document into a backup; None, and no file, when it is lost or is not what its name says."""
    place = f"{DOCUMENTS}/{name[:2]}/{name}"
    target = backup / place
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        source = (documents / name[:2] / name).open("rb")
    except OSError:
        return None
    with source:
        size, digest = _copied(source, target)
    if digest != name:
        target.unlink()
        return None
    return BackupFile(place, size, digest)


def told_of(file: Path, name: str) -> BackupFile:
    """Return what the manifest says of a file."""
    with file.open("rb") as source:
        size, digest = _copied(source, None)
    return BackupFile(name, size, digest)


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Write the manifest and its digest: the last of a backup."""
    text = manifest.text().encode()
    for name, content in ((MANIFEST, text), (DIGEST, f"{sha256(text).hexdigest()}  {MANIFEST}\n".encode())):
        with os.fdopen(os.open(backup / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)


def manifest_of(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises BadInput where there is no folder; IntegrityBroken where there is no whole backup.
    """
    if not folder.is_dir():
        raise BadInput(say("not_a_backup", folder=folder))
    try:
        text, digest = (folder / MANIFEST).read_bytes(), (folder / DIGEST).read_bytes()
    except OSError as error:
        raise IntegrityBroken(say("not_a_backup", folder=folder)) from error
    if digest != f"{sha256(text).hexdigest()}  {MANIFEST}\n".encode():
        raise IntegrityBroken(say("manifest_changed", folder=folder))
    with suppress(UnicodeDecodeError):
        return read_manifest(text.decode(), str(folder))
    raise IntegrityBroken(say("not_a_backup", folder=folder))


def take_files(folder: Path, manifest: Manifest, to: Path, *, with_documents: bool) -> None:
    """Copy the database of a backup, and its documents if they are wanted; every file is held against its digest.

    What is checked are the bytes that were copied. Raises IntegrityBroken naming the first file that is not as written;
    TryAgain when the disk does not take it.
    """
    for one in manifest.files:
        target = to / one.name if one.name == DATABASE or with_documents else None
        try:
            source = (folder / one.name).open("rb")
        except OSError as error:
            raise _changed(one, say("file_is_missing")) from error
        with source:
            _take(source, one, target)


def _take(source: BinaryIO, wanted: BackupFile, target: Path | None) -> None:
    try:
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size, digest = _copied(source, target)
    except OSError as error:
        raise TryAgain(say("backup_not_unpacked", wrong=error.strerror)) from error
    if size != wanted.size:
        raise _changed(wanted, say("file_has_other_size", found=size, wanted=wanted.size))
    if digest != wanted.sha256:
        raise _changed(wanted, say("file_has_other_bytes"))


def _changed(file: BackupFile, wrong: Said) -> IntegrityBroken:
    return IntegrityBroken(say("backup_file_changed", file=file.name, wrong=wrong))


def _copied(source: BinaryIO, target: Path | None) -> tuple[int, str]:
    """Read a file to its end, write it on if there is where to, and return its size and SHA-256."""
    size, digest = 0, sha256()
    into = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") if target else None
    try:
        while piece := source.read(PIECE):
            size += len(piece)
            digest.update(piece)
            if into is not None:
                into.write(piece)
    finally:
        if into is not None:
            into.close()
    return size, digest.hexdigest()


def put_documents(staged: Path, documents: Path) -> None:
    """Give documents that were checked their place; one of the same name is of the same bytes, or damaged and replaced."""
    for one in (staged / DOCUMENTS).glob("*/*"):
        target = documents / one.parent.name / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        one.replace(target)
        sync(target)
        sync(target.parent)


def put_database(staged: Path, file: Path) -> None:
    """Give a database that was checked its place, where none is; raises Conflict when one came meanwhile."""
    partial = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        staged.replace(partial)
    except OSError:  # the place is on another disk
        shutil.copyfile(staged, partial)
    try:
        put_in_place(partial, file)
    finally:
        partial.unlink(missing_ok=True)


class KnownDocuments(DocumentFiles):
    """The documents of a backup whose every byte was held against its name; those known to be lost are no fault of it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        super().__init__(folder)
        self._there, self._missing = manifest.documents, frozenset(manifest.missing)

    @property
    def at_hand(self) -> bool:
        """Say that the documents were looked at, also where there is none."""
        return True

    def holds(self, name: str) -> bool:
        """Say whether the document is in the backup."""
        return name in self._there

    def fault(self, name: str) -> str:
        """Say what is wrong with a document; empty for one that is there, or was lost before."""
        return "" if name in self._there or name in self._missing else "not in the backup"
