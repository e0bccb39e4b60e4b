"""A migration killed at any statement leaves the database as it was, and runs to its end afterwards (FAULTS F77)."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import check_triggers, migrate, revision
from tests.databases import PostgresServer
from tests.faults.figures import Figure
from tests.persistence.test_migrations import REVISIONS, columns_in, everything, with_rows_in_every_table

ROOT = Path(__file__).parents[2]
WAYS = [("0001", REVISIONS[-1]), *pairwise(REVISIONS), (REVISIONS[-1], REVISIONS[-2])]
SAMPLED = 3
Fresh = Callable[[], str]


def migrated(url: str, to: str, fatal: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.migrating", url, to, str(fatal)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def prepared(url: str, older: str) -> tuple[dict[str, list[str]], dict[str, list[tuple[object, ...]]]]:
    """Bring a database to a revision with a row in every table; returns its columns and rows."""
    database = Database(url)
    migrate(database, older)
    with database.connection() as connection:
        columns = columns_in(connection)
    with_rows_in_every_table(database)
    rows = everything(database, columns)
    database.close()
    return columns, rows


def die_and_go_on(fresh: Fresh, older: str, newer: str, fatal: int) -> None:
    url = fresh()
    columns, rows = prepared(url, older)
    assert migrated(url, newer, fatal).returncode == -signal.SIGKILL
    database = Database(url)
    assert revision(database) == older
    assert everything(database, columns) == rows
    migrate(database, newer)
    assert revision(database) == newer
    migrate(database)
    check_triggers(database)
    database.close()


def chosen(statements: int, *, is_long: bool) -> list[int]:
    """Every statement in the long form, else a few from the first to the last."""
    step = 1 if is_long else max(1, statements // SAMPLED)
    return sorted({*range(1, statements + 1, step), statements})


def die_at_each(fresh: Fresh, older: str, newer: str, *, is_long: bool) -> int:
    """Kill the migration at each chosen statement of it; returns at how many."""
    clean = fresh()
    prepared(clean, older)
    tried = chosen(int(migrated(clean, newer, 0).stdout), is_long=is_long)
    for fatal in tried:
        die_and_go_on(fresh, older, newer, fatal)
    return len(tried)


@pytest.mark.slow
@pytest.mark.parametrize(("older", "newer"), WAYS)
def test_a_migration_killed_at_a_statement_has_done_nothing(
    older: str, newer: str, tmp_path: Path, figure: Figure, *, is_long: bool
) -> None:
    numbers = iter(range(1_000_000))

    def fresh() -> str:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return f"sqlite:///{folder / 'cases.db'}"

    killed_at = die_at_each(fresh, older, newer, is_long=is_long)
    figure(statements_killed_at=killed_at, differences=0)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.pg
@pytest.mark.timeout(3_600)
def test_a_migration_killed_on_postgresql_has_done_nothing(
    postgres_server: PostgresServer, figure: Figure, *, is_long: bool
) -> None:
    older, newer, made = REVISIONS[0], REVISIONS[-1], iter(range(1_000_000))

    def fresh() -> str:
        return postgres_server.empty_database(f"killed_{next(made)}")

    killed_at = die_at_each(fresh, older, newer, is_long=is_long)
    figure(statements_killed_at=killed_at, differences=0)
