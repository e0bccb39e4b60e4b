"""Two people at one case, one call sent twice: no update is lost, nothing is done twice (FAULTS F16, F17)."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import CaseError, Conflict
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.incidents import raise_incident
from npm_cases.services.sweep import expire_proposals
from tests.faults.checker import table, violations
from tests.makers import CASEWORKER, LETTER, MON_2_MAR, SECOND, a_recommendation, started_again

Call = Callable[[], Any]


def at_once(*calls: Call) -> list[Any]:
    """Start all calls at one moment; return each one's answer, or the error it raised."""
    barrier = Barrier(len(calls), timeout=10)
    answers: list[Any] = [None] * len(calls)

    def run(place: int, call: Call) -> None:
        barrier.wait()
        try:
            answers[place] = call()
        except CaseError as error:
            answers[place] = error

    threads = [Thread(target=run, args=numbered) for numbered in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def moves(app: App, event: str) -> int:
    return sum(row["event"] == event for row in table(app, "case_events"))


def version(app: App, ref: str) -> int:
    with app.office.open_work() as work:
        return work.read_case(ref).version


@pytest.mark.parametrize("_again", range(3))
def test_of_two_who_saw_one_version_the_second_is_told_both_versions(any_app: App, _again: int) -> None:
    created = a_recommendation(any_app, "acknowledged")
    seen = version(any_app, created.number)
    calls = [
        lambda actor=actor: act(
            any_app.office, DoAct(created.number, "record_meeting", actor, MON_2_MAR, if_version=seen)
        )
        for actor in (CASEWORKER, SECOND)
    ]
    answers = at_once(*calls)
    (refused,) = [answer for answer in answers if isinstance(answer, Exception)]
    assert isinstance(refused, Conflict)
    assert f"version {seen}" in str(refused)
    assert f"version {seen + 1}" in str(refused)
    assert moves(any_app, "record_meeting") == 1
    assert violations(any_app) == []


def test_of_two_who_saw_one_version_both_attempts_are_in_the_history(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    seen = version(any_app, created.number)
    act(any_app.office, DoAct(created.number, "record_meeting", CASEWORKER, MON_2_MAR, if_version=seen))
    with pytest.raises(Conflict):
        act(any_app.office, DoAct(created.number, "record_meeting", SECOND, MON_2_MAR, if_version=seen))
    last = [row for row in table(any_app, "case_events") if row["chain"] == created.id][-1]
    assert (last["type"], last["actor"]) == ("act_refused", SECOND.user)
    assert version(any_app, created.number) == seen + 1
    assert violations(any_app) == []


def test_acts_of_two_people_without_a_version_are_both_done_one_after_the_other(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    calls = [
        lambda actor=actor: act(any_app.office, DoAct(created.number, "record_meeting", actor, MON_2_MAR))
        for actor in (CASEWORKER, SECOND)
    ]
    versions = {answer.version for answer in at_once(*calls)}
    assert len(versions) == 2
    assert moves(any_app, "record_meeting") == 2
    assert violations(any_app) == []


def test_a_proposal_confirmed_by_two_at_once_is_made_once(any_app: App) -> None:
    created = a_recommendation(any_app, "implemented")
    pending = act(any_app.office, DoAct(created.number, "close", CASEWORKER, MON_2_MAR)).pending
    answers = at_once(*[lambda: confirm(any_app.office, Confirm(pending, SECOND, MON_2_MAR))] * 2)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert moves(any_app, "close") == 1
    assert violations(any_app) == []


def test_proposals_that_lapsed_are_expired_once_by_two_sweeps_at_once(any_app: App) -> None:
    for _ in range(4):
        created = a_recommendation(any_app, "implemented")
        act(any_app.office, DoAct(created.number, "close", CASEWORKER, MON_2_MAR))
    answers = at_once(*[lambda: expire_proposals(any_app.office, "2026-12-01T05:00:00.000000Z")] * 3)
    assert sum(answers) == 4
    assert sum(row["type"] == "act_expired" for row in table(any_app, "case_events")) == 4
    assert violations(any_app) == []


def test_two_who_find_the_same_incident_raise_it_once(any_app: App) -> None:
    def find() -> None:
        with any_app.office.open_work() as work:
            raise_incident(work, any_app.office, "vacant_post", "post:board", "nobody holds it", MON_2_MAR)
            work.commit()

    at_once(find, find, find)
    assert len(table(any_app, "incidents")) == 1
    assert violations(any_app) == []


def test_cases_created_at_once_get_numbers_of_their_own(any_app: App) -> None:
    fields = {"channel": "ombudsman", "title": "Synthetic"}
    create = CreateCase("recommendation", CASEWORKER, MON_2_MAR, fields)
    answers = at_once(*[lambda: create_case(any_app.office, create)] * 6)
    assert sorted(answer.number for answer in answers) == [f"R-2026-{number:06d}" for number in range(1, 7)]
    assert violations(any_app) == []


def keyed(number: str, **changed: Any) -> DoAct:
    given = {"case": number, "event": "record_meeting", "actor": CASEWORKER, "at": MON_2_MAR, "idem": "k-1", **changed}
    return DoAct(**given)


def test_a_call_sent_again_gets_its_first_answer_after_a_restart_too(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    first = act(any_app.office, keyed(created.number))
    act(any_app.office, keyed(created.number, idem="k-2"))
    again = started_again(any_app)
    assert act(again.office, keyed(created.number)) == first
    assert act(again.office, keyed(created.number, at="2027-03-02T05:00:00.000000Z")) == first
    assert moves(again, "record_meeting") == 2
    again.close()


@pytest.mark.parametrize(
    "changed",
    [{"actor": SECOND}, {"event": "report_reprisal"}, {"fields": {"note": "another"}}],
    ids=["user", "act", "field"],
)
def test_a_key_used_for_anything_else_is_a_conflict_that_reveals_nothing(any_app: App, changed: dict[str, Any]) -> None:
    created = a_recommendation(any_app, "acknowledged")
    first = act(any_app.office, keyed(created.number))
    with pytest.raises(Conflict) as refused:
        act(any_app.office, keyed(created.number, **changed))
    assert created.number not in str(refused.value)
    assert first.receipt.leaf not in str(refused.value)
    assert moves(any_app, "record_meeting") == 1


def test_a_call_sent_twice_at_once_is_done_once_and_both_get_one_answer(any_app: App) -> None:
    created = a_recommendation(any_app, "acknowledged")
    reply = keyed(created.number, event="record_reply", files=LETTER)
    answers = at_once(*[lambda: act(any_app.office, reply)] * 4)
    assert all(answer == answers[0] for answer in answers)
    assert moves(any_app, "record_reply") == 1
    assert violations(any_app) == []
