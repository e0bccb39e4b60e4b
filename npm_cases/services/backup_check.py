"""Everything that must hold of a backup before any of it is used; the first thing that does not is told."""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from npm_cases.domain.errors import BadInput, ConfigurationError, IntegrityBroken
from npm_cases.domain.messages import Said, say
from npm_cases.services.backup_keys import KeysFound, look_at_keys, need_keys
from npm_cases.services.backups import Facts, Manifest, need_same
from npm_cases.services.ports import Keys, Office, Sealer
from npm_cases.services.reading import Reader
from npm_cases.services.verify import verify
from npm_cases.services.verify_keys import NOT_AT_HAND

NO_STORE = "the key store is not at hand: whether the protected text of this backup opens was not checked"
NO_WRAPPING = "the wrapping key is not at hand: whether the protected text of this backup opens was not checked"


class OpenBackup(Protocol):
    """A backup whose files are whole, opened as a database to read: its facts, its office without keys, its cases."""

    @property
    def manifest(self) -> Manifest: ...
    @property
    def office(self) -> Office: ...
    def facts(self) -> Facts: ...
    def protected(self) -> Iterable[str]: ...
    def erased(self) -> frozenset[str]: ...
    def reading(self) -> AbstractContextManager[Reader]: ...


@dataclass(frozen=True)
class KeysAtHand:
    """The keys of the installation here; ``has_wrapping`` says that a wrapping key lies here, the right one or another."""

    keys: Keys
    sealer: Sealer
    has_wrapping: bool


@dataclass(frozen=True)
class Here:
    """What is here already: names of logs with who goes by them, keys, cases erased since, keys known to be missing."""

    origins: Collection[tuple[str, Said]] = ()
    keys: KeysAtHand | None = None
    erased: Collection[str] = ()
    known_missing: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that holds: what it is, how many events were verified, what was found of the keys, what was not checked."""

    manifest: Manifest
    events: int
    level: int
    keys: KeysFound | None
    notes: tuple[str, ...]


def check_backup(backup: OpenBackup, here: Here, at: str) -> Checked:
    """Check a backup from its name to its last due date.

    Raises IntegrityBroken when it does not agree with itself; BadInput for that of another office; ConfigurationError for
    another country or for keys that do not open it.
    """
    manifest = backup.manifest
    for origin, who in here.origins:
        if origin != manifest.origin:
            raise BadInput(say("backup_of_another_office", found=manifest.origin, here=who, ours=origin))
    need_same(manifest, backup.facts())
    if manifest.country != backup.office.pack.id:
        raise ConfigurationError(say("backup_of_another_country", found=manifest.country, ours=backup.office.pack.id))
    keys, notes = _keys(backup, here)
    with backup.reading() as reader:
        found = verify(backup.office, reader, at)
    if found.findings:
        first = found.findings[0]
        told = f"{first.case or 'the log'}: {first.what}"
        raise IntegrityBroken(say("backup_does_not_verify", count=len(found.findings), first=told))
    notes += [note for note in found.notes if note != NOT_AT_HAND]
    if manifest.missing:
        notes.append(f"{len(manifest.missing)} documents were lost or damaged before the backup was made")
    return Checked(manifest, found.events, found.level, keys, tuple(notes))


def _keys(backup: OpenBackup, here: Here) -> tuple[KeysFound | None, list[str]]:
    if here.keys is None or not here.keys.keys.at_hand:
        return None, [NO_STORE]
    if not here.keys.sealer.is_ready():
        if here.keys.has_wrapping:
            raise ConfigurationError(say("wrong_wrapping_key"))
        return None, [NO_WRAPPING]
    found = look_at_keys(here.keys.keys, here.keys.sealer, backup.protected(), backup.erased(), here.erased)
    need_keys(found, here.known_missing)
    notes = []
    if found.missing:
        notes.append(f"{found.missing} cases have no key: their protected text does not open any more")
    if found.returned:
        notes.append(
            f"{found.returned} erased cases have a key in this key store: run `npm-cases tick`, which destroys it again"
        )
    return found, notes
