"""Change, delete or make up anything in a table the history led to: the verification names it."""

import sqlite3
from pathlib import Path

import pytest

from tests.audit.made_history import one_row
from tests.audit.tampering import chain_of, found_after, found_after_sql

CASE_COLUMNS = (
    "number", "kind", "channel", "state", "escalation", "region", "addressee", "place", "seq", "head", "facts",
    "opened_at", "last_at", "closed_at",
)  # fmt: skip
OBLIGATION_COLUMNS = (
    "chain", "subject_kind", "duty", "owed_by", "party", "rule", "rule_version", "channel", "calendar_version",
    "provisional", "started_on", "amount", "unit", "due_on", "due_at", "set_on", "derivation", "ledger", "opened_at",
    "opened_seq", "discharged_at", "discharged_seq", "raised", "suspended_on", "revision", "ladder", "rung_no",
    "next_rung_at",
)  # fmt: skip
RUNG_COLUMNS = ("obligation", "rung", "chain", "act", "outcome", "due_at", "act_at", "late_by_engine", "posts")
NOTICE_COLUMNS = ("id", "chain", "obligation", "rung", "post", "due_on", "status")
APPROVAL_COLUMNS = ("id", "chain", "event", "digest", "payload", "proposer", "expires_at", "status", "decided_by")
CHAIN_COLUMNS = ("id", "seq", "head", "last_at")
COLUMNS = [
    *(("cases", column) for column in CASE_COLUMNS),
    *(("obligations", column) for column in OBLIGATION_COLUMNS),
    *(("rungs_taken", column) for column in RUNG_COLUMNS),
    *(("outbox", column) for column in NOTICE_COLUMNS),
    *(("approvals", column) for column in APPROVAL_COLUMNS),
    *(("chains", column) for column in CHAIN_COLUMNS),
    *(("documents", column) for column in ("id", "chain")),
]
PICKED = {
    "cases": "kind = 'recommendation' AND state = 'acknowledged'",
    "obligations": "duty = 'reply' AND discharged_at = '' AND ledger = '' AND set_on = ''",
    "rungs_taken": "outcome = 'taken' AND act = 'remind'",
    "outbox": "status = 'sent'",
    "approvals": "status = 'confirmed'",
    "chains": "id = 'office'",
    "documents": "1",
}


def picked(connection: sqlite3.Connection, table: str) -> str:
    """Give the condition that holds for one row of a table, by its primary key."""
    keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
    row = connection.execute(f"SELECT {', '.join(keys)} FROM {table} WHERE {PICKED[table]} LIMIT 1").fetchone()
    return " AND ".join(f"{key} = '{value}'" for key, value in zip(keys, row, strict=True))


def other_value(column: str, value: object) -> object:
    if column == "status":
        return "expired" if value == "confirmed" else "waiting"
    if column in {"raised", "late_by_engine", "provisional"}:
        return 0 if value else 1
    if column == "ledger":
        return '[{"decided_on":"2025-03-10","kind":"extension","until":"2025-04-01"}]'
    if column in {"facts", "derivation"}:
        return "[]" if column == "derivation" else '{"consent":"given"}'
    if isinstance(value, bytes):
        return b"\x00" + value
    return value + 1 if isinstance(value, int) else f"{value}0"


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_that_was_changed_is_named(folder: Path, table: str, column: str) -> None:
    def change(connection: sqlite3.Connection) -> None:
        where = picked(connection, table)
        row = one_row(connection, f"SELECT {column} AS was FROM {table} WHERE {where}")
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (other_value(column, row["was"]),))

    assert found_after(folder, change)


@pytest.mark.parametrize("table", sorted(PICKED))
def test_a_row_that_was_deleted_is_named(folder: Path, table: str) -> None:
    assert found_after(folder, lambda c: c.execute(f"DELETE FROM {table} WHERE {picked(c, table)}").close())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO cases (id, number, kind, head) VALUES ('made-up', 'R-2025-999999', 'recommendation', x'00')",
        "INSERT INTO chains (id, seq, head, last_at) VALUES ('made-up', 1, x'00', '')",
        "INSERT INTO obligations (id, chain, duty) SELECT 'made-up', id, 'reply' FROM cases LIMIT 1",
        "INSERT INTO rungs_taken (obligation, rung) VALUES ('made-up', 'overdue')",
        "INSERT INTO rungs_taken (obligation, rung, chain) SELECT id, 'made-up', chain FROM obligations LIMIT 1",
        "INSERT INTO outbox (id, message_id, chain) SELECT 'made-up', 'made-up', id FROM cases LIMIT 1",
        "INSERT INTO documents (id, chain, sealed_name) SELECT 'made-up', id, x'00' FROM cases LIMIT 1",
        "INSERT INTO approvals (id, chain, payload, status) SELECT 'made-up', id, x'00', 'pending' FROM cases LIMIT 1",
    ],
)
def test_a_row_that_was_made_up_is_named(folder: Path, statement: str) -> None:
    assert found_after_sql(folder, statement)


def test_a_clock_hidden_from_the_sweep_is_named(folder: Path) -> None:
    findings = found_after_sql(folder, "UPDATE obligations SET next_rung_at = '' WHERE next_rung_at <> ''")
    assert all("next_rung_at is empty" in finding.what for finding in findings)


def test_a_rung_passed_over_is_named(folder: Path) -> None:
    findings = found_after_sql(
        folder, "UPDATE obligations SET rung_no = rung_no + 1 WHERE duty = 'age_ceiling' AND rung_no = 0"
    )
    assert any("was never taken" in finding.what for finding in findings)


def test_a_case_whose_whole_history_is_gone_is_named(folder: Path) -> None:
    chain, _ = chain_of(folder, "verify")
    findings = found_after_sql(
        folder,
        f"DELETE FROM case_events WHERE chain='{chain}'",
        f"DELETE FROM log_entries WHERE chain='{chain}'",
        f"DELETE FROM sealed_texts WHERE chain='{chain}'",
    )
    assert (chain, 0, f"the tables name {chain}, which has no history") in {(f.case, f.seq, f.what) for f in findings}


def test_a_history_whose_case_is_gone_is_named(folder: Path) -> None:
    chain, _ = chain_of(folder, "verify")
    findings = found_after_sql(folder, f"DELETE FROM cases WHERE id='{chain}'")
    assert "there is no case this history belongs to" in {f.what for f in findings if f.case == chain}


def test_a_wrong_chain_does_not_hide_another(folder: Path) -> None:
    one, at_one = chain_of(folder, "verify")
    two, at_two = chain_of(folder, "report_reprisal")
    findings = found_after_sql(
        folder,
        f"UPDATE case_events SET actor='x' WHERE chain='{one}' AND seq={at_one}",
        f"UPDATE case_events SET actor='x' WHERE chain='{two}' AND seq={at_two}",
    )
    assert {(f.case, f.seq) for f in findings} == {(one, at_one), (two, at_two)}
