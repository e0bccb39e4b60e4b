"""One act on many cases: each by itself, answered for by itself, and never twice."""

from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, TryAgain
from npm_cases.services.bulk import MOST_AT_ONCE, Many, assign_all, chosen_cases, link_all, refused_first, remind_all
from npm_cases.services.case_views import history
from npm_cases.services.users import AddUser, add_user
from tests.makers import ADMINISTRATOR, AUDITOR, CASEWORKER, MON_2_MAR, SECOND, a_recommendation, keep_from


def many(*numbers: str, key: str = "") -> Many:
    return Many(numbers, CASEWORKER, MON_2_MAR, key)


def add_second(app: App) -> None:
    add_user(app.office, AddUser("caseworker-two", ("caseworker",), ADMINISTRATOR, MON_2_MAR))


def told(app: App, number: str, kind: str) -> int:
    return sum(line["type"] == kind for line in history(app.office, app.views, number, SECOND))


def test_what_is_refused_for_one_case_is_done_for_the_others(app: App) -> None:
    served, draft, hidden = (a_recommendation(app, state).number for state in ("served", "draft", "served"))
    keep_from(app, hidden, CASEWORKER.user)
    answers = remind_all(app.office, many(served, draft, hidden, "R-2026-999999"))
    assert [one.case for one in answers] == [served, draft, hidden, "R-2026-999999"]
    assert [one.why.code if one.why else "" for one in answers] == ["", "nothing_owed_outside", "no_case", "no_case"]
    assert [one.case for one in refused_first(answers)] == [draft, hidden, "R-2026-999999", served]
    assert answers[0].receipt is not None
    assert told(app, served, "mail_queued") == 1


def test_cases_are_given_to_somebody_once_however_often_the_form_is_sent(app: App) -> None:
    add_second(app)
    numbers = [a_recommendation(app).number for _ in range(3)]
    first = assign_all(app.office, many(*numbers, key="form"), "caseworker-two")
    assert assign_all(app.office, many(*numbers, key="form"), "caseworker-two") == first
    assert [told(app, number, "case_assigned") for number in numbers] == [1, 1, 1]
    assert {case.assignee for case in chosen_cases(app.office, numbers, CASEWORKER)} == {"caseworker-two"}


def test_cases_are_linked_to_one_other_which_is_refused_itself(app: App) -> None:
    one, two, first = (a_recommendation(app).number for _ in range(3))
    answers = link_all(app.office, many(one, two, first), first, "repeats")
    assert [one.why is None for one in answers] == [True, True, False]
    again = link_all(app.office, many(one), first, "repeats")
    assert again[0].why is not None
    assert again[0].why.code == "linked_already"


def test_a_case_chosen_twice_is_done_once(app: App) -> None:
    add_second(app)
    number = a_recommendation(app).number
    assert len(assign_all(app.office, many(number, number, ""), "caseworker-two")) == 1


@pytest.mark.parametrize("numbers", [(), ("",), tuple(f"R-{n}" for n in range(MOST_AT_ONCE + 1))])
def test_none_and_too_many_are_refused_before_anything_is_done(app: App, numbers: tuple[str, ...]) -> None:
    for do in (remind_all, lambda office, all_: assign_all(office, all_, "caseworker-two")):
        with pytest.raises(BadInput):
            do(app.office, many(*numbers))
    with pytest.raises(BadInput):
        chosen_cases(app.office, numbers, CASEWORKER)


def test_a_form_that_lacks_its_one_field_is_refused_as_a_whole(app: App) -> None:
    number = a_recommendation(app).number
    with pytest.raises(BadInput, match="user"):
        assign_all(app.office, many(number), "")
    with pytest.raises(BadInput, match="other"):
        link_all(app.office, many(number), "", "repeats")


def test_an_auditor_does_nothing_to_many_cases_either(app: App) -> None:
    number = a_recommendation(app, "served").number
    all_ = Many((number,), AUDITOR, MON_2_MAR)
    for do in (remind_all, lambda o, m: assign_all(o, m, "x"), lambda o, m: link_all(o, m, number, "repeats")):
        with pytest.raises(NotAllowed):
            do(app.office, all_)
    assert told(app, number, "mail_queued") == 0


def test_cases_kept_from_somebody_are_not_shown_among_the_chosen(app: App) -> None:
    seen, hidden = a_recommendation(app).number, a_recommendation(app).number
    keep_from(app, hidden, CASEWORKER.user)
    assert [case.number for case in chosen_cases(app.office, (hidden, seen, "R-2026-999999"), CASEWORKER)] == [seen]


def test_what_stands_against_all_cases_is_tried_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def locked(_: Any, command: Any) -> Any:
        tried.append(command.case)
        raise TryAgain("locked")

    monkeypatch.setattr("npm_cases.services.bulk.remind_now", locked)
    answers = remind_all(app.office, many("R-1", "R-2", "R-3"))
    assert tried == ["R-1"]
    assert [type(one.why) for one in answers] == [TryAgain] * 3
