"""A revision says which programs it lets work, and one that says it only adds is held to it on PostgreSQL."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text

from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import HEAD, check_ready, history_digest, migrate, revision
from npm_cases.persistence.schema_steps import CONTRACTS, EXPANDS, FIRST_DECLARED, STEPS, Step, declared
from tests.persistence.test_migrations import with_rows_in_every_table

ROOT = Path(__file__).parents[2]
NEXT = "0901"
REVISION = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "{next}", "{head}", None, None
{said}


def upgrade():
    op.execute("{does}")


def downgrade():
    raise NotImplementedError
"""
ADDS = "CREATE TABLE synthetic (id TEXT PRIMARY KEY)"


def a_revision(folder: Path, does: str, said: str = 'step = "expands"') -> Path:
    (folder / "next.py").write_text(REVISION.format(next=NEXT, head=HEAD, said=said, does=does))
    return folder


def test_every_revision_of_ours_says_which_programs_it_lets_work() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "npm_cases" / "persistence" / "migrations"))
    config.set_main_option("path_separator", "os")
    said = {
        one.revision: declared(one.revision, one.module) for one in ScriptDirectory.from_config(config).walk_revisions()
    }
    assert max(said) == HEAD
    assert {number for number, step in said.items() if step is None} == {n for n in said if n < FIRST_DECLARED}


@pytest.mark.parametrize("said", ["", 'step = "perhaps"', 'step = "contracts"'])
def test_a_revision_that_does_not_say_it_is_not_applied(database: Database, tmp_path: Path, said: str) -> None:
    with pytest.raises(ConfigurationError, match="does not say which programs"):
        migrate(database, NEXT, a_revision(tmp_path, ADDS, said))
    assert revision(database) == HEAD


def test_what_a_revision_says_is_written_down_with_it(database: Database, tmp_path: Path) -> None:
    migrate(database, NEXT, a_revision(tmp_path, ADDS, 'step, oldest_program = "contracts", "0900"'))
    with database.connection() as connection:
        rows = [tuple(row) for row in connection.execute(STEPS.select().order_by(STEPS.c.revision))]
    assert rows == [("0007", EXPANDS, ""), (NEXT, CONTRACTS, "0900")]


@pytest.mark.parametrize(
    ("step", "program", "lets"),
    [
        (Step("0009", EXPANDS), "0007", True),
        (Step("0009", CONTRACTS, "0008"), "0008", True),
        (Step("0009", CONTRACTS, "0008"), "0007", False),
        (Step("0009", CONTRACTS, "0009"), "0008", False),
    ],
)
def test_a_step_lets_work_whom_it_names(step: Step, program: str, lets: bool) -> None:
    assert step.lets(program) is lets


def test_a_program_goes_on_over_a_revision_that_takes_away_what_it_no_longer_needs(
    database: Database, tmp_path: Path
) -> None:
    migrate(database, NEXT, a_revision(tmp_path, ADDS, f'step, oldest_program = "contracts", "{HEAD}"'))
    check_ready(database)


def test_a_revision_nobody_wrote_down_is_not_worked_over(database: Database) -> None:
    with database.connection(writing=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
        connection.execute(insert(STEPS), {"revision": NEXT, "step": EXPANDS, "oldest_program": ""})
    with pytest.raises(ConfigurationError, match="cannot work over revision 0999"):
        check_ready(database)


@pytest.mark.parametrize(
    ("does", "why"),
    [
        (
            "ALTER TABLE cases ALTER COLUMN themes TYPE varchar(900) USING upper(themes)",
            "cases: it wrote the whole table anew",
        ),
        ("CREATE INDEX ix_synthetic ON cases (title_key)", "cases: it made the index ix_synthetic"),
        ("UPDATE cases SET title_key = 'another'", "cases: it changed rows"),
        ("DROP TABLE saved_filters", "saved_filters: it took it away"),
        (
            "INSERT INTO log_entries SELECT max(idx) + 1, 'synthetic', 1, 'x' FROM log_entries",
            "log_entries: it changed rows",
        ),
    ],
)
@pytest.mark.pg
def test_a_revision_that_says_it_adds_and_does_more_is_undone(
    postgres_url: str, tmp_path: Path, does: str, why: str
) -> None:
    database = Database(postgres_url)
    with_rows_in_every_table(database)
    with database.connection() as connection:
        before = history_digest(connection)
    with pytest.raises(ConfigurationError, match=f"is none, for {why}"):
        migrate(database, NEXT, a_revision(tmp_path, does))
    with database.connection() as connection:
        assert history_digest(connection) == before
    assert revision(database) == HEAD
    database.close()
