"""Bundles that are no bundles, each refused by name; and the verifier as a program, also as the one file."""

import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import cryptography
import pytest

from npm_cases.history.hashing import leaf_hash
from npm_cases.proving.bundle_reading import BundleWrong
from npm_cases.proving.one_file import one_file
from npm_cases.proving.source_parts import CannotBeOne, parsed
from npm_cases.proving.trust import Trust
from npm_cases.proving.verifier import main, verify
from tests.audit.made_bundle import WITNESS, Parts, a_log_key, parts_of, place_of, zipped

MIDDLE = 150


@pytest.fixture(scope="session")
def whole(clean: Path) -> Parts:
    parts = parts_of(clean)
    parts.sign(a_log_key(parts.origin), MIDDLE)
    parts.sign(a_log_key(parts.origin), len(parts.events), witnesses=[WITNESS])
    return parts


@pytest.fixture
def bundle(whole: Parts, tmp_path: Path) -> Path:
    return whole.write(tmp_path / "bundle.zip")


def members_of(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as file:
        return {name: file.read(name) for name in file.namelist()}


def refused(bundle: Path) -> str:
    with pytest.raises(BundleWrong) as wrong:
        verify(bundle, Trust())
    return str(wrong.value)


def with_member(bundle: Path, name: str, data: bytes) -> Path:
    return zipped(bundle, members_of(bundle) | {name: data})


# --- malformed


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("not a bundle")
    assert "not a whole ZIP file" in refused(tmp_path / "text.zip")


def test_a_file_that_was_cut_off_is_refused(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes()[: bundle.stat().st_size // 2])
    assert "not a whole ZIP file" in refused(bundle)


def test_a_damaged_member_is_named(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as file:
        info = file.getinfo("events.jsonl")
    data = bytearray(bundle.read_bytes())
    data[info.header_offset + info.compress_size // 2] ^= 0xFF
    bundle.write_bytes(data)
    assert "events.jsonl cannot be unpacked" in refused(bundle)


@pytest.mark.parametrize("name", ["bundle.json", "events.jsonl", "states.jsonl", "rules.json", "tables.json"])
def test_a_missing_member_is_named(whole: Parts, tmp_path: Path, name: str) -> None:
    assert f"{name} is missing" in refused(whole.write(tmp_path / "bundle.zip", leave_out=[name]))


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_that_stands_twice_is_named(bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as file:
        file.writestr("events.jsonl", b"")
    assert "events.jsonl stands twice" in refused(bundle)


def test_a_bomb_is_not_unpacked(bundle: Path) -> None:
    assert "would unpack to more than" in refused(with_member(bundle, "states.jsonl", bytes(50_000_000)))


def test_a_size_that_lies_is_refused(bundle: Path) -> None:
    data = bytearray(with_member(bundle, "states.jsonl", b"x" * 3_000_000).read_bytes())
    central = data.rfind(b"PK\x01\x02", 0, data.rfind(b"states.jsonl"))
    data[central + 24 : central + 28] = struct.pack("<I", 1000)
    bundle.write_bytes(data)
    assert "states.jsonl" in refused(bundle)


LINES: list[tuple[str, bytes, str]] = [
    ("states.jsonl", b"{}\n{", "states.jsonl line 1: its member case is missing"),
    ("states.jsonl", b'{"case":"a","seq":1,"leaf":""}\n{', "states.jsonl line 2: not the JSON"),
    ("states.jsonl", b"\xff\n", "states.jsonl line 1: not UTF-8"),
    ("states.jsonl", b"\n", "states.jsonl line 1: empty"),
    ("states.jsonl", b"[]\n", "states.jsonl line 1: not a JSON object"),
    ("states.jsonl", b'{"case":"a","case":"b","seq":1,"leaf":""}\n', "a member stands twice"),
    ("states.jsonl", b'{"case":"a","seq":1.0,"leaf":""}\n', "1.0 is not an integer"),
    ("states.jsonl", b'{"case":"a","seq":NaN,"leaf":""}\n', "NaN is not an integer"),
    ("states.jsonl", b'{"case":"a","seq":true,"leaf":""}\n', "its member seq is missing, or is not"),
    ("states.jsonl", b'{"case":"\\ud800","seq":1,"leaf":""}\n', "states.jsonl line 1: not the JSON"),
    ("states.jsonl", b"[" * 100_000 + b"\n", "states.jsonl line 1: not the JSON"),
    ("states.jsonl", b'{"case":"a","seq":1,"leaf":""}\n' * 2, "states.jsonl: a line stands twice"),
    ("checkpoints.jsonl", b'{"at":"noon","note":""}\n', "checkpoints.jsonl line 1: its member at is no instant"),
    ("bundle.json", b"{}", "bundle.json: its member format is missing"),
    ("tables.json", b'{"machines":[{}],"of":{}}', "tables.json: the transition tables cannot be read"),
    ("tables.json", b'{"machines":[],"of":{"a":["b"]}}', "no transition table is there for the machine b"),
    ("rules.json", b'["a"]', "rules.json: not the terms of rules"),
    ("calendars.json", b"[1]", "calendars.json: not a list of calendars"),
]


@pytest.mark.parametrize(("member", "data", "what"), LINES, ids=[what for _, _, what in LINES])
def test_a_member_that_cannot_be_read_is_named_with_its_line(bundle: Path, member: str, data: bytes, what: str) -> None:
    assert what in refused(with_member(bundle, member, data))


def test_a_line_without_end_is_refused(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm_cases.proving.bundle_reading.MOST_LINE", 1_000)
    assert "longer than 1000 bytes" in refused(
        with_member(bundle, "events.jsonl", os.urandom(3_000).replace(b"\n", b" "))
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"format": "npm-cases-bundle/2"}, "this program reads npm-cases-bundle/1"),
        ({"scope": "region"}, "scope is log or case"),
        ({"text": "open"}, "open texts are given for one case only"),
        ({"text": "sealed"}, "sealed.jsonl is missing"),
        ({"scope": "case", "case": "x"}, "indexes.txt is missing"),
    ],
)
def test_a_bundle_that_says_what_cannot_be_is_refused(bundle: Path, change: dict[str, str], what: str) -> None:
    said = json.loads(members_of(bundle)["bundle.json"])
    assert what in refused(with_member(bundle, "bundle.json", json.dumps(said | change).encode()))


INDEXES: list[tuple[Callable[[list[bytes]], list[bytes]], str]] = [
    (lambda rows: rows[:-1], "no index of an entry"),
    (lambda rows: [*rows, b"999"], "more lines than events.jsonl has"),
    (lambda rows: [rows[1], rows[0], *rows[2:]], "does not come after"),
    (lambda rows: [b"-1", *rows[1:]], "no index of an entry"),
]


@pytest.mark.parametrize(("change", "what"), INDEXES, ids=[what for _, what in INDEXES])
def test_indexes_that_cannot_be_are_refused(
    whole: Parts, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], what: str
) -> None:
    path = whole.write_case(tmp_path / "case.zip", place_of(whole, "verify")[0])
    rows = members_of(path)["indexes.txt"].splitlines()
    assert what in refused(with_member(path, "indexes.txt", b"".join(row + b"\n" for row in change(rows))))


def test_counts_that_differ_and_strange_members_are_told(bundle: Path) -> None:
    said = json.loads(members_of(bundle)["bundle.json"])
    path = with_member(bundle, "bundle.json", json.dumps(said | {"size": 1, "events": 2}).encode())
    verdict = verify(with_member(path, "run-me.exe", b""), Trust())
    assert [f.what.split(",")[0] for f in verdict.findings] == [
        "bundle.json says 2 events are inside", "bundle.json says the log had 1 entries",
    ]  # fmt: skip
    assert "run-me.exe is no part of the format and was not looked at" in verdict.notes


# --- the program


def test_the_program_says_0_for_no_findings_and_8_for_some(
    whole: Parts, bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key = a_log_key(whole.origin).verifier().text()
    assert main([str(bundle), "--key", key]) == 0
    assert "Level 1: " in capfd.readouterr().out
    with_member(bundle, "documents.jsonl", b"")
    assert main([str(bundle), "--key", key, "--json"]) == 8
    said = json.loads(capfd.readouterr().out)
    assert set(said) == {"events", "findings", "level", "covers", "notes"}
    assert set(said["findings"][0]) == {"case", "seq", "index", "what"}


def test_the_program_takes_all_an_auditor_has(
    whole: Parts, bundle: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key = a_log_key(whole.origin)
    (tmp_path / "kept.txt").write_bytes(whole.note(key, MIDDLE).data())
    case, seq, index = place_of(whole, "verify")
    asked = [
        str(bundle), "--key", key.verifier().text(), "--kept", str(tmp_path / "kept.txt"), "--witness",
        WITNESS.verifier().text(), "--quorum", "1", "--receipt", f"{case}:{seq}:{leaf_hash(whole.events[index]).hex()}",
        "--json",
    ]  # fmt: skip
    assert main(asked) == 0
    assert json.loads(capfd.readouterr().out)["level"] == 3


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (["--key", "nonsense"], "the key 'nonsense'"),
        (["--key", WITNESS.verifier().text()], "--key wants the key of the log"),
        (["--quorum", "1"], "--quorum 1 cannot be met"),
        (["--receipt", "nonsense"], "is no receipt"),
        (["--kept", "nowhere.txt"], "there is no file nowhere.txt"),
        (["--kept", "."], ". is a folder; --kept wants the file inside it"),
    ],
)
def test_input_that_cannot_be_read_is_7(
    bundle: Path, capfd: pytest.CaptureFixture[str], asked: list[str], what: str
) -> None:
    assert main([str(bundle), *asked]) == 7
    assert what in capfd.readouterr().err


def test_a_kept_file_that_is_no_checkpoint_is_7(bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(bundle), "--kept", str(bundle)]) == 7
    assert "is not a signed checkpoint" in capfd.readouterr().err


def test_a_folder_or_nothing_in_the_place_of_the_bundle_is_7(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 7
    assert f"{tmp_path} is a folder; BUNDLE wants the file inside it" in capfd.readouterr().err
    assert main([str(tmp_path / "nowhere.zip")]) == 7
    assert "there is no file" in capfd.readouterr().err


def test_a_malformed_bundle_is_7_and_wrong_use_is_2(bundle: Path) -> None:
    bundle.write_bytes(b"")
    assert main([str(bundle)]) == 7
    with pytest.raises(SystemExit) as stopped:
        main(["--unknown"])
    assert stopped.value.code == 2


def test_what_a_bundle_says_cannot_move_the_cursor(bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with_member(bundle, "states.jsonl", b'{"case":"\\u001b[2J","seq":1,"leaf":""}\n')
    assert main([str(bundle)]) == 8
    assert "\x1b" not in capfd.readouterr().out


# --- the one file


def with_only_cryptography(folder: Path) -> str:
    """Lay a program beside nothing but the one library, and return what starts it without site-packages."""
    libraries = Path(cryptography.__file__).parents[1]
    for name in ("cryptography", "cffi", "_cffi_backend", "typing_extensions"):
        for found in libraries.glob(f"{name}*"):
            if not found.name.endswith(".dist-info"):
                (folder / found.name).symlink_to(found)
    return "import sys, runpy; sys.path.insert(0, sys.argv[1]); sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')"


def run_alone(folder: Path, *asked: str) -> subprocess.CompletedProcess[str]:
    (folder / "npm_verify.py").write_text(one_file())
    (folder / "libraries").mkdir()
    (folder / "empty").mkdir()
    start = with_only_cryptography(folder / "libraries")
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        start,
        str(folder / "libraries"),
        str(folder / "npm_verify.py"),
        *asked,
    ]
    return subprocess.run(command, cwd=folder / "empty", capture_output=True, text=True, check=False, env={})


def test_the_one_file_runs_with_the_standard_library_and_cryptography_alone(
    whole: Parts, bundle: Path, tmp_path: Path
) -> None:
    done = run_alone(tmp_path, str(bundle), "--key", a_log_key(whole.origin).verifier().text(), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["events"], said["findings"], said["level"]) == (len(whole.events), [], 1)


def test_the_one_file_witnesses_too(tmp_path: Path) -> None:
    done = run_alone(tmp_path, "witness", "--help")
    assert done.returncode == 0
    assert "cosign" in done.stdout


def test_the_one_file_holds_nothing_of_the_package_and_only_what_it_needs() -> None:
    text = one_file()
    assert "import npm_cases" not in text
    assert "from npm_cases" not in text
    assert "orjson" not in text
    assert "def verify(" in text


def test_a_statement_that_cannot_be_carried_over_is_refused() -> None:
    with pytest.raises(CannotBeOne, match="binds no name"):
        parsed("npm_cases.proving.made_up", "print('synthetic')\n")
    with pytest.raises(CannotBeOne, match="at the top"):
        parsed(
            "npm_cases.proving.made_up", "def f():\n    from npm_cases.history.tree import peaks\n    return peaks\n"
        )
