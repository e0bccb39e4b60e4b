"""The key store: kept apart from the cases, bound to the wrapping key in use, and empty where something was destroyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from npm_cases.domain.errors import ConfigurationError, Conflict, IntegrityBroken, TryAgain
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_backups import back_up, prune
from npm_cases.persistence.key_store import KeyStore
from npm_cases.persistence.vault import Vault
from npm_cases.persistence.work import SqlWork
from npm_cases.persistence.wrapping import WrappingKeys
from npm_cases.services.ports import CaseKey
from tests.persistence.records import AT, CASE_ID, a_case

OTHER = "b" * 32
FIRST, SECOND = CaseKey(CASE_ID, b"first" * 10, "wrapped-1"), CaseKey(OTHER, b"second" * 10, "wrapped-1")


def test_a_key_is_found_by_its_case_alone(keys: KeyStore) -> None:
    keys.add([(FIRST, AT), (SECOND, AT)])
    assert (keys.find(CASE_ID), keys.find(OTHER), keys.find("c" * 32)) == (FIRST, SECOND, None)
    assert keys.held([CASE_ID, "c" * 32]) == {CASE_ID}
    assert keys.held([]) == frozenset()
    assert keys.wrapped([CASE_ID, "c" * 32]) == {CASE_ID: FIRST}


def test_a_case_has_one_key_and_the_first_one_stays(keys: KeyStore) -> None:
    keys.add([(FIRST, AT)])
    with pytest.raises(Conflict):
        keys.add([(CaseKey(CASE_ID, b"other", "wrapped-1"), AT)])
    assert keys.find(CASE_ID) == FIRST


def test_a_name_is_indexed_once_for_each_case(keys: KeyStore) -> None:
    keys.add([], [("token", CASE_ID), ("token", OTHER)])
    keys.add([], [("token", CASE_ID), ("other token", CASE_ID)])
    assert keys.cases_named("token") == [CASE_ID, OTHER]
    assert keys.cases_named("no such token") == []
    assert keys.indexed([OTHER, "c" * 32]) == {OTHER}


def test_a_key_wrapped_before_a_rotation_is_not_taken(keys: KeyStore) -> None:
    with pytest.raises(TryAgain, match="nothing was recorded, try again"):
        keys.add([(CaseKey(CASE_ID, b"stale", "wrapped-0"), AT)], [("token", CASE_ID)])
    assert keys.held([CASE_ID]) == frozenset()
    assert keys.cases_named("token") == []


def test_all_keys_are_wrapped_anew_or_none(keys: KeyStore) -> None:
    keys.add([(FIRST, AT), (SECOND, AT)])

    def break_off(key: CaseKey) -> bytes:
        if key.case == OTHER:
            raise TryAgain("the disk is full")
        return b"new"

    with pytest.raises(TryAgain):
        keys.wrap_anew("wrapped-1", "wrapped-2", break_off)
    assert (keys.wrapping_now(), keys.find(CASE_ID)) == ("wrapped-1", FIRST)
    assert keys.wrap_anew("wrapped-1", "wrapped-2", lambda key: b"new " + key.wrapped) == 2
    assert (keys.wrapping_now(), keys.wrapped_with("wrapped-2"), keys.wrapped_with("wrapped-1")) == ("wrapped-2", 2, 0)
    assert keys.find(CASE_ID) == CaseKey(CASE_ID, b"new " + FIRST.wrapped, "wrapped-2")


def test_what_is_destroyed_is_in_no_file_of_the_store(tmp_path: Path) -> None:
    store = KeyStore(Database(f"sqlite:///{tmp_path / 'keys.db'}"))
    store.make("wrapped-1")
    store.add([(FIRST, AT), (SECOND, AT)], [("token-of-the-first", CASE_ID), ("token-of-the-second", OTHER)])
    assert any(FIRST.wrapped in file.read_bytes() for file in tmp_path.iterdir())
    store.destroy(CASE_ID)
    for file in tmp_path.iterdir():
        assert FIRST.wrapped not in file.read_bytes(), file
        assert b"token-of-the-first" not in file.read_bytes(), file
    assert (store.find(CASE_ID), store.find(OTHER)) == (None, SECOND)
    assert store.cases_named("token-of-the-second") == [OTHER]
    store.close()


def test_the_database_of_the_cases_is_not_taken_for_a_key_store(database: Database) -> None:
    assert not KeyStore(database).is_made()
    with pytest.raises(ConfigurationError, match="a database of its own"):
        KeyStore(database).make("wrapped-1")


def test_a_key_store_of_another_format_is_refused(keys: KeyStore) -> None:
    keys.check()
    with keys.database.connection(writing=True) as connection:
        connection.execute(text("UPDATE meta SET value = '2' WHERE name = 'format'"))
    with pytest.raises(ConfigurationError, match="format 2, this program reads 1"):
        keys.check()


def test_looking_for_a_key_store_makes_none(tmp_path: Path) -> None:
    store = KeyStore(Database(f"sqlite:///{tmp_path / 'keys.db'}"))
    assert not store.is_made()
    with pytest.raises(ConfigurationError, match="not at hand"):
        store.check()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    wrapping = WrappingKeys(tmp_path / "keys")
    store = KeyStore(Database(f"sqlite:///{tmp_path / 'keys.db'}"))
    store.make(wrapping.make())
    made = Vault(wrapping, store)
    yield made
    store.close()


def test_the_key_of_one_case_opens_under_the_name_of_no_other(vault: Vault) -> None:
    key = vault.new_key(CASE_ID)
    ciphertext, _, _ = vault.seal(key, "place", b"text")
    assert vault.open(key, "place", ciphertext) == b"text"
    with pytest.raises(IntegrityBroken, match=f"the key of case {OTHER}"):
        vault.open(CaseKey(OTHER, key.wrapped, key.wrapping), "place", ciphertext)
    with pytest.raises(IntegrityBroken, match="another place"):
        vault.open(key, "another place", ciphertext)


def test_a_key_is_looked_at_without_raising_whatever_was_done_to_it(vault: Vault) -> None:
    key = vault.new_key(CASE_ID)
    assert vault.is_ready()
    assert vault.opens(key)
    for wrong in (
        CaseKey(OTHER, key.wrapped, key.wrapping),
        CaseKey(CASE_ID, key.wrapped[:-1], key.wrapping),
        CaseKey(CASE_ID, b"", key.wrapping),
        CaseKey(CASE_ID, key.wrapped, "elsewhere"),
    ):
        assert not vault.opens(wrong)
    assert not vault.opens_names()


class Stopped(Exception):
    """The program ends between the two commits."""


def test_keys_are_durable_before_the_case_that_needs_them(
    database: Database, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise Stopped

    with SqlWork(database, keys) as work:
        work.add_case(a_case())
        work.add_case_key(FIRST, AT)
        monkeypatch.setattr(work.tx, "commit", stop)
        with pytest.raises(Stopped):
            work.commit()
    assert keys.find(CASE_ID) == FIRST
    with SqlWork(database, keys) as work:
        assert work.rows("cases") == []


def test_a_backup_opens_like_the_store_and_only_old_ones_are_removed(keys: KeyStore, tmp_path: Path) -> None:
    keys.add([(FIRST, AT)], [("token", CASE_ID)])
    folder = tmp_path / "backups"
    first = back_up(keys, folder, "2026-03-02T05:00:00.000000Z")
    keys.destroy(CASE_ID)
    second = back_up(keys, folder, "2026-04-02T05:00:00.000000Z")
    assert [file.name for file in sorted(folder.iterdir())] == [
        "case-keys-20260302T050000Z.db", "case-keys-20260402T050000Z.db"
    ]  # fmt: skip
    assert first.stat().st_mode & 0o077 == 0
    for file, expected in ((first, FIRST), (second, None)):
        copy = KeyStore(Database(f"sqlite:///{file}"))
        copy.check()
        assert (copy.find(CASE_ID), copy.wrapping) == (expected, "wrapped-1")
        copy.close()
    (folder / "notes.txt").write_text("not a backup")
    assert prune(folder, "2026-04-01T05:00:00.000000Z", 30) == []
    assert prune(folder, "2026-04-01T05:00:01.000000Z", 30) == [first]
    assert prune(folder, "2036-04-01T05:00:00.000000Z", 30) == [], "the newest stays however old it is"
    assert sorted(file.name for file in folder.iterdir()) == [second.name, "notes.txt"]
