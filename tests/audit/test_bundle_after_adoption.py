"""A bundle exported after calendars and rules were adopted: both offline verifiers count every date again, old and new."""

from pathlib import Path

from npm_cases.bootstrap import App
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.adoption import propose_calendar, propose_pack
from npm_cases.services.casework import OnCase, resume, suspend
from npm_cases.services.recounting import recount
from npm_cases.services.remind import remind_now
from npm_cases.services.rule_choice import Choice
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with, confirmed
from tests.audit.bundle_drafts import exported
from tests.audit.two_opinions import Held, agreed
from tests.makers import ADMINISTRATOR, CASEWORKER, MON_2_MAR, SECRETARIAT, a_recommendation, an_app
from tests.services.test_adoption import AFTER_DUE, changed_pack, findings
from tests.services.test_regional_calendars import MON_9_MAR, clocks

TUE_3_MAR = "2026-03-03T06:00:00.000000Z"


def nothing_is_found(app: App, at: str, to: Path) -> None:
    app.checkpoint(at)
    to.write_bytes(exported(app, at))
    told = agreed(to, Held())
    assert (told.wrong, told.level) == (False, 0)
    app.close()


def test_dates_under_two_calendars_and_two_rules_are_found_right_offline(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data")
    moved, asked = (a_recommendation(app, "served") for _ in range(2))
    remind_now(app.office, OnCase(moved.number, CASEWORKER, MON_2_MAR))
    text, pack = changed_pack()
    choice = Choice("keep", frozenset({moved.id}))
    confirmed(app, propose_pack(app.office, text, pack, choice, ADMINISTRATOR, TUE_3_MAR)[0], TUE_3_MAR)
    assert recount(app.office, TUE_3_MAR).renewed == 1
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    assert recount(app.office, AFTER_DUE).questioned
    a_recommendation(app, "served", AFTER_DUE)
    assert asked.number
    nothing_is_found(app, AFTER_DUE, tmp_path / "bundle.zip")


def test_a_clock_that_stood_while_a_calendar_was_adopted_goes_on_by_the_new_one(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data")
    made = a_recommendation(app, "served")
    suspend(app.office, OnCase(made.number, SECRETARIAT, MON_2_MAR), "reply", None, "force_majeure")
    adopt_calendar(app, calendar_with(THURSDAY_FREE), TUE_3_MAR)
    resume(app.office, OnCase(made.number, SECRETARIAT, TUE_3_MAR), "reply", None, "over")
    recount(app.office, TUE_3_MAR)
    assert findings(app, TUE_3_MAR) == ()
    nothing_is_found(app, TUE_3_MAR, tmp_path / "bundle.zip")


def test_dates_under_the_corrected_calendar_of_a_region_are_found_right_offline(tmp_path: Path) -> None:
    app = an_app(tmp_path / "gb", country="gb")
    for region in ("england_wales", "northern_ireland"):
        clocks(app, region, MON_9_MAR)
    text = calendar_text("gb_northern_ireland").replace('"northern-ireland-2026.1"', '"synthetic"', 1)
    text += '\n[[days_off]]\nid = "synthetic_decree"\ndates = [2026-03-18]\nsource = "a synthetic decree"\n'
    calendar = parse_calendar(text, "synthetic.toml")
    confirmed(app, propose_calendar(app.office, text, calendar, ADMINISTRATOR, MON_9_MAR)[0], MON_9_MAR)
    assert recount(app.office, MON_9_MAR).moved
    nothing_is_found(app, MON_9_MAR, tmp_path / "bundle.zip")
