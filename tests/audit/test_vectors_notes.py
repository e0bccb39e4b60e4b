"""Signed notes, checkpoints and proofs against published vectors (golang/mod, C2SP, transparency-dev/formats)."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings, strategies as some

from npm_cases.history.checkpoint_requests import CheckpointRequest, RequestWrong, parse_request
from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.notes import (
    COSIGNATURE,
    MOST_BYTES,
    Line,
    Note,
    NoteWrong,
    VerifierKey,
    cosignature_time,
    cosigned_at,
    key_id_of,
    parse_line,
    parse_note,
    parse_vkey,
    verified,
)  # fmt: skip
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import holds, new_seed, public_of, signed
from npm_cases.history.signing import SignerKey, cosign, parse_signer_key, sign_note
from npm_cases.history.tlog_proofs import TlogProof, parse_proof
from npm_cases.history.tree import EMPTY_ROOT, ProofWrong
from tests.audit.test_vectors_tree import vectors

# The key of the published signing example (golang/mod, sumdb/note/note_test.go): known to everybody, used by nobody.
PUBLISHED_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
LOG = SignerKey("cases.synthetic/log", bytes(range(32)))
WITNESS = SignerKey("witness.synthetic/one", bytes(range(1, 33)), COSIGNATURE)
TEXT = Checkpoint(LOG.name, 7, bytes(32)).text()

# Published as readable in the general format; refused here, because a root must hold 32 bytes and nothing may follow it.
STRICTER = {"valid one", "valid with different origin", "valid with trailing data", "multiple trailing lines"}


def note_vectors() -> dict[str, Any]:
    return vectors("signed_note_vectors.json")


def format_vectors() -> dict[str, Any]:
    return vectors("checkpoint_and_proof_format.json")


def opened(case: dict[str, Any]) -> tuple[list[str], list[str]]:
    data = base64.b64decode(case["note_base64"]) if "note_base64" in case else case["note"].encode()
    note = parse_note(data)
    assert note.data() == data
    keys = verified(note, [parse_vkey(text) for text in case["trusted"]])
    names = [key.name for key in keys]
    return names, list(dict.fromkeys(line.name for line in note.lines if line.name not in names))


def test_every_published_note_opens_or_is_refused_as_published() -> None:
    said = {"malformed note": "note|line|key name"}
    for case in note_vectors()["open"]:
        if case["accept"]:
            assert opened(case) == (case["verified"], case["unverified"]), case["desc"]
        else:
            with pytest.raises(NoteWrong, match=said.get(case["error"], case["error"])):
                opened(case)


def test_the_published_text_is_signed_with_the_published_bytes() -> None:
    example = note_vectors()["sign"]
    key = parse_signer_key(PUBLISHED_KEY)
    assert Note(example["text"], (sign_note(example["text"], key),)).data().decode() == example["want"]


def test_every_published_verifier_key_reads_and_writes_back() -> None:
    valid = note_vectors()["vkey_valid"] + format_vectors()["cosignature"]["vkeys_valid"]
    assert [parse_vkey(text).text() for text in valid] == valid
    assert [parse_vkey(text).algorithm for text in valid] == [1, 1, 1, 1, 4]


def test_every_part_of_a_verifier_key_and_every_changed_one_is_refused() -> None:
    check_mutations_refused(note_vectors()["vkey_valid"][0], note_vectors()["vkey_invalid"]["explicit"])


def test_every_part_of_our_own_keys_and_every_changed_one_is_refused() -> None:
    for key in (LOG, WITNESS):
        check_mutations_refused(key.verifier().text(), [])


def check_mutations_refused(text: str, explicit: list[str]) -> None:
    parts = [text[a:b] for a in range(len(text)) for b in range(a, len(text) + 1) if text[a:b] != text]
    changed = [text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :] for at in range(len(text))]
    read = []
    for each in [*parts, *changed, *explicit]:
        try:
            read.append(parse_vkey(each))
        except NoteWrong:
            continue
    assert read == []


def test_every_published_checkpoint_reads_as_published_or_is_refused_on_purpose() -> None:
    cases = format_vectors()["checkpoint_parse"] + format_vectors()["strict_extra"]
    assert {case["desc"] for case in cases if case["accept"]} == STRICTER
    for case in cases:
        with pytest.raises(CheckpointWrong):
            parse_checkpoint(case["m"])


def test_the_published_checkpoints_of_other_logs_read() -> None:
    published = format_vectors()
    sumdb = parse_checkpoint(published["sumdb_tree"]["text"])
    assert (sumdb.size, sumdb.text()) == (published["sumdb_tree"]["n"], published["sumdb_tree"]["text"])
    note = parse_note(published["cosignature"]["example_note"].encode())
    assert note.data().decode() == published["cosignature"]["example_note"]
    assert parse_checkpoint(note.text).origin == note.lines[0].name == "example.com/behind-the-sofa"
    assert cosignature_time(note.lines[1]) == 1679315147  # printed in the text of C2SP tlog-cosignature


def test_the_time_of_the_published_cosignature_is_read() -> None:
    stamp = format_vectors()["cosignature"]["timestamp"]
    line = parse_line(f"\u2014 remora.n621.de {stamp['sig_base64']}")
    assert cosignature_time(line) == stamp["unix"]


def test_every_published_proof_reads_as_published() -> None:
    for case in format_vectors()["tlog_proof"]:
        if not case["accept"]:
            with pytest.raises(ProofWrong):
                parse_proof(case["p"])
            continue
        proof = parse_proof(case["p"])
        extra = base64.b64decode(case.get("extra", ""))
        made = TlogProof(case["index"], tuple(map(base64.b64decode, case["hashes"])), case["checkpoint"], extra)
        assert (proof, made.text()) == (made, case["p"]), case["desc"]


@pytest.mark.parametrize(
    "text",
    [
        "c2sp.org/tlog-proof@v1\nindex 00\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint",
        "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63 + "\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 42 + "B=\n\ncheckpoint\n",
    ],
)
def test_a_proof_in_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ProofWrong):
        parse_proof(text)


@pytest.mark.parametrize(
    "text",
    [
        "log\n1\n" + "A" * 42 + "B=\n",
        "log\n1\n" + "a" * 44 + "\n",
        "log\n\u0661\n" + "A" * 43 + "=\n",
        "log\n9223372036854775808\n" + "A" * 43 + "=\n",
        "log\n1 \n" + "A" * 43 + "=\n",
        "log\n1\n" + "A" * 43 + "=\n\n",
        "lo\tg\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_a_checkpoint_in_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(CheckpointWrong):
        parse_checkpoint(text)


origins = some.text(some.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(origins, some.integers(1, 2**63 - 1), some.binary(min_size=32, max_size=32))
def test_what_is_written_as_a_checkpoint_reads_back(origin: str, size: int, root: bytes) -> None:
    made = Checkpoint(origin, size, root)
    assert parse_checkpoint(made.text()) == made
    assert parse_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT).text()).size == 0


@given(some.integers(0, 2**63 - 1), some.binary(min_size=1, max_size=8))
def test_what_is_written_as_a_proof_reads_back(index: int, extra: bytes) -> None:
    made = TlogProof(index, (bytes(32), EMPTY_ROOT), Note(TEXT, (sign_note(TEXT, LOG),)).data().decode(), extra)
    assert parse_proof(made.text()) == made


@given(some.data())
@settings(deadline=None)
def test_a_signed_note_is_refused_or_names_nobody_new_after_any_single_change(data: some.DataObject) -> None:
    note = Note(TEXT, (sign_note(TEXT, LOG), cosign(TEXT, WITNESS, 1_700_000_000)))
    keys = [LOG.verifier(), WITNESS.verifier()]
    assert verified(parse_note(note.data()), keys) == keys
    changed = bytearray(note.data())
    at = data.draw(some.integers(0, len(changed) - 1))
    changed[at] ^= 1 << data.draw(some.integers(0, 7))
    try:
        found = verified(parse_note(bytes(changed)), keys)
    except NoteWrong:
        return
    assert len(found) == 1  # a changed name or id makes a line unknown, and only that one


def test_a_cosignature_holds_at_its_own_time_only() -> None:
    line = cosign(TEXT, WITNESS, 1_700_000_000)
    key = WITNESS.verifier()
    assert cosigned_at(Note(TEXT, (line, cosign(TEXT, WITNESS, 5))), key) == 1_700_000_000
    later = Line(line.name, line.key_id, (1_700_000_001).to_bytes(8, "big") + line.blob[8:])
    assert cosigned_at(Note(TEXT, (later,)), key) is None
    assert cosigned_at(Note(TEXT.replace("7", "8"), (line,)), key) is None
    assert cosigned_at(Note(TEXT, (sign_note(TEXT, LOG),)), LOG.verifier()) is None
    with pytest.raises(NoteWrong, match="invalid signature"):
        verified(Note(TEXT, (Line(line.name, line.key_id, line.blob[:-1]),)), [key])


def test_a_key_of_one_kind_does_not_do_the_work_of_the_other() -> None:
    with pytest.raises(NoteWrong, match="only cosign"):
        sign_note(TEXT, WITNESS)
    with pytest.raises(NoteWrong, match="only a witness"):
        cosign(TEXT, LOG, 1)
    plain = SignerKey(WITNESS.name, WITNESS.seed)
    assert plain.verifier().key_id != WITNESS.verifier().key_id


def test_a_secret_key_reads_back_and_never_shows_its_seed() -> None:
    seed = new_seed()
    key = SignerKey("cases.synthetic/log", seed)
    assert parse_signer_key(key.text()) == key
    assert repr(seed) not in repr(key)
    assert seed.hex() not in repr(key)


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+", LOG.text()[:-1], LOG.text()[1:], LOG.text().replace("+A", "+B")])
def test_a_cut_secret_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(NoteWrong) as refused:
        parse_signer_key(text)
    assert LOG.text()[-20:-1] not in str(refused.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b"])
def test_a_name_with_spaces_or_plus_is_no_key_name(name: str) -> None:
    with pytest.raises(NoteWrong, match="no key name"):
        SignerKey(name, bytes(32))


def test_a_signature_holds_for_its_own_key_and_message_only() -> None:
    seed, other = new_seed(), new_seed()
    signature = signed(seed, b"synthetic")
    assert holds(public_of(seed), signature, b"synthetic")
    assert not holds(public_of(other), signature, b"synthetic")
    assert not holds(public_of(seed), signature, b"synthetik")
    assert not holds(public_of(seed), signature[:-1], b"synthetic")
    assert not holds(b"short", signature, b"synthetic")


def test_a_note_beyond_its_bound_is_not_read() -> None:
    with pytest.raises(NoteWrong, match="longer than"):
        parse_note(b"x" * (MOST_BYTES + 1))


def test_two_keys_of_one_name_are_told_apart_by_their_ids() -> None:
    other = SignerKey(LOG.name, new_seed())
    note = Note(TEXT, (sign_note(TEXT, other), sign_note(TEXT, LOG)))
    assert verified(note, [LOG.verifier()]) == [LOG.verifier()]
    forged = VerifierKey(LOG.name, 1, other.verifier().public)
    assert forged.key_id == key_id_of(LOG.name, 1, forged.public) != LOG.verifier().key_id


def test_the_rotation_statement_is_four_lines_that_both_keys_sign() -> None:
    new = SignerKey(LOG.name, new_seed())
    statement = rotation_statement(LOG.name, LOG.verifier(), new.verifier())
    lines = ["npm-cases key rotation v1", LOG.name, LOG.verifier().text(), new.verifier().text(), ""]
    assert statement.decode().split("\n") == lines


def test_a_secret_key_with_one_changed_letter_is_refused() -> None:
    text = LOG.text()
    for at in range(len(text)):
        changed = text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]
        with pytest.raises(NoteWrong):
            parse_signer_key(changed)


def test_a_request_reads_back_and_a_cut_one_is_refused() -> None:
    for proof in [(), (bytes(32), EMPTY_ROOT)]:
        made = CheckpointRequest(5, proof, TEXT)
        assert parse_request(made.text()) == made
        with pytest.raises(RequestWrong, match="cut off"):
            parse_request(made.text().removesuffix("\n"))
    with pytest.raises(RequestWrong, match="no tree needs more"):
        parse_request(CheckpointRequest(5, (bytes(32),) * 64, TEXT).text())
