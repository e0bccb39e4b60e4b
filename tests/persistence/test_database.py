"""The connection: pragmas that hold, locks that end, transactions that keep to themselves."""

from pathlib import Path

import pytest
from sqlalchemy import Text, bindparam, select, text, update

from npm_cases.domain.errors import BadInput, ConfigurationError, TryAgain
from npm_cases.persistence import database as under_test, statements as sql
from npm_cases.persistence.database import PRAGMAS, Database
from npm_cases.persistence.schema import cases
from npm_cases.persistence.work import SqlWork
from tests.persistence.records import CASE_ID, a_case, an_obligation

TITLES = select(cases.c.title).order_by(cases.c.id)
RETITLE = update(cases).where(cases.c.id == bindparam("b_id", type_=Text))


def test_the_pragmas_hold_on_every_connection(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cases.db'}")
    with database.connection() as one, database.connection() as other:
        for connection in (one, other):
            assert {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS} == dict(PRAGMAS)
    database.close()


def test_a_pragma_that_is_not_accepted_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "PRAGMAS", {"journal_mode": "no_such_mode"})
    database = Database(f"sqlite:///{tmp_path / 'cases.db'}")
    with pytest.raises(ConfigurationError, match="journal_mode"):
        database.begin()
    database.close()


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_case(a_case())
        work.commit()
    with database.reading() as reading:
        before = reading.tuples(TITLES)
        with database.begin() as writing:
            writing.run(RETITLE, {"title": "new", "b_id": CASE_ID})
            writing.commit()
        assert reading.tuples(TITLES) == before
    with database.reading() as reading:
        assert reading.tuples(TITLES) == [("new",)]


def test_a_reader_cannot_write_on_postgresql(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no reading transaction that refuses to write")
    with database.reading() as reading, pytest.raises(database.driver_error, match="read-only"):
        reading.run(RETITLE, {"title": "new", "b_id": CASE_ID})


def test_a_stream_goes_on_while_other_queries_run(database: Database) -> None:
    with SqlWork(database) as work:
        for letter in "abc":
            work.add_case(a_case(letter, title=letter))
        work.commit()
    with database.reading() as reading:
        seen = []
        for (title,) in reading.stream(TITLES):
            assert len(reading.tuples(TITLES)) == 3
            assert len(list(reading.stream(TITLES))) == 3
            seen.append(title)
    assert seen == ["a", "b", "c"]


def test_another_writer_is_waited_for_and_then_told(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_case(a_case())
        work.commit()
    with SqlWork(database) as holding:
        holding.case(CASE_ID)
        with pytest.raises(TryAgain, match="nothing was changed, try again"), SqlWork(database) as waiting:
            waiting.case(CASE_ID)
    with SqlWork(database) as work:
        assert work.case(CASE_ID) == a_case()


def test_connections_are_given_back_whatever_went_wrong(database: Database) -> None:
    def lost() -> None:
        with database.begin() as tx:
            tx.one(sql.CASE_BY_ID, {"b_ref": CASE_ID})
            raise LookupError

    for _ in range(30):
        with pytest.raises(LookupError):
            lost()
    with SqlWork(database) as holding:
        holding.next_number("R")
        for _ in range(3):
            with pytest.raises(TryAgain), SqlWork(database) as refused:
                refused.next_number("R")
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_compiled_statements_do_not_pile_up(database: Database) -> None:
    def rounds(times: int) -> int:
        with SqlWork(database) as work:
            for _ in range(times):
                work.rows("bodies", {"id": "x"})
                work.update("bodies", {"name": "y"}, {"id": "x"})
        return len(database._prepared)

    assert rounds(2) == rounds(50)
    with database.begin() as tx:
        for number in range(under_test.MOST_PREPARED + 10):
            tx.tuples(select(cases.c.title).limit(number + 1))
    assert len(database._prepared) <= under_test.MOST_PREPARED


def test_a_text_the_database_cannot_hold_is_bad_input(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite holds every text")
    with SqlWork(database) as work:
        work.add_case(a_case(title="a\x00b"))
        with pytest.raises(BadInput, match="cannot be stored"):
            work.commit()


@pytest.mark.pg
def test_a_server_that_ends_the_connection_is_told_and_the_next_call_works(postgres_url: str) -> None:
    from npm_cases.persistence.migrate import migrate

    database = Database(postgres_url)
    migrate(database)
    ended = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with SqlWork(database) as work:
        work.next_number("R")
        with database.connection(writing=True) as other:
            other.execute(ended)
        with pytest.raises(TryAgain, match="nothing was changed"):
            work.commit()
    with SqlWork(database) as work:
        assert work.next_number("R") == 1
    database.close()


@pytest.mark.pg
def test_a_deadlock_ends_one_of_the_two_and_is_told(postgres_url: str) -> None:
    from threading import Barrier, Thread

    database = Database(postgres_url)
    with SqlWork(database) as work:
        for letter in "ab":
            work.add_case(a_case(letter))
            work.add_obligation(an_obligation(letter, letter * 32))
        work.commit()
    both_hold_one, told = Barrier(2, timeout=10), []

    def lock(first: str, second: str) -> None:
        try:
            with SqlWork(database) as work:
                work.case(first * 32)
                both_hold_one.wait()
                work.case(second * 32)
        except TryAgain as error:
            told.append(error)

    threads = [Thread(target=lock, args=names) for names in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    database.close()
