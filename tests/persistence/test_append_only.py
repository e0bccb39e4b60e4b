"""History can only grow: every other statement is refused by the database itself (AUDIT sections 2 and 3)."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from npm_cases.domain.errors import Conflict, IntegrityBroken
from npm_cases.history.event import Written
from npm_cases.persistence import statements as sql, triggers
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import check_triggers, migrate
from npm_cases.persistence.sequencer import sequence
from npm_cases.persistence.work import SqlWork, _event_values
from tests.persistence.records import a_case, an_event

FIRST = an_event()
SECOND = an_event(seq=2, prev=FIRST.leaf)


@pytest.fixture
def written_history(database: Database) -> Database:
    with SqlWork(database) as work:
        case = a_case()
        work.add_case(case)
        for line in (FIRST, SECOND):
            work.append(line)
            case.seq, case.head, case.last_at = line.event.seq, line.leaf, line.event.at
        work.commit()
    sequence(database)
    return database


def run(database: Database, statement: str) -> None:
    with database.connection(writing=True) as connection:
        connection.execute(text(statement))


def stored(database: Database) -> list[bytes]:
    with SqlWork(database) as work:
        return [row["data"] for row in work.rows("case_events")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET actor = 'another'",
        "UPDATE case_events SET data = data WHERE seq = 1",
        "DELETE FROM case_events",
        "DELETE FROM case_events WHERE seq = 2",
        "UPDATE log_entries SET seq = 9",
        "DELETE FROM log_entries WHERE idx = 1",
    ],
)
def test_history_is_neither_changed_nor_deleted(written_history: Database, statement: str) -> None:
    with pytest.raises(IntegrityBroken, match="append-only"):
        run(written_history, statement)
    assert stored(written_history) == [FIRST.data, SECOND.data]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (an_event(seq=3, prev=FIRST.leaf), IntegrityBroken),
        (an_event(seq=3), IntegrityBroken),
        (an_event(seq=4, prev=SECOND.leaf), IntegrityBroken),
        (an_event(seq=0), IntegrityBroken),
        (an_event("another", seq=1, prev=FIRST.leaf), IntegrityBroken),
        (an_event(seq=2, prev=FIRST.leaf, actor="two"), (Conflict, IntegrityBroken)),
        (an_event(seq=1, actor="two"), (Conflict, IntegrityBroken)),
    ],
    ids=["wrong prev", "no prev", "a gap", "seq 0", "a first event with a prev", "a fork", "a second beginning"],
)
def test_an_event_that_does_not_follow_the_last_one_is_refused(
    written_history: Database, line: Written, refused: type[Exception]
) -> None:
    with written_history.begin() as tx, pytest.raises(refused):
        tx.run(sql.ADD_EVENT, _event_values(line))
    assert stored(written_history) == [FIRST.data, SECOND.data]


@pytest.mark.parametrize("index", [0, 1, 3, -1])
def test_a_log_entry_that_is_not_the_next_one_is_refused(written_history: Database, index: int) -> None:
    entry = {"idx": index, "chain": "another", "seq": 1, "leaf": b"x"}
    with written_history.begin() as tx, pytest.raises((IntegrityBroken, Conflict)):
        tx.run(sql.ADD_LOG_ENTRY, entry)


def test_insert_or_replace_does_not_overwrite_history(written_history: Database) -> None:
    if not written_history.is_sqlite:
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    columns = "chain, seq, leaf, prev, type, machine, event, at, actor, role, data"
    statement = f"INSERT OR REPLACE INTO case_events ({columns}) SELECT {columns} FROM case_events WHERE seq = 2"
    with pytest.raises(IntegrityBroken):
        run(written_history, statement)


@pytest.mark.parametrize("table", ["case_events", "log_entries"])
def test_truncate_is_refused(written_history: Database, table: str) -> None:
    if written_history.is_sqlite:
        pytest.skip("TRUNCATE is PostgreSQL's own")
    with pytest.raises(IntegrityBroken):
        run(written_history, f"TRUNCATE {table}")


@pytest.mark.parametrize("upsert", ["DO UPDATE SET actor = 'another'"])
def test_an_upsert_does_not_overwrite_history(written_history: Database, upsert: str) -> None:
    columns = "chain, seq, leaf, prev, type, machine, event, at, actor, role, data"
    source = f"SELECT {columns} FROM case_events WHERE seq = 2"
    with pytest.raises(IntegrityBroken):
        run(written_history, f"INSERT INTO case_events ({columns}) {source} ON CONFLICT (chain, seq) {upsert}")


def test_every_trigger_stands_after_the_migration_and_a_second_one_changes_nothing(database: Database) -> None:
    check_triggers(database)
    migrate(database)
    check_triggers(database)


def drop(database: Database, name: str) -> None:
    table = name.partition("_")[0] + "_" + name.split("_")[1]
    run(database, f"DROP TRIGGER {name}" + ("" if database.is_sqlite else f" ON {table}"))


def disable(database: Database, name: str) -> None:
    """Make the trigger harmless without taking it away: emptied on SQLite, switched off on PostgreSQL."""
    if database.is_sqlite:
        drop(database, name)
        run(database, f"CREATE TRIGGER {name} BEFORE UPDATE ON case_events BEGIN SELECT 1; END")
    else:
        run(database, f"ALTER TABLE {name.partition('_')[0]}_{name.split('_')[1]} DISABLE TRIGGER {name}")


@pytest.mark.parametrize("harm", [drop, disable])
def test_a_trigger_that_does_not_stand_stops_the_start(
    database: Database, harm: Callable[[Database, str], None]
) -> None:
    wanted = triggers.SQLITE if database.is_sqlite else triggers.POSTGRESQL
    name = next(name for name in wanted if name.startswith("case_events") and not name.endswith("()"))
    harm(database, name)
    with pytest.raises(IntegrityBroken, match=name):
        check_triggers(database)
