"""Two verifiers, written apart from one text, against each other.

What both read the same way is likely what the text says; where they differ, one of the three is wrong.
"""

import base64
import json
import random
from pathlib import Path

import pytest

from npm_cases.bootstrap import build
from tests.audit.bundle_drafts import SISTER, WITNESS, Draft, Signer, exported, zipped
from tests.audit.made_history import END, copy_of, settings
from tests.audit.second.tree import leaf_of
from tests.audit.tampered_bundles import (
    CLUMSY,
    FITTED,
    forged,
    lapsed_before_confirmed,
    random_program,
    with_rotation,
)
from tests.audit.two_opinions import Held, agreed
from tests.makers import MON_2_MAR, a_caseload, a_recommendation, an_allegation, an_app

PROGRAMS = 60


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The whole log and one case of a small synthetic installation, with two checkpoints and more."""
    app = an_app(tmp_path_factory.mktemp("second") / "data")
    a_caseload(app, 50)
    closed = a_recommendation(app, "closed")
    an_allegation(app)
    app.checkpoint(MON_2_MAR)
    whole, one = exported(app, MON_2_MAR), exported(app, MON_2_MAR, closed.id)
    app.close()
    return whole, one


@pytest.fixture
def whole(bundles: tuple[bytes, bytes]) -> Draft:
    return Draft.of(bundles[0])


@pytest.fixture
def one_case(bundles: tuple[bytes, bytes]) -> Draft:
    return Draft.of(bundles[1])


@pytest.fixture
def auditor(whole: Draft) -> Held:
    return Held(keys=tuple(whole.head["keys"]), kept=tuple(whole.kept()))


def test_both_find_nothing_in_a_clean_bundle_and_reach_the_same_levels(
    whole: Draft, one_case: Draft, auditor: Held, tmp_path: Path
) -> None:
    for name, draft in (("whole.zip", whole), ("case.zip", one_case)):
        path = draft.write(tmp_path / name)
        for level, held in enumerate((Held(), Held(keys=auditor.keys), auditor)):
            told = agreed(path, held)
            assert (told.wrong, told.level, told.said) == (False, level, ())


def test_both_find_nothing_in_a_year_of_work_of_every_kind(clean: Path, tmp_path: Path) -> None:
    app = build(settings(copy_of(clean, tmp_path / "lived")))
    app.checkpoint(END)
    draft = Draft.of(exported(app, END))
    app.close()
    told = agreed(draft.write(tmp_path / "lived.zip"), Held(tuple(draft.head["keys"]), tuple(draft.kept())))
    assert (told.wrong, told.level) == (False, 2)


def test_witnesses_lift_the_verdict_to_the_third_level_only_when_there_are_enough(whole: Draft, tmp_path: Path) -> None:
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [100, len(whole.events)], [WITNESS])
    path = whole.write(tmp_path / "b.zip")
    held = Held((signer.vkey,), tuple(whole.kept()), (WITNESS.vkey, SISTER.vkey), quorum=1)
    assert agreed(path, held).level == 3
    assert agreed(path, Held(held.keys, held.kept, held.witnesses, quorum=2)).level == 2
    assert agreed(path, Held(held.keys, (), held.witnesses, quorum=1)).level == 1


@pytest.mark.parametrize("name", sorted(CLUMSY))
def test_both_name_the_same_wrong_event_after_a_clumsy_hand(
    name: str, whole: Draft, auditor: Held, tmp_path: Path
) -> None:
    CLUMSY[name](whole)
    path = whole.write(tmp_path / "b.zip")
    for held in (Held(), Held(keys=auditor.keys), auditor):
        told = agreed(path, held)
    assert told.wrong


@pytest.mark.parametrize("name", sorted(FITTED))
def test_both_catch_an_insider_without_the_key(name: str, whole: Draft, auditor: Held, tmp_path: Path) -> None:
    FITTED[name](whole)
    path = whole.write(tmp_path / "b.zip")
    for held in (Held(), Held(keys=auditor.keys), auditor):
        told = agreed(path, held)
    assert told.wrong


@pytest.mark.parametrize("name", sorted(FITTED))
def test_against_an_insider_with_the_key_both_need_what_the_auditor_kept(
    name: str, whole: Draft, tmp_path: Path
) -> None:
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [len(whole.events)])
    kept = tuple(whole.kept())
    FITTED[name](whole)
    whole.sign(signer, [20, len(whole.events)])
    path = whole.write(tmp_path / "b.zip")
    agreed(path, Held(keys=(signer.vkey,)))
    assert agreed(path, Held((signer.vkey,), kept)).wrong


def test_no_random_program_of_edits_gets_past_a_kept_checkpoint(whole: Draft, tmp_path: Path) -> None:
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [len(whole.events)])
    kept = tuple(whole.kept())
    changed = undetected = 0
    for seed in range(PROGRAMS):
        draft = whole.copy()
        if not random_program(draft, seed):
            continue
        draft.sign(signer, [len(draft.events)])
        changed += 1
        undetected += not agreed(draft.write(tmp_path / "b.zip"), Held((signer.vkey,), kept), event=False).wrong
    assert changed > PROGRAMS // 2
    assert undetected == 0


ONE_BYTE: tuple[tuple[str, bytes, bytes], ...] = (
    ("bundle.json", b'"size": 1', b'"size": 2'),
    ("bundle.json", b'"events": ', b'"eventz": '),
    ("bundle.json", b"bundle/1", b"bundle/2"),
    ("events.jsonl", b'"seq":1,', b'"seq":2,'),
    ("events.jsonl", b'"v":1', b'"v":2'),
    ("events.jsonl", b'"role":"caseworker"', b'"role":"caseworkes"'),
    ("checkpoints.jsonl", b"\\n1", b"\\n0"),
    ("checkpoints.jsonl", b'"at": "2026', b'"at": "202x'),
    ("checkpoints.jsonl", b'=\\n"}', b'=\\x"}'),
    ("consistency.jsonl", b'"old": 1', b'"old": 2'),
    ("consistency.jsonl", b'="', b'a"'),
    ("tables.json", b'"initial": "draft"', b'"initial": "drafu"'),
    ("tables.json", b'"next": "approved"', b'"next": "approvee"'),
    ("rules.json", b'"amount": 24', b'"amount": 34'),
    ("rules.json", b'"working_days"', b'"workinh_days"'),
    ("calendars.json", b'"03-08"', b'"03-07"'),
    ("calendars.json", b'"version"', b'"versiom"'),
    ("derivations.jsonl", b'"kind": "skip"', b'"kind": "skit"'),
    ("derivations.jsonl", b'"due_on": "2026', b'"due_on": "2036'),
    ("derivations.jsonl", b'"provisional": 1', b'"provisional": 0'),
    ("states.jsonl", b'"seq": 3', b'"seq": 4'),
    ("states.jsonl", b'"number": "R', b'"number": "S'),
    ("states.jsonl", b'"escalation": "not', b'"escalation": "mot'),
    ("documents.jsonl", b'"document": "', b'"documenu": "'),
    ("indexes.txt", b"1", b"2"),
    ("proofs", b"index 1", b"index 2"),
    ("proofs", b"=\n", b"a\n"),
)


@pytest.mark.parametrize("scope", ["log", "case"])
@pytest.mark.parametrize(("member", "before", "after"), ONE_BYTE)
def test_both_say_the_same_of_one_byte_in_each_kind_of_member(
    member: str, before: bytes, after: bytes, scope: str, whole: Draft, one_case: Draft, auditor: Held, tmp_path: Path
) -> None:
    members = (whole if scope == "log" else one_case).members()
    name = min((name for name in members if name.startswith(member)), default="")
    if before not in members.get(name, b""):
        assert scope == "case" or member in {"indexes.txt", "proofs"}, "the edit touches nothing"
        return
    members[name] = members[name].replace(before, after, 1)
    path = zipped(tmp_path / "b.zip", members)
    for held in (Held(), Held(keys=auditor.keys), auditor):
        agreed(path, held, event=False)


def test_both_catch_one_byte_of_any_event(whole: Draft, auditor: Held, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - edits to be repeated, no secret
    for _ in range(20):
        draft = whole.copy()
        index = chance.randrange(len(draft.events))
        line = bytearray(draft.events[index])
        line[chance.randrange(len(line))] ^= 1
        draft.events[index] = bytes(line)
        assert agreed(draft.write(tmp_path / "b.zip"), auditor, event=False).wrong


@pytest.mark.parametrize(("text", "member"), [("sealed", "sealed.jsonl"), ("open", "texts.jsonl")])
def test_both_hold_texts_against_what_the_events_commit_to(text: str, member: str, tmp_path: Path) -> None:
    app = an_app(tmp_path / "data")
    told = an_allegation(app)
    draft = Draft.of(exported(app, MON_2_MAR, told.id, text))
    app.close()
    held = Held(tuple(draft.head["keys"]))
    assert not agreed(draft.write(tmp_path / "b.zip"), held).wrong
    column = "ciphertext" if text == "sealed" else "blinded"
    whole_row = draft.rows[member][0][column]
    draft.rows[member][0][column] = base64.b64encode(b"synthetic" + base64.b64decode(whole_row)).decode()
    assert agreed(draft.write(tmp_path / "b.zip"), held).wrong
    del draft.rows[member][0]
    assert agreed(draft.write(tmp_path / "b.zip"), held).wrong


def a_receipt(whole: Draft) -> tuple[str, int, str]:
    index = whole.place("close")
    said = json.loads(whole.events[index])
    return said["case"], said["seq"], leaf_of(whole.events[index]).hex()


def test_both_find_the_event_of_a_receipt_and_miss_another(whole: Draft, auditor: Held, tmp_path: Path) -> None:
    path, (case, seq, leaf) = whole.write(tmp_path / "b.zip"), a_receipt(whole)
    assert not agreed(path, Held(auditor.keys, receipts=((case, seq, leaf),))).wrong
    assert agreed(path, Held(auditor.keys, receipts=((case, seq, "0" * 64),))).wrong


@pytest.mark.parametrize("removed", ["the end of the case", "the case"])
def test_both_miss_what_a_receipt_was_given_for_when_the_log_was_made_to_fit(
    removed: str, whole: Draft, tmp_path: Path
) -> None:
    receipt, signer = a_receipt(whole), Signer(whole.head["origin"], "synthetic log")
    FITTED["cut one case" if removed == "the end of the case" else "drop a case"](whole)
    whole.sign(signer, [len(whole.events)])
    path = whole.write(tmp_path / "b.zip")
    assert agreed(path, Held((signer.vkey,), receipts=(receipt,))).wrong


def test_both_refuse_a_confirmation_after_the_proposal_lapsed(whole: Draft, tmp_path: Path) -> None:
    lapsed_before_confirmed(whole)
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [len(whole.events)])
    assert agreed(whole.write(tmp_path / "b.zip"), Held((signer.vkey,))).wrong


def test_both_miss_no_act_that_two_people_agreed_on(whole: Draft, tmp_path: Path) -> None:
    del whole.events[whole.place("close")]
    for row in whole.rows["states.jsonl"]:
        if row.get("states", {}).get("recommendation") == "closed":
            row["states"]["recommendation"] = "implemented"
    whole.made_to_fit()
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [len(whole.events)])
    assert agreed(whole.write(tmp_path / "b.zip"), Held((signer.vkey,)), event=False).wrong


def test_a_key_that_was_given_up_proves_nothing_to_who_trusts_its_successor_only(whole: Draft, tmp_path: Path) -> None:
    """Who stole the old key can put the honest change of keys, which is public, behind a log of their own."""
    old, new = (Signer(whole.head["origin"], seed) for seed in ("synthetic log", "synthetic successor"))
    forged(whole, "body_added", actor="synthetic-thief")
    index = with_rotation(whole, old, new, MON_2_MAR)
    whole.sign(old, [index])
    assert agreed(whole.write(tmp_path / "b.zip"), Held((new.vkey,))).level == 0


def test_both_distrust_a_log_shorter_than_a_kept_checkpoint(whole: Draft, tmp_path: Path) -> None:
    signer = Signer(whole.head["origin"], "synthetic log")
    whole.sign(signer, [len(whole.events)])
    kept = tuple(whole.kept())
    FITTED["cut the log"](whole)
    whole.sign(signer, [50, len(whole.events)])
    told = agreed(whole.write(tmp_path / "b.zip"), Held((signer.vkey,), kept))
    assert (told.wrong, told.level) == (True, 1)


def test_both_refuse_the_checkpoint_of_a_key_that_was_out_of_use(whole: Draft, tmp_path: Path) -> None:
    old, new = (Signer(whole.head["origin"], seed) for seed in ("synthetic log", "synthetic successor"))
    index = with_rotation(whole, old, new, MON_2_MAR)
    held = Held((old.vkey, new.vkey))
    whole.sign(new, [index + 1])
    told = agreed(whole.write(tmp_path / "new.zip"), held)
    assert (told.wrong, told.level) == (False, 1), told
    whole.sign(old, [index + 1])
    assert agreed(whole.write(tmp_path / "old.zip"), held).wrong


def test_both_follow_the_auditors_key_to_its_successor(whole: Draft, tmp_path: Path) -> None:
    old, new = (Signer(whole.head["origin"], seed) for seed in ("synthetic log", "synthetic successor"))
    index = with_rotation(whole, old, new, MON_2_MAR)
    whole.sign(new, [index + 1])
    told = agreed(whole.write(tmp_path / "b.zip"), Held((old.vkey,)))
    assert (told.wrong, told.level) == (False, 1)


def test_both_refuse_a_change_of_key_that_the_old_key_did_not_sign(whole: Draft, tmp_path: Path) -> None:
    old, new = (Signer(whole.head["origin"], seed) for seed in ("synthetic log", "synthetic successor"))
    index = with_rotation(whole, old, new, MON_2_MAR)
    whole.change_facts(index, signed_by_old="00" * 64)
    whole.made_to_fit()
    whole.sign(new, [index + 1])
    assert agreed(whole.write(tmp_path / "b.zip"), Held((new.vkey,))).wrong


def test_both_see_that_an_event_is_later_than_a_witness_saw_it(whole: Draft, tmp_path: Path) -> None:
    signer = Signer(whole.head["origin"], "synthetic log")
    forged(whole, "exported", at="2026-05-01T00:00:00.000000Z")
    whole.sign(signer, [len(whole.events)])
    note = whole.note(signer, len(whole.events), MON_2_MAR, [WITNESS])
    whole.rows["checkpoints.jsonl"] = [{"at": MON_2_MAR, "note": note}]
    held = Held((signer.vkey,), (note.encode(),), (WITNESS.vkey,), quorum=1)
    assert agreed(whole.write(tmp_path / "b.zip"), held).wrong


@pytest.mark.parametrize("lost", ["the last event", "an event inside", "a proof", "an index"])
def test_both_catch_what_is_missing_from_a_case(lost: str, one_case: Draft, auditor: Held, tmp_path: Path) -> None:
    indexes = one_case.others["indexes.txt"].splitlines()
    at = {"the last event": len(indexes) - 2, "an event inside": 9}.get(lost)
    proof = f"proofs/{indexes[at or 4].decode()}.tlog-proof"
    if lost == "a proof" or at is not None:
        del one_case.others[proof]
    if at is not None:
        del one_case.events[at]
    if lost != "a proof":
        one_case.others["indexes.txt"] = b"".join(i + b"\n" for n, i in enumerate(indexes) if n != (at or 4))
        one_case.head["events"] = len(one_case.events)
    path = one_case.write(tmp_path / "b.zip")
    for held in (Held(), Held(keys=auditor.keys), auditor):
        assert agreed(path, held).wrong
