"""A country changes its zone: other zone data is installed, the days that are due stay, every instant follows once (F31)."""

import shutil
import zoneinfo
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.zones import zone_marks
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.verify import verify
from npm_cases.services.watching import recorded_sweep
from tests.faults.figures import Figure
from tests.makers import CASEWORKER, COLONY, MON_2_MAR, an_app

A_DAY_LATER = "2026-03-03T05:00:00.000000Z"


@pytest.fixture
def british(tmp_path: Path) -> Iterator[App]:
    made = an_app(tmp_path / "gb", country="gb")
    fields = {"channel": "visit", "title": "Repair the roof", "addressee": COLONY, "region": "england_wales"}
    for _ in range(3):
        create_case(made.office, CreateCase("recommendation", CASEWORKER, MON_2_MAR, fields))
    yield made
    made.close()


@pytest.fixture
def london_on_the_time_of_paris(tmp_path: Path) -> Iterator[Path]:
    """Zone data in which London keeps the hours of Paris; gives the folder, not yet in use."""
    folder, before = tmp_path / "zones", zoneinfo.TZPATH
    (folder / "Europe").mkdir(parents=True)
    with resources.as_file(resources.files("tzdata") / "zoneinfo" / "Europe" / "Paris") as paris:
        shutil.copy(paris, folder / "Europe" / "London")
    yield folder
    _use(*before)


def _use(*folders: str) -> None:
    zoneinfo.reset_tzpath(folders)
    ZoneInfo.clear_cache()
    zone_marks.cache_clear()


def dues(app: App) -> dict[str, tuple[str, str]]:
    with app.office.open_reading() as work:
        return {row["id"]: (row["due_on"], row["due_at"]) for row in work.rows("obligations", {"discharged_at": ""})}


def findings(app: App) -> tuple[object, ...]:
    app.sequence()
    with app.reader as reader:
        return verify(app.office, reader, A_DAY_LATER).findings


def test_other_zone_data_moves_every_instant_once_and_no_day(
    british: App, london_on_the_time_of_paris: Path, figure: Figure
) -> None:
    recorded_sweep(british.office, MON_2_MAR, 100)
    before = dues(british)
    _use(str(london_on_the_time_of_paris))
    later = build(british.settings)
    assert findings(later) != (), "the verification does not look at the instants"
    for _ in range(2):
        recorded_sweep(later.office, A_DAY_LATER, 100)
    after = dues(later)
    assert {name: day for name, (day, _) in after.items()} == {name: day for name, (day, _) in before.items()}
    moved = [name for name in before if after[name][1] < before[name][1]]
    assert len(moved) == len(before) > 0
    assert findings(later) == ()
    assert [row["kind"] for row in later.views.open_incidents()].count("zone_data_changed") == 1
    figure(instants=len(before), days_moved=0, wrong=0)
    later.close()


def test_the_same_zone_data_counts_nothing_again(british: App) -> None:
    for _ in range(2):
        recorded_sweep(british.office, MON_2_MAR, 100)
    with british.office.open_reading() as work:
        assert work.rows("meta", {"name": "recount"}) == []
    assert british.views.open_incidents() == []
