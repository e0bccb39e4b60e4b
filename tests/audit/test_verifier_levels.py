"""How far a verification reaches, said by both verifiers: kept checkpoints, witnesses, keys that changed hands."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from npm_cases.proving.trust import Trust, kept_checkpoint, log_key, witness_key
from npm_cases.proving.verifier import verify
from tests.audit.bundle_drafts import SISTER, WITNESS, Draft, Signer, exported
from tests.audit.second.verdict import check
from tests.audit.tampered_bundles import forged, with_rotation
from tests.audit.two_opinions import Held, Opinion, agreed
from tests.makers import MON_2_MAR, a_recommendation, an_app

Signed = tuple[Signer, int, Sequence[Signer]]
"""Who signed a checkpoint, of how many entries, and which witnesses."""


@pytest.fixture(scope="module")
def exported_log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    app = an_app(tmp_path_factory.mktemp("levels") / "data")
    app.sequence()  # what the office did first stands first, whatever gives the places
    a_recommendation(app, "closed")
    log = exported(app, MON_2_MAR)
    app.close()
    return log


@pytest.fixture
def whole(exported_log: bytes) -> Draft:
    return Draft.of(exported_log)


@pytest.fixture
def key(whole: Draft) -> Signer:
    return Signer(whole.head["origin"], "synthetic log")


@pytest.fixture
def successor(whole: Draft) -> Signer:
    return Signer(whole.head["origin"], "synthetic successor")


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., "Told"]:
    return lambda draft, **held: Told(draft.write(tmp_path / "bundle.zip"), Held(**held))


class Told:
    """What both verifiers say; made only when they agree on findings, level and what it covers."""

    def __init__(self, path: Path, held: Held) -> None:
        self.opinion: Opinion = agreed(path, held, event=False)
        one, other = first(path, held), second(path, held)
        assert (one.level, one.covers) == (other["level"], other["covers"]), (one, other)
        self.level, self.covers = one.level, one.covers
        self.notes, self.second_notes = "\n".join(one.notes), "\n".join(other["notes"])
        self.findings = "\n".join(found.what for found in one.findings)


def first(path: Path, held: Held) -> Any:
    trust = Trust(
        keys=tuple(map(log_key, held.keys)),
        kept=tuple(kept_checkpoint(f"kept-{number}.txt", note) for number, note in enumerate(held.kept, 1)),
        witnesses=tuple(map(witness_key, held.witnesses)),
        quorum=held.quorum,
    )
    return verify(path, trust)


def second(path: Path, held: Held) -> dict[str, Any]:
    return check(path, held.keys, held.kept, held.witnesses, held.quorum)


def sign(draft: Draft, *signed: Signed) -> list[bytes]:
    """Give a draft these checkpoints and no others; returns them as an auditor may keep them."""
    rows = [
        {"at": MON_2_MAR, "note": draft.note(signer, size, MON_2_MAR, witnesses)} for signer, size, witnesses in signed
    ]
    draft.rows["checkpoints.jsonl"] = rows
    draft.prove([size for _, size, _ in signed])
    return draft.kept()


# --- level 3


def test_witnesses_of_the_kept_checkpoint_are_enough_when_the_export_signed_a_newer_one(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    end = len(whole.events)
    kept, _ = sign(whole, (key, 20, [WITNESS]), (key, end, []))
    told = judge(whole, keys=(key.vkey,), kept=(kept,), witnesses=(WITNESS.vkey,), quorum=1)
    assert (told.level, told.covers, told.findings) == (3, 20, "")
    assert f"the entries 20 to {end - 1} are at level 1" in told.notes


def test_level_3_reaches_to_the_largest_checkpoint_that_enough_witnesses_signed(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    end = len(whole.events)
    both = [WITNESS, SISTER]
    kept, *_ = sign(whole, (key, 10, both), (key, 20, both), (key, 25, [WITNESS]), (key, end, []))
    held = {"keys": (key.vkey,), "kept": (kept,), "witnesses": (WITNESS.vkey, SISTER.vkey)}
    assert judge(whole, **held, quorum=1).covers == 25
    assert (judge(whole, **held, quorum=2).level, judge(whole, **held, quorum=2).covers) == (3, 20)


def test_witnesses_who_saw_less_than_the_auditor_kept_do_not_lift_to_level_3(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    _, kept, _ = sign(whole, (key, 10, [WITNESS]), (key, 20, []), (key, len(whole.events), []))
    told = judge(whole, keys=(key.vkey,), kept=(kept,), witnesses=(WITNESS.vkey,), quorum=1)
    assert (told.level, told.covers) == (2, 20)
    assert "0 of your witnesses signed one and the same checkpoint of 20 entries or more" in told.notes


def test_two_witnesses_of_two_checkpoints_are_no_quorum_of_two(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    kept, *_ = sign(whole, (key, 10, []), (key, 20, [WITNESS]), (key, 25, [SISTER]))
    held = {"keys": (key.vkey,), "kept": (kept,), "witnesses": (WITNESS.vkey, SISTER.vkey)}
    assert judge(whole, **held, quorum=2).level == 2


def test_a_cosignature_on_the_kept_copy_alone_counts(whole: Draft, key: Signer, judge: Callable[..., Told]) -> None:
    kept, _ = sign(whole, (key, 20, [WITNESS]), (key, len(whole.events), []))
    sign(whole, (key, 20, []), (key, len(whole.events), []))
    told = judge(whole, keys=(key.vkey,), kept=(kept,), witnesses=(WITNESS.vkey,), quorum=1)
    assert (told.level, told.covers) == (3, 20)


def test_witnesses_without_a_kept_checkpoint_give_level_1_and_what_is_missing_is_said(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    sign(whole, (key, 20, [WITNESS]), (key, len(whole.events), []))
    told = judge(whole, keys=(key.vkey,), witnesses=(WITNESS.vkey,), quorum=1)
    assert (told.level, told.covers) == (1, len(whole.events))
    assert "(--kept), which level 2 needs" in told.notes
    assert "1 of your witnesses signed the checkpoint of 20 entries" in told.notes
    alone = judge(whole, keys=(key.vkey,), witnesses=(SISTER.vkey,), quorum=1)
    assert "a log rewritten as a whole is not seen, and fewer than 1 of your witnesses" in alone.notes


def test_a_false_line_of_a_witness_spoils_the_checkpoint_it_stands_under(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    sign(whole, (key, 20, [WITNESS]))
    cosigned = whole.rows["checkpoints.jsonl"][0]["note"].splitlines()[-1]
    sign(whole, (key, 25, []))
    whole.rows["checkpoints.jsonl"][0]["note"] += cosigned + "\n"
    told = judge(whole, keys=(key.vkey,), witnesses=(WITNESS.vkey,), quorum=1)
    assert (told.level, told.opinion.wrong) == (0, True)


def test_a_kept_checkpoint_of_the_empty_log_covers_nothing(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    empty = whole.note(key, 0, MON_2_MAR).encode()
    sign(whole, (key, len(whole.events), []))
    told = judge(whole, keys=(key.vkey,), kept=(empty,))
    assert (told.level, told.findings) == (1, "")


# --- kept checkpoints, whoever signed them


def rotated(draft: Draft, old: Signer, new: Signer) -> tuple[bytes, bytes]:
    """Change the key of the log; returns a checkpoint of the old key and one of the new."""
    index = with_rotation(draft, old, new, MON_2_MAR)
    of_old, of_new = sign(draft, (old, 20, []), (new, index + 1, []))
    return of_old, of_new


def test_with_both_keys_a_checkpoint_kept_before_the_rotation_gives_level_2(
    whole: Draft, key: Signer, successor: Signer, judge: Callable[..., Told]
) -> None:
    of_old, _ = rotated(whole, key, successor)
    for keys in ((key.vkey, successor.vkey), (key.vkey,)):
        told = judge(whole, keys=keys, kept=(of_old,))
        assert (told.level, told.covers, told.findings) == (2, 20, "")


def test_a_true_checkpoint_of_a_key_not_given_lifts_nothing_and_that_key_is_asked_for(
    whole: Draft, key: Signer, successor: Signer, judge: Callable[..., Told]
) -> None:
    of_old, of_new = rotated(whole, key, successor)
    told = judge(whole, keys=(successor.vkey,), kept=(of_old,))
    assert (told.level, told.findings) == (1, "")
    assert "your checkpoint kept-1.txt fits, but is of the time of a key you did not give" in told.notes
    assert "give it too" in told.second_notes
    beside = judge(whole, keys=(successor.vkey,), kept=(of_old, of_new))
    assert (beside.level, beside.findings) == (2, ""), "and it takes nothing from another that was kept"


def test_a_checkpoint_of_a_key_not_given_that_contradicts_the_entries_is_a_finding(
    whole: Draft, key: Signer, successor: Signer, judge: Callable[..., Told]
) -> None:
    """Whoever rewrote the past and then changed the key of the log is caught by what was kept before."""
    kept = whole.note(key, len(whole.events), MON_2_MAR).encode()
    forged(whole, "body_added", actor="synthetic-thief")
    _, of_new = rotated(whole, key, successor)
    told = judge(whole, keys=(successor.vkey,), kept=(kept,))
    assert (told.level, told.opinion.wrong) == (1, True)
    assert "your checkpoint kept-1.txt does not fit" in told.findings
    both = judge(whole, keys=(successor.vkey,), kept=(kept, of_new))
    assert both.level == 1, "one that fits does not make up for one that contradicts"


def test_a_longer_checkpoint_of_a_key_not_given_shows_that_the_log_was_cut_off(
    whole: Draft, key: Signer, successor: Signer, judge: Callable[..., Told]
) -> None:
    rotated(whole, key, successor)
    longer = whole.note(successor, len(whole.events), MON_2_MAR).encode()
    del whole.events[-2:]
    whole.made_to_fit()
    sign(whole, (key, len(whole.events), []))
    told = judge(whole, keys=(key.vkey,), kept=(longer,))
    assert (told.level, "cut off or rolled back" in told.findings) == (1, True)


def test_a_kept_checkpoint_of_a_stranger_is_held_against_the_entries_too(
    whole: Draft, key: Signer, judge: Callable[..., Told]
) -> None:
    stranger = Signer(whole.head["origin"], "a key nobody knows")
    before = whole.note(stranger, 20, MON_2_MAR).encode()
    (kept,) = sign(whole, (key, len(whole.events), []))
    true = judge(whole, keys=(key.vkey,), kept=(kept, before))
    assert (true.level, true.opinion.wrong) == (2, True), "nobody known signed it, but it takes nothing away"
    alone = judge(whole, keys=(key.vkey,), kept=(before,))
    assert (alone.level, alone.opinion.wrong) == (1, True), "and it lifts nothing"
    false = Draft.copy(whole)
    forged(false, "body_added", actor="synthetic-thief")
    (anew,) = sign(false, (key, len(false.events), []))
    told = judge(false, keys=(key.vkey,), kept=(anew, before))
    assert (told.level, told.opinion.wrong) == (1, True)
    assert "your checkpoint kept-2.txt does not fit" in told.findings


def test_a_checkpoint_of_the_bundle_from_a_key_not_given_must_be_signed_and_fit(
    whole: Draft, key: Signer, successor: Signer, judge: Callable[..., Told]
) -> None:
    rotated(whole, key, successor)
    true = whole.rows["checkpoints.jsonl"][0]["note"]
    told = judge(whole, keys=(successor.vkey,))
    assert (told.level, told.findings) == (1, "")
    whole.rows["checkpoints.jsonl"][0]["note"] = whole.note(Signer(whole.head["origin"], "stranger"), 20, MON_2_MAR)
    assert "line 1, of 20 entries" in judge(whole, keys=(successor.vkey,)).findings
    root = true.splitlines()[2]
    lied = true.replace(root, whole.note(key, 19, MON_2_MAR).splitlines()[2]).split("\n\n")[0] + "\n"
    whole.rows["checkpoints.jsonl"][0]["note"] = f"{lied}\n{key.line(lied)}"
    assert "line 1 does not fit" in judge(whole, keys=(successor.vkey,)).findings


def test_a_case_bundle_older_than_what_was_kept_says_so_in_both(tmp_path: Path, judge: Callable[..., Told]) -> None:
    app = an_app(tmp_path / "data")
    made = a_recommendation(app, "issued")
    case = Draft.of(exported(app, MON_2_MAR, made.id))
    a_recommendation(app, "issued")
    later = app.checkpoint(MON_2_MAR).whole.encode()
    keys = tuple(case.head["keys"])
    app.close()
    told = judge(case, keys=keys, kept=(later,))
    assert (told.level, "Unless this bundle is older" in told.findings) == (1, True)
    case.head["size"] += 1000
    assert judge(case, keys=keys, kept=(later,)).opinion.wrong, "a size nobody proves hides no checkpoint"
