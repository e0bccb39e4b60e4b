"""A day shows what hurts first, counts what a person may know, and leads from case to case."""

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor
from npm_cases.services.act import DoAct, act
from npm_cases.services.my_day import SECTIONS, Day, Section, may_confirm, my_day, next_case
from npm_cases.services.sweep import sweep
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    COLONY,
    DELEGATE,
    MON_2_MAR,
    SECOND,
    a_recommendation,
    an_allegation,
    keep_from,
)

FRI_27_MAR = "2026-03-27T05:00:00.000000Z"  # the reply of a recommendation served on 2 March is due today
WED_1_APR = "2026-04-01T05:00:00.000000Z"
MAY = "2026-05-20T05:00:00.000000Z"
OF_ABAI = Actor("of-abai", frozenset({"caseworker"}), frozenset({"abai"}))
OF_PAVLODAR = Actor("of-pavlodar", frozenset({"caseworker"}), frozenset({"pavlodar"}))


def of(day: Day, code: str) -> Section:
    return next(section for section in day.sections if section.code == code)


def a_day(app: App, at: str, actor: Actor = CASEWORKER, *, mine: bool = False) -> Day:
    return my_day(app.office, app.views, actor, at, mine=mine)


def test_sections_come_in_the_order_of_what_hurts(any_app: App) -> None:
    assert tuple(section.code for section in a_day(any_app, MON_2_MAR).sections) == SECTIONS


def test_a_clock_is_due_today_then_late_by_who_owes_it(any_app: App) -> None:
    number = a_recommendation(any_app, "served").number
    today = of(a_day(any_app, FRI_27_MAR), "due_today").rows
    assert [(row.number, row.duty, row.owed_by, row.days_late) for row in today] == [(number, "reply", "addressee", 0)]
    late = of(a_day(any_app, WED_1_APR), "overdue_theirs").rows
    assert [(row.number, row.due_on, row.days_late) for row in late] == [(number, "2026-03-27", 5)]
    assert of(a_day(any_app, WED_1_APR), "overdue_ours").count == 0


def test_our_own_lateness_is_not_among_that_of_others(any_app: App) -> None:
    number = a_recommendation(any_app).number
    day = a_day(any_app, MAY)
    assert {row.number for row in of(day, "overdue_ours").rows} == {number}
    assert of(day, "overdue_theirs").rows == ()


def test_the_week_ends_on_its_sunday(any_app: App) -> None:
    number = a_recommendation(any_app, "served").number
    wednesday, friday_before = "2026-03-25T05:00:00.000000Z", "2026-03-20T05:00:00.000000Z"
    assert a_day(any_app, wednesday).week_ends == "2026-03-29"
    assert [row.number for row in of(a_day(any_app, wednesday), "due_this_week").rows] == [number]
    assert of(a_day(any_app, friday_before), "due_this_week").rows == ()


def test_a_reprisal_stands_before_everything_and_nowhere_else(any_app: App) -> None:
    number = an_allegation(any_app).number
    act(any_app.office, DoAct(number, "report_reprisal", CASEWORKER, MON_2_MAR))
    day = a_day(any_app, MAY)
    assert [row.number for row in day.sections[0].rows] == [number]
    assert "protect" not in {
        row.duty for section in day.sections[1:] for row in section.rows if section.code != "provisional"
    }


def test_an_escalation_waits_until_somebody_answers(any_app: App) -> None:
    number = a_recommendation(any_app, "served").number
    sweep(any_app.office, MAY)
    waiting = of(a_day(any_app, MAY), "escalated_unanswered").rows
    assert {row.number for row in waiting} == {number}
    assert waiting[0].escalation == "escalated_to_ombudsman"


def test_a_proposal_waits_for_another_person_who_may_confirm_it(any_app: App) -> None:
    number = a_recommendation(any_app, "implemented").number
    done = act(any_app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR, {}))
    row = of(a_day(any_app, MON_2_MAR, SECOND, mine=True), "to_confirm").rows[0]
    assert (row.number, row.event, row.approval) == (number, "close", done.pending)
    assert of(a_day(any_app, MON_2_MAR, CASEWORKER), "to_confirm").count == 0
    assert of(a_day(any_app, MAY, SECOND), "to_confirm").count == 0  # it has lapsed


def test_who_may_not_confirm_is_not_asked() -> None:
    assert may_confirm(DELEGATE, "recommendation", "implemented", "close")
    assert not may_confirm(Actor("a", frozenset({"auditor"})), "recommendation", "implemented", "close")
    assert not may_confirm(Actor("a", frozenset({"auditor"})), "recommendation", "implemented", "no_such_event")


def test_mine_is_what_is_assigned_to_me_or_to_whom_i_stand_in_for(any_app: App) -> None:
    mine = a_recommendation(any_app, assignee=CASEWORKER.user).number
    theirs = a_recommendation(any_app, assignee="on_leave").number
    nobodys = a_recommendation(any_app).number
    day = a_day(any_app, MAY, mine=True)
    assert {row.number for section in day.sections for row in section.rows} == {mine}
    with_absent = my_day(any_app.office, any_app.views, CASEWORKER, MAY, mine=True, users={"on_leave"})
    assert {row.number for row in of(with_absent, "overdue_ours").rows} == {mine, theirs}
    assert [row.number for row in of(a_day(any_app, MAY), "unassigned").rows] == [nobodys]


def test_nobody_counts_what_is_kept_from_them(any_app: App) -> None:
    number = an_allegation(any_app, region="abai").number
    a_recommendation(any_app, region="abai")
    counts = {code: of(a_day(any_app, MAY, OF_ABAI), code).count for code in SECTIONS}
    assert counts["overdue_ours"] > 0
    keep_from(any_app, number, OF_ABAI.user)
    day = a_day(any_app, MAY, OF_ABAI)
    assert number not in {row.number for section in day.sections for row in section.rows}
    assert of(day, "unassigned").count == counts["unassigned"] - 1
    assert [section.count for section in a_day(any_app, MAY, OF_PAVLODAR).sections] == [0] * len(SECTIONS)


def test_an_administrator_has_no_cases_in_their_day(any_app: App) -> None:
    a_recommendation(any_app)
    assert a_day(any_app, MAY, ADMINISTRATOR).sections == ()


def test_one_keystroke_leads_through_every_case_once(any_app: App) -> None:
    numbers = [
        a_recommendation(any_app, "served").number,
        a_recommendation(any_app).number,
        an_allegation(any_app).number,
    ]
    walked, after = [], ""
    while after := next_case(any_app.office, any_app.views, CASEWORKER, MAY, mine=False, after=after):
        walked.append(after)
    assert sorted(walked) == sorted(numbers)
    first = next_case(any_app.office, any_app.views, CASEWORKER, MAY, mine=False, after="R-1999-000001")
    assert first == walked[0]


def test_a_section_names_its_first_rows_and_counts_them_all(any_app: App) -> None:
    for _ in range(3):
        a_recommendation(any_app, addressee=COLONY)
    section = of(my_day(any_app.office, any_app.views, CASEWORKER, MAY, mine=False, first=2), "unassigned")
    assert (len(section.rows), section.count, section.is_capped) == (2, 3, False)
