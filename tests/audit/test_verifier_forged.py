"""Histories forged as a whole and signed by the real key, and tables that differ: what replay and recount find."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from npm_cases.history.hashing import plaintext_commitment
from npm_cases.proving.trust import Trust
from npm_cases.proving.verdict import Verdict
from npm_cases.proving.verifier import verify
from tests.audit.auditing import (
    FIRST,
    Auditor,
    Check,
    signed_again,
    whats,
)
from tests.audit.forged_events import FORGED as SHARED, drop_member, set_fact, set_member
from tests.audit.made_bundle import Members, Parts, as_lines, forge, forge_one, place_of

# --- forged as a whole, signed by the real key: the replay and the recount


ONLY_HERE: list[tuple[str, Callable[[Members], None], str]] = [
    ("acknowledge", set_member("case", "another"), "is missing: after"),
    ("acknowledge", set_member("at", "yesterday"), "no instant in UTC"),
    ("acknowledge", set_member("type", "rumour"), "unknown type"),
    ("acknowledge", set_member("v", 2), "version 2 is not known"),
    ("acknowledge", set_member("note", "free text"), "unknown members"),
    ("acknowledge", set_member("actor", 7), "its member actor is not text"),
    ("acknowledge", drop_member("actor"), "missing members"),
    ("obligation_opened", set_fact("due_on", "2031-01-01"), "it says the obligation"),
    ("obligation_opened", set_fact("amount", 99), "amount is 99"),
    ("obligation_opened", set_fact("unit", "weeks"), "unit is weeks"),
    ("obligation_opened", set_fact("rule", "other"), "rule is other"),
    ("obligation_opened", set_fact("rule_version", "other"), "rule_version is other"),
    ("obligation_opened", set_fact("start", "2025-01-01"), "started_on is 2025-01-01"),
    ("obligation_opened", set_fact("calendar", "other"), "calendar_version is other"),
    ("obligation_extended", set_fact("to", "2030-01-01"), "which no event records"),
    ("obligation_resumed", set_fact("to", "2030-01-01"), "which no event records"),
    ("document_added", set_member("docs", ["00"]), "is not among the stored documents"),
]
FORGED = [*SHARED, *ONLY_HERE]


@pytest.mark.parametrize(("event", "change", "what"), FORGED, ids=[f"{e}: {w}" for e, _, w in FORGED])
def test_a_forged_event_does_not_follow(
    parts: Parts, auditor: Auditor, check: Check, event: str, change: Callable[[Members], None], what: str
) -> None:
    chain, _, _ = forge_one(parts, event, change)
    verdict = check(signed_again(parts, auditor.key), auditor.trust())
    assert what in whats(verdict), whats(verdict)
    assert any(finding.case == chain for finding in verdict.findings)


def false_due_date(parts: Parts) -> str:
    """Put off a due date in the events and in the derivation alike."""
    row = next(
        row for row in parts.derivations if row["derivation"][0]["rule"] == "reply_visit" or len(row["derivation"]) > 3
    )
    name, was = row["obligation"], row["derivation"][0]["due_on"]
    later = was[:-1] + ("1" if was[-1] != "1" else "2")

    def put_off(events: list[Members]) -> None:
        for members in events:
            facts = members.get("facts", {})
            if facts.get("obligation") == name:
                facts |= {key: later for key in ("due_on", "was") if facts.get(key) == was}

    forge(parts, row["case"], put_off)
    row["derivation"][0]["due_on"] = row["derivation"][-1]["day"] = later
    return str(name)


def test_a_false_due_date_is_counted_again(parts: Parts, auditor: Auditor, check: Check) -> None:
    name = false_due_date(parts)
    said = whats(check(signed_again(parts, auditor.key), auditor.trust()))
    assert name in said
    assert "expected" in said


def test_a_softer_rule_is_not_the_published_one(parts: Parts, check: Check) -> None:
    row = parts.derivations[0]
    del parts.rules[row["rule"]][row["rule_version"]]
    assert f"the rules have no version {row['rule_version']} of {row['rule']}" in whats(check(parts, Trust()))


def test_a_calendar_that_is_not_inside_is_told(parts: Parts, check: Check) -> None:
    parts.calendars = []
    verdict = check(parts, Trust())
    assert verdict.findings == ()
    assert any("were not counted again" in note for note in verdict.notes)


# --- what stands beside the events


BESIDE: list[tuple[str, Callable[[Parts], object], str]] = [
    ("a state that differs", lambda p: next(r for r in p.states if "kind" in r)["states"].update(escalation="x"), "states is"),
    ("a number that differs", lambda p: next(r for r in p.states if "kind" in r).update(number="R-0"), "number is"),
    ("a head that differs", lambda p: p.states[0].update(leaf="00"), "leaf is"),
    ("an event more in the tables", lambda p: p.states[0].update(seq=10_000), "seq is 10000"),
    ("a chain the tables do not know", lambda p: p.states.pop(), "states.jsonl does not have this chain"),
    ("a chain the history does not know", lambda p: p.states.append({"case": "x", "seq": 1, "leaf": ""}), "no history in it"),
    ("an obligation without derivation", lambda p: p.derivations.pop(), "has no derivation"),
    ("a derivation of nothing", lambda p: p.derivations.append(p.derivations[0] | {"obligation": "x"}), "opened by no event"),
    ("a derivation of nothing readable", lambda p: p.derivations[0].update(derivation=[{}]), "no list of steps"),
    ("a term beyond all counting", lambda p: p.derivations[0]["derivation"][0].update(amount=10**12), "no list of steps"),
    ("a document that is gone", lambda p: p.documents.pop(), "is not among the stored documents"),
    ("a document of nowhere", lambda p: p.documents.append(p.documents[0] | {"document": "x"}), "was added by no event"),
    ("an event that comes twice", lambda p: p.events.append(p.events[0]), "comes again"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "what"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_what_stands_beside_the_events_must_agree(
    parts: Parts, check: Check, change: Callable[[Parts], object], what: str
) -> None:
    change(parts)
    assert what in whats(check(parts, Trust()))


SEALED: list[tuple[str, Callable[[Parts], object], str]] = [
    ("gone", lambda p: p.sealed.pop(), "its text is missing"),
    ("changed", lambda p: p.sealed[0].update(ciphertext="AAAA"), "its text is not the one it commits to"),
    ("of no event", lambda p: p.sealed.append(p.sealed[0] | {"seq": 9_999}), "a text is given for event 9999"),
]


@pytest.mark.parametrize(("change", "what"), [row[1:] for row in SEALED], ids=[row[0] for row in SEALED])
def test_a_sealed_text_must_be_the_one_committed_to(
    parts: Parts, check: Check, change: Callable[[Parts], object], what: str
) -> None:
    parts.text = "sealed"
    change(parts)
    assert what in whats(check(parts, Trust()))


def test_a_wrong_chain_does_not_hide_another(parts: Parts, check: Check) -> None:
    one, at_one, _ = forge_one(parts, "verify", drop_member("approved_by"))
    two, at_two, _ = forge_one(parts, "report_reprisal", set_member("role", "nobody"))
    assert {(one, at_one), (two, at_two)} <= {(f.case, f.seq) for f in check(parts, Trust()).findings}


def test_a_consistency_proof_that_does_not_hold_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    parts.consistency[0]["proof"][0] = parts.consistency[1]["proof"][0]
    assert "does not hold" in whats(check(parts, auditor.trust()))


def test_a_consistency_proof_that_is_missing_is_named(parts: Parts, auditor: Auditor, check: Check) -> None:
    parts.consistency.pop(0)
    assert f"no proof that the log only grew after its checkpoint of {FIRST} entries" in whats(
        check(parts, auditor.trust())
    )


# --- erasure, and texts that were opened


def erased(parts: Parts, confirmed: bool = True, **counted: int) -> str:
    """Let two people erase the texts of a closed case."""
    chain, _, _ = place_of(parts, "verify")
    own = [json.loads(data) for data in parts.events if json.loads(data)["case"] == chain]
    facts = {"texts": sum("body_ct" in e for e in own), "documents": len({d for e in own for d in e.get("docs", ())})}
    plain = {name: own[-1][name] for name in ("v", "log", "case", "at", "role", "app")}
    asked = {"approval": "e", "digest": "00", "event": "erase"}
    proposed = plain | {"type": "act_proposed", "actor": "one", "facts": asked | {"expires_at": "2099"}}
    agreed = plain | {"type": "act_confirmed", "actor": "two", "facts": asked}
    done = {
        "type": "erased",
        "actor": "one",
        "approved_by": "two",
        "facts": facts | {"basis": "b", "class": "c"} | counted,
    }
    forge(parts, chain, lambda events: events.extend([proposed, *([agreed] if confirmed else []), plain | done]))
    return chain


def test_an_erased_case_verifies_with_its_sealed_texts(parts: Parts, check: Check) -> None:
    erased(parts)
    parts.text = "sealed"
    assert whats(check(parts, Trust())) == ""


def test_an_erasure_nobody_confirmed_is_named(parts: Parts, check: Check) -> None:
    erased(parts, confirmed=False)
    assert "no second person confirmed that before it" in whats(check(parts, Trust()))


def test_an_erasure_that_counts_wrong_is_named(parts: Parts, check: Check) -> None:
    erased(parts, texts=99)
    assert "there were others" in whats(check(parts, Trust()))


def opened(parts: Parts, chain: str) -> list[Members]:
    """Let every text of a case be one we know; return the lines of texts.jsonl."""
    rows: list[Members] = []

    def commit(events: list[Members]) -> None:
        for seq, members in enumerate(events, start=1):
            if "body_pt" in members:
                blinded = f"{seq:032}synthetic".encode()
                members["body_pt"] = plaintext_commitment(blinded)
                rows.append({"case": chain, "seq": seq, "blinded": b64encode(blinded).decode()})

    forge(parts, chain, commit)
    parts.text = "open"
    return rows


def write_open(parts: Parts, auditor: Auditor, chain: str, rows: list[Members], to: Path) -> Verdict:
    signed_again(parts, auditor.key)
    parts.extra["texts.jsonl"] = as_lines(rows)
    return verify(parts.write_case(to, chain), auditor.trust())


def test_opened_texts_are_held_against_their_commitments(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    chain, _, _ = place_of(parts, "report_reprisal")
    rows = opened(parts, chain)
    assert rows
    assert whats(write_open(parts, auditor, chain, rows, tmp_path / "case.zip")) == ""
    rows[0]["blinded"] = b64encode(b"other").decode()
    del rows[1]
    said = whats(write_open(parts, auditor, chain, rows, tmp_path / "case.zip"))
    assert "its text is not the one it commits to" in said


def test_an_opened_text_that_is_missing_is_named_unless_it_was_erased(
    parts: Parts, auditor: Auditor, tmp_path: Path
) -> None:
    chain, _, _ = place_of(parts, "verify")
    rows = opened(parts, chain)
    assert "its text is missing" in whats(write_open(parts, auditor, chain, rows[1:], tmp_path / "case.zip"))
    erased(parts)
    verdict = write_open(parts, auditor, chain, [], tmp_path / "case.zip")
    assert verdict.findings == ()
    assert any("were erased" in note for note in verdict.notes)


def test_a_bundle_of_a_case_that_is_not_inside_is_named(parts: Parts, auditor: Auditor, tmp_path: Path) -> None:
    verdict = verify(parts.write_case(tmp_path / "case.zip", "nowhere"), auditor.trust())
    assert "no event of the case nowhere is inside" in whats(verdict)
