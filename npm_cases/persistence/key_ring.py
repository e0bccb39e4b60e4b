"""The keys of an installation put together: the store, the wrapping key, the vault; made once, never made anew."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, select

from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_store import ABSENT, OWN, CaseKeys, KeyStore
from npm_cases.persistence.no_keys import NoKeyStore
from npm_cases.persistence.schema import approvals, case_keys as old_keys, documents, sealed_texts
from npm_cases.persistence.truncating import truncate_log
from npm_cases.persistence.vault import Vault
from npm_cases.persistence.wrapping import WrappingKeys

FOLDER, FILE = "keys", "case_keys.db"


@dataclass(frozen=True)
class KeyRing:
    """Where the keys are, and what seals with them."""

    store: CaseKeys
    wrapping: WrappingKeys
    vault: Vault

    def own_store(self) -> KeyStore:
        """Return the key store itself, for those who look after it.

        Raises ConfigurationError where there is none.
        """
        if not isinstance(self.store, KeyStore):
            raise ConfigurationError(ABSENT)
        return self.store

    def close(self) -> None:
        """Give the connections back."""
        if isinstance(self.store, KeyStore):
            self.store.close()


def open_key_ring(data_dir: Path, url: str, busy_seconds: float, cases: Database, *, needed: bool = True) -> KeyRing:
    """Open the keys of an installation; ``url`` empty means the file in the data folder.

    Raises ConfigurationError when the store or the wrapping key is missing, unless the keys are not ``needed``: then
    whatever is sealed raises it when it is used.
    """
    store, wrapping = _store(data_dir, url, busy_seconds, cases), WrappingKeys(data_dir / FOLDER)
    if not needed and not store.is_made():
        store.close()
        return _ring(NoKeyStore(), wrapping)
    store.check()
    if needed:
        wrapping.named(store.wrapping)
    return _ring(store, wrapping)


def keyless_ring(data_dir: Path) -> KeyRing:
    """Return a ring without a key: for a database that is only read and verified."""
    return _ring(NoKeyStore(), WrappingKeys(data_dir / FOLDER))


def make_key_ring(data_dir: Path, url: str, busy_seconds: float, cases: Database) -> None:
    """Make key store and wrapping key for an installation that never had them, and take over keys kept among the cases.

    Raises ConfigurationError when there are sealed texts and their key store or wrapping key is gone.
    """
    store, wrapping = _store(data_dir, url, busy_seconds, cases), WrappingKeys(data_dir / FOLDER)
    try:
        if not store.is_made():
            _refuse_to_begin_anew(cases)
            (data_dir / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
            store.make(wrapping.make())
        store.check()
        vault = Vault(wrapping, store)
        wrapping.named(store.wrapping)
        missing = [name for name in OWN if store.find(name) is None]
        store.add([(vault.new_key(name), "") for name in missing])
        move_keys(cases, store, vault)
    finally:
        store.close()


def move_keys(cases: Database, store: KeyStore, vault: Vault) -> int:
    """Move the keys that lie among the cases into the key store: copied, compared, then deleted; returns how many.

    Run again after a crash it goes on: a key that was copied before is not copied twice.
    Raises IntegrityBroken for a key that does not open under the wrapping key.
    """
    with cases.connection() as connection:
        found = {row.case_id: (bytes(row.wrapped), row.made_at) for row in connection.execute(select(old_keys))}
    if not found:
        return 0
    missing = found.keys() - store.held(found)
    store.add([(vault.unwrap_old(case_id, found[case_id][0]), found[case_id][1]) for case_id in sorted(missing)])
    if store.held(found) != found.keys():
        raise ConfigurationError(
            "not every key arrived in the key store; nothing was deleted, run `npm-cases init` again"
        )
    with cases.connection(writing=True) as connection:
        connection.execute(delete(old_keys))
    truncate_log(cases)
    return len(missing)


def _refuse_to_begin_anew(cases: Database) -> None:
    with cases.connection() as connection:
        sealed = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (sealed_texts, documents, approvals)
        ]
        kept_here = connection.execute(select(func.count()).select_from(old_keys)).scalar_one()
    if any(sealed) and not kept_here:
        raise ConfigurationError(f"{ABSENT}; a new one is not made, because nothing that is sealed would open under it")


def _store(data_dir: Path, url: str, busy_seconds: float, cases: Database) -> KeyStore:
    try:
        database = Database(url or f"sqlite:///{(data_dir / FOLDER / FILE).absolute()}", busy_seconds)
    except ConfigurationError as error:
        raise ConfigurationError(f"NPM_CASES_KEY_STORE_URL: {error}") from error
    return KeyStore(database, beside=(cases,))


def _ring(store: CaseKeys, wrapping: WrappingKeys) -> KeyRing:
    return KeyRing(store, wrapping, Vault(wrapping, store))
