"""Two continuations of one log, a stolen key, a server that lies: what the outside sees of each (FAULTS F74-F76)."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.history.base64_text import encoded
from npm_cases.history.checkpoint_requests import CheckpointRequest
from npm_cases.history.checkpoints import Checkpoint, parse_checkpoint
from npm_cases.history.notes import Note, VerifierKey, parse_note, parse_vkey, verified
from npm_cases.history.signing import SignerKey, sign_note
from npm_cases.history.tlog_proofs import TlogProof, parse_proof
from npm_cases.history.tree import (
    ProofWrong,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    root_of,
)
from npm_cases.persistence.signer_program import KEY_FILE
from npm_cases.proving import signer, witness
from npm_cases.proving.kept_files import read_key
from npm_cases.proving.trust import Trust, kept_checkpoint, log_key
from npm_cases.proving.witness import Refused, State, cosign_request
from npm_cases.services.checkpoints import add_cosignatures, proof_of, request, rotate_log_key
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.office_acts import ROTATE_LOG_KEY
from npm_cases.services.verify import Verification, verify
from tests.audit.bench import Bench
from tests.audit.made_log import FORK, LARGEST, LEAVES, LOG, ORIGIN
from tests.audit.programs import begun, settled
from tests.databases import copied
from tests.faults.checker import LATER
from tests.makers import MON_2_MAR, a_caseload, a_recommendation, an_app, seconded, settings_of

AT = 1_780_000_000


@dataclass(frozen=True)
class Watcher:
    """A witness outside, and the key it is known by."""

    state: State
    key: VerifierKey

    def cosigns(self, app: App, made: StoredCheckpoint, old: int = 0) -> str:
        with app.log() as log:
            return cosign_request(self.state, request(log, old, made.note).decode(), AT)


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    state = State(tmp_path / "witness")
    return Watcher(state, parse_vkey(witness.init(state, "witness.synthetic/one")))


@pytest.fixture
def app(tmp_path: Path, watcher: Watcher) -> Iterator[App]:
    """An installation whose first checkpoint the witness has signed."""
    made = an_app(tmp_path / "data")
    a_caseload(made, 5)
    witness.trust(watcher.state, made.signer.key())
    first = made.checkpoint(MON_2_MAR)
    line = watcher.cosigns(made, first)
    add_cosignatures(made.office, made.log, first.note.encode() + line.encode(), [watcher.key.text()], MON_2_MAR)
    yield made
    made.close()


# --- F74: two continuations


def test_of_two_continuations_of_one_log_the_witness_signs_the_first_and_keeps_both(
    app: App, watcher: Watcher, tmp_path: Path
) -> None:
    with app.log() as log:
        first = log.last_checkpoint()
    assert first is not None
    app.close()
    copied(tmp_path / "data", tmp_path / "twin")  # everything of one backup: database, keys, signer
    notes = {}
    for folder, states in (("data", ("served", "issued")), ("twin", ("issued", "served"))):
        one = build(settings_of(tmp_path / folder))
        for state in states:
            a_recommendation(one, state, title=f"Of the {folder}")
        made = notes[folder] = one.checkpoint(MON_2_MAR)
        if folder == "data":
            watcher.cosigns(one, made, first.size)
        else:
            with pytest.raises(Refused, match="split view"):
                watcher.cosigns(one, made, first.size)
        one.close()
    assert notes["data"].size == notes["twin"].size
    (kept,) = watcher.state.folder.glob("fraud-*.txt")
    text = kept.read_text(encoding="utf-8")
    for made in notes.values():
        assert made.note in text, "both signed checkpoints are the proof"
        assert verified(parse_note(made.note.encode()), [log_key(build_key(tmp_path))])


def build_key(folder: Path) -> str:
    app = build(settings_of(folder / "data"))
    key = app.signer.key()
    app.close()
    return key


def test_two_auditors_who_compare_see_a_split_view_without_a_witness(app: App, tmp_path: Path) -> None:
    app.close()
    copied(tmp_path / "data", tmp_path / "twin")
    twin = build(settings_of(tmp_path / "twin"))
    a_recommendation(twin, "issued", title="Of the twin")
    kept = kept_checkpoint("sister.txt", twin.checkpoint(MON_2_MAR).whole.encode())
    key = log_key(twin.signer.key())
    twin.close()
    own = build(settings_of(tmp_path / "data"))
    a_recommendation(own, "issued", title="Of the first")
    own.checkpoint(MON_2_MAR)
    told = found(own, Trust((key,), (kept,)))
    own.close()
    assert any("sister.txt does not fit" in one.what and "two roots are stated" in one.what for one in told.findings)


def found(app: App, trust: Trust) -> Verification:
    with app.reader as reader:
        return verify(app.office, reader, LATER, trust)


# --- F75: the log's key is stolen


@pytest.mark.sqlite("the file is changed by hand")
def test_a_log_forged_with_the_real_key_has_no_quorum(app: App, watcher: Watcher) -> None:
    trust = Trust((log_key(app.signer.key()),), (), (watcher.key,), 1)
    with app.log() as log:
        true = log.last_checkpoint()
    assert true is not None
    kept = replace(trust, kept=(kept_checkpoint("first.txt", true.whole.encode()),))
    assert (found(app, kept).level, found(app, kept).findings) == (3, ())
    bench = Bench(app.settings.data_dir)
    forged = begun(bench, len(bench.rows["case_events"]))
    members = {**forged.lines[3].members, "actor": "somebody-else"}
    forged.lines[3] = replace(forged.lines[3], members=members)
    tables = settled(forged, bench, is_signed_anew=True)
    with bench.laid(tables):
        told = bench.verify(trust)
        assert (told.findings, told.level) == ((), 1), "it holds by itself, and reaches no further"
        assert any("0 of your witnesses" in note or "no checkpoint you kept" in note for note in told.notes)
        assert any("first.txt does not fit" in one.what for one in bench.verify(kept).findings)
    carried = [{**row, "checkpoint": 1} for row in bench.rows["cosignatures"]]
    with bench.laid({**tables, "cosignatures": carried}):
        assert any("does not hold" in one.what for one in bench.verify(trust).findings), "a line carried over is seen"
    bench.close()


def test_the_rotation_drill_completes_and_witness_and_auditor_follow(app: App, watcher: Watcher) -> None:
    began = time.monotonic()
    old_key = app.signer.key()
    with app.log() as log:
        before = log.last_checkpoint()
    assert before is not None
    said = rotate_log_key(app.office, app.signer, seconded(app, ROTATE_LOG_KEY), MON_2_MAR)
    made = app.checkpoint(MON_2_MAR)
    with pytest.raises(witness.NotSigned):
        watcher.cosigns(app, made, before.size)
    witness.trust(watcher.state, said["new_key"], json.dumps(dict(said)))
    watcher.cosigns(app, made, before.size)
    told = found(app, Trust((log_key(old_key),)))
    assert (told.findings, told.level, told.covers) == ((), 1, made.size)
    assert time.monotonic() - began < 60, "a drill takes a minute, not an hour"
    thief = read_old_key_is_gone(app)
    assert thief.text() == said["new_key"], "the old key lies nowhere any more"


def read_old_key_is_gone(app: App) -> VerifierKey:
    return read_key(app.settings.data_dir / "signer" / KEY_FILE).verifier()


# --- F76: a server that lies


def lies_about(proof: Sequence[bytes], other: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Yield every simple lie about a proof: a bit changed, a hash dropped, doubled, swapped, or taken from another log."""
    honest = tuple(proof)
    for place, each in enumerate(honest):
        yield (*honest[:place], bytes([each[0] ^ 1]) + each[1:], *honest[place + 1 :])
        yield honest[:place] + honest[place + 1 :]
        yield (*honest[:place], each, *honest[place:])
        if place and honest[place - 1] != each:
            yield (*honest[: place - 1], each, honest[place - 1], *honest[place + 1 :])
    yield (*honest, bytes(32))
    if tuple(other) != honest:
        yield tuple(other)


SIZES = (1, 2, 3, 5, 6, 8, 9, 33, 64, 65, LARGEST)


def test_no_forged_inclusion_proof_is_accepted() -> None:
    tried = 0
    for size in SIZES:
        root = root_of(LOG, size)
        for index in range(0, size, max(1, size // 5)):
            proof = inclusion_proof(LOG, index, size)
            check_inclusion(LEAVES[index], index, size, proof, root)
            for lie in lies_about(proof, inclusion_proof(FORK, index, size)):
                tried += 1
                with pytest.raises(ProofWrong):
                    check_inclusion(LEAVES[index], index, size, lie, root)
            for wrong_index, wrong_size in ((index + 1, size), (index, min(size + 1, LARGEST)), (size, size)):
                if (wrong_index, wrong_size) != (index, size):
                    tried += 1
                    with pytest.raises(ProofWrong):
                        check_inclusion(LEAVES[index], wrong_index, wrong_size, proof, root_of(LOG, wrong_size))
    assert tried > 300


def test_no_forged_consistency_proof_is_accepted_by_verifier_or_witness(tmp_path: Path) -> None:
    app_key = key_of_a_log(tmp_path)
    tried = 0
    for old in (1, 3, 5, 6, 9, 33, 64):
        state = State(tmp_path / f"witness-{old}")
        witness.init(state, "witness.synthetic/two")
        witness.trust(state, app_key.verifier().text())
        cosign_request(state, asked(app_key, 0, old, ()), AT)
        for new in (size for size in SIZES if size > old):
            proof = consistency_proof(LOG, old, new)
            for lie in lies_about(proof, consistency_proof(FORK, old, new)):
                if len(lie) > 60:
                    continue
                tried += 1
                with pytest.raises(ProofWrong):
                    check_consistency(old, root_of(LOG, old), new, root_of(LOG, new), lie)
                with pytest.raises(Refused):
                    cosign_request(state, asked(app_key, old, new, lie), AT)
        assert witness.show(state)["logs"][0]["size"] == old, "nothing it refused moved it"
    assert tried > 100


def key_of_a_log(folder: Path) -> SignerKey:
    files = signer.Files(folder / "log.key", folder / "mark")
    signer.init(files, ORIGIN)
    return read_key(files.key)


def asked(key: SignerKey, old: int, new: int, proof: Sequence[bytes]) -> str:
    text = Checkpoint(ORIGIN, new, root_of(LOG, new)).text()
    note = Note(text, (sign_note(text, key),)).data().decode()
    return CheckpointRequest(old, tuple(proof), note).text()


def test_a_proof_page_with_a_lie_in_it_is_not_believed(app: App) -> None:
    """An auditor takes a page of proof from the server, and every page with a byte of it changed."""
    with app.log() as log:
        chain, seq = log.named(3)
    page, key = proof_of(app.log, chain, seq).text(), log_key(app.signer.key())
    with app.log() as log:
        entry = log.entry(chain, seq)
    assert entry is not None
    assert is_believed(page, entry[1], key)
    pages = [page.replace(encoded(each), encoded(bytes(32)), 1) for each in parse_proof(page).hashes]
    pages += [page.replace("index 3", "index 4"), page.replace("index 3", "index 03")]
    lines = page.split("\n")[: -1 - 1]  # without the line of the witness: its key is not asked for here
    pages += ["\n".join([*lines[:place], *lines[place + 1 :]]) for place in range(len(lines))]
    believed = [one for one in pages if is_believed(one, entry[1], key)]
    assert believed == []
    assert not is_believed(page, bytes(32), key)


def is_believed(page: str, leaf: bytes, key: VerifierKey) -> bool:
    try:
        proof: TlogProof = parse_proof(page)
        note = parse_note(proof.checkpoint.encode())
        verified(note, [key])
        checkpoint = parse_checkpoint(note.text)
        check_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    except ValueError:
        return False
    return True
