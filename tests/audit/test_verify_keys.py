"""A lawful erasure never looks like tampering, and a key that was taken away never looks like an erasure."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.persistence.key_store import NAMES
from npm_cases.persistence.reading import SqlReader
from npm_cases.proving.verdict import Finding
from npm_cases.services import erasure
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.create_case import Created
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.sealing import KEY_GONE
from npm_cases.services.verify import Verification, verify
from npm_cases.services.verify_keys import DOES_NOT_OPEN, NAMES_DO_NOT_OPEN, NOT_READY
from tests.audit.made_history import tampered
from tests.audit.tampering import Members, chain_of, forge
from tests.faults.checker import LATER
from tests.makers import CASEWORKER, COMMISSIONER, DELEGATE, MON_2_MAR, a_closed_allegation, an_allegation

SECONDS_LATER, MINUTES_LATER = "2026-03-02T05:00:30.000000Z", "2026-03-02T05:05:00.000000Z"


def verified(app: App, at: str = LATER) -> Verification:
    app.sequence()
    with SqlReader(app.database) as reader:
        return verify(app.office, reader, at)


def found(app: App, at: str = LATER) -> list[Finding]:
    return list(verified(app, at).findings)


def in_key_store(app: App, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(app.settings.data_dir / "keys" / "case_keys.db")) as connection:
        assert connection.execute(statement, values).rowcount > 0
        connection.commit()


def erased(app: App) -> Created:
    created = a_closed_allegation(app)
    add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "a.txt", b"text")
    on_case = OnCase(created.number, COMMISSIONER, MON_2_MAR)
    approval = propose_erasure(app.office, on_case, "court_decision", "order").approval
    confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    return created


def test_an_erased_case_verifies_with_its_ciphertexts_and_documents(app: App) -> None:
    erased(app)
    an_allegation(app)
    assert found(app) == []


def test_a_key_that_is_gone_without_an_event_is_a_finding(app: App) -> None:
    created = an_allegation(app)
    erased(app)
    app.key_store.destroy(created.id)
    assert [(finding.case, finding.what) for finding in found(app)] == [(created.id, KEY_GONE)]


def test_keys_of_two_cases_that_were_swapped_are_found_both(app: App) -> None:
    cases = sorted(an_allegation(app).id for _ in range(2))
    an_allegation(app)
    first, second = (app.key_store.wrapped(cases)[case].wrapped for case in cases)
    for case, wrapped in zip(cases, (second, first), strict=True):
        in_key_store(app, "UPDATE case_keys SET wrapped = ? WHERE case_id = ?", wrapped, case)
    assert sorted((finding.case, finding.what) for finding in found(app)) == [(case, DOES_NOT_OPEN) for case in cases]


@pytest.mark.parametrize("change", ["wrapped = randomblob(60)", "wrapped = x'00'", "wrapping = 'elsewhere'"])
def test_a_key_that_was_overwritten_is_found(app: App, change: str) -> None:
    created, _ = an_allegation(app), an_allegation(app)
    in_key_store(app, f"UPDATE case_keys SET {change} WHERE case_id = ?", created.id)
    assert [(finding.case, finding.what) for finding in found(app)] == [(created.id, DOES_NOT_OPEN)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE case_keys SET wrapped = randomblob(60) WHERE case_id = ?", "DELETE FROM case_keys WHERE case_id = ?"],
)
def test_a_key_of_the_name_index_that_was_overwritten_or_removed_is_found(app: App, change: str) -> None:
    an_allegation(app)
    in_key_store(app, change, NAMES)
    assert [(finding.case, finding.what) for finding in found(app)] == [("", NAMES_DO_NOT_OPEN)]


def test_without_the_wrapping_key_it_is_a_note_and_no_finding(app: App) -> None:
    created = an_allegation(app)
    in_key_store(app, "UPDATE case_keys SET wrapped = randomblob(60) WHERE case_id = ?", created.id)
    (app.settings.data_dir / "keys" / "wrapping.key").unlink()
    app.office.sealer.forget()
    said = verified(app)
    assert (said.findings, NOT_READY in said.notes) == ((), True)


def test_names_of_an_erased_case_that_came_back_are_found(app: App) -> None:
    created = erased(app)
    app.key_store.add([], [("an old token", created.id)])
    (finding,) = found(app)
    assert (finding.case, "its names are still there" in finding.what) == (created.id, True)


def a_document(app: App) -> tuple[Created, Path]:
    created = an_allegation(app)
    add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "a.txt", b"text")
    (file,) = (file for file in (app.settings.data_dir / "documents").rglob("*") if file.is_file())
    return created, file


@pytest.mark.parametrize("case", ["missing", "changed", "a folder in its place"])
def test_a_document_whose_file_is_missing_or_was_changed_is_found(app: App, case: str) -> None:
    created, file = a_document(app)
    assert found(app) == []
    if case == "changed":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.unlink()
    if case == "a folder in its place":
        file.mkdir()
    (finding,) = found(app)
    assert (finding.case, finding.seq, file.name in finding.what) == (created.id, 4, True)
    assert ("missing" if case != "changed" else "do not hash") in finding.what


def test_the_file_of_a_document_of_an_erased_case_is_held_to_its_name_too(app: App) -> None:
    created = erased(app)
    (file,) = (file for file in (app.settings.data_dir / "documents").rglob("*") if file.is_file())
    file.write_bytes(b"other")
    assert [finding.case for finding in found(app)] == [created.id]


def test_without_the_documents_folder_it_is_a_note_and_no_finding(app: App) -> None:
    a_document(app)
    shutil.move(app.settings.data_dir / "documents", app.settings.data_dir / "elsewhere")
    said = verified(app)
    assert said.findings == ()
    assert any("the files of 1 documents" in note for note in said.notes)


def test_a_key_that_outlives_its_erasure_is_a_finding_after_a_minute(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "destroy_key", lambda *_: None)
    created = erased(app)
    assert found(app, SECONDS_LATER) == []
    (finding,) = found(app, MINUTES_LATER)
    assert finding.case == created.id
    assert "its key is still there" in finding.what


def test_an_erasure_made_while_the_history_is_verified_is_no_finding(app: App) -> None:
    created = a_closed_allegation(app)
    app.sequence()
    with SqlReader(app.database) as reader:
        next(reader.events())  # the state of the database is held from here on
        on_case = OnCase(created.number, COMMISSIONER, MON_2_MAR)
        approval = propose_erasure(app.office, on_case, "court_decision", "order").approval
        confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
        assert verify(app.office, reader, LATER).findings == ()


def without_second_person(event: Members) -> None:
    event["approved_by"] = event["actor"]


def with_other_counts(event: Members) -> None:
    event["facts"]["texts"] += 1


FORGERIES: dict[str, tuple[Callable[[Members], None], str]] = {
    "the second person is the first": (without_second_person, "no second person"),
    "fewer texts went than were there": (with_other_counts, "there were others"),
    "it is called something else": (
        lambda event: event.update(type="case_linked"),
        "erase, confirmed by delegate, was not done",
    ),
}


@pytest.mark.sqlite("the file is changed by hand")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_erasure_that_was_forged_is_found(app: App, forgery: str) -> None:
    erased(app)
    app.close()
    folder = app.settings.data_dir
    change, word = FORGERIES[forgery]
    chain, seq = chain_of(folder, "erased")
    tampered(folder, lambda connection: forge(connection, chain, lambda events: change(events[seq - 1])))
    again = build(app.settings)
    assert any(word in finding.what or finding.what == KEY_GONE for finding in found(again))
    again.close()


@pytest.mark.sqlite("the file is changed by hand")
def test_an_erasure_of_an_open_case_written_by_somebody_with_the_file_is_found(app: App) -> None:
    created = an_allegation(app)
    app.close()
    add_forged_erasure(app.settings.data_dir, created.id)
    again = build(app.settings)
    again.key_store.destroy(created.id)
    assert any("open, under legal hold, or erased already" in finding.what for finding in found(again))
    again.close()


def add_forged_erasure(folder: Path, chain: str) -> None:
    """Write an erasure over the last event of a chain, with every hash and link made to fit."""

    def change(events: list[Members]) -> None:
        last = events[-1]
        facts = {"class": "protected_text", "basis": "court_decision", "texts": 1, "documents": 0}
        last |= {"type": "erased", "facts": facts, "approved_by": "two", "actor": "one", "role": "commissioner"}

    tampered(folder, lambda connection: forge(connection, chain, change))
    with closing(sqlite3.connect(folder / "cases.db")) as connection:
        data = connection.execute("SELECT data FROM case_events WHERE chain = ? ORDER BY seq", (chain,)).fetchall()[-1][
            0
        ]
        assert json.loads(data)["type"] == "erased"
