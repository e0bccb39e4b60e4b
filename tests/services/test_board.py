"""The board counts what is implemented, what waits and what is late, for the cases a person may know, and tells nothing small."""

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput
from npm_cases.domain.records import Actor
from npm_cases.services.board import Rate, board, rates
from npm_cases.services.casework import OnCase, link
from npm_cases.services.sweep import sweep
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    COLONY,
    COMMISSIONER,
    COMMITTEE,
    MON_2_MAR,
    SECOND,
    a_recommendation,
    keep_from,
    walk,
)

MAY = "2026-05-20T05:00:00.000000Z"
OF_ABAI = Actor("of-abai", frozenset({"caseworker"}), frozenset({"abai"}))
NAMED = Actor("named", frozenset({"delegate"}))


def test_what_was_implemented_counts_also_when_it_is_closed(any_app: App) -> None:
    for state in ("implemented",) * 4 + ("closed",) * 2 + ("in_progress",) * 5 + ("draft",):
        a_recommendation(any_app, state)
    table = rates(any_app.views, COMMISSIONER, by="body")
    assert (table.rows, table.quarters) == ((COLONY,), ("2026-Q1",))
    assert table.total == Rate(6, 11)
    assert table.total.percent == 55


def test_a_closed_rejection_was_never_implemented(any_app: App) -> None:
    from npm_cases.services.act import Confirm, DoAct, act, confirm

    for _ in range(5):
        number = a_recommendation(any_app, "rejected").number
        done = act(any_app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR, {"reasons": "Synthetic."}))
        confirm(any_app.office, Confirm(done.pending, SECOND, MON_2_MAR))
    assert rates(any_app.views, COMMISSIONER, by="channel").total == Rate(0, 5)


def test_a_small_count_is_nothing_and_never_zero(any_app: App) -> None:
    a_recommendation(any_app, "served")
    table = rates(any_app.views, COMMISSIONER, by="region")
    assert set(table.cells.values()) == {Rate(None, None)}
    assert table.total.percent is None


def test_a_theme_is_a_row_of_its_own(any_app: App) -> None:
    for theme in ("health", "health", "food"):
        for _ in range(5):
            a_recommendation(any_app, "served", theme=theme)
    assert rates(any_app.views, COMMISSIONER, by="theme").row_totals == {"food": Rate(0, 5), "health": Rate(0, 10)}


def test_an_unknown_row_is_refused(any_app: App) -> None:
    with pytest.raises(BadInput, match="place_kind"):
        rates(any_app.views, COMMISSIONER, by="colour")


def test_an_escalation_waits_with_its_age_and_the_last_answer(any_app: App) -> None:
    number = a_recommendation(any_app, "served").number
    sweep(any_app.office, MAY)
    shown = board(any_app.office, any_app.views, COMMISSIONER, "2026-05-23T05:00:00.000000Z")
    assert [(one.number, one.body, one.raised_on, one.age, one.last_answer) for one in shown.waiting] == [
        (number, COLONY, "2026-05-20", 3, "")
    ]
    assert (shown.waiting_count, [cell.count for cell in shown.waiting_cells]) == (1, [None])
    assert shown.names[COMMITTEE] == "Synthetic committee"


def test_late_answers_are_counted_with_their_median(any_app: App) -> None:
    for at in (
        ("2026-03-10T05:00:00.000000Z",) * 5
        + ("2026-03-30T05:00:00.000000Z",) * 3
        + ("2026-04-06T05:00:00.000000Z",) * 4
    ):
        number = a_recommendation(any_app, "acknowledged").number
        walk(any_app, number, "replied", at)
    (late,) = board(any_app.office, any_app.views, COMMISSIONER, MAY).late
    assert (late.body, late.answered, late.late, late.median_days_late) == (COLONY, 12, 7, 10)


def test_repeated_recommendations_are_counted_by_body(any_app: App) -> None:
    first = a_recommendation(any_app).number
    for _ in range(5):
        link(any_app.office, OnCase(a_recommendation(any_app).number, CASEWORKER, MON_2_MAR), first, "repeats")
    (repeats,) = board(any_app.office, any_app.views, COMMISSIONER, MAY).repeats
    assert (repeats.body, repeats.count) == (COLONY, 5)


def test_the_board_counts_no_case_that_may_not_be_known(any_app: App) -> None:
    numbers = [a_recommendation(any_app, "implemented", region=region).number for region in ("abai", "pavlodar") * 5]
    assert rates(any_app.views, OF_ABAI, by="body").total == Rate(5, 5)
    assert rates(any_app.views, NAMED, by="body").total == Rate(10, 10)
    keep_from(any_app, numbers[0], NAMED.user)
    assert rates(any_app.views, NAMED, by="body").total == Rate(9, 9)
    assert rates(any_app.views, ADMINISTRATOR, by="body").rows == ()
