"""Ways to tamper with a made history, as somebody can who has the file, and what the verification then finds."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from npm_cases.history.canonical import canonical
from npm_cases.history.hashing import leaf_hash
from npm_cases.proving.verdict import Finding
from tests.audit.made_history import one_row, tampered, verified

Members = dict[str, Any]


def found_after(folder: Path, tamper: Callable[[sqlite3.Connection], None]) -> list[Finding]:
    tampered(folder, tamper)
    return list(verified(folder).findings)


def found_after_sql(folder: Path, *statements: str) -> list[Finding]:
    def tamper(connection: sqlite3.Connection) -> None:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, f"touched nothing: {statement}"

    return found_after(folder, tamper)


def chain_of(folder: Path, event: str) -> tuple[str, int]:
    """Find the first event of a name or type in the order of the log: its chain, and its place in it."""
    with closing(sqlite3.connect(folder / "cases.db")) as connection:
        query = (
            "SELECT chain, seq FROM case_events JOIN log_entries USING (chain, seq) "
            "WHERE event = :e OR type = :e ORDER BY idx LIMIT 1"
        )
        row = one_row(connection, query, {"e": event})
    return row["chain"], row["seq"]


def forge(connection: sqlite3.Connection, chain: str, change: Callable[[list[Members]], None]) -> None:
    """Rewrite a chain as somebody who knows the format: every hash, link, copy, entry and head is made to fit again."""
    connection.row_factory = sqlite3.Row
    stored = connection.execute("SELECT * FROM case_events WHERE chain = ? ORDER BY seq", (chain,)).fetchall()
    events = [json.loads(row["data"]) for row in stored]
    change(events)
    prev = b""
    for row, members in zip(stored, events, strict=True):
        members.pop("prev", None)
        if prev:
            members["prev"] = prev.hex()
        data = canonical(members)
        leaf = leaf_hash(data)
        connection.execute(
            "UPDATE case_events SET data=?, leaf=?, prev=?, type=?, machine=?, event=?, at=?, actor=?, role=? "
            "WHERE chain=? AND seq=?",
            (data, leaf, prev, members["type"], members.get("machine", ""), members.get("event", ""), members["at"],
             members["actor"], members["role"], chain, row["seq"]),
        )  # fmt: skip
        connection.execute("UPDATE log_entries SET leaf=? WHERE chain=? AND seq=?", (leaf, chain, row["seq"]))
        prev = leaf
    for table in ("cases", "chains"):
        connection.execute(f"UPDATE {table} SET head=? WHERE id=?", (prev, chain))


def found_after_forging(folder: Path, event: str, change: Callable[[Members], None]) -> tuple[list[Finding], str, int]:
    chain, seq = chain_of(folder, event)
    findings = found_after(folder, lambda c: forge(c, chain, lambda events: change(events[seq - 1])))
    return findings, chain, seq
