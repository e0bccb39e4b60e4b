"""What is protected, from the command line: documents out again, names found, holds, erasure, keys, and no keys at all."""

import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import NOW, Run

ONE, TWO = ("--as", "demo-commissioner"), ("--as", "demo-delegate")
LATER = "2026-05-02T10:00:00+05:00"


def an_allegation(run: Run, *fields: str) -> str:
    given = ["-f", "channel=complaint", "-f", "statement=Synthetic.", "-f", "alleged_victim=Үлгі Ерлан", *fields]
    said = run("case", "new", "allegation", *given, "--json")
    assert said.code == 0, said.err
    return str(said.json["number"])


def closed(run: Run, number: str) -> str:
    fields = ("-f", "about_ill_treatment=false", "-f", "reasons=Synthetic.")
    proposed = run("case", "act", number, "decline", *fields, "--json")
    assert proposed.code == 0, proposed.err
    assert run("case", "confirm", proposed.json["pending"], "--as", "demo-second").code == 0
    return number


@pytest.fixture
def two_people(run: Run) -> None:
    for user, role in (("demo-commissioner", "commissioner"), ("demo-delegate", "delegate")):
        said = run("user", "add", user, "--role", role)
        assert said.code in {0, 5}, said.err


def test_a_document_comes_back_out_as_it_went_in(run: Run, paper: str, tmp_path: Path) -> None:
    number = an_allegation(run)
    document = run("case", "document", number, paper, "--json").json["document"]
    target = tmp_path / "out.txt"
    given = ("case", "document", number, "--get", document, "--to", str(target), "--reason", "first_reading")
    said = run(*given, "--json")
    assert said.code == 0, said.err
    assert (said.json["name"], target.read_bytes()) == ("letter.txt", Path(paper).read_bytes())
    assert target.stat().st_mode & 0o077 == 0
    assert run(*given).code == 7, "a file that is there is not written over"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("case", "document", "NUMBER"), 7),
        (("case", "document", "NUMBER", "--get", "x"), 7),
        (("case", "document", "NUMBER", "--get", "x", "--to", "out", "--reason", "check"), 6),
        (("case", "document", "NUMBER", "--get", "x", "--to", "out"), 7),
        (("case", "find", "Үлгі Ерлан"), 2),
        (("case", "find", "Үлгі Ерлан", "--reason", "check", "--as", "demo-admin"), 4),
        (("case", "erase", "NUMBER", "--basis", "retention_period_over", "--reason", "yearly"), 3),
        (("case", "erase", "NUMBER", "--basis", "because", "--reason", "yearly"), 7),
        (("keys", "rotate", "--as", "demo-caseworker"), 4),
        (("keys", "backup", "backups", "--as", "demo-caseworker"), 4),
        (("keys", "prune", "no_such_folder"), 7),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_exit_code(run: Run, arguments: tuple[str, ...], code: int) -> None:
    number = an_allegation(run)
    said = run(*[number if part == "NUMBER" else part for part in arguments])
    assert said.code == code, said.err


def test_a_name_is_found_also_when_it_comes_unseen_by_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    number = an_allegation(run)
    an_allegation(run, "-f", "source=Басқа Біреу")
    monkeypatch.setattr("sys.stdin", io.StringIO("Ерлан ҮЛГІ\n"))
    found = run("case", "find", "-", "--reason", "letter_received", "--json").json
    assert len(found) == 2
    assert number in {one["number"] for one in found}
    assert run("case", "find", "Басқа Біреу", "--reason", "letter_received", "--json").json[0]["number"] != number


def test_what_is_sealed_comes_from_a_file_or_from_standard_input_and_stands_in_no_list_of_processes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = tmp_path / "statement.txt"
    statement.write_bytes("Үлгі.\nЕкінші жол.\n\n".encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Үлгі Ерлан\r\n".encode())))
    given = ("channel=complaint", f"statement=@{statement}", "alleged_victim=@-", "source=@@synthetic")
    said = run("case", "new", "allegation", *(part for field in given for part in ("-f", field)), "--json")
    assert said.code == 0, said.err
    opened = run("case", "text", said.json["number"], "1", "--reason", "check", "--json").json
    wanted = {"statement": "Үлгі.\nЕкінші жол.\n", "alleged_victim": "Үлгі Ерлан", "source": "@synthetic"}
    assert {name: opened[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("statement=@no_such_file",), ("--field statement", "no_such_file", "@@")),
        (("statement=@latin.txt",), ("--field statement", "latin.txt", "UTF-8")),
        (("statement=@",), ("--field statement", "@@")),
        (("statement=@-", "source=@-"), ("--field source", "read by statement")),
    ],
)
def test_a_field_whose_file_cannot_be_read_is_refused_by_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Synthetic.")))
    fields = [part for field in ("channel=complaint", *given) for part in ("-f", field)]
    said = run("case", "new", "allegation", *fields)
    assert said.code == 7
    for word in words:
        assert word in said.err


@pytest.mark.usefixtures("two_people")
def test_an_erasure_takes_two_people_and_everything_verifies_after_it(run: Run) -> None:
    number = closed(run, an_allegation(run))
    held = run("case", "hold", number, "--reason", "court_case", *ONE)
    assert held.code == 0, held.err
    wanted = ("case", "erase", number, "--basis", "retention_period_over", "--reason", "yearly")
    refused = run(*wanted, *ONE)
    assert refused.code == 3
    assert "legal hold" in refused.err
    assert run("case", "hold", number, "--lift", "--reason", "over", *ONE).code == 0
    said = run(*wanted, *ONE)
    assert "30 days" in said.out
    approval = said.out.split("case confirm ")[1].split()[0]
    assert run("case", "confirm", approval, *ONE).code == 4
    done = run("case", "confirm", approval, *TWO)
    assert (done.code, "declined" in done.out, "2026-04-01" in done.out) == (0, False, True)
    assert f"{number}: erased on basis retention_period_over: 2 sealed texts, 0 documents" in done.out
    gone = run("case", "text", number, "1", "--reason", "check", *ONE)
    assert gone.code == 6
    assert "was erased on 2026-03-02 at 10:00" in gone.err
    verified = run("audit", "verify", "--json")
    assert verified.json["findings"] == []
    assert run("fsck").code == 0


def test_the_wrapping_key_is_rotated_and_texts_open_as_before(run: Run) -> None:
    number = an_allegation(run)
    proposed = run("keys", "rotate", "--as", "demo-admin", "--json").json["pending"]
    rotated = run("case", "confirm", proposed, "--as", "demo-commissioner", "--json").json
    assert (rotated["old"] != rotated["new"], rotated["keys"]) == (True, 1)
    opened = run("case", "text", number, "1", "--reason", "check", "--json")
    assert opened.json["alleged_victim"] == "Үлгі Ерлан"
    assert run("audit", "verify").code == 0


def test_backups_of_the_key_store_are_made_and_removed_when_they_are_old(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    assert Path(run("keys", "backup", str(folder), "--json").json["file"]).exists()
    assert run("keys", "prune", str(folder), "--json").json == {"removed": []}
    assert run("keys", "prune", str(folder), "--json", now=LATER).json == {"removed": []}, "the newest stays"
    newest = Path(run("keys", "backup", str(folder), "--json", now=LATER).json["file"])
    removed = run("keys", "prune", str(folder), "--json", now=LATER).json["removed"]
    assert removed == ["case-keys-20260302T050000Z.db"]
    assert list(folder.iterdir()) == [newest]


def test_without_keys_an_auditor_still_verifies_and_reads_histories_and_nobody_seals(run: Run, tmp_path: Path) -> None:
    number = an_allegation(run)
    for file in (tmp_path / "data" / "keys").iterdir():
        file.unlink()
    verified = run("audit", "verify", "--json")
    assert verified.code == 0, verified.err
    assert "key store" in verified.json["notes"][0]
    assert run("case", "history", number).code == 0
    assert run("case", "show", number).code == 0
    for arguments in (("case", "text", number, "1", "--reason", "check"), ("case", "new", "allegation"), ("tick",)):
        said = run(*arguments)
        assert said.code == 2
        assert "from its own backup" in said.err
    examined = run("doctor", "--json")
    assert {check["what"]: check["found"] for check in json.loads(examined.out)["checks"]}["key store"] == "missing"
    assert NOW.startswith("2026")
