"""A copy to try things on holds one state of everything, and what is done to it never reaches the original."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from npm_cases.bootstrap import App
from npm_cases.persistence.copying import copy_to_sqlite
from npm_cases.persistence.migrate import check_ready, check_triggers
from npm_cases.persistence.schema import metadata
from npm_cases.persistence.work import SqlWork
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.makers import a_caseload, a_recommendation

TUE_7_SEP_2027 = "2027-09-07T06:00:00.000000Z"


def all_rows(app: App) -> Mapping[str, list[dict[str, Any]]]:
    return {name: table(app, name) for name in metadata.tables}


def test_a_copy_is_equal_to_its_original_and_lives_apart(any_app: App, tmp_path: Path) -> None:
    a_caseload(any_app, 5)
    a_recommendation(any_app, "closed")
    sweep(any_app.office, TUE_7_SEP_2027)
    assert violations(any_app) == []
    database = copy_to_sqlite(any_app.database, tmp_path / "copy.db")
    copy = replace(any_app, database=database, office=replace(any_app.office, open_work=lambda: SqlWork(database)))
    check_ready(database)
    check_triggers(database)
    before = all_rows(any_app)
    assert all_rows(copy) == before
    assert violations(copy) == []
    sweep(copy.office, "2029-01-08T06:00:00.000000Z")
    assert violations(copy) == []
    assert all_rows(any_app) == before != all_rows(copy)
    database.close()
