"""A program that is older than the tables: it goes on beside a revision that adds, and stops before one that takes away (F77).

Two invented revisions stand beside our own: one adds a column and a table, the next takes a table away. The old program is
the one in this checkout, in a process of its own.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from npm_cases.bootstrap import App
from npm_cases.domain.errors import ConfigurationError, Conflict
from npm_cases.health import readiness
from npm_cases.persistence.copying import copy_to_sqlite
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import HEAD, check_ready, check_triggers, migrate, revision
from npm_cases.services.verify import verify
from tests.faults.checker import LATER, table, violations
from tests.faults.figures import Figure
from tests.faults.mixed_load import Journal, now_of
from tests.makers import MON_2_MAR, a_caseload, a_recommendation, started_again

ROOT = Path(__file__).parents[2]
EXPANDED, CONTRACTED = "0901", "0902"
MORE_LINES = 12
LONGEST_SECONDS = 60.0
READING_SECONDS = 2.5

EXPANDING = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{EXPANDED}", "{HEAD}", None, None
step = "expands"


def upgrade():
    op.add_column("cases", sa.Column("synthetic", sa.Text(), server_default="nothing yet", nullable=False))
    op.create_table("synthetic_notes", sa.Column("id", sa.Text(), primary_key=True))
    op.execute("INSERT INTO synthetic_notes SELECT id FROM cases")


def downgrade():
    op.drop_table("synthetic_notes")
    op.drop_column("cases", "synthetic")
"""
CONTRACTING = f"""
from alembic import op

revision, down_revision, branch_labels, depends_on = "{CONTRACTED}", "{EXPANDED}", None, None
step, oldest_program = "contracts", "{EXPANDED}"


def upgrade():
    op.drop_table("saved_filters")


def downgrade():
    raise NotImplementedError
"""


@pytest.fixture
def further(tmp_path: Path) -> Path:
    folder = tmp_path / "further"
    folder.mkdir()
    (folder / "expanding.py").write_text(EXPANDING)
    (folder / "contracting.py").write_text(CONTRACTING)
    return folder


@pytest.fixture
def owner(any_app: App) -> Iterator[Database]:
    made = Database(any_app.database.engine.url.render_as_string(hide_password=False), busy_seconds=20.0)
    yield made
    made.close()


@contextmanager
def old_program(app: App) -> Iterator[Journal]:
    """Let another process make cases, act, sweep and send for the length of the block; it must be alive at the end."""
    folder = app.settings.data_dir
    command = [sys.executable, "-m", "tests.faults.mixed_load", str(folder), app.settings.database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as load:
        assert load.stdout is not None
        assert load.stdout.readline() == "working\n"
        try:
            yield Journal(folder / "journal")
            alive = load.poll() is None
        finally:
            load.kill()
        assert alive, load.communicate()[1]


def wait_for_more(journal: Journal, lines: int = MORE_LINES) -> int:
    """Wait until the old program has been told so many more things; returns how many it has been told in all."""
    wanted, until = len(journal.lines()) + lines, time.monotonic() + LONGEST_SECONDS
    while len(journal.lines()) < wanted and time.monotonic() < until:
        time.sleep(0.01)
    assert len(journal.lines()) >= wanted, "the old program does not go on"
    return len(journal.lines())


@pytest.mark.slow
def test_an_old_program_works_while_a_revision_adds_and_after(
    any_app: App, owner: Database, further: Path, figure: Figure
) -> None:
    a_caseload(any_app, 20)
    with old_program(any_app) as journal:
        wait_for_more(journal)
        before = len(journal.lines())
        for _ in range(3):
            migrate(owner, EXPANDED, further)
            wait_for_more(journal)
            migrate(owner, HEAD, further)
            wait_for_more(journal)
        migrate(owner, EXPANDED, further)
        acts = wait_for_more(journal) - before
    assert revision(any_app.database) == EXPANDED
    again = started_again(any_app)  # an old program that starts now
    a_recommendation(again, "served", at=now_of(again))
    assert violations(again) == []
    with again.reader as reader:
        assert verify(again.office, reader, LATER).findings == ()
    assert readiness(again, now_of(again))["migrations"]
    check_triggers(again.database)
    again.close()
    figure("F77", lines_of_an_old_program_meanwhile=acts, expanded_meanwhile=4)


def test_an_old_program_refuses_what_takes_away_what_it_needs_and_changes_nothing(
    any_app: App, owner: Database, further: Path
) -> None:
    a_recommendation(any_app, "served")
    migrate(owner, EXPANDED, further)
    check_ready(any_app.database)
    migrate(owner, CONTRACTED, further)
    before = table(any_app, "case_events")
    with pytest.raises(ConfigurationError, match=f"cannot work over revision {CONTRACTED}: install the program"):
        started_again(any_app)
    with pytest.raises(ConfigurationError, match="install the program"):
        migrate(owner)  # as `init` of the old program does
    assert not readiness(any_app, MON_2_MAR)["migrations"]
    assert (revision(owner), table(any_app, "case_events")) == (CONTRACTED, before)


def test_to_set_up_again_with_an_old_program_leaves_a_wider_schema_as_it_is(
    any_app: App, owner: Database, further: Path
) -> None:
    migrate(owner, EXPANDED, further)
    migrate(owner)
    assert revision(any_app.database) == EXPANDED


@pytest.mark.pg
def test_an_old_program_copies_no_rows_it_knows_half(pg_app: App, further: Path, tmp_path: Path) -> None:
    owner = Database(pg_app.database.engine.url.render_as_string(hide_password=False))
    migrate(owner, EXPANDED, further)
    owner.close()
    with pytest.raises(Conflict, match=f"at revision {EXPANDED}"):
        copy_to_sqlite(pg_app.database, tmp_path / "copy.db")


@pytest.mark.slow
@pytest.mark.pg
def test_a_long_read_is_waited_for_in_short_tries_and_nobody_waits_behind_the_migration(
    pg_app: App, further: Path
) -> None:
    number = a_recommendation(pg_app).number
    url = pg_app.database.engine.url.render_as_string(hide_password=False)
    owner, reader = Database(url, busy_seconds=20.0), Database(url)
    with reader.connection() as reading:
        reading.execute(text("SELECT count(*) FROM cases"))
        migrating = Thread(target=migrate, args=(owner, EXPANDED, further))
        migrating.start()
        longest, until = 0.0, time.monotonic() + READING_SECONDS
        while time.monotonic() < until:
            asked = time.monotonic()
            with pg_app.office.open_reading() as work:
                assert work.case(number).number == number
            longest = max(longest, time.monotonic() - asked)
        assert revision(pg_app.database) == HEAD
    migrating.join(LONGEST_SECONDS)
    assert revision(pg_app.database) == EXPANDED
    assert longest < READING_SECONDS - 1, "others waited behind the migration as long as it waited itself"
    for one in (owner, reader):
        one.close()
