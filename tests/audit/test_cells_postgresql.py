"""On PostgreSQL every column answers to the history too: one row of each table, every column of it."""

from collections.abc import Iterator

import pytest

from npm_cases.persistence.schema import metadata
from tests.audit.bench import Bench
from tests.audit.cells import step, try_cells, try_rows
from tests.audit.rich_history import live_richly
from tests.conftest import PostgresServer

pytestmark = [pytest.mark.pg, pytest.mark.xdist_group("cells on postgresql")]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Bench]:
    url, folder = postgres_server.new_database(), tmp_path_factory.mktemp("rich") / "history"
    live_richly(folder, url)
    made = Bench(folder, url)
    yield made
    made.close()
    postgres_server.drop(url)


def test_the_untouched_history_holds(bench: Bench) -> None:
    assert bench.found() == []


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_a_changed_cell_is_found(bench: Bench, table: str) -> None:
    assert try_cells(bench, table, step(len(bench.rows[table]), 1)).undetected == []


def test_a_row_deleted_made_up_or_swapped_is_found(bench: Bench) -> None:
    for table in ("cases", "case_events", "log_entries", "obligations", "bodies", "users", "consents"):
        assert try_rows(bench, table, step(len(bench.rows[table]), 2)).undetected == []
    assert bench.found() == [], "everything was put back"
