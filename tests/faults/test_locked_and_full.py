"""A lock that lasts too long, a disk that is full: refused as a whole, told clearly, fine afterwards (FAULTS F09, F10)."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import TryAgain
from npm_cases.persistence.rights import authorize
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.import_rows import import_rows
from npm_cases.services.sweep import sweep
from tests.faults.checker import everything, table, violations
from tests.makers import CASEWORKER, COMMISSIONER, MON_2_MAR, a_caseload, a_recommendation, a_row, an_app, settings_of

pytestmark = pytest.mark.sqlite("locks and a full disk of one file")

ROOT = Path(__file__).parents[2]
TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"

HOLD = """
import sqlite3, sys
link = sqlite3.connect(sys.argv[1], isolation_level=None)
link.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
link.execute("ROLLBACK")
"""


@contextmanager
def another_process_writing(app: App) -> Iterator[None]:
    file = str(app.settings.data_dir / "cases.db")
    command = [sys.executable, "-c", HOLD, file]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.communicate("let go\n", timeout=10)


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[App]:
    """An installation that waits a short while for another writer."""
    app = an_app(tmp_path / "data", busy_seconds=0.2)
    yield app
    app.close()


def test_a_lock_that_lasts_is_told_and_nothing_is_half_written(hurried: App) -> None:
    created = a_recommendation(hurried)
    before = everything(hurried)
    with another_process_writing(hurried):
        with pytest.raises(TryAgain, match="nothing was changed, try again"):
            act(hurried.office, DoAct(created.number, "approve", COMMISSIONER, MON_2_MAR))
        with pytest.raises(TryAgain, match="nothing was changed, try again"):
            sweep(hurried.office, TUE_7_SEP_2027)
    assert everything(hurried) == before
    assert act(hurried.office, DoAct(created.number, "approve", COMMISSIONER, MON_2_MAR)).state == "approved"
    assert violations(hurried) == []


def test_a_lock_that_ends_in_time_is_waited_for(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data", busy_seconds=20)
    created = a_recommendation(app)
    with closing(
        sqlite3.connect(tmp_path / "data" / "cases.db", isolation_level=None, check_same_thread=False)
    ) as other:
        from threading import Timer

        other.execute("BEGIN IMMEDIATE")
        timer = Timer(0.5, other.execute, ["ROLLBACK"])
        timer.start()
        assert act(app.office, DoAct(created.number, "approve", COMMISSIONER, MON_2_MAR)).state == "approved"
        timer.join()
    app.close()


def test_a_start_does_not_wait_for_a_writer(hurried: App) -> None:
    with another_process_writing(hurried):
        build(hurried.settings).close()


@contextmanager
def a_full_disk(app: App) -> Iterator[None]:
    """Let the database file grow no further on any connection of the installation."""
    from sqlalchemy import event

    def stop_growing(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_authorizer(None)  # the service itself may not set it
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        connection.set_authorizer(authorize)

    app.close()
    event.listen(app.database.engine, "connect", stop_growing)
    yield
    event.remove(app.database.engine, "connect", stop_growing)
    app.close()


def test_on_a_full_disk_an_import_is_refused_as_a_whole_and_reading_goes_on(app: App) -> None:
    a_caseload(app, 5)
    before = everything(app)
    with a_full_disk(app):
        with pytest.raises(TryAgain, match="nothing was written; make room"):
            import_rows(app.office, [a_row(number) for number in range(100, 400)], CASEWORKER, MON_2_MAR)
        assert everything(app) == before
    assert violations(app) == []
    assert import_rows(app.office, [a_row(number) for number in range(100, 400)], CASEWORKER, MON_2_MAR).new == 300
    assert violations(app) == []


def test_on_a_full_disk_a_sweep_keeps_whole_batches_and_goes_on_when_there_is_room(app: App) -> None:
    a_caseload(app, 60)
    with a_full_disk(app):
        with pytest.raises(TryAgain, match="nothing was written; make room"):
            sweep(app.office, TUE_7_SEP_2027, 10)
        assert violations(app) == []
    sweep(app.office, TUE_7_SEP_2027, 10)
    assert violations(app) == []
    with app.office.open_work() as work:
        assert work.due_rungs(TUE_7_SEP_2027, 1_000) == []


ADD_A_LARGE_DOCUMENT = """
import resource, sys
from pathlib import Path
from npm_cases.bootstrap import build
from npm_cases.domain.errors import TryAgain
from npm_cases.services.casework import OnCase, add_document
from tests.makers import CASEWORKER, MON_2_MAR, settings_of
app = build(settings_of(Path(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    add_document(app.office, OnCase(sys.argv[2], CASEWORKER, MON_2_MAR), "large.pdf", b"x" * 3_000_000)
except TryAgain as error:
    print(error)
app.close()
"""


def test_a_document_that_does_not_fit_leaves_neither_file_nor_event(app: App) -> None:
    assert resource.RLIMIT_FSIZE
    created = a_recommendation(app)
    before = everything(app)
    command = [sys.executable, "-c", ADD_A_LARGE_DOCUMENT, str(app.settings.data_dir), created.number]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "could not be stored" in told.stdout
    assert "nothing was recorded" in told.stdout
    assert everything(app) == before
    assert table(app, "documents") == []
    assert [file for file in (app.settings.data_dir / "documents").rglob("*") if file.is_file()] == []
    document, _ = add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "small.txt", b"text")
    app.office.documents.get(document).close()
    assert violations(app) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data")
    created = a_recommendation(app)
    (app.settings.data_dir / "documents").write_text("a file stands where the folder should be")
    with pytest.raises(TryAgain, match="could not be stored"):
        add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "small.txt", b"text")
    assert settings_of(tmp_path / "data").data_dir == app.settings.data_dir
    assert violations(app) == []
    app.close()
