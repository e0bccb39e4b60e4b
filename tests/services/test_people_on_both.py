"""People on each of the two databases: set up, signed in, changed, absent; also several at once."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.records import Actor
from npm_cases.history.event import EventType
from npm_cases.services import user_changes as changes
from npm_cases.services.absences import end_absence, record_absence
from npm_cases.services.accounts import change_password
from npm_cases.services.api_tokens import by_api_token, make_api_token
from npm_cases.services.confirmed_power import confirm_power
from npm_cases.services.office_acts import Seconded
from npm_cases.services.preferences import save_filter, saved_filters
from npm_cases.services.sessions import Opened, enter_sandbox, renew, resume, sign_in, sign_out
from tests.services.people import FIRST, PASSWORD, a_person, a_user, an_installation, at, events, findings

SECOND = Actor("second", frozenset({"administrator"}))


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    made = an_installation(tmp_path / "data", database_url, sandbox=database_url.startswith("postgresql"))
    yield made
    made.close()


def test_a_day_of_people_leaves_a_history_that_holds(app: App) -> None:
    a_user(app.office, "second", "administrator")
    person = a_person(app.office, "aliya")
    opened = sign_in(app.office, "aliya", PASSWORD, person.code(at(60)), at(60))
    opened = renew(app.office, opened.token, "", person.code(at(120)), at(120))
    session = resume(app.office, opened.token, at(200))
    change_password(app.office, session, PASSWORD, "nine kettles under a green bridge", person.code(at(210)), at(210))
    token = make_api_token(app.office, "script", ("read",), date(2026, 4, 1), session.actor, at(211))
    assert by_api_token(app.office, token, at(300)).actor.user == "aliya"
    end_absence(app.office, _absent(app, session.actor), session.actor, at(302))
    save_filter(app.office, "mine", "state=issued", session.actor, at(303))
    assert saved_filters(app.office, session.actor)
    pending = changes.set_roles(app.office, "aliya", ("delegate",), FIRST, at(304))
    if not app.is_sandbox:
        confirm_power(app.office, Seconded(pending, SECOND), at(305))
    changes.disable(app.office, "aliya", FIRST, at(306))
    with pytest.raises(NotAllowed):
        resume(app.office, opened.token, at(307))
    with pytest.raises(NotAllowed):
        by_api_token(app.office, token, at(307))
    assert findings(app, at(400)) == ()


def _absent(app: App, actor: Actor) -> str:
    return record_absence(app.office, "aliya", "first", date(2026, 3, 2), date(2026, 3, 6), actor, at(301))


def test_many_tries_at_once_are_counted_one_by_one_and_a_code_opens_once(app: App) -> None:
    people = {user: a_person(app.office, user) for user in ("aliya", "timur")}
    opened: list[Opened] = []

    def try_it(user: str, password: str, code: str) -> None:
        try:
            opened.append(sign_in(app.office, user, password, code, at(60)))
        except NotAllowed:
            return

    tries = [("aliya", "a wrong guess of no use", "000000"), ("timur", PASSWORD, people["timur"].code(at(60)))] * 8
    threads = [threading.Thread(target=try_it, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.session.user for one in opened] == ["timur"]
    locks = [event.facts["user"] for event in events(app.office, EventType.SIGN_IN_REFUSED)]
    assert sorted(locks) == ["aliya", "timur"], "one right code, seven times more, locks too"
    assert findings(app, at(100)) == ()


def test_a_sandbox_is_entered_on_both(app: App) -> None:
    if not app.is_sandbox:
        with pytest.raises(NotAllowed):
            enter_sandbox(app.office, "first", at())
        return
    token = enter_sandbox(app.office, "first", at()).token
    sign_out(app.office, token, at(1))
    with pytest.raises(NotAllowed):
        resume(app.office, token, at(2))
