"""An office moved into an empty database of either kind: its history unchanged, or nothing of it there."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput, Conflict, IntegrityBroken
from npm_cases.persistence import copying
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import check_ready, check_triggers, migrate
from npm_cases.persistence.office_target import empty_target
from npm_cases.persistence.schema import HISTORY, metadata
from npm_cases.services.office_copy import Moved, move_office
from tests.audit.made_history import settings
from tests.audit.rich_history import live_richly
from tests.databases import PostgresServer
from tests.faults.checker import LATER, table, violations
from tests.makers import a_caseload, a_recommendation
from tests.persistence.test_copying import all_rows

_NUMBERS = count(1)
Empty = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """The URL of a database of each kind in which nothing is."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / f'moved{next(_NUMBERS)}.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return lambda: server.empty_database(f"moved_{next(_NUMBERS)}")


def moved_to(app: App, url: str) -> Moved:
    app.sequence()
    with empty_target(app.database, url, 5.0) as target:
        return move_office(app.office, target, LATER)


def over(app: App, url: str) -> App:
    """The same installation with another database."""
    return build(app.settings.model_copy(update={"database_url": url}))


def history(app: App) -> list[object]:
    return [table(app, one.name) for one in HISTORY]


def test_an_office_is_equal_where_it_arrives_and_goes_on_there(any_app: App, empty: Empty) -> None:
    a_caseload(any_app, 5)
    a_recommendation(any_app, "closed")
    any_app.checkpoint(LATER)
    before, url = all_rows(any_app), empty()
    moved = moved_to(any_app, url)
    assert moved.events == len(before["case_events"]) == moved.size
    there = over(any_app, url)
    check_ready(there.database)
    check_triggers(there.database)
    assert all_rows(there) == before
    assert violations(there) == []
    a_recommendation(there, "issued", title="Written where the office moved to", at=LATER)
    there.checkpoint(LATER)
    assert violations(there) == []
    assert all_rows(any_app) == before
    there.close()


@pytest.mark.pg
def test_a_year_of_everything_goes_to_a_server_and_back_with_the_same_history(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    live_richly(tmp_path / "data")
    at_home = build(settings(tmp_path / "data"))
    away_url = postgres_server.empty_database(f"moved_{next(_NUMBERS)}")
    out = moved_to(at_home, away_url)
    away = over(at_home, away_url)
    back = moved_to(away, f"sqlite:///{tmp_path / 'back.db'}")
    home_again = over(at_home, f"sqlite:///{tmp_path / 'back.db'}")
    assert out == back
    assert history(at_home) == history(away) == history(home_again)
    for one in (away, home_again):
        assert violations(one) == []
        assert one.counters.counters(LATER) == at_home.counters.counters(LATER)
    for one in (at_home, away, home_again):
        one.close()


def test_events_without_a_place_get_it_in_a_file(pg_app: App, tmp_path: Path) -> None:
    a_recommendation(pg_app, "issued")
    with empty_target(pg_app.database, f"sqlite:///{tmp_path / 'moved.db'}", 5.0) as target:
        moved = move_office(pg_app.office, target, LATER)
    assert moved.size == moved.events > 0
    assert table(pg_app, "log_entries") == []


def test_a_target_that_is_not_empty_is_refused_and_left_as_it_is(any_app: App, empty: Empty) -> None:
    a_recommendation(any_app)
    url = empty()
    moved_to(any_app, url)
    there = over(any_app, url)
    before = all_rows(there)
    with pytest.raises(Conflict, match=r"is not empty|this very office"):
        moved_to(any_app, url)
    assert all_rows(there) == before
    there.close()


def test_the_database_itself_is_no_target(any_app: App) -> None:
    url = any_app.database.engine.url.render_as_string(hide_password=False)
    with pytest.raises(Conflict, match="this very office"):
        moved_to(any_app, url)
    assert violations(any_app) == []


@pytest.mark.pg
def test_tables_of_another_revision_or_of_others_are_no_target(app: App, postgres_server: PostgresServer) -> None:
    old = postgres_server.empty_database(f"moved_{next(_NUMBERS)}")
    database = Database(old)
    migrate(database, "0004")
    with pytest.raises(Conflict, match="0004"):
        moved_to(app, old)
    database.close()
    foreign = postgres_server.empty_database(f"moved_{next(_NUMBERS)}")
    database = Database(foreign)
    with database.connection() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id integer)")
    with pytest.raises(Conflict, match="not empty"):
        moved_to(app, foreign)
    database.close()


def test_what_is_no_address_is_refused(app: App) -> None:
    with pytest.raises(BadInput, match="no address of a database"):
        moved_to(app, "somewhere")


def test_what_is_left_of_a_lost_database_is_not_mixed_with_a_new_one(app: App, tmp_path: Path) -> None:
    (tmp_path / "new.db-wal").write_bytes(b"synthetic")
    with pytest.raises(Conflict, match=r"new\.db-wal is not empty"):
        moved_to(app, f"sqlite:///{tmp_path / 'new.db'}")


def test_a_history_that_does_not_verify_leaves_the_target_empty(any_app: App, empty: Empty) -> None:
    created = a_recommendation(any_app)
    with any_app.office.open_work() as work:
        work.update("cases", {"title": "Changed behind the back of the history"}, {"id": created.id})
        work.commit()
    url = empty()
    with pytest.raises(IntegrityBroken, match="does not verify, 1 findings"):
        moved_to(any_app, url)
    if url.startswith("sqlite"):
        assert not list(Path(url.removeprefix("sqlite:///")).parent.glob("moved*"))
    else:
        database = Database(url)
        assert rows_in(database) == 0
        database.close()


def rows_in(database: Database) -> int:
    with database.connection() as connection:
        return sum(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in metadata.tables)


def test_a_copy_that_differs_from_what_was_read_is_not_kept(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_recommendation(app)
    whole = copying._summed
    monkeypatch.setattr(
        copying, "_summed", lambda one, tx: replace(whole(one, tx), count=9) if one.name == "outbox" else whole(one, tx)
    )
    with pytest.raises(IntegrityBroken, match=r"what was read \(outbox\)"):
        moved_to(app, f"sqlite:///{tmp_path / 'moved.db'}")
    assert not list(tmp_path.glob("moved*"))
