"""Backups and moves on the command line: what they print, and the codes they end with."""

import json
from pathlib import Path

import pytest

from npm_cases.services.backups import MANIFEST
from tests.cli.conftest import Run


def an_office(run: Run, paper: str) -> str:
    said = run("case", "new", "allegation", "-f", "channel=complaint", "-f", "statement=Synthetic.", "--json")
    number = str(said.json["number"])
    assert run("case", "document", number, paper).code == 0
    return number


@pytest.mark.sqlite("its file is removed and comes back (both: tests/faults/test_backups.py)")
def test_a_backup_is_made_checked_and_restored(run: Run, paper: str, tmp_path: Path) -> None:
    number = an_office(run, paper)
    made = run("backup", "make", "kept/one")
    assert made.code == 0, made.err
    assert "there is no key in it" in made.out
    said = json.loads(Path("kept/one", MANIFEST).read_text())
    checked = run("backup", "check", "kept/one", "--json").json
    assert (checked["events"], checked["origin"], checked["documents"]) == (said["events"], said["origin"], 1)
    assert checked["keys"] == {"all": 1, "opening": 1, "missing": 0, "returned": 0}
    assert run("backup", "make", "kept/one").code == 7
    assert run("backup", "restore", "kept/one").code == 5
    for file in (tmp_path / "data").glob("cases.db*"):
        file.unlink()
    restored = run("backup", "restore", "kept/one")
    assert restored.code == 0, restored.err
    assert "restored. Next:" in restored.out
    assert run("case", "text", number, "1", "--reason", "check", "--json").json["statement"] == "Synthetic."
    assert run("audit", "verify").code == 0


def test_a_bad_backup_ends_with_the_code_of_broken_integrity(run: Run, paper: str) -> None:
    an_office(run, paper)
    run("backup", "make", "one")
    with Path("one", "cases.db").open("ab") as file:
        file.write(b"\0")
    said = run("backup", "check", "one", "--json")
    assert (said.code, said.json["error"]["code"]) == (8, "backup_file_changed")
    assert "bytes instead of" in said.err
    assert run("backup", "check", "nowhere").code == 7
    Path("one", MANIFEST).unlink()
    assert run("backup", "check", "one").code == 8


def test_a_backup_with_documents_that_were_lost_is_written_and_ends_with_a_word(run: Run, paper: str) -> None:
    an_office(run, paper)
    for file in Path("data", "documents").glob("*/*"):
        file.unlink()
    said = run("backup", "make", "one", "--json")
    assert (said.code, len(said.json["missing_documents"])) == (1, 1)
    assert "1 documents are lost or damaged here" in said.err
    assert run("backup", "check", "one").code == 0


def test_an_office_is_copied_to_another_file(run: Run, paper: str, tmp_path: Path) -> None:
    an_office(run, paper)
    url = f"sqlite:///{tmp_path / 'moved.db'}"
    said = run("db", "copy", "--to", url, "--json")
    assert said.code == 0, said.err
    assert said.json["events"] == said.json["log_size"]
    assert run("db", "copy", "--to", url).code == 5
    assert run("db", "copy", "--to", "nowhere").code == 7
    told = run("db", "copy", "--to", f"sqlite:///{tmp_path / 'again.db'}")
    assert said.json["history_sha256"] in told.out
    assert "next: stop what works on the old database" in told.out
