"""Absences: a deputy acts for the absent on their cases, on those days, and both names stay in the history."""

from datetime import date

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import read
from npm_cases.services import casework
from npm_cases.services.absences import absences, acting_for, deputies_of, end_absence, record_absence, stands_in_for
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase
from npm_cases.services.user_changes import disable
from npm_cases.services.users import AddUser, add_user
from tests.makers import ADMINISTRATOR, CASEWORKER, DELEGATE, MON_2_MAR, SECOND, a_recommendation
from tests.services.people import at, findings

MON, FRI, NEXT_MON = date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 9)
ON_FRIDAY_EVENING = "2026-03-06T18:59:59.000000Z"
ON_SATURDAY = "2026-03-06T19:00:00.000000Z"


@pytest.fixture(autouse=True)
def _people(app: App) -> None:
    for one in (CASEWORKER, SECOND):
        add_user(app.office, AddUser(one.user, tuple(one.roles), ADMINISTRATOR, MON_2_MAR))


def away(app: App, first: date = MON, last: date = FRI, actor: Actor = CASEWORKER) -> str:
    return record_absence(app.office, CASEWORKER.user, SECOND.user, first, last, actor, at())


def test_both_names_stand_in_the_history_of_what_a_deputy_does(app: App) -> None:
    created = a_recommendation(app, "served")
    casework.assign(app.office, OnCase(created.number, DELEGATE, at()), CASEWORKER.user)
    away(app)
    with app.office.open_reading() as work:
        case = work.read_case(created.number)
    deputy = acting_for(app.office, SECOND, case, at(60))
    act(app.office, DoAct(created.number, "acknowledge", deputy, at(60), {}))
    with app.office.open_reading() as work:
        last = read(bytes(work.rows("case_events", {"chain": created.id, "event": "acknowledge"})[0]["data"]))
    assert (last.actor, last.on_behalf) == (SECOND.user, CASEWORKER.user)
    assert findings(app, at(100)) == ()


def test_a_deputy_stands_in_on_those_days_of_the_countrys_zone_and_for_those_cases_only(app: App) -> None:
    mine, other = a_recommendation(app), a_recommendation(app)
    casework.assign(app.office, OnCase(mine.number, DELEGATE, at()), CASEWORKER.user)
    away(app)
    with app.office.open_reading() as work:
        assigned, unassigned = work.read_case(mine.number), work.read_case(other.number)
        assert stands_in_for(work, SECOND.user, FRI) == {CASEWORKER.user}
        assert stands_in_for(work, SECOND.user, NEXT_MON) == frozenset()
        assert deputies_of(work, CASEWORKER.user, MON) == {SECOND.user}
    assert acting_for(app.office, SECOND, assigned, ON_FRIDAY_EVENING).on_behalf == CASEWORKER.user
    assert acting_for(app.office, SECOND, assigned, ON_SATURDAY) == SECOND
    assert acting_for(app.office, SECOND, unassigned, at()) == SECOND
    assert acting_for(app.office, CASEWORKER, assigned, at()) == CASEWORKER
    assert acting_for(app.office, DELEGATE, assigned, at()) == DELEGATE


def test_who_is_back_early_ends_it(app: App) -> None:
    absence = away(app)
    assert [one["deputy"] for one in absences(app.office, CASEWORKER, MON)] == [SECOND.user]
    end_absence(app.office, absence, CASEWORKER, at(60))
    assert absences(app.office, CASEWORKER, MON) == []
    with app.office.open_reading() as work:
        assert stands_in_for(work, SECOND.user, MON) == frozenset()
    with pytest.raises(NotFound):
        end_absence(app.office, absence, CASEWORKER, at(61))
    assert findings(app, at(100)) == ()


def test_the_person_a_supervisor_or_an_administrator_records_it_and_nobody_else(app: App) -> None:
    for who in (CASEWORKER, DELEGATE, ADMINISTRATOR):
        assert away(app, actor=who)
    with pytest.raises(NotAllowed):
        away(app, actor=SECOND)
    with pytest.raises(NotAllowed):
        end_absence(app.office, absences(app.office, DELEGATE, MON)[0]["id"], SECOND, at(1))


def test_days_and_people_that_make_no_sense_are_refused(app: App) -> None:
    for first, last in ((FRI, MON), (date(2026, 2, 1), date(2026, 3, 1))):
        with pytest.raises(BadInput, match="to_on"):
            away(app, first, last)
    with pytest.raises(BadInput, match="themselves"):
        record_absence(app.office, CASEWORKER.user, CASEWORKER.user, MON, FRI, CASEWORKER, at())
    with pytest.raises(NotFound):
        record_absence(app.office, CASEWORKER.user, "nobody-here", MON, FRI, CASEWORKER, at())
    disable(app.office, SECOND.user, ADMINISTRATOR, at())
    with pytest.raises(NotAllowed, match="shut out"):
        away(app)


def test_an_absence_changed_past_the_history_is_found(app: App) -> None:
    absence = away(app)
    for values in ({"deputy": "somebody"}, {"to_on": "2027-01-01"}, {"ended_at": at(1)}):
        with app.office.open_work() as work:
            (before,) = work.rows("absences", {"id": absence})
            work.update("absences", values, {"id": absence})
            work.commit()
        assert any("absence" in one.what for one in findings(app, at(100)))
        with app.office.open_work() as work:
            work.update("absences", {name: before[name] for name in values}, {"id": absence})
            work.commit()
    assert findings(app, at(100)) == ()
