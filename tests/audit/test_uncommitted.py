"""Rows from before histories committed to them: a note says so, and nobody can make a row look like one of those."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from npm_cases.services.committed import LASTING
from npm_cases.services.verify_registers import ALWAYS_COMMITTED
from tests.audit.made_history import tampered, verified
from tests.audit.tampering import Members, forge

COMMITTING = {"row", "titled", "parties"}


def as_before(connection: sqlite3.Connection) -> None:
    """Make the history one of a time when nothing was committed to."""

    def without_commitments(events: list[Members]) -> None:
        for event in events:
            facts = event.get("facts", {})
            kept = {"row"} if "batch" in facts else set()  # of an import: the key of its row
            event["facts"] = {name: value for name, value in facts.items() if name not in COMMITTING - kept}

    for (chain,) in connection.execute("SELECT DISTINCT chain FROM case_events").fetchall():
        forge(connection, chain, without_commitments)
    without_blinds(connection)


def without_blinds(connection: sqlite3.Connection) -> None:
    for table in ("cases", *LASTING):
        connection.execute(f"UPDATE {table} SET blind = x''")


def test_a_history_from_before_holds_and_says_what_was_not_checked(folder: Path) -> None:
    tampered(folder, as_before)
    told = verified(folder)
    assert told.findings == ()
    notes = [note for note in told.notes if "from before the history committed to them" in note]
    assert {note.split()[3] for note in notes} == {"cases", *LASTING} - ALWAYS_COMMITTED


def with_a_blind(table: str) -> Callable[[sqlite3.Connection], None]:
    def tamper(connection: sqlite3.Connection) -> None:
        as_before(connection)
        connection.execute(f"UPDATE {table} SET blind = x'01'")

    return tamper


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (without_blinds, "not the one its history commits to"),
        (without_blinds, "it is not the row its event commits to"),
        (with_a_blind("users"), "lie beside it, but its event makes none"),
        (with_a_blind("cases"), "lie beside it, but its history makes none"),
    ],
)
def test_a_row_cannot_be_made_to_look_like_one_from_before(
    folder: Path, tamper: Callable[[sqlite3.Connection], None], what: str
) -> None:
    tampered(folder, tamper)
    assert any(what in finding.what for finding in verified(folder).findings)


def test_names_are_not_in_the_history_and_the_same_name_is_committed_to_differently(folder: Path) -> None:
    """F72 without a guess: of two bodies with one name no two commitments are alike, and no name lies in an event."""
    with sqlite3.connect(folder / "cases.db") as connection:
        data = b"".join(row[0] for row in connection.execute("SELECT data FROM case_events"))
        blinds = [row[0] for table in ("cases", *LASTING) for row in connection.execute(f"SELECT blind FROM {table}")]
    connection.close()
    assert b"Synthetic ministry" not in data
    assert b"@example.org" not in data
    assert {len(blind) for blind in blinds} == {32}
    assert len(set(blinds)) == len(blinds)
