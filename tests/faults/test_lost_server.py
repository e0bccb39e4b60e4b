"""A server that restarts, a link that is lost before or after the commit: asked once more, done once (FAULTS F11, F12)."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import AskAgain, OutcomeUnknown, TryAgain
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.casework import OnCase, assign
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.once_more import once_more
from npm_cases.services.sweep import sweep
from npm_cases.services.users import AddUser, add_user
from tests.faults.checker import table, violations
from tests.faults.postgres import RestartableServer
from tests.faults.proxy import Loses, Proxy
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    COLONY,
    COMMISSIONER,
    MON_2_MAR,
    SECOND,
    a_caseload,
    a_recommendation,
    an_allegation,
    an_app,
)

pytestmark = [pytest.mark.pg, pytest.mark.slow]
LATER = "2027-04-06T06:00:00.000000Z"
NEW = {"channel": "ombudsman", "title": "Synthetic", "addressee": COLONY}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartableServer]:
    with RestartableServer.running(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def proxy(server: RestartableServer) -> Iterator[Proxy]:
    made = Proxy(server.socket)
    yield made
    made.close()


@pytest.fixture
def app(server: RestartableServer, proxy: Proxy, tmp_path: Path) -> Iterator[App]:
    """An installation whose every byte to the database goes through the proxy."""
    made = an_app(tmp_path / "data", server.new_database(f"127.0.0.1:{proxy.port}"), busy_seconds=15.0)
    add_user(made.office, AddUser("caseworker-one", ("caseworker",), ADMINISTRATOR, MON_2_MAR))
    yield made
    made.close()


def _act(app: App, number: str) -> object:
    return act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR, idem="one"))


def _create(app: App, _: str) -> object:
    return create_case(app.office, CreateCase("recommendation", CASEWORKER, MON_2_MAR, NEW, key="one"))


def _assign(app: App, number: str) -> object:
    return assign(app.office, OnCase(number, CASEWORKER, MON_2_MAR, key="one"), "caseworker-one")


COMMANDS = {"act": _act, "create": _create, "assign": _assign}


@pytest.mark.parametrize("loses", [Loses.BEFORE_COMMIT, Loses.ANSWER_TO_COMMIT])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_lost_is_asked_once_more_under_its_key_and_done_once(
    command: str, loses: Loses, app: App, proxy: Proxy
) -> None:
    number = a_recommendation(app).number
    before = len(table(app, "case_events"))
    proxy.loses = loses
    answer = COMMANDS[command](app, number)
    assert proxy.lost == 1
    done = len(table(app, "case_events"))
    assert done > before
    assert COMMANDS[command](app, number) == answer  # the same key gets the first answer
    assert len(table(app, "case_events")) == done
    assert violations(app) == []


def test_a_confirmation_whose_answer_was_lost_is_made_once(app: App, proxy: Proxy) -> None:
    given = {"about_ill_treatment": "false", "reasons": "Synthetic reasons."}
    number = an_allegation(app).number
    pending = act(app.office, DoAct(number, "decline", CASEWORKER, MON_2_MAR, given)).pending
    proxy.loses = Loses.ANSWER_TO_COMMIT
    done = confirm(app.office, Confirm(pending, SECOND, MON_2_MAR, key="two"))
    assert (proxy.lost, confirm(app.office, Confirm(pending, SECOND, MON_2_MAR, key="two"))) == (1, done)
    assert violations(app) == []


def test_without_a_key_what_may_be_done_is_told_and_not_done_again(app: App, proxy: Proxy) -> None:
    number = a_recommendation(app).number
    proxy.loses = Loses.ANSWER_TO_COMMIT
    with pytest.raises(OutcomeUnknown, match="look before you do it again"):
        act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR))
    with app.office.open_reading() as work:
        assert work.read_case(number).state == "approved"
    proxy.loses = Loses.BEFORE_COMMIT
    with pytest.raises(OutcomeUnknown):  # nobody can tell it from the other
        act(app.office, DoAct(number, "withdraw", COMMISSIONER, MON_2_MAR, {"reasons": "Synthetic."}))
    assert violations(app) == []


@pytest.mark.parametrize("loses", [Loses.BEFORE_COMMIT, Loses.ANSWER_TO_COMMIT])
def test_a_sweep_that_lost_its_link_takes_every_rung_once(loses: Loses, app: App, proxy: Proxy) -> None:
    a_caseload(app, 4)
    proxy.loses = loses
    sweep(app.office, LATER, 3)
    assert proxy.lost == 1
    assert violations(app) == []
    taken = len(table(app, "rungs_taken"))
    sweep(app.office, LATER, 3)
    assert len(table(app, "rungs_taken")) == taken > 0


@pytest.mark.parametrize("how", ["fast", "immediate", "terminate"])
def test_a_server_that_restarts_in_the_middle_is_waited_for(how: str, app: App, server: RestartableServer) -> None:
    number = a_recommendation(app).number
    struck: list[str] = []

    def strike(point: str) -> None:
        if point == "sweep.before_commit" and not struck:
            struck.append(point)
            server.strike(how)

    a_caseload(app, 3)
    struck_app = replace(app, office=replace(app.office, at_point=strike))
    sweep(struck_app.office, LATER, 2)
    assert struck
    act(app.office, DoAct(number, "approve", COMMISSIONER, LATER, idem="after"))
    assert violations(app) == []


def test_a_server_that_stays_away_is_told_of_within_the_waiting_time(server: RestartableServer, tmp_path: Path) -> None:
    proxy = Proxy(server.socket)
    app = an_app(tmp_path / "data", server.new_database(f"127.0.0.1:{proxy.port}"), busy_seconds=0.5)
    number = a_recommendation(app).number
    app.database.engine.dispose()
    proxy.loses = Loses.EVERYTHING
    with pytest.raises(TryAgain, match="cannot be reached"):
        act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR, idem="k"))
    proxy.loses = Loses.NOTHING
    assert act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR, idem="k")).state == "approved"
    assert app.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    app.close()
    proxy.close()


def test_of_two_that_lock_in_opposite_order_both_are_done(app: App) -> None:
    """F15: PostgreSQL ends one of two that wait for each other; it is asked once more and then finds its way free."""
    one, two = a_recommendation(app).number, a_recommendation(app).number
    both_hold = threading.Barrier(2, timeout=20)
    tries: dict[str, int] = {}
    wrong: list[BaseException] = []

    def both(first: str, second: str) -> None:
        def ask() -> None:
            tries[first] = tries.get(first, 0) + 1
            with app.office.open_work() as work:
                work.case(first)
                if tries[first] == 1:
                    both_hold.wait()
                case = work.case(second)
                case.version += 1
                work.save_case(case)
                work.commit()

        try:
            once_more(ask, "")
        except BaseException as error:  # noqa: BLE001 - shown by the test
            wrong.append(error)

    threads = [threading.Thread(target=both, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert max(tries.values()) == 2  # PostgreSQL ends one of them; on a busy machine it may end both


def test_what_clashed_or_was_undone_is_told_apart_from_what_may_be_done() -> None:
    from npm_cases.persistence.driver_errors import told, unknown

    deadlock, gone = psycopg.errors.DeadlockDetected("x"), psycopg.errors.AdminShutdown("x")
    assert isinstance(told(deadlock), AskAgain)
    assert isinstance(unknown(deadlock), AskAgain)
    assert isinstance(told(gone), AskAgain)
    assert isinstance(unknown(gone), OutcomeUnknown)
