"""An act writes back the columns it changed and no others, and nothing it changed is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.sql import ClauseElement

from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.migrate import migrate
from npm_cases.persistence.work import SqlWork
from tests.persistence.records import CASE_ID, LATER, a_case, an_obligation

Written = list[tuple[str, set[str]]]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    migrate(made)
    with SqlWork(made) as work:
        work.add_case(a_case())
        work.add_obligation(an_obligation())
        work.commit()
    yield made
    made.close()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """Every statement that changes rows, with the columns it names."""
    seen: Written = []
    many = Transaction.many

    def listening(self: Transaction, statement: ClauseElement, rows: list[dict[str, Any]]) -> None:
        if rows and statement in (sql.SAVE_CASE, sql.SAVE_OBLIGATION):
            seen.append(("case" if statement is sql.SAVE_CASE else "obligation", set(rows[0]) - {"b_id"}))
        many(self, statement, rows)

    monkeypatch.setattr(Transaction, "many", listening)
    return seen


def test_only_the_changed_columns_of_an_obligation_are_written(database: Database, written: Written) -> None:
    with SqlWork(database) as work:
        (owed,) = work.open_obligations(CASE_ID)
        owed.rung_no, owed.next_rung_at = 1, ""
        work.save_obligation(owed)
        work.commit()
    assert written == [("obligation", {"rung_no", "next_rung_at"})]


def test_a_case_saved_unchanged_is_not_written(database: Database, written: Written) -> None:
    with SqlWork(database) as work:
        work.save_case(work.case(CASE_ID))
        work.commit()
    assert written == []


def test_what_is_changed_in_place_is_written_too(database: Database) -> None:
    with SqlWork(database) as work:
        case, (owed,) = work.case(CASE_ID), work.open_obligations(CASE_ID)
        case.facts["zone"] = "Asia/Almaty"
        owed.ledger.append({"kind": "suspension"})
        work.save_case(case)
        work.save_obligation(owed)
        work.commit()
    with SqlWork(database) as work:
        assert work.case(CASE_ID).facts["zone"] == "Asia/Almaty"
        assert work.open_obligations(CASE_ID)[0].ledger == [{"kind": "suspension"}]


def test_a_value_set_back_after_it_was_written_is_written_again(database: Database) -> None:
    with SqlWork(database) as work:
        case = work.case(CASE_ID)
        case.assignee = "one"
        work.save_case(case)
        work.flush()
        case.assignee = ""
        work.save_case(case)
        work.commit()
    with SqlWork(database) as work:
        assert work.case(CASE_ID).assignee == ""


def test_rows_changed_in_different_columns_are_all_written(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_obligation(an_obligation("other", next_rung_at=LATER))
        work.commit()
    with SqlWork(database) as work:
        one, two = work.open_obligations(CASE_ID)
        one.raised, two.due_on = True, "2026-04-01"
        work.save_obligation(one)
        work.save_obligation(two)
        work.commit()
    with SqlWork(database) as work:
        found = {owed.id: (owed.raised, owed.due_on) for owed in work.open_obligations(CASE_ID)}
    assert found == {one.id: (True, "2026-03-23"), two.id: (False, "2026-04-01")}
