"""Each query of the sweep and of the mailroom finds its rows by the index made for it, however the table grows."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.sql import ClauseElement

from npm_cases.bootstrap import new_id
from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'cases.db'}")
    migrate(made)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sql.DUE_RUNGS, "ix_obligations_next_rung"),
        (sql.NEXT_RUNG_AT, "ix_obligations_next_rung"),
        (sql.OPEN_OBLIGATIONS, "ix_obligations_chain_open"),
        (sql.NOTICES_WAITING, "ix_outbox_waiting"),
        (sql.CLAIMABLE, "ix_outbox_bundled"),
        (sql.EXPIRED_APPROVALS, "ix_approvals_pending"),
    ],
)
def test_a_query_is_planned_by_its_partial_index_before_its_parameters_are_known(
    database: Database, statement: ClauseElement, index: str
) -> None:
    prepared = database.prepared(statement)
    with sqlite3.connect(str(database.engine.url.database)) as link:
        plan = link.execute(f"EXPLAIN QUERY PLAN {prepared.sql}", [1] * prepared.sql.count("?")).fetchall()
    link.close()
    assert f"SEARCH {index.split('_')[1]} USING" in plan[0][3].replace("COVERING ", "")
    assert index in plan[0][3]


def test_names_of_one_process_follow_each_other_and_are_never_the_same() -> None:
    names = [new_id() for _ in range(1_000)]
    assert names == sorted(set(names))
    assert {len(name) for name in names} == {32}


def test_a_name_cannot_be_told_from_the_one_before() -> None:
    halves = {new_id()[16:] for _ in range(1_000)}
    assert len(halves) == 1_000
