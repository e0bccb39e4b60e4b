"""The witness cosigns one growing history, remembers before it answers, and keeps the proof of a second one."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.notes import (
    Line,
    Note,
    NoteWrong,
    VerifierKey,
    cosigned_at,
    parse_line,
    parse_note,
    parse_vkey,
    verified,
)
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import signed
from npm_cases.history.signing import SignerKey, cosign, sign_note
from npm_cases.history.tree import Node, root_of
from npm_cases.proving import signer, witness
from npm_cases.proving.kept_files import KeptFileWrong
from npm_cases.proving.witness import NotSigned, Refused, RotationWrong, State, UnknownLog, cosign_request
from tests.audit.made_log import FORK, LOG, ORIGIN, checkpoint, request, run, run_killed_at

KEY = SignerKey(ORIGIN, bytes(range(32)))
NEXT = SignerKey(ORIGIN, bytes(range(1, 33)))
AT = 1_700_000_000


def noted(size: int, log: Node = LOG, key: SignerKey = KEY) -> str:
    text = checkpoint(size, log)
    return Note(text, (sign_note(text, key),)).data().decode()


def asked(old: int, new: int, log: Node = LOG, key: SignerKey = KEY) -> str:
    return request(old, new, log, text=noted(new, log, key))


def statement(old: SignerKey = KEY, new: SignerKey = NEXT, **changed: str) -> str:
    message = rotation_statement(ORIGIN, old.verifier(), new.verifier())
    said = {
        "old_key": old.verifier().text(),
        "new_key": new.verifier().text(),
        "signed_by_old": signed(old.seed, message).hex(),
        "signed_by_new": signed(new.seed, message).hex(),
    }
    return json.dumps(said | changed)


@dataclass(frozen=True)
class Auditor:
    """A state folder in use, and the key others know it by."""

    state: State
    key: VerifierKey

    def cosigns(self, given: str, at: int = AT) -> Line:
        return parse_line(cosign_request(self.state, given, at).removesuffix("\n"))

    def size(self) -> int:
        return int(witness.show(self.state)["logs"][0]["size"])

    def kept(self, beginning: str) -> list[Path]:
        return sorted(self.state.folder.glob(f"{beginning}-*.txt"))


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    state = State(tmp_path / "witness")
    key = parse_vkey(witness.init(state, "witness.synthetic/one"))
    witness.trust(state, KEY.verifier().text())
    return Auditor(state, key)


def test_a_log_that_grows_is_cosigned_with_the_time(auditor: Auditor) -> None:
    for old, new in [(0, 1), (1, 6), (6, 6), (6, 70)]:
        line = auditor.cosigns(asked(old, new), AT + new)
        note = parse_note(noted(new).encode())
        cosigned = parse_note(note.data() + line.text().encode())
        assert cosigned_at(cosigned, auditor.key) == AT + new
        assert verified(cosigned, [KEY.verifier(), auditor.key]) == [KEY.verifier(), auditor.key]
        assert auditor.size() == new


def test_the_last_checkpoint_is_cosigned_again_whatever_was_known_before(auditor: Auditor) -> None:
    first = auditor.cosigns(asked(0, 6))
    assert auditor.cosigns(asked(6, 6)) == auditor.cosigns(asked(0, 6)) == first
    assert auditor.cosigns(asked(0, 6), AT + 1) != first


@pytest.mark.parametrize("given", [asked(0, 5), asked(5, 5), asked(6, 5), asked(5, 9), asked(0, 9), asked(7, 9)])
def test_a_log_that_went_back_or_does_not_know_the_size_is_told_it(auditor: Auditor, given: str) -> None:
    auditor.cosigns(asked(0, 6))
    with pytest.raises(Refused) as refused:
        auditor.cosigns(given)
    assert (refused.value.size, auditor.size(), auditor.kept("fraud")) == (6, 6, [])


@pytest.mark.parametrize("given", [asked(6, 6, FORK), asked(0, 6, FORK), asked(6, 9, FORK)])
def test_a_second_history_is_refused_and_both_signed_checkpoints_are_kept(auditor: Auditor, given: str) -> None:
    auditor.cosigns(asked(0, 6))
    done = run("witness", "cosign", "--state", str(auditor.state.folder), given=given)
    assert (done.returncode, done.stdout) == (5, "old 6\n")
    (kept,) = auditor.kept("fraud")
    assert str(kept) in done.stderr
    before, _, offered = kept.read_text(encoding="utf-8").partition("--- proof given\n")
    for part, log in ((before.partition("before\n")[2], LOG), (offered.partition("then\n")[2], FORK)):
        note = parse_note(part.removesuffix("\n").encode() if part.endswith("\n\n") else part.encode())
        assert KEY.verifier() in verified(note, [KEY.verifier()])
        assert note.text in {checkpoint(6, log), checkpoint(9, log)}
    assert auditor.size() == 6
    auditor.cosigns(asked(6, 9))


def test_the_same_fraud_is_kept_once(auditor: Auditor) -> None:
    auditor.cosigns(asked(0, 6))
    for _ in range(3):
        with pytest.raises(Refused, match="split view"):
            auditor.cosigns(asked(6, 6, FORK))
    assert len(auditor.kept("fraud")) == 1


def test_a_proof_from_nothing_is_refused_and_is_no_fraud(auditor: Auditor) -> None:
    with pytest.raises(Refused, match="nothing to prove"):
        auditor.cosigns(asked(3, 6).replace("old 3", "old 0"))
    assert auditor.kept("fraud") == []


def test_a_log_nobody_trusts_is_not_cosigned(auditor: Auditor) -> None:
    other = SignerKey("other.synthetic/log", KEY.seed)
    text = checkpoint(6, origin=other.name)
    given = request(0, 6, text=Note(text, (sign_note(text, other),)).data().decode())
    with pytest.raises(UnknownLog, match="a person decides"):
        auditor.cosigns(given)
    assert run("witness", "cosign", "--state", str(auditor.state.folder), given=given).returncode == 6


def test_a_checkpoint_the_log_did_not_sign_is_not_cosigned(auditor: Auditor) -> None:
    forged = noted(6).replace("\u2014 cases", "\u2014 Cases")
    for given in (asked(0, 6, key=NEXT), request(0, 6, text=forged)):
        with pytest.raises(NotSigned, match="not signed by the key trusted"):
            auditor.cosigns(given)
        assert run("witness", "cosign", "--state", str(auditor.state.folder), given=given).returncode == 4
    assert auditor.size() == 0


def test_killed_between_writing_and_answering_it_has_said_less_than_it_remembers(auditor: Auditor) -> None:
    auditor.cosigns(asked(0, 5))
    code = (
        "from pathlib import Path\nfrom npm_cases.proving.witness import State, cosign_request\n"
        f"cosign_request(State(Path({str(auditor.state.folder)!r})), {asked(5, 9)!r}, {AT}, after_writing=die)"
    )
    assert run_killed_at(code) == -9
    assert auditor.size() == 9
    with pytest.raises(Refused, match="split view"):
        auditor.cosigns(asked(5, 9, FORK))
    auditor.cosigns(asked(5, 9))


def test_of_two_histories_sent_at_once_only_one_is_cosigned(auditor: Auditor) -> None:
    auditor.cosigns(asked(0, 5))
    sent = [asked(5, 9), asked(5, 9, FORK), asked(5, 9, FORK), asked(5, 9)]
    with ThreadPoolExecutor(4) as at_once:
        folder = str(auditor.state.folder)
        runs = list(at_once.map(lambda given: run("witness", "cosign", "--state", folder, given=given), sent))
    codes = [each.returncode for each in runs]
    assert codes in ([0, 5, 5, 0], [5, 0, 0, 5])
    assert len(auditor.kept("fraud")) == 1


def test_two_copies_of_a_log_from_one_backup_are_told_apart(auditor: Auditor, tmp_path: Path) -> None:
    """Both signers hold the real key and an honest mark; only somebody outside can see that there are two."""
    files = [signer.Files(tmp_path / f"key{number}", tmp_path / f"mark{number}") for number in (1, 2)]
    vkey = parse_vkey(signer.init(files[0], "twice.synthetic/log"))
    files[1].key.write_bytes(files[0].key.read_bytes())
    files[1].key.chmod(0o600)
    files[1].mark.write_bytes(files[0].mark.read_bytes())
    witness.trust(auditor.state, vkey.text())
    for pair, log in zip(files, (LOG, FORK), strict=True):
        text = Checkpoint(vkey.name, 9, root_of(log, 9)).text()
        note = signer.sign(pair, request(0, 9, log, text=text))
        given = request(0, 9, log, text=note)
        if log is LOG:
            auditor.cosigns(given)
        else:
            with pytest.raises(Refused, match="split view"):
                auditor.cosigns(given)
    assert len(auditor.kept("fraud")) == 1


def test_a_log_forged_with_the_stolen_key_finds_no_witness(auditor: Auditor) -> None:
    true = parse_note(noted(9).encode())
    line = auditor.cosigns(asked(0, 9))
    forged = parse_note(noted(12, FORK).encode())
    with pytest.raises(Refused):
        auditor.cosigns(asked(9, 12, FORK))
    assert verified(forged, [KEY.verifier()]) == [KEY.verifier()]
    assert cosigned_at(forged, auditor.key) is None
    carried_over = Note(forged.text, (*forged.lines, line))
    assert cosigned_at(carried_over, auditor.key) is None
    with pytest.raises(NoteWrong, match="invalid signature"):
        verified(carried_over, [KEY.verifier(), auditor.key])
    own_witness = SignerKey(auditor.key.name, bytes(32), 4)
    from_thief = cosign(forged.text, own_witness, AT)
    assert cosigned_at(Note(forged.text, (*forged.lines, from_thief)), auditor.key) is None
    assert cosigned_at(Note(true.text, (line,)), auditor.key) == AT


def test_another_key_is_not_trusted_silently(auditor: Auditor, tmp_path: Path) -> None:
    auditor.cosigns(asked(0, 6))
    state = ["--state", str(auditor.state.folder)]
    vkey = NEXT.verifier().text()
    assert run("witness", "trust", "--key", KEY.verifier().text(), *state).returncode == 0
    refused = run("witness", "trust", "--key", vkey, *state)
    assert (refused.returncode, refused.stdout) == (5, "old 6\n")
    assert run("witness", "trust", "--key", vkey, "--replace", *state).returncode == 7
    rotation = tmp_path / "rotation.json"
    rotation.write_text(statement(), encoding="utf-8")
    assert run("witness", "trust", "--key", vkey, "--rotation", str(rotation), *state).returncode == 7
    with pytest.raises(NotSigned):
        auditor.cosigns(asked(6, 9, key=NEXT))
    followed = run("witness", "trust", "--key", vkey, "--replace", "--rotation", str(rotation), *state)
    assert (followed.returncode, followed.stdout) == (0, f"trusted: {vkey}\n")
    auditor.cosigns(asked(6, 9, key=NEXT))
    with pytest.raises(NotSigned):
        auditor.cosigns(asked(9, 12))


@pytest.mark.parametrize(
    "said",
    [
        statement(signed_by_old="00" * 64),
        statement(signed_by_new="00" * 64),
        statement(old=NEXT, new=NEXT),
        statement(NEXT, KEY),
        statement(new=SignerKey(ORIGIN, bytes(32))),
        statement(signed_by_old="no hex"),
        statement(old_key="no key"),
        statement(old_key=NEXT.verifier().text()),
        statement(new_key=KEY.verifier().text()),
        "[]",
        "{}",
        "cut off {",
    ],
)
def test_a_rotation_that_does_not_lead_from_the_trusted_key_is_refused(auditor: Auditor, said: str) -> None:
    with pytest.raises(RotationWrong):
        witness.trust(auditor.state, NEXT.verifier().text(), said)
    auditor.cosigns(asked(0, 6))


def test_the_rotation_as_the_signer_prints_it_is_followed(auditor: Auditor, tmp_path: Path) -> None:
    files = signer.Files(tmp_path / "key", tmp_path / "mark")
    witness.trust(auditor.state, signer.init(files, "rotating.synthetic/log"))
    said = tmp_path / "rotation.json"
    said.write_text(
        run("signer", "rotate", "--key", str(files.key), "--mark", str(files.mark)).stdout, encoding="utf-8"
    )
    new = signer.activate(files)
    arguments = ["--state", str(auditor.state.folder), "--key", new, "--replace", "--rotation", str(said)]
    assert run("witness", "trust", *arguments).returncode == 0
    text = checkpoint(6, origin="rotating.synthetic/log")
    auditor.cosigns(request(0, 6, text=signer.sign(files, request(0, 6, text=text))))


def test_after_a_declared_restore_it_begins_again_and_keeps_what_was(auditor: Auditor) -> None:
    state = ["--state", str(auditor.state.folder)]
    assert run("witness", "accept-restore", "--origin", ORIGIN, *state).returncode == 5
    assert run("witness", "accept-restore", "--origin", "other", *state).returncode == 6
    auditor.cosigns(asked(0, 9))
    assert run("witness", "accept-restore", "--origin", ORIGIN, *state).returncode == 0
    assert auditor.size() == 0
    (kept,) = auditor.kept("lost")
    note = parse_note(kept.read_bytes())
    assert (note.text, cosigned_at(note, auditor.key)) == (checkpoint(9), AT)
    auditor.cosigns(asked(0, 6, FORK))


def test_a_request_in_a_file_is_cosigned_at_the_present_time(auditor: Auditor, tmp_path: Path) -> None:
    given = tmp_path / "request.txt"
    given.write_text(asked(0, 6), encoding="utf-8")
    done = run("witness", "cosign", "--state", str(auditor.state.folder), str(given))
    cosigned = parse_note((noted(6) + done.stdout).encode())
    assert (cosigned_at(cosigned, auditor.key) or 0) > AT


def test_a_key_is_never_made_over_another(auditor: Auditor) -> None:
    done = run("witness", "init", "--state", str(auditor.state.folder), "--name", "again")
    assert done.returncode == 2
    assert witness.show(auditor.state)["key"] == auditor.key.text()


def test_only_the_key_of_a_log_is_trusted_as_one(auditor: Auditor) -> None:
    with pytest.raises(NoteWrong, match="not a log's"):
        witness.trust(auditor.state, auditor.key.text())


def test_every_cut_record_of_a_log_is_found(auditor: Auditor) -> None:
    auditor.cosigns(asked(0, 6))
    (path,) = auditor.state.logs()
    whole = path.read_bytes()
    for length in range(len(whole) - 2):  # the last two bytes are space
        path.write_bytes(whole[:length])
        with pytest.raises(KeptFileWrong):
            auditor.cosigns(asked(6, 9))
    path.write_bytes(whole.replace(ORIGIN.encode(), b"other"))
    with pytest.raises(KeptFileWrong):
        auditor.cosigns(asked(6, 9))


def test_the_record_of_another_log_is_not_taken_for_this_one(auditor: Auditor) -> None:
    witness.trust(auditor.state, SignerKey("other.synthetic/log", KEY.seed).verifier().text())
    auditor.state.log(ORIGIN).write_bytes(auditor.state.log("other.synthetic/log").read_bytes())
    with pytest.raises(KeptFileWrong, match="of another log"):
        auditor.cosigns(asked(0, 6))


def test_a_folder_without_a_witness_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "away"):
        done = run("witness", "show", "--state", str(folder))
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "given", [b"", b"\xff", b"old 0\n\nno note\n", asked(0, 6).encode()[:-1], request(0, 6).encode()]
)
def test_what_cannot_be_read_is_no_refusal(auditor: Auditor, given: bytes) -> None:
    command = [sys.executable, "-m", "npm_cases.proving.witness", "cosign", "--state", str(auditor.state.folder)]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (7, b"")
    assert b"Traceback" not in done.stderr


def test_a_note_full_of_other_signatures_does_not_spoil_the_record(auditor: Auditor) -> None:
    note = parse_note(noted(6).encode())
    crowd = tuple(Line(f"unknown{number}", b"four", b"signature") for number in range(99))
    auditor.cosigns(request(0, 6, text=Note(note.text, (*crowd, *note.lines)).data().decode()))
    assert auditor.cosigns(asked(6, 9)).name == auditor.key.name
