"""Flip, drop, swap or insert anything in the history, or forge it whole: the verification names the event."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from npm_cases.bootstrap import initialise
from npm_cases.history.canonical import canonical
from npm_cases.history.hashing import leaf_hash
from tests.audit.forged_events import FORGED as SHARED, set_fact, set_member
from tests.audit.made_history import one_row, settings, verified
from tests.audit.tampering import Members, chain_of, forge, found_after, found_after_forging, found_after_sql

# --- what is as it was made


def test_a_clean_history_has_no_findings(clean: Path) -> None:
    verification = verified(clean)
    assert verification.findings == ()
    assert verification.events > 300
    assert verification.level == 0


def test_an_empty_office_has_no_findings(tmp_path: Path) -> None:
    initialise(settings(tmp_path / "empty"), sandbox=True).close()
    assert verified(tmp_path / "empty").findings == ()


def test_a_chain_forged_into_the_same_events_is_clean(folder: Path) -> None:
    """The forger of these tests is good: what he leaves as it was does not betray him."""
    chain, _ = chain_of(folder, "verify")
    assert found_after(folder, lambda c: forge(c, chain, lambda _: None)) == []


# --- events flipped, dropped, swapped, inserted


def test_a_flipped_byte_names_its_event(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    where = f"chain='{chain}' AND seq={seq}"
    flip = f"UPDATE case_events SET data = CAST(replace(CAST(data AS TEXT), 'served', 'sirved') AS BLOB) WHERE {where}"
    (finding,) = found_after_sql(folder, flip)
    assert (finding.case, finding.seq, finding.what) == (chain, seq, "its bytes do not hash to its leaf")
    assert finding.index is not None


@pytest.mark.parametrize("column", ["type", "machine", "event", "at", "actor", "role", "prev"])
def test_a_column_to_search_in_that_says_otherwise_names_its_event(folder: Path, column: str) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    value = "x'00'" if column == "prev" else "'forged'"
    (finding,) = found_after_sql(folder, f"UPDATE case_events SET {column}={value} WHERE chain='{chain}' AND seq={seq}")
    assert (finding.case, finding.seq) == (chain, seq)
    assert f"its {column} for searching" in finding.what


def test_a_dropped_event_is_named_as_missing(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    findings = found_after_sql(folder, f"DELETE FROM case_events WHERE chain='{chain}' AND seq={seq}")
    assert [(f.case, f.seq, f.index) for f in findings] == [(chain, seq, None)]
    assert f"event {seq} is missing" in findings[0].what


def test_a_history_cut_short_is_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    findings = found_after_sql(
        folder,
        f"DELETE FROM case_events WHERE chain='{chain}' AND seq>{seq}",
        f"DELETE FROM log_entries WHERE chain='{chain}' AND seq>{seq}",
    )
    assert "the case: seq is" in " ".join(f.what for f in findings if f.case == chain)
    assert any(f.what.startswith("the log has no entry") for f in findings)


def test_the_tail_of_the_whole_log_cut_off_is_named(folder: Path) -> None:
    findings = found_after_sql(
        folder,
        "DELETE FROM case_events WHERE (chain, seq) IN (SELECT chain, seq FROM log_entries ORDER BY idx DESC LIMIT 3)",
        "DELETE FROM log_entries WHERE idx IN (SELECT idx FROM log_entries ORDER BY idx DESC LIMIT 3)",
    )
    assert findings


def test_two_events_swapped_in_a_chain_are_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")

    def swap(connection: sqlite3.Connection) -> None:
        for old, new in ((seq, -1), (seq - 1, seq), (-1, seq - 1)):
            connection.execute("UPDATE case_events SET seq=? WHERE chain=? AND seq=?", (new, chain, old))

    (finding,) = found_after(folder, swap)
    assert (finding.case, finding.seq) == (chain, seq - 1)


def test_an_event_moved_to_another_chain_is_named(folder: Path) -> None:
    chain, _ = chain_of(folder, "verify")
    other, _ = chain_of(folder, "report_reprisal")
    findings = found_after_sql(
        folder,
        f"UPDATE case_events SET (data, leaf) = (SELECT data, leaf FROM case_events WHERE chain='{other}' AND seq=2) "
        f"WHERE chain='{chain}' AND seq=2",
    )
    assert (findings[0].case, findings[0].seq) == (chain, 2)
    assert findings[0].what == f"its bytes are event 2 of {other}"


def test_an_event_inserted_behind_the_last_one_is_named(folder: Path) -> None:
    chain, _ = chain_of(folder, "verify")

    def insert(connection: sqlite3.Connection) -> None:
        last = one_row(connection, f"SELECT * FROM case_events WHERE chain='{chain}' ORDER BY seq DESC LIMIT 1")
        members = json.loads(bytes(last["data"]))
        seq = int(members["seq"]) + 1
        members |= {"seq": seq, "prev": bytes(last["leaf"]).hex(), "type": "exported"}
        data = canonical({k: v for k, v in members.items() if k not in {"machine", "event", "frm", "to", "facts"}})
        connection.execute(
            "INSERT INTO case_events VALUES (?,?,?,?,'exported','','',?,?,?,?)",
            (chain, seq, leaf_hash(data), last["leaf"], members["at"], members["actor"], members["role"], data),
        )

    findings = found_after(folder, insert)
    assert [f.what for f in findings] == ["it has no entry in the log"]
    assert findings[0].case == chain


def test_an_event_replaced_with_its_hash_breaks_its_entry_and_no_other_chain(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")

    def replace_one(connection: sqlite3.Connection) -> None:
        row = one_row(connection, f"SELECT data FROM case_events WHERE chain='{chain}' AND seq={seq}")
        data = canonical({**json.loads(bytes(row["data"])), "actor": "somebody"})
        connection.execute(
            "UPDATE case_events SET data=?, leaf=?, actor='somebody' WHERE chain=? AND seq=?",
            (data, leaf_hash(data), chain, seq),
        )

    (finding,) = found_after(folder, replace_one)
    assert (finding.case, finding.seq, finding.what) == (chain, seq, "its entry in the log names another leaf")


# --- the log


def test_an_entry_dropped_from_the_log_is_named(folder: Path) -> None:
    findings = found_after_sql(folder, "DELETE FROM log_entries WHERE idx = 40")
    assert {f.what for f in findings} == {"it has no entry in the log", "the log has no entry 40: it goes on with 41"}


def test_two_entries_swapped_in_the_log_are_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    moves = [f"UPDATE log_entries SET seq = {new} WHERE chain = '{chain}' AND seq = {old}"
             for old, new in ((seq, -1), (seq - 1, seq), (-1, seq - 1))]  # fmt: skip
    findings = found_after_sql(folder, *moves)
    assert (findings[0].case, findings[0].seq) == (chain, seq - 1)


def test_an_entry_of_no_event_is_named(folder: Path) -> None:
    add = "INSERT INTO log_entries SELECT max(idx) + 1, 'nowhere', 1, x'00' FROM log_entries"
    (finding,) = found_after_sql(folder, add)
    assert (finding.case, finding.seq) == ("nowhere", 1)


# --- sealed texts


def test_a_sealed_text_that_is_gone_is_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "record_protection")
    (finding,) = found_after_sql(folder, f"DELETE FROM sealed_texts WHERE chain='{chain}' AND seq={seq}")
    assert (finding.case, finding.seq, finding.what) == (chain, seq, "its sealed text is missing")


def test_a_sealed_text_that_was_changed_is_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "record_protection")
    change = f"UPDATE sealed_texts SET ciphertext=x'00' WHERE chain='{chain}' AND seq={seq}"
    (finding,) = found_after_sql(folder, change)
    assert (finding.seq, finding.what) == (seq, "its sealed text is not the one it commits to")


def test_a_sealed_text_beside_an_event_without_one_is_named(folder: Path) -> None:
    chain, seq = chain_of(folder, "acknowledge")
    (finding,) = found_after_sql(folder, f"INSERT INTO sealed_texts VALUES ('{chain}', {seq}, x'00')")
    assert (finding.case, finding.seq) == (chain, seq)


def test_a_sealed_text_of_no_event_is_named(folder: Path) -> None:
    (finding,) = found_after_sql(folder, "INSERT INTO sealed_texts VALUES ('nowhere', 7, x'00')")
    assert (finding.case, finding.seq) == ("nowhere", 7)


# --- chains forged as a whole: the replay


ONLY_HERE: list[tuple[str, Callable[[Members], None], str]] = [
    ("acknowledge", set_member("role", "king"), "cannot be read"),
    ("obligation_discharged", set_fact("obligation", "other"), "was never opened"),
]
FORGED = [*SHARED, *ONLY_HERE]


@pytest.mark.parametrize(("event", "change", "what"), FORGED, ids=[f"{e}: {w}" for e, _, w in FORGED])
def test_a_forged_event_does_not_follow(folder: Path, event: str, change: Callable[[Members], None], what: str) -> None:
    findings, chain, seq = found_after_forging(folder, event, change)
    mine = [finding for finding in findings if finding.case == chain]
    assert any(what in finding.what for finding in mine), mine
    assert min(finding.seq for finding in mine) >= seq


FORGED_DATES = [
    ("obligation_opened", "amount", 99, "amount is"),
    ("obligation_opened", "rule", "other", "rule is"),
    ("obligation_opened", "rule_version", "other", "rule_version is"),
    ("obligation_opened", "start", "2025-01-01", "started_on is"),
    ("obligation_opened", "owed_by", "other", "owed_by is"),
    ("obligation_opened", "calendar", "other", "calendar_version is"),
    ("obligation_opened", "ladder", "other", "ladder is"),
    ("rung_taken", "rung", "other", "is not in the table of rungs"),
    ("rung_taken", "act", "none", "act is"),
]


@pytest.mark.parametrize(("event", "name", "value", "what"), FORGED_DATES)
def test_a_forged_fact_no_longer_fits_the_tables(folder: Path, event: str, name: str, value: object, what: str) -> None:
    findings, chain, seq = found_after_forging(folder, event, set_fact(name, value))
    assert any(what in f.what for f in findings if f.case == chain), findings
    assert seq <= min(f.seq for f in findings)
