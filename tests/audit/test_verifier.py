"""The offline verifier over bundles of a made history: each way to tamper, and what names it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from npm_cases.history.hashing import leaf_hash
from npm_cases.proving.trust import Receipt, Trust
from npm_cases.proving.verdict import as_text
from npm_cases.proving.verifier import verify
from tests.audit.auditing import (
    FIRST,
    MIDDLE,
    Auditor,
    Check,
    signed_again,
    whats,
)
from tests.audit.made_bundle import (
    OTHER_WITNESS,
    WITNESS,
    Parts,
    forge,
    forge_one,
    place_of,
    zipped,
)

# --- clean


def test_without_a_key_the_level_is_0_and_it_says_why(parts: Parts, check: Check) -> None:
    verdict = check(parts, Trust())
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 0, 0)
    assert any("no key of the log was given" in note for note in verdict.notes)


def test_with_a_key_the_checkpoints_of_the_bundle_give_level_1(parts: Parts, auditor: Auditor, check: Check) -> None:
    verdict = check(parts, auditor.trust())
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 1, len(parts.events))


def test_a_kept_checkpoint_gives_level_2_up_to_its_size(parts: Parts, auditor: Auditor, check: Check) -> None:
    verdict = check(parts, auditor.with_kept)
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 2, MIDDLE)
    assert any(f"entries {MIDDLE} to {len(parts.events) - 1} are at level 1" in note for note in verdict.notes)


def test_enough_witnesses_give_level_3(parts: Parts, auditor: Auditor, check: Check) -> None:
    witnesses = (WITNESS.verifier(), OTHER_WITNESS.verifier())
    verdict = check(parts, auditor.trust(kept=(auditor.kept,), witnesses=witnesses, quorum=1))
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 3, len(parts.events))


def test_too_few_witnesses_do_not(parts: Parts, auditor: Auditor, check: Check) -> None:
    witnesses = (WITNESS.verifier(), OTHER_WITNESS.verifier())
    verdict = check(parts, auditor.trust(kept=(auditor.kept,), witnesses=witnesses, quorum=2))
    assert (verdict.findings, verdict.level) == ((), 2)
    assert any("1 of your witnesses" in note for note in verdict.notes)


def test_one_witness_given_twice_is_one_witness(parts: Parts, auditor: Auditor, check: Check) -> None:
    again = (WITNESS.verifier(), WITNESS.verifier())
    assert check(parts, auditor.trust(kept=(auditor.kept,), witnesses=again, quorum=2)).level == 2


def test_entries_after_the_last_checkpoint_are_at_level_0(parts: Parts, auditor: Auditor, check: Check) -> None:
    parts.checkpoints.pop()
    parts.consistency.pop()
    verdict = check(parts, auditor.trust())
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 1, MIDDLE)
    assert any("are at level 0" in note for note in verdict.notes)


def test_sealed_texts_are_held_against_their_commitments(parts: Parts, check: Check) -> None:
    parts.text = "sealed"
    assert check(parts, Trust()).findings == ()


def test_a_bundle_of_one_case_has_no_findings(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    case, _, _ = place_of(parts, "verify")
    verdict = verify(parts.write_case(tmp_path / "case.zip", case), auditor.with_kept)
    assert (verdict.findings, verdict.level, verdict.covers) == ((), 2, MIDDLE)


def test_every_case_can_be_verified_by_itself(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    for row in parts.states:
        if "kind" in row:
            verdict = verify(parts.write_case(tmp_path / "case.zip", row["case"]), auditor.trust())
            assert (whats(verdict), verdict.level) == ("", 1)


def test_a_verdict_never_says_that_all_is_well(parts: Parts, auditor: Auditor, check: Check) -> None:
    said = as_text(check(parts, auditor.with_kept))
    assert "Level 2: " in said
    assert "What no log can show" in said


# --- tampering with the entries while the signed checkpoints stay


def edited(parts: Parts) -> None:
    _, _, index = place_of(parts, "acknowledge")
    parts.events[index] = parts.events[index].replace(b'"actor":"one"', b'"actor":"two"')


def edited_and_linked_again(parts: Parts) -> None:
    forge_one(parts, "acknowledge", lambda members: members.update(actor="two"))


def deleted(parts: Parts) -> None:
    del parts.events[place_of(parts, "acknowledge")[2]]


def deleted_and_linked_again(parts: Parts) -> None:
    chain, seq, _ = place_of(parts, "act_refused")
    forge(parts, chain, lambda events: events.__delitem__(seq - 1))


def swapped_in_a_case(parts: Parts) -> None:
    chain, seq, _ = place_of(parts, "mail_sent")
    forge(parts, chain, lambda events: events.insert(seq - 1, events.pop(seq - 2)))


def swapped_across_cases(parts: Parts) -> None:
    for index in range(FIRST, MIDDLE):
        one, other = (json.loads(data) for data in parts.events[index : index + 2])
        if one["case"] != other["case"]:
            parts.events[index : index + 2] = parts.events[index + 1], parts.events[index]
            return
    raise AssertionError


def a_case_cut_short(parts: Parts) -> None:
    chain, _, _ = place_of(parts, "report_reprisal")
    forge(parts, chain, lambda events: events.__delitem__(-1))


def a_case_dropped(parts: Parts) -> None:
    chain, _, _ = place_of(parts, "verify")
    parts.events = [data for data in parts.events if json.loads(data)["case"] != chain]
    for name in ("states", "derivations", "documents"):
        setattr(parts, name, [row for row in getattr(parts, name) if row["case"] != chain])


def an_event_slipped_in(parts: Parts) -> None:
    forge(parts, "office", lambda events: events.insert(3, dict(events[2])))


def renumbered(parts: Parts) -> None:
    chain, _, _ = place_of(parts, "report_reprisal")
    place = next(i for i, d in enumerate(parts.events) if json.loads(d)["case"] == chain)
    parts.events.append(parts.events.pop(place))
    forge(parts, chain, lambda _: None)


TAMPERED = [
    edited, edited_and_linked_again, deleted, deleted_and_linked_again, swapped_in_a_case, swapped_across_cases,
    a_case_cut_short, a_case_dropped, an_event_slipped_in, renumbered,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERED)
def test_the_signed_checkpoints_do_not_fit_a_tampered_log(
    parts: Parts, auditor: Auditor, check: Check, tamper: Callable[[Parts], None]
) -> None:
    tamper(parts)
    verdict = check(parts, auditor.with_kept)
    assert "not those it was signed over" in whats(verdict) or "cut off or rolled back" in whats(verdict)


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_log_tampered_with_and_signed_again_does_not_fit_what_the_auditor_kept(
    parts: Parts, auditor: Auditor, check: Check, tamper: Callable[[Parts], None]
) -> None:
    tamper(parts)
    signed_again(parts, auditor.key)
    verdict = check(parts, auditor.trust(kept=(auditor.kept, auditor.last)))
    assert verdict.level <= 1
    assert "your checkpoint" in whats(verdict)


def test_an_edited_event_whose_followers_were_not_linked_again_is_named(parts: Parts, check: Check) -> None:
    chain, seq, _ = place_of(parts, "acknowledge")
    edited(parts)
    assert any(
        (f.case, f.seq) == (chain, seq + 1) and "prev is another leaf" in f.what for f in check(parts, Trust()).findings
    )


def test_a_deleted_event_is_named_as_missing(parts: Parts, check: Check) -> None:
    chain, seq, _ = place_of(parts, "acknowledge")
    deleted(parts)
    assert any((f.case, f.seq) == (chain, seq) and "is missing" in f.what for f in check(parts, Trust()).findings)


def test_the_first_checkpoint_that_does_not_fit_is_named_with_the_entries_it_may_be(
    parts: Parts, auditor: Auditor, check: Check
) -> None:
    place = next(i for i in range(FIRST + 8, MIDDLE) if json.loads(parts.events[i])["type"] == "mail_sent")
    chain, seq = (json.loads(parts.events[place])[name] for name in ("case", "seq"))
    forge(parts, chain, lambda events: events[seq - 1].update(actor="somebody"))
    said = whats(check(parts, auditor.trust()))
    assert "checkpoints.jsonl line 2 does not fit" in said
    assert "the first change lies among the entries" in said


def test_a_change_right_after_a_checkpoint_names_its_event(parts: Parts, auditor: Auditor, check: Check) -> None:
    size = len(parts.events)
    parts.sign(auditor.key, size - 1)
    members = json.loads(parts.events[-1])
    forge(parts, members["case"], lambda events: events[-1].update(actor="somebody"))
    assert f"{members['case']}/{members['seq']}/{size - 1}: it is not the entry that stood here" in whats(
        check(parts, auditor.trust())
    )


def test_a_checkpoint_signed_anew_does_not_hide_where_the_change_is(
    parts: Parts, auditor: Auditor, check: Check
) -> None:
    forge(parts, "office", lambda events: events[0].update(actor="somebody"))
    said = whats(check(signed_again(parts, auditor.key), auditor.with_kept))
    assert f"the first change lies among the entries 0 to {MIDDLE - 1}" in said


def test_a_truncated_log_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    del parts.events[-20:]
    assert "cut off or rolled back" in whats(check(parts, auditor.trust()))


def test_a_log_rolled_back_as_a_whole_is_only_seen_with_a_kept_checkpoint(
    parts: Parts, auditor: Auditor, check: Check
) -> None:
    del parts.events[MIDDLE:]
    parts.checkpoints.pop()
    parts.consistency.pop()
    assert "cut off" not in whats(check(parts, auditor.trust()))
    verdict = check(parts, auditor.trust(kept=(auditor.last,)))
    assert "the log was cut off or rolled back: your checkpoint" in whats(verdict)
    assert "no restore is declared" in whats(verdict)
    assert verdict.level == 1


def test_a_declared_restore_is_told_beside_the_lost_checkpoint(parts: Parts, auditor: Auditor, check: Check) -> None:
    last = auditor.last.checkpoint
    parts.events[MIDDLE:] = []
    facts = {"kept_size": MIDDLE, "lost_size": last.size, "lost_root": last.root.hex()}
    forge(parts, "office", lambda events: events.append(events[-1] | {"type": "restored", "facts": facts}))
    parts.checkpoints.pop()
    verdict = check(parts, auditor.trust(kept=(auditor.last,)))
    assert f"declares a restore to {MIDDLE} entries that lost just this checkpoint" in whats(verdict)
    assert any("declares a restore" in note for note in verdict.notes)


def test_a_changed_event_in_a_bundle_of_one_case_is_named(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    chain, seq, index = place_of(parts, "verify")
    written = parts.write_case(tmp_path / "case.zip", chain)
    with zipfile.ZipFile(written) as file:
        members = {name: file.read(name) for name in file.namelist()}
    forge(parts, chain, lambda events: events[seq - 1].update(role="commissioner"))
    with zipfile.ZipFile(parts.write_case(tmp_path / "forged.zip", chain)) as file:
        members |= {name: file.read(name) for name in ("events.jsonl", "states.jsonl")}
    verdict = verify(zipped(tmp_path / "joined.zip", members), auditor.trust())
    assert verdict.level == 0
    assert f"{chain}/{seq}/{index}: its proof" in whats(verdict)


def test_an_event_without_its_proof_is_named(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    chain, seq, index = place_of(parts, "verify")
    path = parts.write_case(tmp_path / "case.zip", chain, leave_out=[f"proofs/{index}.tlog-proof"])
    assert f"{chain}/{seq}/{index}: no proof shows" in whats(verify(path, auditor.trust()))


# --- receipts


def test_a_receipt_that_is_in_the_log_is_found(parts: Parts, auditor: Auditor, check: Check) -> None:
    chain, seq, index = place_of(parts, "verify")
    given = Receipt(chain, seq, leaf_hash(parts.events[index]).hex())
    assert check(parts, auditor.trust(receipts=(given,))).findings == ()


def test_a_receipt_that_is_nowhere_proves_a_removal(parts: Parts, auditor: Auditor, check: Check) -> None:
    chain, seq, index = place_of(parts, "act_refused")
    given = Receipt(chain, seq, leaf_hash(parts.events[index]).hex())
    deleted_and_linked_again(parts)
    signed_again(parts, auditor.key)
    found = [f for f in check(parts, auditor.trust(receipts=(given,))).findings if "proof of removal" in f.what]
    assert [(f.case, f.seq) for f in found] == [(chain, seq)]


def test_a_receipt_of_another_case_is_not_searched_in_a_bundle_of_one(
    parts: Parts, auditor: Auditor, tmp_path: Path
) -> None:
    case, _, _ = place_of(parts, "verify")
    path = parts.write_case(tmp_path / "case.zip", case)
    verdict = verify(path, auditor.trust(receipts=(Receipt("another", 1, "00" * 32),)))
    assert verdict.findings == ()
    assert any("it was not searched" in note for note in verdict.notes)
