"""The past on two axes: what was true on a day, by what was known on a day, of one case and of all, and the difference."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor, Case
from npm_cases.services import casework
from npm_cases.services.act import DoAct, act
from npm_cases.services.as_of import CaseloadPast, Moment, Past, as_of, caseload_as_of, difference, moment
from npm_cases.services.case_views import history
from npm_cases.services.casework import OnCase
from npm_cases.services.consent import RecordConsent, record_consent
from npm_cases.services.explain import explain
from npm_cases.services.reading import ChainRows
from npm_cases.services.standing import Change
from state_machines import MACHINES_OF
from tests.audit.made_history import END, ONE, START, reading
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    LETTER,
    MON_2_MAR,
    SECOND,
    a_caseload,
    a_recommendation,
    an_allegation,
)

FRI_20_MAR = "2026-03-20T05:00:00.000000Z"
LAST = date(2026, 4, 30)


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def seen(app: App, ref: str, *moments: Moment, actor: Actor = CASEWORKER) -> tuple[Past, ...]:
    with app.views.histories() as histories:
        return as_of(app.office, histories, ref, moments, actor)


def caseload(app: App, moments: Sequence[Moment], actor: Actor = AUDITOR, most: int = 0) -> CaseloadPast:
    with app.views.histories() as histories:
        return caseload_as_of(app.office, histories, moments, actor, most)


def a_late_reply(app: App) -> str:
    """Make a recommendation whose reply came on 10 March and was entered on 20 March."""
    number = a_recommendation(app, "acknowledged").number
    given = {"happened_on": "2026-03-10"}
    act(app.office, DoAct(number, "record_reply", CASEWORKER, FRI_20_MAR, given, files=LETTER))
    return number


def test_an_act_recorded_late_counts_on_its_own_day_once_it_is_known(any_app: App) -> None:
    number = a_late_reply(any_app)
    before, unknown, known = seen(
        any_app, number, Moment(day(9), day(20)), Moment(day(12), day(12)), Moment(day(12), day(20))
    )
    assert before.states["recommendation"] == unknown.states["recommendation"] == "acknowledged"
    assert known.states["recommendation"] == "replied"


def test_what_followed_from_an_act_recorded_late_follows_it_to_its_day(app: App) -> None:
    unknown, known = seen(app, a_late_reply(app), Moment(day(12), day(12)), Moment(day(12), day(20)))
    assert {clock.duty for clock in unknown.clocks} == {"reply", "age_ceiling"}
    assert {clock.duty for clock in known.clocks} == {"assess_reply", "age_ceiling"}


def test_the_difference_says_before_and_after_and_reads_both_ways(app: App) -> None:
    unknown, known = seen(app, a_late_reply(app), Moment(day(12), day(12)), Moment(day(12), day(20)))
    forth, back = difference(unknown, known), difference(known, unknown)
    assert Change("recommendation", "acknowledged", "replied") in forth
    assert {one.field for one in forth} == {"recommendation", "documents", "due_on.reply", "due_on.assess_reply"}
    assert {(one.field, one.after, one.before) for one in back} == {(one.field, one.before, one.after) for one in forth}
    assert difference(known, known) == ()


def test_a_clock_is_overdue_from_the_day_after_its_due_date(app: App) -> None:
    number = a_recommendation(app, "acknowledged").number
    (now,) = seen(app, number, Moment(day(2), LAST))
    due = next(date.fromisoformat(clock.due_on) for clock in now.clocks if clock.duty == "reply")
    on_time, late = seen(app, number, Moment(due, LAST), Moment(due.replace(day=due.day + 1), LAST))
    assert [clock.overdue for clock in on_time.clocks if clock.duty == "reply"] == [False]
    assert [clock.overdue for clock in late.clocks if clock.duty == "reply"] == [True]
    assert Change("overdue.reply", None, True) in difference(on_time, late)


def test_a_suspension_counts_from_the_day_it_began_and_its_review_with_it(app: App) -> None:
    number = a_recommendation(app, "acknowledged").number
    casework.suspend(app.office, OnCase(number, CASEWORKER, FRI_20_MAR), "reply", day(16), "court")
    before, during = seen(app, number, Moment(day(15), day(20)), Moment(day(16), day(20)))
    assert all(not clock.suspended_on for clock in before.clocks)
    assert {clock.suspended_on for clock in during.clocks if clock.duty == "reply"} == {"2026-03-16"}
    assert {clock.duty for clock in during.clocks} - {clock.duty for clock in before.clocks} == {"review_suspension"}


def test_before_its_birth_and_before_anybody_knew_a_case_is_not_there(app: App) -> None:
    a_caseload(app, 1, FRI_20_MAR)  # accepted on 1 February, taken over on 20 March
    with app.views.histories() as histories:
        number = next(histories.sights()).case.number
    too_early, unknown, known = seen(
        app, number, Moment(date(2026, 1, 31), day(20)), Moment(day(2), day(19)), Moment(day(2), day(20))
    )
    assert (too_early.there, unknown.there, known.there) == (False, False, True)
    assert (unknown.states, unknown.clocks, unknown.fields) == ({}, (), {})
    assert known.states["recommendation"] == "accepted"


def test_assignment_consent_and_who_was_shut_out_are_told(app: App) -> None:
    number = an_allegation(app, excluded="board").number
    app_user(app)
    casework.assign(app.office, OnCase(number, CASEWORKER, FRI_20_MAR), SECOND.user)
    record_consent(app.office, RecordConsent(number, "limit", CASEWORKER, FRI_20_MAR, "synthetic_committee"))
    first, then = seen(app, number, Moment(day(2), day(20)), Moment(day(20), day(20)))
    assert (first.assignee, first.consent, first.excluded) == ("", "", 1)
    assert (then.assignee, then.consent, then.consent_for) == (SECOND.user, "limited", ("synthetic_committee",))


def app_user(app: App) -> None:
    from npm_cases.services.users import AddUser, add_user

    add_user(app.office, AddUser(SECOND.user, ("caseworker",), ADMINISTRATOR, MON_2_MAR))


def test_a_day_to_come_and_knowledge_before_its_day_are_bad_input() -> None:
    with pytest.raises(BadInput, match="lies in the future"):
        moment(day(21), day(21), today=day(20))
    with pytest.raises(BadInput, match="nobody knew"):
        moment(day(20), day(19), today=day(20))


def test_a_case_kept_from_somebody_is_as_if_it_were_not_there(app: App) -> None:
    number = an_allegation(app, excluded="board").number
    with pytest.raises(NotFound):
        seen(
            app,
            number,
            Moment(day(2), day(2)),
            actor=Actor("member", frozenset({"auditor"}), bodies=frozenset({"board"})),
        )


def test_the_caseload_is_counted_at_both_moments_and_compared_case_by_case(any_app: App) -> None:
    number = a_late_reply(any_app)
    a_caseload(any_app, 3, FRI_20_MAR)
    found = caseload(any_app, (Moment(day(12), day(12)), Moment(day(12), day(20))))
    first, second = found.totals
    assert (first.cases, dict(first.states["recommendation"])) == (1, {"acknowledged": 1})
    assert (second.cases, dict(second.states["recommendation"])) == (4, {"replied": 1, "accepted": 3})
    assert found.differ == 4
    assert {one.number for one in found.differing} >= {number}
    assert all(one.changes for one in found.differing)


def test_of_the_cases_that_differ_no_more_are_kept_than_asked_for(app: App) -> None:
    a_caseload(app, 3, FRI_20_MAR)
    found = caseload(app, (Moment(day(2), day(2)), Moment(day(20), day(20))), most=2)
    assert (found.differ, len(found.differing)) == (3, 2)


def test_the_caseload_leaves_out_what_the_actor_may_not_know(app: App) -> None:
    an_allegation(app, excluded="board")
    a_recommendation(app)
    there = (Moment(day(2), day(2)),)
    member = Actor("member", frozenset({"auditor"}), bodies=frozenset({"board"}))
    elsewhere = Actor("elsewhere", frozenset({"caseworker"}), frozenset({"astana"}))
    assert caseload(app, there).totals[0].cases == 2
    assert caseload(app, there, member).totals[0].cases == 1
    assert caseload(app, there, elsewhere).totals[0].cases == 1  # the recommendation names no region
    with pytest.raises(NotAllowed):
        caseload(app, there, ADMINISTRATOR)


TODAY = from_text(END).date()


def present(rows: ChainRows, case: Case) -> dict[str, Any]:
    """What the tables say of a case now, in the terms of a view."""
    ended = [owed for owed in rows.obligations if not owed.discharged_at]
    states = {name: case.state if name == case.kind else getattr(case, name) for name in MACHINES_OF[case.kind]}
    codes = {name: value for name, value in case.facts.items() if name != "misrouted"}
    running = sorted((o.id, o.duty, o.due_on, o.suspended_on) for o in ended)
    late = {o.id for o in ended if o.due_at < END and not o.suspended_on}
    return {"states": states, "codes": codes, "running": running, "late": late, "assignee": case.assignee}


def viewed(past: Past) -> dict[str, Any]:
    consent = {"consent": past.consent, "consent_for": list(past.consent_for), "consent_until": past.consent_until}
    codes = {**past.codes, **(consent if past.consent else {})}
    running = sorted((c.obligation, c.duty, c.due_on, c.suspended_on) for c in past.clocks)
    late = {clock.obligation for clock in past.clocks if clock.overdue}
    return {"states": past.states, "codes": codes, "running": running, "late": late, "assignee": past.assignee}


def without_empty_consent(told: dict[str, Any]) -> dict[str, Any]:
    empty = {"consent_for": [], "consent_until": ""}
    codes = {name: value for name, value in told["codes"].items() if value != empty.get(name, object())}
    return {**told, "codes": codes}


def test_today_as_known_today_is_what_the_tables_say_of_every_case(clean: Path) -> None:
    compared = 0
    with reading(clean) as (app, reader):
        for rows in reader.chains():
            if rows.case is not None:
                (past,) = seen(app, rows.case.id, Moment(TODAY, TODAY), actor=ONE)
                assert without_empty_consent(viewed(past)) == without_empty_consent(present(rows, rows.case))
                compared += 1
        totals = caseload(app, (Moment(TODAY, TODAY),), actor=ONE).totals[0]
        counts = app.views.counts()
    assert (totals.cases, compared) == (compared, 10)
    assert (
        sum((counter for machine, counter in totals.states.items() if machine != "escalation"), Counter())
        == counts["state"]
    )
    assert totals.states["escalation"] == counts["escalation"]


@pytest.mark.parametrize("ref", ["R-2025-000001", "R-2025-000002", "R-2025-000003", "A-2025-000001"])
def test_where_nothing_was_recorded_late_a_day_known_at_its_end_is_what_the_replay_says(clean: Path, ref: str) -> None:
    with reading(clean) as (app, reader):
        lines = history(app.office, app.views, ref, ONE)
        days = sorted({app.office.times.day(from_text(line["at"])) for line in lines})
        pasts = seen(app, ref, *(Moment(one, one) for one in days), actor=ONE)
        for past in pasts:
            told = explain(app.office, reader, ref, app.office.times.end_of(past.moment.on, "Asia/Almaty"), ONE)
            assert past.states == told.states
            assert {(c.duty, c.due_on, c.suspended_on) for c in past.clocks} == {
                (c.duty, c.due_on, c.suspended_on) for c in told.clocks
            }
    assert START.date() < days[0]
