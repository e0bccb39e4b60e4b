"""Backups (F79): made while others write, whole or refused before anything is touched, and nothing erased comes back."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from config.settings import Settings
from npm_cases import backup
from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput, CaseError, ConfigurationError, Conflict, IntegrityBroken, NotFound
from npm_cases.domain.instants import as_text
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_backups import back_up
from npm_cases.persistence.migrate import HEAD
from npm_cases.persistence.office_target import empty_target
from npm_cases.persistence.roles import loose_rights
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.backups import MANIFEST
from npm_cases.services.case_views import open_text
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.create_case import Created
from npm_cases.services.documents import read_document
from npm_cases.services.erasure import finish_erasures, propose_erasure
from npm_cases.services.office_copy import move_office
from tests.databases import PostgresServer
from tests.faults.checker import LATER, table, violations
from tests.makers import (
    CASEWORKER,
    COMMISSIONER,
    DELEGATE,
    MON_2_MAR,
    a_caseload,
    a_closed_allegation,
    a_recommendation,
    an_allegation,
    an_app,
    settings_of,
)

TRACKED = "synthetic statement of the case that stays"


def erase(app: App, created: Created) -> None:
    proposed = propose_erasure(app.office, OnCase(created.number, COMMISSIONER, MON_2_MAR), "court_decision", "order")
    confirm(app.office, Confirm(proposed.approval, DELEGATE, MON_2_MAR))


def lived_in(app: App) -> tuple[Created, Created]:
    """Fill an installation; returns a case that stays, with text and document, and one that was erased."""
    a_caseload(app, 5)
    stays, erased = an_allegation(app, statement=TRACKED), a_closed_allegation(app)
    for one in (stays, erased):
        add_document(app.office, OnCase(one.number, CASEWORKER, MON_2_MAR), "letter.txt", b"A synthetic letter.")
    erase(app, erased)
    app.checkpoint(MON_2_MAR)
    return stays, erased


def every_byte(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.endswith(("-shm", ".lock"))
    }


def emptied(app: App, server: PostgresServer | None = None) -> Settings:
    """Lose the database of an installation, and nothing else; returns settings that name an empty one."""
    app.close()
    if app.database.is_sqlite:
        for file in app.settings.data_dir.glob("cases.db*"):
            file.rename(app.settings.data_dir.parent / f"lost-{file.name}")
        return app.settings.model_copy(update={"database_url": ""})
    assert server is not None
    url = server.empty_database(f"restored_{os.urandom(4).hex()}")
    return app.settings.model_copy(update={"database_url": url})


@pytest.fixture
def server(request: pytest.FixtureRequest, any_app: App) -> PostgresServer | None:
    return None if any_app.database.is_sqlite else request.getfixturevalue("postgres_server")


# --- made and restored


def test_what_was_backed_up_is_what_is_restored_on_either_database(
    any_app: App, server: PostgresServer | None, tmp_path: Path
) -> None:
    stays, erased = lived_in(any_app)
    before = [table(any_app, name) for name in ("case_events", "log_entries", "checkpoints", "cases", "outbox")]
    manifest = backup.make(any_app, tmp_path / "kept" / "one", MON_2_MAR)
    assert (manifest.events, manifest.log_size, len(manifest.documents)) == (len(before[0]), len(before[1]), 2)
    assert manifest.came_from == any_app.database.engine.dialect.name
    checked = backup.check(any_app.settings, tmp_path / "kept" / "one", LATER)
    assert checked.keys is not None
    assert (checked.events, checked.level, checked.keys.missing) == (manifest.events, 1, 0)
    lost = emptied(any_app, server)
    done = backup.restore(lost, tmp_path / "kept" / "one", LATER)
    assert done.signer == backup.LEVEL
    again = build(lost)
    assert [table(again, name) for name in ("case_events", "log_entries", "checkpoints", "cases", "outbox")] == before
    assert violations(again) == []
    assert open_text(again.office, stays.number, 1, CASEWORKER, LATER, "check")["statement"] == TRACKED
    with pytest.raises(NotFound, match="erased"):
        open_text(again.office, erased.number, 1, CASEWORKER, LATER, "check")
    a_recommendation(again, "issued", LATER)
    again.checkpoint(LATER)
    assert violations(again) == []
    assert not list(lost.data_dir.glob("restoring-*"))
    again.close()


def test_no_key_is_in_a_backup_and_no_text(app: App, tmp_path: Path) -> None:
    lived_in(app)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    wrapping = (app.settings.data_dir / "keys" / "wrapping.key").read_bytes()
    held = app.office.keys.wrapped([row["id"] for row in table(app, "cases")])
    keys = [key.wrapped for key in held.values()]
    assert keys
    for file in (tmp_path / "one").rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert wrapping not in content
        assert not any(key in content for key in keys)
        assert TRACKED.encode() not in content
        assert not file.is_file() or not file.stat().st_mode & 0o077
    assert not (tmp_path / "one").stat().st_mode & 0o077


def test_documents_that_were_lost_before_are_named_and_stop_neither_backup_nor_restore(
    app: App, tmp_path: Path
) -> None:
    stays, _ = lived_in(app)
    (lost, *_) = [row["id"] for row in table(app, "documents") if row["chain"] == stays.id]
    (app.settings.data_dir / "documents" / lost[:2] / lost).write_bytes(b"damaged")
    manifest = backup.make(app, tmp_path / "one", MON_2_MAR)
    assert manifest.missing == (lost,)
    checked = backup.check(app.settings, tmp_path / "one", LATER)
    assert "1 documents were lost or damaged before the backup was made" in checked.notes
    settings = emptied(app)
    backup.restore(settings, tmp_path / "one", LATER)


def test_a_document_restored_takes_the_place_of_a_damaged_one(app: App, tmp_path: Path) -> None:
    stays, _ = lived_in(app)
    (name, *_) = [row["id"] for row in table(app, "documents") if row["chain"] == stays.id]
    backup.make(app, tmp_path / "one", MON_2_MAR)
    settings = emptied(app)
    (settings.data_dir / "documents" / name[:2] / name).write_bytes(b"damaged")
    backup.restore(settings, tmp_path / "one", LATER)
    again = build(settings)
    _, pieces = read_document(again.office, stays.number, name, CASEWORKER, LATER, "check")
    assert b"".join(pieces) == b"A synthetic letter."
    again.close()


def test_entries_signed_since_the_backup_are_told_before_anything_is_declared(app: App, tmp_path: Path) -> None:
    lived_in(app)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    a_recommendation(app, "issued")
    app.checkpoint(MON_2_MAR)
    assert backup.restore(emptied(app), tmp_path / "one", LATER).signer == backup.AHEAD


def test_a_case_erased_after_the_backup_stays_unreadable_and_its_absence_is_confirmed_by_number(
    app: App, tmp_path: Path
) -> None:
    lived_in(app)
    late = a_closed_allegation(app)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    erase(app, late)
    assert backup.check(app.settings, tmp_path / "one", LATER).keys, "the history here tells of the erasure"
    settings = emptied(app)
    with pytest.raises(ConfigurationError, match=r"^1 of .* cases .* have no key .* --without-keys 1$"):
        backup.restore(settings, tmp_path / "one", LATER)
    done = backup.restore(settings, tmp_path / "one", LATER, known_missing=1)
    assert any("1 cases have no key" in note for note in done.checked.notes)
    again = build(settings)
    with pytest.raises(CaseError):
        open_text(again.office, late.number, 1, CASEWORKER, LATER, "check")
    again.close()


def test_a_key_that_an_old_backup_of_the_key_store_brings_back_goes_again(app: App, tmp_path: Path) -> None:
    created = a_closed_allegation(app)
    old = back_up(app.key_store, tmp_path / "keys", MON_2_MAR)
    erase(app, created)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    settings = emptied(app)
    for file in (settings.data_dir / "keys").glob("case_keys.db*"):
        file.unlink()
    shutil.copy(old, settings.data_dir / "keys" / "case_keys.db")
    done = backup.restore(settings, tmp_path / "one", LATER)
    assert any("1 erased cases have a key" in note for note in done.checked.notes)
    again = build(settings)
    assert finish_erasures(again.office) == 1
    assert violations(again) == []
    again.close()


@pytest.mark.pg
def test_an_owner_without_other_powers_takes_an_office_in_and_the_service_backs_it_up(
    app: App, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    lived_in(app)
    moved = make_url(postgres_server.empty_database(f"owned_{os.urandom(4).hex()}"))
    superuser = Database(moved.render_as_string(hide_password=False))
    with superuser.connection(writing=True) as connection:
        for login, more in (("moved_owner", ""), ("moved_service", "IN ROLE npm_cases_app")):
            connection.execute(text(f"DROP ROLE IF EXISTS {login}"))
            connection.execute(text(f"CREATE ROLE {login} LOGIN {more}"))
        connection.execute(text(f"ALTER DATABASE {moved.database} OWNER TO moved_owner"))
    superuser.close()
    owner, service = (
        moved.set(username=login).render_as_string(hide_password=False) for login in ("moved_owner", "moved_service")
    )
    with empty_target(app.database, owner, 5.0) as target:
        move_office(app.office, target, LATER)
    served = build(app.settings.model_copy(update={"database_url": service}))
    assert loose_rights(served.database) == ""
    assert violations(served) == []
    made = backup.make(served, tmp_path / "one", MON_2_MAR)
    assert made.log_root == backup.make(app, tmp_path / "two", MON_2_MAR).log_root
    assert backup.check(served.settings, tmp_path / "one", LATER).events == made.events
    served.close()


# --- under load


def test_a_backup_is_made_while_others_write_and_verifies(any_app: App, tmp_path: Path) -> None:
    settings = any_app.settings
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.mixed_load", str(settings.data_dir), settings.database_url],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "working\n"
        made = []
        for number in range(3):
            wait_for(lambda: grew(any_app, made))
            made.append(backup.make(any_app, tmp_path / f"backup-{number}", as_text(datetime.now(UTC))))
        assert writer.poll() is None, "it went on all the time"
        wait_for(lambda: grew(any_app, made))
    finally:
        writer.kill()
        writer.wait()
        if writer.stdout:
            writer.stdout.close()
    assert [one.events for one in made] == sorted({one.events for one in made})
    for number, manifest in enumerate(made):
        checked = backup.check(settings, tmp_path / f"backup-{number}", LATER)
        assert checked.events == manifest.events == manifest.log_size
    assert violations(any_app) == []


def grew(app: App, made: list[backup.Manifest]) -> bool:
    return len(table(app, "case_events")) > (made[-1].events if made else 0) + 20


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "nothing was written"
        sleep(0.1)


# --- bad ones


@pytest.fixture
def made(app: App, tmp_path: Path) -> tuple[Settings, Path]:
    """An installation whose database was lost, and its backup: keys, documents, signer and the settings are there."""
    lived_in(app)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    return emptied(app), tmp_path / "one"


def refused(made: tuple[Settings, Path], kind: type[CaseError], words: str) -> None:
    """Neither check nor restore takes it, and not a byte of the installation or of the backup changes."""
    settings, folder = made
    before, kept = every_byte(settings.data_dir), every_byte(folder)
    for use in (backup.check, backup.restore):
        with pytest.raises(kind, match=words):
            use(settings, folder, LATER)
    assert (every_byte(settings.data_dir), every_byte(folder)) == (before, kept)
    assert sorted(one.name for one in settings.data_dir.iterdir()) == ["backups.json", "documents", "keys", "signer"]


def files_of(folder: Path) -> list[str]:
    return [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if file.is_file()]


KINDS = {"cases.db": "other bytes", "documents": "other bytes", MANIFEST: "manifest", "manifest.sha256": "manifest"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [0.0, 0.5, 0.999])
def test_one_flipped_bit_is_found_in_every_kind_of_file(made: tuple[Settings, Path], kind: str, where: float) -> None:
    name = next(one for one in files_of(made[1]) if one.startswith(kind))
    content = bytearray((made[1] / name).read_bytes())
    content[int(len(content) * where)] ^= 1
    (made[1] / name).write_bytes(content)
    refused(made, IntegrityBroken, KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_off_or_missing_is_found(made: tuple[Settings, Path], kind: str) -> None:
    name = next(one for one in files_of(made[1]) if one.startswith(kind))
    content = (made[1] / name).read_bytes()
    (made[1] / name).write_bytes(content[:-1])
    refused(made, IntegrityBroken, "manifest" if kind.startswith("manifest") else "bytes instead of")
    (made[1] / name).unlink()
    refused(made, IntegrityBroken, "manifest" if kind.startswith("manifest") else "missing or cannot be read")


def rewritten(folder: Path, **changed: object) -> None:
    """Change the manifest and its digest, as somebody would who wants it to be taken."""
    said = json.loads((folder / MANIFEST).read_text())
    text = json.dumps({**said, **changed}).encode()
    (folder / MANIFEST).write_bytes(text)
    (folder / "manifest.sha256").write_text(f"{sha256(text).hexdigest()}  {MANIFEST}\n")


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"revision": "0999"}, ConfigurationError, "newer version of this program"),
        ({"format": "npm-cases backup 9"}, ConfigurationError, "npm-cases backup 9"),
        ({"origin": "npm-cases/sandbox/0123"}, CaseError, r"of another office|says .* of origin"),
        ({"events": 1}, IntegrityBroken, "the manifest says 1 of events"),
        ({"log_root": "0" * 64}, IntegrityBroken, "of log_root"),
        ({"checkpoint": ""}, IntegrityBroken, "of checkpoint"),
        ({"country": "zz"}, ConfigurationError, "country pack zz"),
        ({"missing": ["a" * 64]}, IntegrityBroken, "of documents"),
        ({"files": []}, IntegrityBroken, "no whole backup"),
        ({"files": [{"name": "../x", "size": 1, "sha256": "0" * 64}]}, IntegrityBroken, "no whole backup"),
        ({"files": "x"}, IntegrityBroken, "no whole backup"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    made: tuple[Settings, Path], changed: dict[str, object], kind: type[CaseError], words: str
) -> None:
    rewritten(made[1], **changed)
    refused(made, kind, words)


def test_a_history_changed_inside_a_backup_whose_digests_were_made_anew_is_refused(made: tuple[Settings, Path]) -> None:
    file = made[1] / "cases.db"
    with closing(sqlite3.connect(file)) as link:
        link.execute("UPDATE cases SET state = 'closed' WHERE kind = 'recommendation'")
        link.commit()
    said = json.loads((made[1] / MANIFEST).read_text())["files"]
    told = {"name": "cases.db", "size": file.stat().st_size, "sha256": sha256(file.read_bytes()).hexdigest()}
    rewritten(made[1], files=[told, *(one for one in said if one["name"] != "cases.db")])
    refused(made, IntegrityBroken, "history in the backup does not hold, 5 findings")


def test_a_backup_of_another_office_is_refused(made: tuple[Settings, Path], tmp_path: Path) -> None:
    other = an_app(tmp_path / "other")
    backup.make(other, tmp_path / "foreign", MON_2_MAR)
    with pytest.raises(BadInput, match="the signer here is of npm-cases/sandbox"):
        backup.restore(made[0], tmp_path / "foreign", LATER)
    with pytest.raises(BadInput, match="this installation is of npm-cases/sandbox"):
        backup.check(other.settings, made[1], LATER)
    other.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda keys: (keys / "wrapping.key").write_bytes(b"w" * 32), "wrapping key here is not the one"),
        (lambda keys: (keys / "wrapping.key").write_bytes(b"short"), "wrapping key here is not the one"),
    ],
)
def test_a_wrong_wrapping_key_is_refused(
    made: tuple[Settings, Path], spoil: Callable[[Path], object], words: str
) -> None:
    spoil(made[0].data_dir / "keys")
    refused(made, ConfigurationError, words)


def test_the_key_store_of_another_office_is_refused(made: tuple[Settings, Path], tmp_path: Path) -> None:
    other = an_app(tmp_path / "other")
    an_allegation(other)
    stranger = back_up(other.key_store, tmp_path / "keys", MON_2_MAR)
    keys = made[0].data_dir / "keys"
    for file in keys.glob("case_keys.db*"):
        file.unlink()
    shutil.copy(stranger, keys / "case_keys.db")
    refused(made, ConfigurationError, "wrapping key here is not the one")
    shutil.copy(other.settings.data_dir / "keys" / "wrapping.key", keys / "wrapping.key")
    refused(made, ConfigurationError, r"cases with protected text have no key")
    other.close()


def test_keys_that_are_not_at_hand_are_no_refusal_but_told(made: tuple[Settings, Path]) -> None:
    shutil.rmtree(made[0].data_dir / "keys")
    done = backup.restore(made[0], made[1], LATER)
    assert done.checked.keys is None
    assert any("key store is not at hand" in note for note in done.checked.notes)


def test_nothing_is_restored_over_a_database_or_what_is_left_of_one(app: App, tmp_path: Path) -> None:
    lived_in(app)
    backup.make(app, tmp_path / "one", MON_2_MAR)
    a_recommendation(app)
    app.close()
    before = every_byte(app.settings.data_dir)
    with pytest.raises(Conflict, match="move it aside first"):
        backup.restore(app.settings, tmp_path / "one", LATER)
    assert every_byte(app.settings.data_dir) == before
    settings = emptied(app)
    (settings.data_dir / "cases.db-wal").write_bytes(b"synthetic")
    with pytest.raises(Conflict, match="what is left of one"):
        backup.restore(settings, tmp_path / "one", LATER)


def test_a_server_that_is_not_empty_is_not_restored_to(pg_app: App, tmp_path: Path) -> None:
    a_recommendation(pg_app)
    backup.make(pg_app, tmp_path / "one", MON_2_MAR)
    with pytest.raises(Conflict, match="NPM_CASES_DATABASE_URL"):
        backup.restore(pg_app.settings, tmp_path / "one", LATER)
    assert violations(pg_app) == []


def test_a_backup_that_broke_off_is_not_taken_for_one(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(app)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "write_manifest", full)
    with pytest.raises(CaseError, match="No space left on device"):
        backup.make(app, tmp_path / "kept" / "one", MON_2_MAR)
    assert list((tmp_path / "kept").iterdir()) == []
    monkeypatch.setattr(backup, "write_manifest", lambda *_: os.kill(os.getpid(), 0))
    backup.make(app, tmp_path / "kept" / "two", MON_2_MAR)
    with pytest.raises(IntegrityBroken, match="no whole backup"):
        backup.check(app.settings, tmp_path / "kept" / "two", LATER)
    with pytest.raises(BadInput, match="there already"):
        backup.make(app, tmp_path / "kept" / "two", MON_2_MAR)
    with pytest.raises(BadInput):
        backup.check(app.settings, tmp_path / "kept" / "three", LATER)


@pytest.mark.parametrize("step", ["put_documents", "put_database"])
def test_a_restore_that_broke_off_is_run_again(
    made: tuple[Settings, Path], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, step, end)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(*made, LATER)
    assert not (made[0].data_dir / "cases.db").exists()
    monkeypatch.undo()
    backup.restore(*made, LATER)
    again = build(made[0])
    assert violations(again) == []
    again.close()


def test_a_backup_of_the_revision_this_program_has_says_so(app: App, tmp_path: Path) -> None:
    assert backup.make(app, tmp_path / "one", MON_2_MAR).revision == HEAD
    assert settings_of(tmp_path / "nowhere").data_dir.name == "nowhere"
    alone = backup.check(settings_of(tmp_path / "nowhere"), tmp_path / "one", LATER)
    assert alone.keys is None
    assert not (tmp_path / "nowhere").exists(), "an auditor's check makes nothing"
