"""Whose signature counts, when the key of the log changes, and what witnesses say of times."""

from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import signed
from npm_cases.history.signing import SignerKey
from npm_cases.proving.trust import Trust
from tests.audit.auditing import FIRST, MIDDLE, Auditor, Check, whats
from tests.audit.made_bundle import WITNESS, Members, Parts, a_log_key, forge

# --- keys


def test_a_forged_checkpoint_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    parts.sign(a_log_key(parts.origin, b"forged"), MIDDLE + 10)
    verdict = check(parts, auditor.trust())
    assert "none of the known keys signed" in whats(verdict)


def test_a_wrong_signature_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    first = parts.checkpoints[0]
    first.note = type(first.note)(first.note.text, parts.checkpoints[1].note.lines)
    assert "invalid signature" in whats(check(parts, auditor.trust()))


def test_a_checkpoint_of_another_log_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    other = parts.copy()
    other.origin = "elsewhere.example.org"
    other.checkpoints = []
    other.sign(auditor.key, FIRST)
    parts.checkpoints[0] = other.checkpoints[0]
    assert "is of the log elsewhere.example.org" in whats(check(parts, auditor.trust()))


def test_events_of_another_log_are_named(parts: Parts, check: Check) -> None:
    parts.origin = "elsewhere.example.org"
    assert "it belongs to the log" in whats(check(parts, Trust()))


def rotated(parts: Parts, old: SignerKey, new: SignerKey, **changed: str) -> int:
    """Add a rotation to the office; return its index."""
    statement = rotation_statement(parts.origin, old.verifier(), new.verifier())
    facts = {
        "which": "log", "old_key": old.verifier().text(), "new_key": new.verifier().text(),
        "signed_by_old": signed(old.seed, statement).hex(), "signed_by_new": signed(new.seed, statement).hex(),
    }  # fmt: skip

    def add(events: list[Members]) -> None:
        plain = {name: events[-1][name] for name in ("v", "log", "case", "at", "actor", "role", "app")}
        events.append(plain | {"type": "key_rotated", "facts": facts | changed})

    forge(parts, "office", add)
    return len(parts.events) - 1


def test_a_rotation_is_followed_to_the_new_key(parts: Parts, auditor: Auditor, check: Check) -> None:
    new = a_log_key(parts.origin, b"new")
    rotated(parts, auditor.key, new)
    parts.sign(new, len(parts.events))
    verdict = check(parts, auditor.trust())
    assert (whats(verdict), verdict.level, verdict.covers) == ("", 1, len(parts.events))
    assert any("which you did not give" in note for note in verdict.notes)
    assert check(parts, Trust(keys=(new.verifier(),))).covers == len(parts.events)


def test_a_checkpoint_of_the_retired_key_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    rotated(parts, auditor.key, a_log_key(parts.origin, b"new"))
    parts.sign(auditor.key, len(parts.events))
    verdict = check(parts, auditor.trust())
    assert "which is not the log's at this size" in whats(verdict)
    assert verdict.covers == len(parts.events) - 1


def test_a_rotation_the_old_key_did_not_sign_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    new = a_log_key(parts.origin, b"new")
    index = rotated(parts, auditor.key, new, signed_by_old="00" * 64)
    parts.sign(new, len(parts.events))
    verdict = check(parts, auditor.trust())
    assert f"/{index}: the rotation of the log's key was not signed by the old key" in whats(verdict)
    assert verdict.covers == len(parts.events) - 1


def test_a_strangers_rotation_leads_nowhere(parts: Parts, auditor: Auditor, check: Check) -> None:
    one, two = a_log_key(parts.origin, b"stranger"), a_log_key(parts.origin, b"another")
    rotated(parts, one, two)
    parts.checkpoints = []
    parts.sign(one, MIDDLE)
    parts.sign(two, len(parts.events))
    verdict = check(parts, auditor.trust())
    assert (verdict.level, verdict.covers) == (0, 0)
    assert "none of the known keys signed" in whats(verdict)


# --- times


def test_an_event_dated_after_a_witness_saw_it_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    parts.checkpoints.pop()
    parts.sign(auditor.key, len(parts.events), witnesses=[WITNESS], at="2025-03-10T00:00:00.000000Z")
    verdict = check(parts, auditor.trust(witnesses=(WITNESS.verifier(),), quorum=1))
    assert "it is dated forward" in whats(verdict)


def test_an_event_dated_before_a_checkpoint_that_does_not_hold_it_is_named(
    parts: Parts, auditor: Auditor, check: Check
) -> None:
    parts.checkpoints.pop(0)
    parts.sign(auditor.key, FIRST, witnesses=[WITNESS], at="2027-01-01T00:00:00.000000Z")
    verdict = check(parts, auditor.trust(witnesses=(WITNESS.verifier(),), quorum=1))
    assert "it is dated back" in whats(verdict)
    assert "it is dated" not in whats(check(parts, auditor.trust()))
