"""The log signed by a program of its own: kept, proved, mailed; refused once the database goes back (FAULTS F73)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput, ConfigurationError, Conflict, IntegrityBroken, NotAllowed, SigningRefused
from npm_cases.history.checkpoints import Checkpoint, parse_checkpoint
from npm_cases.history.notes import VerifierKey, parse_note, parse_vkey, verified
from npm_cases.history.signatures import new_seed
from npm_cases.history.signing import SignerKey, cosign
from npm_cases.history.tlog_proofs import parse_proof
from npm_cases.history.tree import check_inclusion, root_of
from npm_cases.services.checkpoints import (
    add_cosignatures,
    declare_restore,
    is_due,
    proof_of,
    prove,
    request,
    rotate_log_key,
)
from npm_cases.services.office_acts import DECLARE_RESTORE, ROTATE_LOG_KEY, propose
from npm_cases.services.verify import verify
from tests.databases import put_back, set_aside
from tests.makers import (
    AUDITOR,
    CASEWORKER,
    MON_2_MAR,
    a_caseload,
    a_recommendation,
    an_allegation,
    an_app,
    seconded,
    walk,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_AN_HOUR = "2026-03-02T06:00:00.000000Z"
TOMORROW = "2026-03-03T05:00:00.000000Z"


def log_key(app: App) -> VerifierKey:
    with app.office.open_reading() as work:
        (row,) = work.rows("meta", {"name": "log_key"})
    return parse_vkey(row["value"])


def test_a_checkpoint_is_signed_over_all_entries_and_verifies_under_the_key_of_the_log(any_app: App) -> None:
    a_caseload(any_app, 50)
    made = any_app.checkpoint(MON_2_MAR)
    note = parse_note(made.note.encode())
    assert verified(note, [log_key(any_app)]) == [log_key(any_app)]
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (any_app.office.origin, made.size, made.root)
    with any_app.reader as reader:
        assert made.size == reader.tree().size() > 128
        found = verify(any_app.office, reader, MON_2_MAR)
    assert (found.findings, found.level, found.covers) == ((), 1, made.size)


def test_every_event_is_proved_against_it_and_a_newer_one_not_yet(any_app: App) -> None:
    created = a_recommendation(any_app, "served")
    any_app.checkpoint(MON_2_MAR)
    proof = parse_proof(prove(any_app.office, any_app.log, created.number, 1, AUDITOR).text())
    checkpoint = parse_checkpoint(parse_note(proof.checkpoint.encode()).text)
    leaf = bytes.fromhex(created.receipt.leaf)
    check_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    newer = walk(any_app, created.number, "acknowledged").receipt
    any_app.sequence()
    with pytest.raises(Conflict, match="newer than the newest checkpoint"):
        prove(any_app.office, any_app.log, created.number, newer.seq, AUDITOR)


def test_a_receipt_nobody_can_find_is_proof_of_removal(app: App) -> None:
    receipt = an_allegation(app).receipt
    app.checkpoint(MON_2_MAR)
    with app.log() as log:
        found = proof_of(app.log, receipt.case, receipt.seq, receipt.leaf)
        assert log.node(0, found.index).hex() == receipt.leaf
    with pytest.raises(IntegrityBroken, match="replaced"):
        proof_of(app.log, receipt.case, receipt.seq, "0" * 64)
    with pytest.raises(IntegrityBroken, match="removed"):
        proof_of(app.log, receipt.case, 99, receipt.leaf)


def test_one_is_due_with_new_entries_after_the_interval_and_without_any_after_a_day(app: App) -> None:
    with app.log() as log:
        assert is_due(log, MON_2_MAR, HOUR, DAY)
    app.checkpoint(MON_2_MAR)
    with app.log() as log:
        assert not is_due(log, IN_AN_HOUR, HOUR, DAY)
        assert is_due(log, TOMORROW, HOUR, DAY), "a heartbeat: silence is a signal"
    a_recommendation(app)
    app.sequence()
    with app.log() as log:
        assert not is_due(log, MON_2_MAR, HOUR, DAY)
        assert is_due(log, IN_AN_HOUR, HOUR, DAY)


def test_what_the_signer_signed_and_we_lost_in_dying_is_asked_for_again(app: App) -> None:
    app.checkpoint(MON_2_MAR)
    a_caseload(app, 10)
    with app.log() as log:
        size, old = log.size(), log.last_checkpoint()
        assert old is not None
        text = Checkpoint(app.office.origin, size, root_of(log.node, size)).text()
        app.signer.sign(request(log, old.size, text))  # answered, and we died before it was kept
    a_caseload(app, 12)
    assert app.checkpoint(MON_2_MAR).size > size


def test_witnesses_are_kept_only_where_their_signature_holds(app: App) -> None:
    made = app.checkpoint(MON_2_MAR)
    witness, stranger = (SignerKey(name, new_seed(), 4) for name in ("ngo.example/w", "else.example/w"))
    text = made.note.partition("\n\n")[0] + "\n"
    cosigned = made.note.encode() + cosign(text, witness, 1_772_400_000).text().encode()
    key = witness.verifier().text()
    with pytest.raises(BadInput, match="none of the witness keys"):
        add_cosignatures(app.office, app.log, cosigned, [stranger.verifier().text()], MON_2_MAR)
    assert add_cosignatures(app.office, app.log, cosigned, [key], MON_2_MAR) == 1
    assert add_cosignatures(app.office, app.log, cosigned, [key], MON_2_MAR) == 0
    with app.log() as log:
        last = log.last_checkpoint()
        assert last is not None
        assert last.whole == cosigned.decode()


def test_the_key_is_rotated_by_two_people_and_old_checkpoints_still_verify(app: App) -> None:
    app.checkpoint(MON_2_MAR)
    old = log_key(app)
    rotate_log_key(app.office, app.signer, seconded(app, ROTATE_LOG_KEY), MON_2_MAR)
    new = log_key(app)
    assert new != old
    made = app.checkpoint(MON_2_MAR)
    assert verified(parse_note(made.note.encode()), [new]) == [new]
    with app.reader as reader:
        found = verify(app.office, reader, MON_2_MAR)
    assert (found.findings, found.level, found.covers) == ((), 1, made.size)


def roll_back(app: App, folder: Path) -> App:
    """Put yesterday's copy of the database in the place of today's."""
    app.close()
    put_back(folder / "cases.db", app.settings.data_dir)
    return build(app.settings)


def yesterday(app: App, folder: Path) -> None:
    app.checkpoint(MON_2_MAR)
    app.close()  # it opens again by itself
    set_aside(app.settings.data_dir, folder / "cases.db")


def test_nothing_is_signed_once_an_old_copy_stands_in_the_place_of_the_database(app: App, tmp_path: Path) -> None:
    a_caseload(app, 5)
    yesterday(app, tmp_path)
    an_allegation(app)
    kept = app.checkpoint(MON_2_MAR)
    old = roll_back(app, tmp_path)
    with pytest.raises(SigningRefused, match="an old copy of the database was put in place") as refused:
        old.checkpoint(MON_2_MAR)
    assert refused.value.size == kept.size
    for _ in range(3):
        an_allegation(old)  # working on makes it longer, and no less another history
    with pytest.raises(SigningRefused, match="not shown to continue"):
        old.checkpoint(MON_2_MAR)
    with old.reader as reader:
        found = verify(old.office, reader, MON_2_MAR)
    assert found.findings == (), "a database rolled back as a whole agrees with itself: only the outside knows"
    old.close()


def test_a_restore_on_purpose_is_declared_by_two_people_and_goes_on_openly(app: App, tmp_path: Path) -> None:
    yesterday(app, tmp_path)
    an_allegation(app)
    lost = app.checkpoint(MON_2_MAR)
    old = roll_back(app, tmp_path)
    with pytest.raises(BadInput, match="nothing was lost"):
        declare_restore(app.office, app.log, _Standing(app), seconded(app, DECLARE_RESTORE), MON_2_MAR)
    with pytest.raises(NotAllowed):
        seconded_by_nobody(old)
    declared = declare_restore(old.office, old.log, old.signer, seconded(old, DECLARE_RESTORE), MON_2_MAR)
    assert (declared.size, declared.root) == (lost.size, lost.root)
    made = old.checkpoint(MON_2_MAR)
    with old.reader as reader:
        found = verify(old.office, reader, MON_2_MAR)
    assert (found.findings, found.covers) == ((), made.size)
    with pytest.raises(BadInput, match="nothing was lost"):
        declare_restore(old.office, old.log, old.signer, seconded(old, DECLARE_RESTORE), MON_2_MAR)
    old.close()


def seconded_by_nobody(app: App) -> None:
    propose(app.office, DECLARE_RESTORE, CASEWORKER, MON_2_MAR)


class _Standing:
    """A signer who stands just where the log is."""

    def __init__(self, app: App) -> None:
        self._signer = app.signer
        with app.log() as log:
            self._mark = Checkpoint(app.office.origin, log.size(), root_of(log.node, log.size()))

    def mark(self) -> object:
        return self._mark

    def __getattr__(self, name: str) -> object:
        return getattr(self._signer, name)


@pytest.mark.parametrize("file", ["log.key", "high-water"])
def test_a_signer_without_its_key_or_mark_signs_nothing_and_reading_goes_on(app: App, file: str) -> None:
    app.checkpoint(MON_2_MAR)
    (app.settings.data_dir / "signer" / file).unlink()
    with pytest.raises(ConfigurationError, match="the signer cannot sign"):
        app.checkpoint(MON_2_MAR)
    with app.reader as reader:
        assert verify(app.office, reader, MON_2_MAR).findings == ()


def test_a_signer_of_another_log_is_not_believed(app: App, tmp_path: Path) -> None:
    other = an_app(tmp_path / "other")
    shutil.rmtree(app.settings.data_dir / "signer")
    shutil.copytree(other.settings.data_dir / "signer", app.settings.data_dir / "signer")
    with pytest.raises(SigningRefused, match="this is the signer of"):
        app.checkpoint(MON_2_MAR)
    other.close()


def test_a_mark_that_was_set_back_is_told_and_a_declared_restore_is_not(app: App) -> None:
    first = app.checkpoint(MON_2_MAR)
    mark = app.settings.data_dir / "signer" / "high-water"
    old = mark.read_bytes()
    a_caseload(app, 3)
    assert app.checkpoint(MON_2_MAR).size > first.size
    mark.write_bytes(old)
    an_allegation(app)
    app.checkpoint(MON_2_MAR)
    with app.office.open_reading() as work:
        (incident,) = work.rows("incidents", {"kind": "signer_set_back"})
    assert f"stood at {first.size}" in incident["what"]


def test_a_checkpoint_slipped_in_beyond_the_log_is_refused_by_the_database(any_app: App) -> None:
    any_app.checkpoint(MON_2_MAR)
    with pytest.raises(IntegrityBroken, match="go on from the last one"), any_app.office.open_work() as work:
        work.insert("checkpoints", {"number": 2, "size": 10_000_000, "root": b"x" * 32, "note": "n", "at": MON_2_MAR})
