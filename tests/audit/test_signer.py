"""The signer never signs a shorter or a different past, whatever happens to it, and says why not."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as some

from npm_cases.history.checkpoints import Checkpoint, parse_checkpoint
from npm_cases.history.notes import VerifierKey, parse_note, parse_vkey, verified
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import holds
from npm_cases.history.signing import SignerKey
from npm_cases.history.tree import EMPTY_ROOT, root_of
from npm_cases.proving import signer
from npm_cases.proving.kept_files import KeptFileWrong, write_whole
from npm_cases.proving.signer import Files, Refused, read_mark, sign
from tests.audit.made_log import FORK, LOG, ORIGIN, checkpoint, request, run, run_killed_at, run_killed_at_step


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = Files(tmp_path / "log.key", tmp_path / "disk" / "mark")
    made.mark.parent.mkdir()
    signer.init(made, ORIGIN)
    return made


def paths(files: Files) -> list[str]:
    return ["--key", str(files.key), "--mark", str(files.mark)]


def key_of(files: Files) -> VerifierKey:
    return parse_vkey(signer.show(files)["key"])


def size_of(files: Files) -> int:
    return read_mark(files.mark).size


def test_a_log_that_grows_is_signed_checkpoint_by_checkpoint(files: Files) -> None:
    for old, new in [(0, 0), (0, 1), (1, 6), (6, 6), (6, 64), (64, 70)]:
        note = parse_note(sign(files, request(old, new)).encode())
        assert verified(note, [key_of(files)]) == [key_of(files)]
        assert note.text == checkpoint(new)
        assert size_of(files) == new


def test_the_same_checkpoint_is_signed_again_with_the_same_bytes_whatever_was_known_before(files: Files) -> None:
    first = sign(files, request(0, 6))
    assert first == sign(files, request(6, 6)) == sign(files, request(0, 6))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(0, 5), "rolled back"),
        (request(6, 5), "rolled back"),
        (request(5, 5), "rolled back"),
        (request(6, 6, FORK), "second history"),
        (request(0, 6, FORK), "second history"),
        (request(6, 9, FORK), "not shown to continue"),
        (request(6, 9, text=checkpoint(9, FORK)), "not shown to continue"),
        (request(5, 9), "prove from there"),
        (request(0, 9), "prove from there"),
        (request(7, 9), "prove from there"),
        (request(6, 9, text=checkpoint(9, origin="other.synthetic/log")), "not of other"),
        (request(6, 6, text=checkpoint(9)), "not shown to continue"),
    ],
)
def test_what_does_not_continue_the_last_checkpoint_is_refused_and_the_mark_stays(
    files: Files, asked: str, why: str
) -> None:
    sign(files, request(0, 6))
    before = files.mark.read_bytes()
    with pytest.raises(Refused, match=why) as refused:
        sign(files, asked)
    assert refused.value.size == 6
    assert files.mark.read_bytes() == before


def test_a_proof_from_nothing_is_refused(files: Files) -> None:
    with pytest.raises(Refused, match="nothing to prove"):
        sign(files, request(3, 6).replace("old 3", "old 0"))


@given(some.lists(some.tuples(some.integers(0, 20), some.integers(0, 20), some.booleans()), max_size=12))
@settings(deadline=None, max_examples=25)
def test_any_walk_of_requests_leaves_one_growing_history(
    tmp_path_factory: pytest.TempPathFactory, walk: list[tuple[int, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("walk")
    files = Files(folder / "key", folder / "mark")
    signer.init(files, ORIGIN)
    notes = []
    for old, new, is_forged in walk:
        try:
            notes.append(
                parse_checkpoint(parse_note(sign(files, request(old, new, FORK if is_forged else LOG)).encode()).text)
            )
        except Refused:
            continue
    sizes = [each.size for each in notes]
    assert sizes == sorted(sizes)
    assert any(all(each.root == root_of(log, each.size) for each in notes) for log in (LOG, FORK))


def test_killed_between_mark_and_answer_it_has_promised_less_than_it_remembers(files: Files) -> None:
    sign(files, request(0, 6))
    code = (
        "from pathlib import Path\nfrom npm_cases.proving.signer import Files, sign\n"
        f"sign(Files(Path({str(files.key)!r}), Path({str(files.mark)!r})), {request(6, 9)!r}, after_mark=die)"
    )
    assert run_killed_at(code) == -9
    assert size_of(files) == 9
    with pytest.raises(Refused, match="second history"):
        sign(files, request(6, 9, FORK))
    with pytest.raises(Refused, match="rolled back"):
        sign(files, request(6, 8))
    assert parse_note(sign(files, request(6, 9)).encode()).text == checkpoint(9)


def test_killed_while_the_mark_is_written_the_old_mark_stands(files: Files) -> None:
    sign(files, request(0, 6))
    files.mark.with_name("mark.new").write_text("half a ma")
    files.mark.with_name("mark.new").chmod(0o666)
    sign(files, request(6, 9))
    assert size_of(files) == 9
    assert files.mark.stat().st_mode & 0o077 == 0


def in_python(files: Files, call: str) -> str:
    return (
        "from pathlib import Path\nfrom npm_cases.proving import signer\n"
        f"files = signer.Files(Path({str(files.key)!r}), Path({str(files.mark)!r}))\nsigner.{call}"
    )


@pytest.mark.parametrize("step", range(1, 4))
def test_killed_at_any_step_of_signing_the_mark_is_the_old_or_the_new_one(files: Files, step: int) -> None:
    sign(files, request(0, 6))
    assert run_killed_at_step(step, in_python(files, f"sign(files, {request(6, 9)!r})")) == -9
    assert size_of(files) == (9 if step == 3 else 6)
    assert parse_note(sign(files, request(6, 9)).encode()).text == checkpoint(9)


@pytest.mark.parametrize("step", range(1, 7))
def test_killed_at_any_step_of_activating_there_is_one_key_and_the_change_can_be_finished(
    files: Files, step: int
) -> None:
    said = signer.rotate(files)
    assert run_killed_at_step(step, in_python(files, "activate(files)")) == -9
    assert signer.show(files)["key"] in (said["old_key"], said["new_key"])
    if files.next_key.exists():
        assert signer.rotate(files) == said
        signer.activate(files)
    shown = signer.show(files)
    assert (shown["key"], shown["retired"]) == (said["new_key"], [said["old_key"]])


@pytest.mark.parametrize("step", range(1, 7))
def test_killed_at_any_step_of_the_start_it_can_be_made_again_or_is_whole(tmp_path: Path, step: int) -> None:
    files = Files(tmp_path / "key", tmp_path / "mark")
    assert run_killed_at_step(step, in_python(files, f"init(files, {ORIGIN!r})")) == -9
    if not files.key.exists():
        signer.init(files, ORIGIN)
    assert parse_note(sign(files, request(0, 6)).encode()).text == checkpoint(6)


@pytest.mark.parametrize("step", range(1, 7))
def test_killed_at_any_step_of_declaring_a_restore_no_mark_is_lost(files: Files, step: int) -> None:
    sign(files, request(0, 9))
    assert run_killed_at_step(step, in_python(files, "restore(files, 9)")) == -9
    if size_of(files) == 9:
        signer.restore(files, 9)
    assert size_of(files) == 0
    assert checkpoint(9) in files.lost_marks.read_text()


def test_of_two_histories_sent_to_several_signers_at_once_one_is_signed(files: Files) -> None:
    sign(files, request(0, 5))  # what both histories have in common
    asked = [request(5, 9), request(5, 9, FORK), request(5, 8, FORK), request(5, 8)] * 2
    with ThreadPoolExecutor(4) as at_once:
        runs = list(at_once.map(lambda given: run("signer", "sign", *paths(files), given=given), asked))
    signed = {parse_note(each.stdout.encode()).text for each in runs if each.returncode == 0}
    assert signed
    assert {each.returncode for each in runs} <= {0, 5}
    assert signed <= {checkpoint(8), checkpoint(9)} or signed <= {checkpoint(8, FORK), checkpoint(9, FORK)}


def test_a_signer_waits_until_another_has_written_and_then_sees_its_mark(files: Files) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom npm_cases.proving.signer import Files, sign\n"
        "def wait():\n    print('marked', flush=True)\n    sys.stdin.readline()\n"
        f"sign(Files(Path({str(files.key)!r}), Path({str(files.mark)!r})), {request(0, 9)!r}, after_mark=wait)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "marked\n"
        with ThreadPoolExecutor(1) as later:
            second = later.submit(run, "signer", "sign", *paths(files), given=request(0, 8))
            with pytest.raises(TimeoutError):
                second.result(timeout=1)
            first.communicate("go on\n")
            assert (second.result().returncode, second.result().stdout) == (5, "old 9\n")


def test_a_refusal_says_its_own_size_and_exits_with_five(files: Files) -> None:
    sign(files, request(0, 6))
    done = run("signer", "sign", *paths(files), given=request(0, 5))
    assert (done.returncode, done.stdout) == (5, "old 6\n")
    assert "rolled back" in done.stderr


def test_a_missing_mark_is_not_size_zero(files: Files) -> None:
    note = sign(files, request(0, 6))
    files.mark.unlink()
    for command in ("sign", "show", "rotate", "activate"):
        done = run("signer", command, *paths(files), given=request(0, 6))
        assert (done.returncode, done.stdout) == (2, "")
        assert "missing" in done.stderr
        assert "recover --note" in done.stderr
    assert run("signer", "restore", "--lost-size", "6", *paths(files)).returncode == 2
    kept = files.key.with_name("kept.txt")
    kept.write_text(note, encoding="utf-8")
    done = run("signer", "recover", "--note", str(kept), *paths(files))
    assert (done.returncode, done.stdout) == (0, checkpoint(6))
    assert size_of(files) == 6


def test_a_whole_mark_is_never_recovered_over(files: Files) -> None:
    older = sign(files, request(0, 6))
    sign(files, request(6, 9))
    with pytest.raises(KeptFileWrong, match="is whole"):
        signer.recover(files, older)


def test_a_mark_is_not_recovered_from_another_log(files: Files, tmp_path: Path) -> None:
    other = Files(tmp_path / "other.key", tmp_path / "other.mark")
    signer.init(other, ORIGIN)
    foreign = tmp_path / "foreign.txt"
    foreign.write_text(sign(other, request(0, 6)), encoding="utf-8")
    files.mark.unlink()
    assert run("signer", "recover", "--note", str(foreign), *paths(files)).returncode == 7
    assert not files.mark.exists()


def test_every_truncated_or_changed_mark_is_found(files: Files) -> None:
    sign(files, request(0, 6))
    whole = files.mark.read_bytes()
    changed = [whole[:length] for length in range(len(whole))]
    changed += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    for each in [*changed, b"\xff", whole + b"\n", whole + whole]:
        files.mark.write_bytes(each)
        with pytest.raises(KeptFileWrong):
            read_mark(files.mark)


def test_every_truncated_key_is_found_and_nothing_is_signed(files: Files) -> None:
    whole = files.key.read_bytes()
    for length in range(len(whole) - 1):  # the last byte is the line end
        files.key.write_bytes(whole[:length])
        with pytest.raises(KeptFileWrong, match="broken"):
            sign(files, request(0, 6))
    files.key.unlink()
    with pytest.raises(KeptFileWrong, match="missing"):
        sign(files, request(0, 6))
    assert size_of(files) == 0


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_that_others_can_read_is_refused(files: Files, mode: int) -> None:
    files.key.chmod(mode)
    done = run("signer", "sign", *paths(files), given=request(0, 6))
    assert done.returncode == 2
    assert "chmod 600" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
def test_what_is_written_can_be_read_by_its_owner_alone(files: Files) -> None:
    sign(files, request(0, 6))
    signer.rotate(files)
    written = [files.key, files.mark, files.next_key]
    assert [path.stat().st_mode & 0o777 for path in written] == [0o600] * 3


def test_a_key_and_a_mark_of_different_logs_are_no_pair(files: Files, tmp_path: Path) -> None:
    other = Files(tmp_path / "other.key", tmp_path / "other.mark")
    signer.init(other, "other.synthetic/log")
    with pytest.raises(KeptFileWrong, match="not a pair"):
        sign(Files(files.key, other.mark), request(0, 6))


def test_nothing_is_ever_made_over_a_key_or_a_mark(files: Files, tmp_path: Path) -> None:
    before = files.key.read_bytes()
    assert run("signer", "init", "--origin", ORIGIN, *paths(files)).returncode == 2
    assert files.key.read_bytes() == before
    sign(files, request(0, 6))
    with pytest.raises(KeptFileWrong, match="must be found"):
        signer.init(Files(tmp_path / "new.key", files.mark), ORIGIN)
    assert size_of(files) == 6


def test_a_start_that_was_cut_short_after_the_mark_can_be_made_again(files: Files) -> None:
    files.key.unlink()
    assert parse_vkey(signer.init(files, ORIGIN)).name == ORIGIN


def test_a_rotation_is_signed_by_both_keys_and_can_be_asked_for_again(files: Files) -> None:
    said = signer.rotate(files)
    assert signer.rotate(files) == said
    old, new = parse_vkey(said["old_key"]), parse_vkey(said["new_key"])
    statement = rotation_statement(ORIGIN, old, new)
    assert holds(old.public, bytes.fromhex(said["signed_by_old"]), statement)
    assert holds(new.public, bytes.fromhex(said["signed_by_new"]), statement)
    assert (old, signer.show(files)["next_key"]) == (key_of(files), new.text())


def test_after_activation_the_new_key_goes_on_and_the_old_secret_is_gone(files: Files) -> None:
    sign(files, request(0, 6))
    secret = files.key.read_text()
    said = json.loads(run("signer", "rotate", *paths(files)).stdout)
    assert verified(parse_note(sign(files, request(6, 7)).encode()), [parse_vkey(said["old_key"])])
    assert run("signer", "activate", *paths(files)).stdout == said["new_key"] + "\n"
    assert verified(parse_note(sign(files, request(7, 9)).encode()), [parse_vkey(said["new_key"])])
    held = "".join(path.read_text() for path in files.key.parent.rglob("*") if path.is_file())
    assert secret.strip()[-30:] not in held
    shown = signer.show(files)
    assert (shown["retired"], "next_key" in shown) == ([said["old_key"]], False)
    assert run("signer", "activate", *paths(files)).returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="needs hard links")
def test_the_old_secret_is_overwritten_where_it_lay(files: Files) -> None:
    elsewhere = files.key.with_name("the same bytes under another name")
    elsewhere.hardlink_to(files.key)
    signer.rotate(files)
    signer.activate(files)
    assert set(elsewhere.read_bytes()) == {0}


def test_a_mark_is_recovered_from_a_note_of_a_retired_key(files: Files) -> None:
    note = sign(files, request(0, 6))
    signer.rotate(files)
    signer.activate(files)
    files.mark.write_text("broken")
    signer.recover(files, note)
    assert size_of(files) == 6


def test_a_restore_is_declared_with_the_size_that_was_lost_and_leaves_a_trace(files: Files) -> None:
    sign(files, request(0, 9))
    refused = run("signer", "restore", "--lost-size", "8", *paths(files))
    assert (refused.returncode, refused.stdout) == (5, "old 9\n")
    assert run("signer", "restore", "--lost-size", "9", *paths(files)).returncode == 0
    assert size_of(files) == 0
    assert files.lost_marks.read_text() == checkpoint(9)
    sign(files, request(0, 6, FORK))
    signer.restore(files, 6)
    assert files.lost_marks.read_text() == checkpoint(9) + checkpoint(6, FORK)


@pytest.mark.parametrize(
    "asked", ["", "old 0\n", "old 00\n\nx\n", "old 0\n!!\n\nx\n", "\n\n", request(0, 6)[:-1], request(0, 6) + "more\n"]
)
def test_a_request_that_cannot_be_read_is_no_refusal(files: Files, asked: str) -> None:
    done = run("signer", "sign", *paths(files), given=asked)
    assert (done.returncode, done.stdout) == (7, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_an_origin_that_cannot_name_a_key_is_refused(tmp_path: Path) -> None:
    new = Files(tmp_path / "key", tmp_path / "mark")
    done = run("signer", "init", "--origin", "two words", *paths(new))
    assert (done.returncode, list(tmp_path.iterdir())) == (7, [])
    assert "no key name" in done.stderr


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("signer", "init", "--origin", ORIGIN, *paths(Files(tmp_path / "key", tmp_path / "away" / "mark")))
    assert done.returncode == 2
    assert "cannot be opened" in done.stderr


def test_a_full_disk_signs_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(files, request(0, 6))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeptFileWrong, match="No space left"):
        sign(files, request(6, 9))
    assert size_of(files) == 6


def test_the_signer_imports_nothing_of_the_engine() -> None:
    code = (
        "import sys, npm_cases.proving.signer, npm_cases.proving.witness\n"
        "print([m for m in sys.modules if m.startswith('npm_cases.') and m.split('.')[1] not in ('history', 'proving')],"
        " [m for m in ('cryptography', 'pydantic', 'sqlalchemy', 'orjson', 'config') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n"


def test_a_mark_of_another_writer_reads_back(tmp_path: Path) -> None:
    begun = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    signer.write_mark(tmp_path / "mark", begun)
    assert read_mark(tmp_path / "mark") == begun
    write_whole(tmp_path / "key", SignerKey(ORIGIN, bytes(32)).text())
    assert signer.show(Files(tmp_path / "key", tmp_path / "mark"))["size"] == 0
