"""Remind now: the letter the ladder would send next, once a day, to nobody who is kept from the case; provable afterwards."""

import pytest

from npm_cases.bootstrap import App, on_simulated_clock
from npm_cases.domain.errors import Conflict, NotAllowed, NotFound
from npm_cases.domain.records import Receipt
from npm_cases.services.act import DoAct, act
from npm_cases.services.casework import OnCase, assign, suspend
from npm_cases.services.import_rows import import_rows
from npm_cases.services.mailroom import bundle
from npm_cases.services.registers import add_body
from npm_cases.services.remind import remind_now
from npm_cases.services.sweep import sweep
from npm_cases.services.users import AddUser, add_user
from npm_cases.services.verify import verify
from tests.databases import by_its_owner
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    LETTER,
    MON_2_MAR,
    a_recommendation,
    a_row,
    an_allegation,
    keep_from,
)

TUE_3_MAR = "2026-03-03T05:00:00.000000Z"
NEXT_YEAR = "2027-03-02T05:00:00.000000Z"
SAT_7_MAR = "2026-03-07T05:00:00.000000Z"


def remind(app: App, number: str, at: str = MON_2_MAR, key: str = "") -> Receipt:
    return remind_now(app.office, OnCase(number, CASEWORKER, at, key=key))


def letters(app: App) -> list[dict[str, object]]:
    with app.office.open_reading() as work:
        return work.rows("outbox")


def nothing_is_wrong(app: App, at: str) -> None:
    app.sequence()
    with app.reader as reader:
        assert verify(app.office, reader, at).findings == ()


def test_the_addressee_is_written_to_and_the_ladder_stays_where_it_is(app: App) -> None:
    made = a_recommendation(app, "served")
    with app.office.open_reading() as work:
        before = {owed.id: (owed.rung_no, owed.next_rung_at) for owed in work.open_obligations(made.id)}
        version = work.read_case(made.id).version
    remind(app, made.number)
    (letter,) = letters(app)
    assert (letter["post"], letter["body"], letter["template"]) == (
        "addressee",
        "synthetic_colony",
        "addressee_reminder",
    )
    with app.office.open_reading() as work:
        assert {owed.id: (owed.rung_no, owed.next_rung_at) for owed in work.open_obligations(made.id)} == before
        assert work.read_case(made.id).version == version
    nothing_is_wrong(app, MON_2_MAR)


def test_a_state_is_not_written_to_but_its_caseworker_is(app: App) -> None:
    import_rows(app.office, [a_row(1)], CASEWORKER, MON_2_MAR)
    remind(app, "R-2026-000001")
    assert [(one["post"], one["template"]) for one in letters(app)] == [("caseworker", "due_soon")]
    remind(app, "R-2026-000001", NEXT_YEAR)
    assert {one["template"] for one in letters(app)} == {"due_soon", "overdue"}
    nothing_is_wrong(app, NEXT_YEAR)


def test_nobody_is_reminded_twice_on_one_day(app: App) -> None:
    made = a_recommendation(app, "served")
    first = remind(app, made.number, key="once")
    assert remind(app, made.number, key="once") == first
    with pytest.raises(Conflict, match="today already"):
        remind(app, made.number)
    remind(app, made.number, TUE_3_MAR)
    assert len(letters(app)) == 2


def test_a_reminder_of_the_ladder_counts_for_the_day(app: App) -> None:
    made = a_recommendation(app, "served")
    sweep(app.office, NEXT_YEAR)
    told = {one["template"] for one in letters(app) if one["post"] == "addressee"}
    assert told == {"addressee_reminder"}
    with pytest.raises(Conflict, match="today already"):
        remind(app, made.number, NEXT_YEAR)


def test_where_nobody_outside_owes_anything_nobody_is_reminded(app: App) -> None:
    for state in ("draft", "replied"):
        with pytest.raises(Conflict, match="no body outside owes"):
            remind(app, a_recommendation(app, state).number)
    made = a_recommendation(app, "served")
    suspend(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR), "reply", None, "agreed")
    with pytest.raises(Conflict, match="no body outside owes"):
        remind(app, made.number)
    assert letters(app) == []


def test_an_answer_withdraws_a_reminder_that_still_waits(app: App) -> None:
    app = on_simulated_clock(app)
    made = a_recommendation(app, "served")
    remind(app, made.number, SAT_7_MAR)
    assert str(letters(app)[0]["not_before"]) > SAT_7_MAR
    act(app.office, DoAct(made.number, "record_reply", CASEWORKER, SAT_7_MAR, files=LETTER))
    bundle(app.office, "2026-03-12T05:00:00.000000Z")
    assert [one["status"] for one in letters(app)] == ["withdrawn"]
    nothing_is_wrong(app, "2026-03-12T05:00:00.000000Z")


def test_about_an_allegation_nobody_outside_and_nobody_kept_from_it_is_written_to(app: App) -> None:
    add_user(app.office, AddUser("caseworker-one", ("caseworker",), ADMINISTRATOR, MON_2_MAR))
    made = an_allegation(app)
    add_body(app.office, {"id": "prosecutor", "name": "Synthetic prosecutor"}, CASEWORKER, MON_2_MAR)
    fields = {"consent": "given", "reprisal_risk": "low"}
    act(app.office, DoAct(made.number, "register", CASEWORKER, MON_2_MAR, fields))
    act(app.office, DoAct(made.number, "notify_prosecutor", CASEWORKER, MON_2_MAR, {"authority": "prosecutor"}))
    assign(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR), "caseworker-one")
    remind(app, made.number)
    assert [(one["post"], one["body"]) for one in letters(app)] == [("caseworker", "")]
    nothing_is_wrong(app, MON_2_MAR)
    keep_from(app, made.number, "caseworker", "secretariat")
    remind(app, made.number, TUE_3_MAR)
    assert {one["post"] for one in letters(app) if one["created_at"] == TUE_3_MAR} == {"commissioner"}


def test_only_those_who_do_casework_remind_and_only_of_what_they_may_know(app: App) -> None:
    made = a_recommendation(app, "served")
    with pytest.raises(NotAllowed):
        remind_now(app.office, OnCase(made.number, AUDITOR, MON_2_MAR))
    keep_from(app, made.number, CASEWORKER.user)
    with pytest.raises(NotFound):
        remind(app, made.number)


@pytest.mark.parametrize("change", ["template = 'digest'", "due_on = '2020-01-01'", "obligation = 'other'"])
def test_a_reminder_that_was_changed_in_the_outbox_is_found(app: App, change: str) -> None:
    made = a_recommendation(app, "served")
    remind(app, made.number)
    assert by_its_owner(app, f"UPDATE outbox SET {change}") == 1
    with app.reader as reader:
        assert verify(app.office, reader, MON_2_MAR).findings
