"""Planted words of protected text stand in no file of an installation, in no encoding (FAULTS I9); the search can fail."""

import base64
import io
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from config.logging import configure
from npm_cases.bootstrap import App, copy_of
from npm_cases.domain.errors import NotFound, RefusedByRule
from npm_cases.mail.sink import MailSink
from npm_cases.persistence.key_backups import back_up
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.case_views import open_text
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.consent import RecordConsent, record_consent
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.mailroom import deliver
from npm_cases.services.name_index import find_name
from npm_cases.services.simulate import simulate
from npm_cases.services.sweep import expire_proposals
from npm_cases.services.watching import recorded_sweep
from tests.databases import environment_of
from tests.faults.canaries import forms, hits
from tests.makers import (
    CASEWORKER,
    COMMISSIONER,
    DELEGATE,
    LEADER,
    MON_2_MAR,
    SECOND,
    SECRETARIAT,
    a_recommendation,
    an_allegation,
    an_app,
)

ROOT = Path(__file__).parents[2]
WORDS = {
    "alleged_victim": "Ғайыпқанарейка Өміртест", "source": "Zzyzxcanary Sourcetest", "statement": "шайқалғанқанарейка Дәптер",
    "text": "құпиямәтінқанарейка", "reasons": "себепқанарейкасы", "new_facts": "жаңадерекқанарейкасы",
    "protection_measures": "қорғауқанарейкасы", "persons_view": "көзқарасқанарейкасы", "register_number": "ЕРДРканарейка77",
    "note": "ескертпеқанарейкасы", "document": "құжатқанарейкасы", "document_name": "қанарейкааты Name",
    "letter": "хатқанарейкасы", "refused": "баскөтергенқанарейка",
}  # fmt: skip
SUMMER, AUTUMN = "2026-06-08T06:00:00.000000Z", "2026-09-07T06:00:00.000000Z"


def a_life(app: App) -> tuple[str, str]:
    """Live through cases with a planted word in every protected field; returns an open and a closed allegation."""
    office = app.office
    text, name = (WORDS["letter"] * 9_000).encode(), f"{WORDS['document_name']}.pdf"
    told = an_allegation(app, **{field: WORDS[field] for field in ("alleged_victim", "source", "statement", "text")})
    closed = an_allegation(app, alleged_victim=WORDS["alleged_victim"], statement=WORDS["statement"])

    def do(event: str, case: str = told.number, **fields: str) -> str:
        given = {field: f"{value} {WORDS[field]}" if field in WORDS else value for field, value in fields.items()}
        return act(office, DoAct(case, event, CASEWORKER, MON_2_MAR, given, idem=f"{case}-{event}")).pending

    do("register", consent="given", reprisal_risk="high")
    act(office, DoAct(told.number, "transfer", LEADER, MON_2_MAR))
    do("notify_prosecutor")
    do("record_registration", register_number="1")
    do("report_reprisal", note="n")
    do("record_protection", protection_measures="m", persons_view="v")
    pending = do("decline", closed.number, about_ill_treatment="false", reasons="r")
    confirm(office, Confirm(pending, SECOND, MON_2_MAR))
    another = an_allegation(app).number
    do("decline", another, about_ill_treatment="false", reasons="r")  # lapses unconfirmed
    with pytest.raises(RefusedByRule):
        act(
            office,
            DoAct(
                another, "decline", CASEWORKER, MON_2_MAR, {"about_ill_treatment": "true", "reasons": WORDS["refused"]}
            ),
        )
    for case in (told.number, closed.number):
        add_document(office, OnCase(case, CASEWORKER, MON_2_MAR, key=f"d-{case}"), name, io.BytesIO(text))
    record_consent(office, RecordConsent(told.number, "limit", CASEWORKER, MON_2_MAR, "commissioner"))
    served = a_recommendation(app, "issued", text=WORDS["text"])
    letter = ((f"{WORDS['document_name']}.txt", WORDS["letter"].encode()),)
    act(office, DoAct(served.number, "record_service", SECRETARIAT, MON_2_MAR, files=letter))
    open_text(office, told.number, 1, CASEWORKER, MON_2_MAR, "check")
    find_name(office, WORDS["alleged_victim"], CASEWORKER, MON_2_MAR, "check")
    return told.number, closed.number


def time_passes(app: App, folder: Path) -> None:
    """Sweep, send mail to a sink, and look into the future on a copy."""
    with MailSink(folder / "mail") as sink:
        by_mail = app.settings.model_copy(update={"smtp_port": sink.port, "smtp_security": "none"})
        sending = type(app)(by_mail, app.database, app.office, app.key_ring)
        sender = sending.sender()
        assert sender
        for now in (SUMMER, AUTUMN):
            recorded_sweep(app.office, now, 1_000)
            expire_proposals(app.office, now)
            deliver(app.office, sender, sending.house, now)
    with copy_of(app) as copy:
        simulate(copy.office, copy.views, AUTUMN, "2026-10-07T06:00:00.000000Z")
    assert list((folder / "mail").glob("*.eml"))


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which everything lies, temporary files too."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NPM_CASES_"))}
    return {**kept, **environment_of(folder / "data"), "NPM_CASES_LOG_LEVEL": "debug"}


def by_command(folder: Path, *arguments: str) -> None:
    """Run a command of our own with its log written down; it must not fail."""
    command = [sys.executable, "-m", "npm_cases", *arguments, "--now", AUTUMN.replace("Z", "+00:00")]
    with (folder / "commands.log").open("ab") as log:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(folder), stdout=log, stderr=log, timeout=240, check=False
        )
    assert done.returncode == 0, (folder / "commands.log").read_text(encoding="utf-8")


def test_no_planted_word_stands_in_any_file_of_an_installation_that_lived(
    apart: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = an_app(apart / "data")
    configure("debug")
    with caplog.at_level(logging.DEBUG):
        told, _ = a_life(app)
        time_passes(app, apart)
    back_up(app.key_store, apart / "backups", AUTUMN)
    with (
        closing(sqlite3.connect(apart / "data" / "cases.db")) as source,
        closing(sqlite3.connect(apart / "backups" / "cases.db")) as copy,
    ):
        source.backup(copy)
    (apart / "log.txt").write_text(caplog.text, encoding="utf-8")
    assert hits([apart], list(WORDS.values())) == []
    for command in (("case", "show", told), ("case", "history", told), ("case", "list"), ("case", "explain", told)):
        by_command(apart, *command)
    for command in (("audit", "verify"), ("fsck",), ("tick",)):
        by_command(apart, *command)
    app.close()
    assert hits([apart], list(WORDS.values())) == []


@pytest.mark.prefect
def test_no_planted_word_stands_in_what_prefect_keeps(apart: Path) -> None:
    app = an_app(apart / "data")
    a_life(app)
    app.close()
    by_command(apart, "run", "sweep")
    assert hits([apart], list(WORDS.values())) == []


def test_an_export_for_outsiders_holds_no_planted_word(apart: Path) -> None:
    bundle = pytest.importorskip("npm_cases.services.bundle", reason="bundles are not built yet")
    assert bundle
    app = an_app(apart / "data")
    told, _ = a_life(app)
    app.close()
    for number, scope in enumerate(((), ("--case", told))):
        by_command(apart, "audit", "export", str(apart / f"bundle-{number}.zip"), *scope)
    for file in apart.glob("bundle-*.zip"):
        unpacked = apart / file.stem
        with zipfile.ZipFile(file) as archive:
            archive.extractall(unpacked)
    assert hits([apart], list(WORDS.values())) == []


def test_after_an_erasure_nothing_left_in_the_data_folder_opens_the_text(apart: Path) -> None:
    app = an_app(apart / "data")
    _, closed = a_life(app)
    ring = app.key_ring
    assert ring
    with app.office.open_reading() as work:
        case = work.case(closed)
    key = app.key_store.find(case.id)
    assert key
    raw = ring.vault._raw(key)[0]
    token = app.office.sealer.token("ғайыпқанарейка өміртест")
    data = apart / "data"
    assert [file for file in data.rglob("*") if file.is_file() and key.wrapped in file.read_bytes()], "it was there"
    on_case = OnCase(closed, COMMISSIONER, MON_2_MAR)
    approval = propose_erasure(app.office, on_case, "persons_request", "letter").approval
    confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    for file in (path for path in apart.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert key.wrapped not in content, file
        assert raw not in content, file
    with closing(sqlite3.connect(data / "keys" / "case_keys.db")) as store:
        left = store.execute("SELECT chain FROM name_index WHERE token = ?", (token,)).fetchall()
    assert case.id not in {row[0] for row in left}
    assert len(left) == 1, "the same name in another case stays"
    with pytest.raises(NotFound, match="was erased"):
        open_text(app.office, closed, 1, CASEWORKER, MON_2_MAR, "check")
    app.close()


@pytest.mark.parametrize("word", ["Ғайыпқанарейка Өміртест", "Zzyzxcanary Sourcetest"])
def test_the_search_finds_a_planted_word_in_every_form(tmp_path: Path, word: str) -> None:
    for name, data in forms(word).items():
        folder = tmp_path / name.replace(" ", "_")
        folder.mkdir()
        assert hits([folder], [word]) == []
        (folder / "file").write_bytes(b"before " + data + b" after")
        assert any(f" as {name} " in hit for hit in hits([folder], [word])), name


def test_the_search_finds_a_word_in_a_base64_text_wherever_it_begins(tmp_path: Path) -> None:
    for before in range(7):
        coded = base64.b64encode(b"x" * before + "қанарейкааты".encode() + b"yyyy")
        (tmp_path / "file").write_bytes(coded)
        assert hits([tmp_path], ["қанарейкааты"]), before


def test_the_search_finds_a_word_across_the_pieces_it_reads_and_in_names_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.canaries.PIECE", 1_000)
    (tmp_path / "file").write_bytes(b"x" * 995 + b"canarycanary" + b"x" * 3_000)
    (tmp_path / "canarynamed").write_bytes(b"")
    assert len({hit.rpartition(" in ")[2] for hit in hits([tmp_path], ["canarycanary", "canarynamed"])}) == 2


def test_the_search_finds_what_a_database_holds(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db")) as link:
        link.execute("CREATE TABLE t (x TEXT)")
        link.execute("INSERT INTO t VALUES ('қанарейкааты')")
        link.commit()
    assert hits([tmp_path], ["қанарейкааты"])
    assert not hits([tmp_path], ["басқасөзқанарейка"])
