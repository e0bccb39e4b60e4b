"""A region with days of its own: its cases are counted by its calendar, and everything that looks again counts alike."""

from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.records import Obligation
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.adoption import adopt, calendar_present, propose_calendar
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.office_acts import Seconded
from npm_cases.services.passing import let_time_pass
from npm_cases.services.policy_differences import by_calendar, differences
from npm_cases.services.recounting import recount
from npm_cases.services.verify import verify
from npm_cases.services.watching import check_horizon
from tests.makers import ADMINISTRATOR, CASEWORKER, COLONY, COMMISSIONER, MON_2_MAR, an_app

MON_9_MAR = "2026-03-09T09:00:00.000000Z"
AFTER_A_YEAR = "2027-03-02T05:00:00.000000Z"


@pytest.fixture
def british(tmp_path: Path) -> App:
    return an_app(tmp_path / "gb", country="gb")


def clocks(app: App, region: str, at: str = MON_2_MAR) -> dict[str, Obligation]:
    fields = {"channel": "visit", "title": "Repair the roof", "addressee": COLONY, "region": region}
    made = create_case(app.office, CreateCase("recommendation", CASEWORKER, at, fields))
    with app.office.open_reading() as work:
        return {owed.duty: owed for owed in work.open_obligations(made.id)}


def test_each_region_is_counted_by_its_own_calendar(british: App) -> None:
    """St Patrick's Day, 17 March, is free in Northern Ireland alone; two weeks of drafting run over it."""
    days = {}
    for region in ("england_wales", "scotland", "northern_ireland"):
        owed = clocks(british, region, MON_9_MAR)["approve"]
        days[region] = (owed.due_on, owed.derivation[0]["calendar"])
    assert days["england_wales"][1] == "gb"
    assert days["scotland"] == (days["england_wales"][0], "gb_scotland")
    assert days["northern_ireland"][1] == "gb_northern_ireland"
    assert (days["england_wales"][0], days["northern_ireland"][0]) == ("2026-03-23", "2026-03-24")


def test_a_year_of_silence_under_three_calendars_verifies(british: App) -> None:
    for region in ("england_wales", "scotland", "northern_ireland"):
        clocks(british, region)
    for _ in let_time_pass(british.office, MON_2_MAR, AFTER_A_YEAR):
        pass
    british.sequence()
    with british.reader as reader:
        assert verify(british.office, reader, AFTER_A_YEAR).findings == ()
    with british.office.open_reading() as work:
        assert {row["escalation"] for row in work.rows("cases")} == {"escalated_to_ombudsman"}


def test_the_calendar_of_one_region_is_corrected_and_no_other_date_moves(british: App) -> None:
    england, ulster = (
        clocks(british, region, MON_9_MAR)["approve"] for region in ("england_wales", "northern_ireland")
    )
    text = calendar_text("gb_northern_ireland").replace(
        'version = "northern-ireland-2026.1"', 'version = "synthetic"', 1
    )
    text += '\n[[days_off]]\nid = "synthetic_decree"\ndates = [2026-03-18]\nsource = "a synthetic decree"\n'
    calendar = parse_calendar(text, "synthetic.toml")
    proposal, _ = propose_calendar(british.office, text, calendar, ADMINISTRATOR, MON_9_MAR)
    adopt(british.office, Seconded(proposal, COMMISSIONER), MON_9_MAR)
    british.looked_at = 0.0
    british.renew()
    recount(british.office, MON_9_MAR)
    with british.office.open_reading() as work:
        running = [*work.open_obligations(england.chain), *work.open_obligations(ulster.chain)]
    now = {owed.chain: owed for owed in running if owed.duty == "approve"}
    assert now[england.chain].due_on == england.due_on
    assert (ulster.due_on, now[ulster.chain].due_on) == ("2026-03-24", "2026-03-25")
    assert now[ulster.chain].calendar_version == "synthetic"
    british.sequence()
    with british.reader as reader:
        assert verify(british.office, reader, MON_9_MAR).findings == ()


def test_each_region_is_told_in_time_that_its_calendar_ends(british: App) -> None:
    ending = f"{british.office.pack.calendar.last_confirmed_year}-12-01T09:00:00.000000Z"
    assert check_horizon(british.office, ending)
    assert {row["subject"] for row in british.views.open_incidents()} == {"gb", "gb_scotland", "gb_northern_ireland"}


def test_a_review_holds_the_calendar_of_a_region_against_its_own(british: App) -> None:
    for region in ("england_wales", "northern_ireland"):
        clocks(british, region, MON_9_MAR)
    text = calendar_text("gb_northern_ireland").replace('"northern-ireland-2026.1"', '"synthetic"', 1)
    calendar = parse_calendar(text, "synthetic.toml")
    assert calendar_present(british.office, calendar).version == "northern-ireland-2026.1"
    assert list(differences(british.office, by_calendar(british.office, calendar), MON_9_MAR)) == []
