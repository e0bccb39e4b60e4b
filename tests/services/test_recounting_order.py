"""Adoptions that come close together, programs that work by the old policy a moment longer, clocks looked at once more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.duties import OwedBy
from npm_cases.domain.errors import Conflict
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import CLOCK, By
from npm_cases.history.event import EventType
from npm_cases.services import obligations
from npm_cases.services.act import DoAct, act
from npm_cases.services.adoption import adopt, propose_pack
from npm_cases.services.office_acts import Seconded
from npm_cases.services.recounting import SETTLED, Recounted, recount
from npm_cases.services.rule_choice import Choice
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with, confirmed
from tests.makers import ADMINISTRATOR, CASEWORKER, COMMISSIONER, a_recommendation
from tests.services.test_adoption import AFTER_DUE, changed_pack, events, findings, reply_clock

TUE_3_MAR = "2026-03-03T06:00:00.000000Z"
LATER = as_text(from_text(TUE_3_MAR) + SETTLED)


def propose_changed(app: App, choice: Choice, version: str = "synthetic-1") -> str:
    text, pack = changed_pack(version)
    return propose_pack(app.office, text, pack, choice, ADMINISTRATOR, TUE_3_MAR)[0]


def test_a_program_that_has_not_seen_the_adoption_leaves_the_recount_to_those_who_have(app: App) -> None:
    number, stale = a_recommendation(app, "served").number, build(app.settings)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), TUE_3_MAR)
    assert recount(stale.office, TUE_3_MAR) == Recounted()
    assert recount(app.office, TUE_3_MAR).moved == 1
    assert reply_clock(app, number).calendar_version == "synthetic-2"
    stale.close()


def test_a_calendar_adopted_before_the_rules_were_followed_leaves_their_choice_as_it_was(app: App) -> None:
    number = a_recommendation(app, "served").number
    confirmed(app, propose_changed(app, Choice("move")), TUE_3_MAR)
    stopped = replace(app.office, policy_stamp=("of an earlier policy",))
    before = app.office
    app.office = stopped
    adopt_calendar(app, calendar_with(THURSDAY_FREE), TUE_3_MAR)
    assert before.pack.calendar.version != app.office.pack.calendar.version
    assert recount(app.office, TUE_3_MAR).renewed == 1
    owed = reply_clock(app, number)
    assert (owed.rule_version, owed.calendar_version) == ("synthetic", "synthetic-2")
    assert findings(app, TUE_3_MAR) == ()


def test_rules_are_followed_to_the_end_before_others_are_adopted(app: App) -> None:
    number = a_recommendation(app, "served").number
    confirmed(app, propose_changed(app, Choice("move")), TUE_3_MAR)
    second = propose_changed(app, Choice("keep"), "synthetic-2")
    stale = replace(app.office, policy_stamp=("of an earlier policy",))
    with pytest.raises(Conflict, match="still being counted again"):
        adopt(stale, Seconded(second, COMMISSIONER), TUE_3_MAR)
    confirmed(app, second, TUE_3_MAR)
    assert reply_clock(app, number).rule_version == "synthetic"


def test_what_a_stale_program_extended_or_placed_meanwhile_is_looked_at_in_the_second_round(app: App) -> None:
    number, stale = a_recommendation(app, "served").number, build(app.settings)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), TUE_3_MAR)
    recount(app.office, TUE_3_MAR)
    with stale.office.open_work() as work:
        owed = next(one for one in work.open_obligations(work.read_case(number).id) if one.duty == "reply")
        obligations.recount(stale.office, work.case(owed.chain), owed, [])
        work.save_obligation(owed)
        work.commit()
    stale.close()
    assert reply_clock(app, number).calendar_version == "2026.2"
    assert recount(app.office, LATER).moved == 1
    assert reply_clock(app, number).calendar_version == "synthetic-2"


def test_the_same_dates_are_put_before_a_person_once(app: App) -> None:
    number = a_recommendation(app, "served").number
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    assert recount(app.office, AFTER_DUE).questioned == 1
    again = as_text(from_text(AFTER_DUE) + timedelta(hours=1))
    assert recount(app.office, again).questioned == 0
    other_day = THURSDAY_FREE + THURSDAY_FREE.replace("2026-03-19", "2026-12-23").replace("synthetic_decree", "other")
    adopt_calendar(app, calendar_with(other_day, "synthetic-3"), again)
    assert recount(app.office, again).questioned == 0
    assert len(events(app, number, EventType.OBLIGATION_QUESTIONED)) == 1


def test_a_clock_in_hours_keeps_its_hour_and_its_rungs_follow_the_working_days(app: App) -> None:
    made = a_recommendation(app, "served")
    friday = "2026-03-06T06:00:00.000000Z"
    with app.office.open_work() as work:
        case = work.case(made.id)
        rule = app.office.pack.rules["journal_entry"][0]
        subject = obligations.subject_of(app.office, case)
        day = from_text(friday).date()
        owed = obligations.make_obligation(app.office, subject, "approve", OwedBy.MECHANISM, "", rule, day, friday)
        obligations.put(work, app.office, case, owed, rule, By(CLOCK, "clock", friday))
        work.save_case(case)
        work.commit()
        was = (owed.due_at, owed.next_rung_at)
    free = THURSDAY_FREE.replace("2026-03-19", was[1][:10])
    adopt_calendar(app, calendar_with(free), friday)
    recount(app.office, friday)
    with app.office.open_reading() as work:
        now = next(one for one in work.open_obligations(made.id) if one.id == owed.id)
    assert now.due_at == was[0]
    assert now.next_rung_at != was[1]


def test_a_duty_taken_up_again_is_counted_by_the_calendar_in_force(app: App) -> None:
    number = a_recommendation(app, "replied").number
    adopt_calendar(app, calendar_with(THURSDAY_FREE), TUE_3_MAR)
    recount(app.office, TUE_3_MAR)
    act(app.office, DoAct(number, "find_insufficient", CASEWORKER, TUE_3_MAR))
    owed = reply_clock(app, number)
    assert (owed.calendar_version, owed.revision) == ("synthetic-2", 1)
    assert findings(app, TUE_3_MAR) == ()
