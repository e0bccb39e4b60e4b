"""The log hashed whole, in parts and by several processes: the same roots, and the same faults named."""

import itertools

import pytest
from sqlalchemy import text

from npm_cases.bootstrap import App
from npm_cases.history.tree import root_of
from npm_cases.persistence.log_hashing import in_processes
from npm_cases.services.log import BLOCK
from npm_cases.services.log_roots import LogRoots, hash_log, hash_range, parted
from tests.makers import MON_2_MAR, a_caseload, an_allegation


@pytest.fixture
def filled(any_app: App) -> App:
    a_caseload(any_app, 90)
    any_app.checkpoint(MON_2_MAR)
    an_allegation(any_app)  # some entries after the stored tree was grown
    any_app.sequence()
    return any_app


def hashed(app: App, sizes: tuple[int, ...] = (), parts: int = 1) -> LogRoots:
    with app.reader as reader:
        return hash_log(reader, sizes, parts=parts, ranges=in_processes(app.database) if parts > 1 else None)


def test_roots_at_any_size_are_those_of_the_tree(filled: App) -> None:
    with filled.log() as log:
        size = log.size()
        wanted = (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7, size - 1, size)
        expected = {at: root_of(log.node, at) for at in wanted}
    found = hashed(filled, wanted)
    assert (found.size, found.root, found.at, found.wrong) == (size, expected[size], expected, ())


@pytest.mark.parametrize("parts", [2, 3, 16])
def test_several_processes_say_the_same_as_one(filled: App, parts: int) -> None:
    wanted = (3, BLOCK + 1, 3 * BLOCK)
    assert hashed(filled, wanted, parts) == hashed(filled, wanted)


@pytest.mark.parametrize(("size", "parts"), [(0, 2), (1, 2), (63, 4), (64, 2), (640, 3), (1_000_000, 2)])
def test_a_log_is_parted_without_a_gap_at_whole_blocks(size: int, parts: int) -> None:
    ranges = parted(size, parts)
    assert next(start for start, _ in ranges) == 0
    assert ranges[-1][1] == size
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(ranges))
    assert all(start % BLOCK == 0 for start, _ in ranges)
    assert len(ranges) <= parts


def spoil(app: App, statement: str) -> None:
    with app.database.changing_schema() as connection:
        if app.database.is_sqlite:
            for name in (
                "case_events_no_update",
                "log_entries_no_update",
                "log_entries_no_delete",
                "tree_nodes_no_update",
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("case_events", "log_entries", "tree_nodes"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "index", "what"),
    [
        (
            "UPDATE case_events SET data = leaf WHERE seq = 3 AND chain = (SELECT chain FROM log_entries WHERE idx = 100) ",
            None,
            "does not name the event",
        ),
        (
            "UPDATE log_entries SET leaf = (SELECT leaf FROM log_entries WHERE idx = 5) WHERE idx = 70",
            70,
            "does not name the event",
        ),
        ("DELETE FROM log_entries WHERE idx = 77", 77, "has no entry 77"),
        (
            "UPDATE tree_nodes SET hash = (SELECT leaf FROM log_entries WHERE idx = 5) WHERE level = 6 AND idx = 1",
            64,
            "stored node",
        ),
        (
            "UPDATE tree_nodes SET hash = (SELECT leaf FROM log_entries WHERE idx = 5) WHERE level = 7 AND idx = 1",
            128,
            "stored node of level 7",
        ),
    ],
    ids=["an event", "an entry", "a gap", "a low node", "a high node"],
)
@pytest.mark.parametrize("parts", [1, 2])
def test_what_does_not_hold_is_named_at_its_index(
    filled: App, statement: str, index: int | None, what: str, parts: int
) -> None:
    spoil(filled, statement)
    found = [(at, said) for at, said in hashed(filled, (), parts).wrong if what in said]
    assert found
    assert index is None or found[0][0] == index


def test_a_range_is_hashed_by_blocks_and_the_rest_by_leaves(filled: App) -> None:
    with filled.reader as reader:
        part = hash_range(reader, BLOCK, 3 * BLOCK + 5)
    assert (part.size, len(part.blocks), len(part.rest)) == (2 * BLOCK + 5, 2 * 32, 5)
