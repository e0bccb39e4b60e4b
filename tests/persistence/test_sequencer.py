"""Every event gets its place in the log once, late ones too, and in its chain's own order (AUDIT T5)."""

from threading import Thread

import pytest
from sqlalchemy import text

from npm_cases.persistence import sequencer
from npm_cases.persistence.database import Database
from npm_cases.persistence.sequencer import sequence
from npm_cases.persistence.work import SqlWork
from tests.persistence.records import AT, LATER, an_event


def append(work: SqlWork, chain_id: str, count: int, at: str) -> None:
    chain = work.chain(chain_id)
    for _ in range(count):
        line = an_event(chain_id, chain.seq + 1, chain.head, at=at)
        work.append(line)
        chain.seq, chain.head, chain.last_at = line.event.seq, line.leaf, at


def log(database: Database) -> list[tuple[int, str, int]]:
    with SqlWork(database) as work:
        return [(row["idx"], row["chain"], row["seq"]) for row in work.rows("log_entries")]


def test_on_sqlite_nothing_is_left_to_do_and_on_postgresql_everything_once(database: Database) -> None:
    with SqlWork(database) as work:
        append(work, "b", 2, AT)
        append(work, "a", 2, AT)
        work.commit()
    assert sequence(database) == (0 if database.is_sqlite else 4)
    assert sequence(database) == 0
    assert [index for index, _, _ in log(database)] == [0, 1, 2, 3]
    assert [seq for _, chain, seq in log(database) if chain == "a"] == [1, 2]


def test_with_nothing_to_do_no_lock_is_waited_for(database: Database) -> None:
    with SqlWork(database) as work:
        append(work, "a", 2, AT)
        work.commit()
    sequence(database)
    with SqlWork(database) as writing:
        writing.chain("a")
        assert sequence(database) == 0


@pytest.mark.pg
def test_a_few_events_are_looked_for_in_what_was_written_to_of_late(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_url)
    with SqlWork(database) as work:
        append(work, "b", 2, AT)
        work.commit()
    assert sequence(database) == 2
    monkeypatch.setattr(sequencer.sql, "UNSEQUENCED", text("SELECT 1 FROM nowhere"))
    with SqlWork(database) as work:
        for name in ("b", "a"):
            append(work, name, 2, LATER)
        work.commit()
    assert sequence(database) == 4
    assert log(database) == [(0, "b", 1), (1, "b", 2), (2, "a", 1), (3, "a", 2), (4, "b", 3), (5, "b", 4)]
    database.close()


@pytest.mark.pg
def test_an_event_older_than_what_is_looked_through_is_found_all_the_same_and_in_its_chains_order(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_url)
    monkeypatch.setattr(sequencer, "PLACES_BACK", 0)
    with SqlWork(database) as work:
        append(work, "first", 1, LATER)
        work.commit()
    assert sequence(database) == 1
    with SqlWork(database) as work:
        append(work, "old", 2, AT)
        append(work, "first", 1, LATER)
        work.commit()
    assert sequence(database) == 3
    assert log(database) == [(0, "first", 1), (1, "old", 1), (2, "old", 2), (3, "first", 2)]
    database.close()


@pytest.mark.pg
def test_an_event_committed_late_is_found_in_the_next_round(postgres_url: str) -> None:
    database = Database(postgres_url)
    with SqlWork(database) as slow:
        append(slow, "slow", 1, AT)
        slow.flush()
        with SqlWork(database) as fast:
            append(fast, "fast", 1, LATER)
            fast.commit()
        assert sequence(database) == 1
        slow.commit()
    assert sequence(database) == 1
    assert log(database) == [(0, "fast", 1), (1, "slow", 1)]
    database.close()


@pytest.mark.pg
def test_events_of_one_instant_keep_the_order_of_their_chain_across_batches(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 3)
    database = Database(postgres_url)
    with SqlWork(database) as work:
        for chain in ("z", "a", "m"):
            append(work, chain, 12, AT)
        work.commit()
    assert sequence(database) == 36
    for chain in ("z", "a", "m"):
        assert [seq for _, found, seq in log(database) if found == chain] == list(range(1, 13))
    database.close()


@pytest.mark.pg
def test_two_sequencers_at_once_give_each_event_one_place(postgres_url: str) -> None:
    database = Database(postgres_url)
    with SqlWork(database) as work:
        append(work, "a", 200, AT)
        work.commit()
    placed: list[int] = []
    threads = [Thread(target=lambda: placed.append(sequence(database))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(placed) == 200
    assert [index for index, _, _ in log(database)] == list(range(200))
    database.close()
