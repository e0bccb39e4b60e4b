"""The rules and the calendar in force are those that two people adopted last, word for word: anything else is a finding."""

from collections.abc import Callable

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import IntegrityBroken
from npm_cases.services.policy_kept import digest_of, keep, put_in_force
from npm_cases.services.ports import Work
from npm_cases.services.verify import verify
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with
from tests.makers import MON_2_MAR

SECOND = calendar_with(THURSDAY_FREE)
THIRD = calendar_with("", "synthetic-3")
SLIPPED_IN = calendar_with(THURSDAY_FREE, "synthetic-9")


@pytest.fixture
def adopted(app: App) -> App:
    for text in (SECOND, THIRD):
        adopt_calendar(app, text, MON_2_MAR)
    return app


def found(app: App) -> list[str]:
    app.sequence()
    with app.reader as reader:
        return [finding.what for finding in verify(app.office, reader, MON_2_MAR).findings]


def changed(app: App, change: Callable[[Work], object]) -> list[str]:
    with app.office.open_work() as work:
        change(work)
        work.commit()
    return found(app)


def test_what_two_people_adopted_holds(adopted: App) -> None:
    assert found(adopted) == []


def test_rules_of_the_program_that_were_never_adopted_hold(app: App) -> None:
    assert found(app) == []
    with app.office.open_work() as work:
        put_in_force(work, "calendar", keep(work, "calendar", app.office.policy_texts()["calendar"]))
        work.commit()
    assert found(app) == []


def test_an_earlier_calendar_put_back_in_silence_is_named(adopted: App) -> None:
    (what,) = changed(adopted, lambda work: put_in_force(work, "calendar", digest_of(SECOND)))
    assert "synthetic-3 was adopted last" in what
    assert digest_of(SECOND) in what


def test_a_calendar_nobody_adopted_is_named(adopted: App) -> None:
    (what,) = changed(adopted, lambda work: put_in_force(work, "calendar", keep(work, "calendar", SLIPPED_IN)))
    assert digest_of(SLIPPED_IN) in what


@pytest.mark.parametrize("text", [SECOND, THIRD])
def test_a_text_changed_by_one_letter_is_named(adopted: App, text: str) -> None:
    name = f"calendar:{digest_of(text)}"
    (what,) = changed(adopted, lambda work: work.update("meta", {"value": text + " "}, {"name": name}))
    assert f"the text of the calendar {digest_of(text)} was changed" in what


def test_a_text_under_another_name_is_named_as_gone(adopted: App) -> None:
    name = f"calendar:{digest_of(SECOND)}"
    whats = changed(adopted, lambda work: work.update("meta", {"name": "calendar:0"}, {"name": name}))
    assert sum("is gone" in what for what in whats) == 1
    assert sum("the text of the calendar 0 was changed" in what for what in whats) == 1


def test_what_is_in_force_under_another_name_is_named(adopted: App) -> None:
    (what,) = changed(adopted, lambda work: work.update("meta", {"name": "calender"}, {"name": "calendar"}))
    assert "the calendar in force is none" in what


def test_a_program_started_on_a_changed_text_says_so_at_once(adopted: App) -> None:
    name = f"calendar:{digest_of(THIRD)}"
    changed(adopted, lambda work: work.update("meta", {"value": THIRD + " "}, {"name": name}))
    with pytest.raises(IntegrityBroken):
        build(adopted.settings)
