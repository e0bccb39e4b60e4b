"""A key that is missing is told at once and never replaced by a new one; what needs no key goes on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build, initialise
from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.key_store import OWN
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.vault import _cipher, _encrypt
from npm_cases.persistence.wrapping import WrappingKeys
from npm_cases.services.case_views import history, open_text
from npm_cases.services.verify import verify
from npm_cases.services.verify_keys import NOT_AT_HAND
from tests.faults.checker import LATER, violations
from tests.makers import AUDITOR, CASEWORKER, MON_2_MAR, an_allegation, an_app, settings_of, started_again


def files_of(app: App, *names: str) -> list[Path]:
    return [app.settings.data_dir / "keys" / name for name in names]


@pytest.mark.parametrize("names", [("case_keys.db", "case_keys.db-wal", "case_keys.db-shm"), ("wrapping.key",)])
def test_a_key_store_or_wrapping_key_that_is_gone_is_told_at_the_start(app: App, names: tuple[str, ...]) -> None:
    an_allegation(app)
    app.close()
    for file in files_of(app, *names):
        file.unlink(missing_ok=True)
    with pytest.raises(ConfigurationError, match=r"put .* back from its own backup"):
        build(app.settings)
    with pytest.raises(ConfigurationError, match=r"put .* back from its own backup"):
        initialise(app.settings, sandbox=True)
    assert not any(file.exists() for file in files_of(app, *names)), "none is made anew"


def test_another_wrapping_key_is_not_taken_for_the_right_one(app: App, tmp_path: Path) -> None:
    app.close()
    WrappingKeys(tmp_path / "other").make()
    (tmp_path / "other" / "wrapping.key").replace(app.settings.data_dir / "keys" / "wrapping.key")
    with pytest.raises(ConfigurationError, match="the files here hold"):
        build(app.settings)


def test_without_any_key_the_history_is_read_and_verified_and_sealed_text_says_what_is_missing(app: App) -> None:
    created = an_allegation(app)
    app.sequence()
    app.close()
    for file in files_of(app, "case_keys.db", "case_keys.db-wal", "case_keys.db-shm", "wrapping.key"):
        file.unlink(missing_ok=True)
    keyless = build(app.settings, without_keys=True)
    assert history(keyless.office, keyless.views, created.number, AUDITOR)
    with SqlReader(keyless.database) as reader:
        found = verify(keyless.office, reader, LATER)
    assert (found.findings, found.notes[0]) == ((), NOT_AT_HAND)
    with pytest.raises(ConfigurationError, match="key store is not at hand"):
        open_text(keyless.office, created.number, 1, CASEWORKER, MON_2_MAR, "check")
    with pytest.raises(ConfigurationError, match="key store is not at hand"):
        an_allegation(keyless)
    assert not any(file.exists() for file in files_of(app, "case_keys.db", "wrapping.key"))
    keyless.close()


def test_an_installation_at_rest_says_nothing_of_its_keys(app: App) -> None:
    an_allegation(app)
    with SqlReader(app.database) as reader:
        assert NOT_AT_HAND not in verify(app.office, reader, LATER).notes


def test_a_shared_key_store_is_reached_by_its_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    app = an_app(tmp_path / "data", key_store_url=url)
    created = an_allegation(app)
    assert not files_of(app, "case_keys.db")[0].exists()
    again = started_again(app)
    assert open_text(again.office, created.number, 1, CASEWORKER, MON_2_MAR, "check")["statement"]
    again.close()


@pytest.mark.pg
def test_cases_and_keys_may_lie_in_two_databases_of_a_server(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    keys = request.getfixturevalue("postgres_server").empty_database("keys_of_a_server")
    app = an_app(tmp_path / "data", request.getfixturevalue("postgres_url"), key_store_url=keys, busy_seconds=5.0)
    created = an_allegation(app)
    assert open_text(app.office, created.number, 1, CASEWORKER, MON_2_MAR, "check")["statement"]
    app.office.keys.destroy(created.id)
    assert app.office.keys.held([created.id]) == frozenset()
    app.close()


def keys_back_among_the_cases(app: App) -> int:
    """Undo the move: put every key where it lay before, wrapped as it was then; returns how many."""
    keys = app.settings.data_dir / "keys"
    wrapping = _cipher((keys / "wrapping.key").read_bytes())
    vault = app.key_ring.vault if app.key_ring else None
    assert vault
    with closing(sqlite3.connect(keys / "case_keys.db")) as store, closing(
        sqlite3.connect(app.settings.data_dir / "cases.db")
    ) as cases:  # fmt: skip
        found = store.execute(f"SELECT case_id FROM case_keys WHERE case_id NOT IN {OWN}").fetchall()
        for (case_id,) in found:
            key = app.key_store.find(case_id)
            assert key
            old = _encrypt(wrapping, vault._raw(key)[0], b"npm-cases case key")
            cases.execute("INSERT INTO case_keys (case_id, wrapped, made_at) VALUES (?, ?, '')", (case_id, old))
        store.execute(f"DELETE FROM case_keys WHERE case_id NOT IN {OWN}")
        cases.commit()
        store.commit()
    return len(found)


@pytest.mark.sqlite("keys that lay in its file")
@pytest.mark.parametrize("broke_off", [False, True])
def test_keys_that_lay_among_the_cases_are_moved_once_and_nothing_of_them_stays(app: App, broke_off: bool) -> None:
    created = [an_allegation(app) for _ in range(3)]
    assert keys_back_among_the_cases(app) == 3
    with closing(sqlite3.connect(app.settings.data_dir / "cases.db")) as cases:
        old = [row[0] for row in cases.execute("SELECT wrapped FROM case_keys ORDER BY case_id")]
    app.close()
    if broke_off:  # one was copied, then the program ended
        half = build(app.settings)
        assert half.key_ring
        half.key_store.add([(half.key_ring.vault.unwrap_old(min(c.id for c in created), old[0]), "")])
        half.close()
    again = initialise(app.settings, sandbox=True)
    for one in created:
        assert open_text(again.office, one.number, 1, CASEWORKER, MON_2_MAR, "check")["statement"]
    assert violations(again) == []
    again.close()
    for file in app.settings.data_dir.glob("cases.db*"):
        assert not any(wrapped in file.read_bytes() for wrapped in old), file


def test_a_second_initialise_changes_no_key(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data")
    before = (app.key_store.wrapping, app.key_store.find("name-index"))
    app.close()
    again = initialise(settings_of(tmp_path / "data"), sandbox=True)
    assert (again.key_store.wrapping, again.key_store.find("name-index")) == before
    again.close()
