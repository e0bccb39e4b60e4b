"""Every column of every table answers to the history, or is named as one that does not (FAULTS F70-F72).

The short form: a few rows of each table, every column of them. `make tamper` tries every cell there is.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.persistence.schema import metadata
from npm_cases.services.unvouched import PARTLY, UNVOUCHED, UNVOUCHED_ROWS
from tests.audit.bench import Bench
from tests.audit.cells import step, try_cells, try_rows
from tests.audit.made_history import copy_of
from tests.audit.programs import EDITS, Edit, begun, settled, try_program
from tests.audit.rich_history import Outside, live_richly

ROWS = 3
PROGRAMS = 6
TABLES = sorted(metadata.tables)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outside]:
    folder = tmp_path_factory.mktemp("rich") / "history"
    return folder, live_richly(folder)


@pytest.fixture(scope="module")
def bench(rich: tuple[Path, Outside], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(copy_of(rich[0], tmp_path_factory.mktemp("bench") / "copy"))
    yield made
    made.close()


def spread(bench: Bench, table: str) -> int:
    return step(len(bench.rows[table]), ROWS)


def test_the_history_has_everything_and_holds(bench: Bench, rich: tuple[Path, Outside]) -> None:
    assert bench.found() == []
    assert [name for name, rows in bench.rows.items() if not rows] == ["case_keys"]
    told = bench.verify(rich[1].trust())
    assert (told.findings, told.level) == ((), 2)
    machines = {row["machine"] for row in bench.rows["case_events"]}
    assert machines == {"", "recommendation", "allegation", "escalation", "compensation", "rehabilitation"}


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_cell_is_found(bench: Bench, table: str) -> None:
    """And every column has its owner: it is found changed, in one row or another, or named as one nothing vouches for."""
    tried = try_cells(bench, table, spread(bench, table))
    assert tried.undetected == []
    columns = {column.name for column in metadata.tables[table].columns} - UNVOUCHED.get(table, {}).keys()
    for column in sorted(columns - tried.found_in.keys()) if bench.rows[table] else ():
        more = try_cells(bench, table, 1, [column])
        assert more.found_in[column], f"nothing vouches for {table}.{column}: verify it, or name it with a reason"
    assert bench.found() == [], "everything was put back"


@pytest.mark.parametrize("table", TABLES)
def test_a_row_deleted_made_up_or_swapped_is_found(bench: Bench, table: str) -> None:
    assert try_rows(bench, table, spread(bench, table)).undetected == []


def test_a_key_among_the_cases_is_found(bench: Bench) -> None:
    row = {"case_id": "synthetic", "wrapped": b"key", "made_at": ""}
    bench.insert("case_keys", [row])
    found = bench.found()
    bench.delete("case_keys", row)
    assert "keys lie in the key store alone" in found[0].what


def test_what_is_named_as_unvouched_is_there_and_has_a_reason() -> None:
    for named in (UNVOUCHED, PARTLY):
        for table, columns in named.items():
            assert columns.keys() <= {column.name for column in metadata.tables[table].columns}
            assert all(columns.values())
    assert UNVOUCHED_ROWS.keys() <= metadata.tables.keys()
    assert not any(UNVOUCHED.get(table, {}).keys() & columns.keys() for table, columns in PARTLY.items())


# --- the strongest insider


def test_a_history_rewritten_into_itself_is_clean(bench: Bench, rich: tuple[Path, Outside]) -> None:
    forged = begun(bench, 0)
    for is_signed_anew in (True, False):
        with bench.laid(settled(forged, bench, is_signed_anew=is_signed_anew)):
            assert bench.verify(rich[1].trust()).findings == ()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_rewritten_history_is_found_against_what_was_kept(
    bench: Bench, rich: tuple[Path, Outside], edit: Edit
) -> None:
    levels = try_program(bench, rich[1].trust(), [edit], 7)
    assert levels, "found nowhere"
    assert levels in ({0}, {1, 2}), "the signatures tell too where he left them"


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_a_program_of_edits_is_found_against_what_was_kept(bench: Bench, rich: tuple[Path, Outside], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same program for the same number
    assert try_program(bench, rich[1].trust(), chance.choices(EDITS, k=chance.randint(1, 5)), seed)


def test_an_edit_names_its_event_and_the_first_checkpoint_it_breaks(bench: Bench, rich: tuple[Path, Outside]) -> None:
    """F70: chain, number in it, index; then the first checkpoint that no longer fits, before the later ones."""
    entry = bench.rows["log_entries"][200]
    (row,) = [row for row in bench.rows["case_events"] if (row["chain"], row["seq"]) == (entry["chain"], entry["seq"])]
    now = bench.change("case_events", row, {"data": row["data"].replace(b"a", b"b", 1)})
    found = list(bench.verify(rich[1].trust()).findings)
    bench.change("case_events", now, {"data": row["data"]})
    assert (found[0].case, found[0].seq, found[0].index) == (row["chain"], row["seq"], 200)
    broken = [one.what for one in found if "does not fit" in one.what and not one.what.startswith("your")]
    first = next(one["number"] for one in bench.rows["checkpoints"] if one["size"] > 200)
    assert broken[0].startswith(f"checkpoint {first} does not fit")
    assert len(broken) == len(bench.rows["checkpoints"]) - first + 1
