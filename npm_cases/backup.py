"""A backup made, checked and restored, with the real parts of an installation.

It is made while work goes on, out of one state of either database, as a SQLite file with the sealed documents beside it.
Nothing of a backup is put in place before all of it was checked.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Settings
from npm_cases import __version__
from npm_cases.bootstrap import App, database_of, office_over, signer_at_hand, url_of
from npm_cases.domain.errors import ConfigurationError, Conflict, TryAgain
from npm_cases.domain.messages import Said, say
from npm_cases.history.tree import root_of
from npm_cases.persistence.backup_facts import erased_cases, facts_of, need_no_keys, need_whole, protected_cases
from npm_cases.persistence.backup_files import (
    KnownDocuments,
    copy_document,
    manifest_of,
    new_folder,
    put_database,
    put_documents,
    take_files,
    told_of,
    write_manifest,
)
from npm_cases.persistence.backup_notes import note_good, note_made
from npm_cases.persistence.copying import copy_to_sqlite, in_one_file
from npm_cases.persistence.database import Database
from npm_cases.persistence.empty_place import file_of, need_empty, need_no_file, origin_in
from npm_cases.persistence.key_ring import FOLDER as KEYS, keyless_ring, open_key_ring
from npm_cases.persistence.log_tree import SqlLog
from npm_cases.persistence.migrate import HEAD, check_triggers, migrate, revision
from npm_cases.persistence.office_target import empty_target
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.wrapping import PRESENT
from npm_cases.services.backup_check import Checked, Here, KeysAtHand, check_backup
from npm_cases.services.backups import DATABASE, DOCUMENTS, FORMAT, BackupFile, Facts, Manifest
from npm_cases.services.ports import Office

ABSENT, AHEAD, LEVEL = "absent", "ahead", "level"
"""Where the signer stands: not at hand; further than the restored log, or at another root; where the log goes on from it."""


def make(app: App, folder: Path, at: str) -> Manifest:
    """Write a backup while work goes on, and return its manifest; nothing is recorded, and no key is in it.

    Raises BadInput when the folder is there; ConfigurationError when keys lie among the cases; TryAgain.
    """
    app.sequence()
    with new_folder(folder) as partial:
        file = partial / DATABASE
        copy = copy_to_sqlite(app.database, file)
        try:
            need_no_keys(copy)
            facts = facts_of(copy)
        finally:
            copy.close()
        in_one_file(file)
        file.chmod(0o600)
        found = [copy_document(name, app.settings.data_dir / DOCUMENTS, partial) for name in facts.documents]
        kept = [one for one in found if one is not None]
        manifest = _manifest(app, at, facts, [told_of(file, DATABASE), *kept])
        write_manifest(partial, manifest)
    note_made(app.settings.data_dir, at)
    return manifest


def _manifest(app: App, at: str, facts: Facts, files: Iterable[BackupFile]) -> Manifest:
    told = tuple(files)
    there = {one.sha256 for one in told}
    return Manifest(
        format=FORMAT, made_at=at, program=__version__, came_from=app.database.engine.dialect.name,
        country=app.office.pack.id, calendar=app.office.pack.calendar.version, origin=facts.origin,
        revision=facts.revision, events=facts.events, log_size=facts.log_size, log_root=facts.log_root,
        checkpoint=facts.checkpoint, missing=tuple(name for name in facts.documents if name not in there), files=told,
    )  # fmt: skip


def check(settings: Settings, folder: Path, at: str) -> Checked:
    """Check a backup without changing anything of it, against the installation and the keys that are here, if any.

    Raises like check_backup, and like what reads the files.
    """
    with (
        TemporaryDirectory(prefix="npm-cases-") as to,
        _opened(settings, folder, Path(to)) as backup,
        _keys(settings, backup.database) as keys,
    ):
        here, erased = _live(settings)
        checked = check_backup(backup, Here(here, keys, erased), at)
    if here:
        note_good(settings.data_dir, checked.manifest.made_at, at)
    return checked


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place: the backup as it was checked, and where the signer stands."""

    checked: Checked
    signer: str


def restore(settings: Settings, folder: Path, at: str, known_missing: int = 0) -> Restored:
    """Put a backup in the place of a database that is not there; all of it is checked before anything is touched.

    ``known_missing`` is how many cases have no key any more, as a person confirms. Raises Conflict where there is a
    database; like check.
    """
    owner = settings.owner_url or url_of(settings)
    file = file_of(owner)
    _need_room(file, owner, settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        TemporaryDirectory(prefix="restoring-", dir=settings.data_dir) as to,
        _opened(settings, folder, Path(to), with_documents=True) as backup,
        _keys(settings, backup.database) as keys,
    ):
        mark = signer_at_hand(settings)
        origins: list[tuple[str, Said]] = [(mark.origin, say("the_signer_here"))] if mark else []
        checked = check_backup(backup, Here(origins, keys, known_missing=known_missing), at)
        signer = LEVEL
        if mark is None:
            signer = ABSENT
        elif mark.size > checked.manifest.log_size or _root_at(backup.database, mark.size) != mark.root:
            signer = AHEAD
        put_documents(Path(to), settings.data_dir / DOCUMENTS)
        if file is None:
            with empty_target(backup.database, owner, settings.busy_seconds) as target:
                target.fill()
                target.keep()
        else:
            backup.database.close()
            in_one_file(Path(to) / DATABASE)
            put_database(Path(to) / DATABASE, file)
    return Restored(checked, signer)


def _need_room(file: Path | None, url: str, settings: Settings) -> None:
    try:
        if file is not None:
            need_no_file(file)
            return
        database = Database(url, settings.busy_seconds)
        try:
            need_empty(database)
        finally:
            database.close()
    except Conflict as refused:
        raise Conflict(say("database_is_there", where=file or "NPM_CASES_DATABASE_URL")) from refused


@dataclass(frozen=True)
class _Open:
    """A backup whose files are whole, opened where they were unpacked to."""

    manifest: Manifest
    found: Facts
    database: Database
    office: Office

    def facts(self) -> Facts:
        return self.found

    def protected(self) -> Iterator[str]:
        return protected_cases(self.database)

    def erased(self) -> frozenset[str]:
        return erased_cases(self.database)

    @contextmanager
    def reading(self) -> Iterator[SqlReader]:
        with SqlReader(self.database) as reader:
            yield reader


@contextmanager
def _opened(settings: Settings, folder: Path, to: Path, *, with_documents: bool = False) -> Iterator[_Open]:
    manifest = manifest_of(folder)
    if manifest.revision > HEAD:
        raise ConfigurationError(say("backup_is_newer", found=manifest.revision, ours=HEAD))
    take_files(folder, manifest, to, with_documents=with_documents)
    database = Database(f"sqlite:///{(to / DATABASE).absolute()}", settings.busy_seconds)
    try:
        need_whole(database)
        facts = facts_of(database)
        if facts.revision != HEAD:
            migrate(database)
        check_triggers(database)
        need_no_keys(database)
        documents = KnownDocuments(to / DOCUMENTS, manifest)
        yield _Open(
            manifest, facts, database, office_over(settings, database, keyless_ring(settings.data_dir), documents)
        )
    finally:
        database.close()


@contextmanager
def _keys(settings: Settings, cases: Database) -> Iterator[KeysAtHand]:
    ring = open_key_ring(settings.data_dir, settings.key_store_url, settings.busy_seconds, cases, needed=False)
    try:
        yield KeysAtHand(ring.store, ring.vault, (settings.data_dir / KEYS / PRESENT).exists())
    finally:
        ring.close()


def _live(settings: Settings) -> tuple[list[tuple[str, Said]], frozenset[str]]:
    """Return the log of the installation here, and the cases it says were erased; nothing where there is none."""
    file = file_of(url_of(settings))
    if file is not None and not file.exists():
        return [], frozenset()
    database = database_of(settings)
    try:
        with suppress(TryAgain):  # a server that is down: the backup is checked without it
            if revision(database):
                return [(origin_in(database), say("this_installation"))], erased_cases(database)
        return [], frozenset()
    finally:
        database.close()


def _root_at(database: Database, size: int) -> bytes:
    with SqlLog(database) as log:
        return root_of(log.node, size)
