"""Documents: on the disk before they are named, gone again when they are not, read only after the reading is recorded."""

import io
import json
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, RefusedByRule, TryAgain
from npm_cases.domain.file_kinds import OLE_MARK
from npm_cases.services import documents
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.documents import read_document
from tests.domain.test_file_kinds import CONTENT_TYPES, an_office_file
from tests.faults.checker import table, violations
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    LETTER,
    MON_2_MAR,
    SECRETARIAT,
    a_recommendation,
    an_allegation,
)

MARKED = b"synthetic picture "
LARGE = b"%PDF-1.7\n" + bytes(range(256)) * 1_024


def files(app: App) -> list[Path]:
    return [file for file in (app.settings.data_dir / "documents").rglob("*") if file.is_file()]


def added(app: App, number: str, content: bytes = LARGE, name: str = "synthetic.pdf") -> str:
    return add_document(app.office, OnCase(number, CASEWORKER, MON_2_MAR), name, io.BytesIO(content))[0]


def read(app: App, number: str, document: str) -> tuple[str, bytes]:
    name, pieces = read_document(app.office, number, document, CASEWORKER, MON_2_MAR, "check")
    return name, b"".join(pieces)


def reads(app: App) -> list[dict[str, object]]:
    return [json.loads(row["data"]) for row in table(app, "case_events") if row["type"] == "text_read"]


def test_a_document_is_read_back_as_it_was_and_the_reading_is_recorded_before_its_first_byte(app: App) -> None:
    created = an_allegation(app)
    document = added(app, created.number)
    name, pieces = read_document(app.office, created.number, document, CASEWORKER, MON_2_MAR, "check")
    assert [event["facts"] for event in reads(app)] == [{"case": created.id, "document": document}]
    assert (name, b"".join(pieces)) == ("synthetic.pdf", LARGE)
    assert violations(app) == []


def test_if_the_reading_cannot_be_recorded_not_a_byte_is_given(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise TryAgain("the disk is full")

    created = an_allegation(app)
    document = added(app, created.number)
    monkeypatch.setattr(documents, "record", fail)
    with pytest.raises(TryAgain):
        read_document(app.office, created.number, document, CASEWORKER, MON_2_MAR, "check")


def test_a_document_is_named_by_the_hash_of_all_its_bytes_and_a_changed_one_is_not_opened(app: App) -> None:
    created = an_allegation(app)
    document = added(app, created.number)
    (file,) = files(app)
    assert file.name == document
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IntegrityBroken, match="was changed"):
        read(app, created.number, document)
    file.unlink()
    with pytest.raises(NotFound, match="missing from the documents folder"):
        read(app, created.number, document)
    assert reads(app) == []


def test_the_document_of_another_case_is_not_there(app: App) -> None:
    one, other = an_allegation(app), an_allegation(app)
    document = added(app, one.number)
    with pytest.raises(NotFound, match="has no document"):
        read(app, other.number, document)
    with pytest.raises(NotAllowed):
        read_document(app.office, one.number, document, ADMINISTRATOR, MON_2_MAR, "check")
    with pytest.raises(BadInput, match="is not a code"):
        read_document(app.office, one.number, document, CASEWORKER, MON_2_MAR, "Үлгі туралы")


def test_a_row_that_names_the_file_of_another_case_opens_nothing(app: App) -> None:
    one, other = an_allegation(app), an_allegation(app)
    theirs, ours = added(app, one.number), added(app, other.number)
    by_name = {file.name: file for file in files(app)}
    by_name[ours].write_bytes(by_name[theirs].read_bytes())
    with pytest.raises(IntegrityBroken):
        read(app, other.number, ours)


def test_a_refused_act_leaves_no_file(app: App) -> None:
    created = a_recommendation(app)
    with pytest.raises(RefusedByRule):
        act(app.office, DoAct(created.number, "record_service", SECRETARIAT, MON_2_MAR, files=LETTER))
    with pytest.raises(BadInput):
        act(app.office, DoAct(created.number, "no_such_event", SECRETARIAT, MON_2_MAR, files=LETTER))
    assert (files(app), table(app, "documents")) == ([], [])
    assert violations(app) == []


def test_an_act_done_keeps_its_file_and_doing_it_again_under_its_key_makes_no_other(app: App) -> None:
    created = a_recommendation(app, "issued")
    command = DoAct(created.number, "record_service", SECRETARIAT, MON_2_MAR, idem="k-1", files=LETTER)
    assert act(app.office, command) == act(app.office, command)
    on_case = OnCase(created.number, CASEWORKER, MON_2_MAR, key="k-2")
    assert add_document(app.office, on_case, "a", b"text") == add_document(app.office, on_case, "a", b"text")
    assert sorted(file.name for file in files(app)) == sorted(row["id"] for row in table(app, "documents"))
    assert len(files(app)) == 2


@pytest.mark.parametrize("content", [b"", b"x" * 2_001])
def test_an_empty_or_an_over_large_document_is_refused_and_leaves_nothing(
    app: App, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LARGEST_DOCUMENT", 2_000)
    created = an_allegation(app)
    with pytest.raises(BadInput):
        added(app, created.number, content)
    assert (files(app), table(app, "documents")) == ([], [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ" + bytes(200_000), "kind_not_taken"), (b"#!/bin/sh\nexit\n", "kind_not_taken"),
        (b"x" * 200_000 + b"\0", "kind_not_taken"), (OLE_MARK + bytes(512), "old_office_file"),
        (an_office_file(more={"word/vbaProject.bin": b"x"}), "file_has_macros"), (an_office_file()[:-9], "archive_broken"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_under_any_name_and_leaves_nothing(app: App, content: bytes, code: str) -> None:
    created = an_allegation(app)
    with pytest.raises(BadInput) as refused:
        added(app, created.number, content, "synthetic.pdf")
    assert refused.value.code == code
    command = DoAct(created.number, "register", CASEWORKER, MON_2_MAR, files=(("synthetic.pdf", content),))
    with pytest.raises(BadInput):
        act(app.office, command)
    assert (files(app), table(app, "documents")) == ([], [])
    assert violations(app) == []


def test_an_office_file_is_read_again_from_its_ciphertext_and_its_content_never_lies_plain(app: App) -> None:
    created = an_allegation(app)
    content = an_office_file(more={"word/media/image1.png": MARKED * 4_000})
    document = added(app, created.number, content, "synthetic.docx")
    assert read(app, created.number, document) == ("synthetic.docx", content)
    everywhere = [file.read_bytes() for file in app.settings.data_dir.rglob("*") if file.is_file()]
    assert not any(CONTENT_TYPES.encode() in held or MARKED in held for held in everywhere)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/README.md", "README.md"), ("C:\\x\\nul.md", "_nul.md"), ("gnp.\u202efdp", "gnp.fdp"), ("\0\0", "document")],
)  # fmt: skip
def test_a_document_is_named_without_folders_and_without_what_cannot_be_seen(app: App, given: str, kept: str) -> None:
    created = an_allegation(app)
    assert read(app, created.number, added(app, created.number, b"# Synthetic\n", given)) == (kept, b"# Synthetic\n")


def test_a_document_that_breaks_off_while_it_is_read_leaves_nothing(app: App) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    created = an_allegation(app)
    with pytest.raises(TryAgain, match="could not be stored"):
        add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "a", Breaking(LARGE))
    assert (files(app), table(app, "documents")) == ([], [])


def test_the_first_thing_ever_sealed_in_a_case_may_be_a_document(app: App) -> None:
    from tests.makers import a_caseload

    a_caseload(app, 1)
    (case,) = table(app, "cases")
    assert app.office.keys.held([case["id"]]) == frozenset()
    document = added(app, case["number"])
    assert read(app, case["number"], document) == ("synthetic.pdf", LARGE)
    assert app.office.keys.held([case["id"]]) == {case["id"]}
    assert violations(app) == []
