"""Random walks of legal acts: whatever is done, no open case is without a clock, and none outlives its ceiling unseen."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.bootstrap import App, copy_of
from npm_cases.domain.errors import BadInput, RefusedByRule
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import Actor, Case, Obligation
from npm_cases.domain.terms import TermError
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.casework import OnCase, resume, suspend
from npm_cases.services.moves import is_final, machines_of, state_of
from npm_cases.services.passing import let_time_pass
from npm_cases.services.registers import add_place, record_visit
from npm_cases.services.users import HUMAN_ROLES
from npm_cases.services.verify import verify
from state_machines import MACHINES
from state_machines.table import Field, FieldKind
from tests.makers import CASEWORKER, COLONY, LETTER, MON_2_MAR, SECOND, a_recommendation, an_allegation, an_app

EVERYBODY = Actor("everybody", frozenset(HUMAN_ROLES))
RAISED = {"escalated_to_ombudsman", "ombudsman_acted", "petitioned", "before_highest_authority"}
FAR = date(2099, 1, 5)
STEPS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 1_000), st.booleans()), min_size=1, max_size=25)


BASE: list[App] = []  # not an argument of the test: a falsified example prints its arguments


@pytest.fixture(scope="module", autouse=True)
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    app = an_app(tmp_path_factory.mktemp("walks"))
    add_place(app.office, {"id": "place", "name": "Synthetic place", "region": "abai"}, CASEWORKER, MON_2_MAR)
    visit = {"place": "place", "kind": "special", "started_on": "2026-03-02"}
    record_visit(app.office, visit, CASEWORKER, MON_2_MAR)
    a_recommendation(app)
    an_allegation(app)
    a_recommendation(app, "served")
    BASE.append(app)
    yield
    BASE.clear()
    app.close()


@given(kind=st.sampled_from(["R-2026-000001", "R-2026-000002", "A-2026-000001"]), steps=STEPS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_walk_of_legal_acts_gets_past_the_ceiling(kind: str, steps: list[tuple[int, int, bool]]) -> None:
    with copy_of(BASE[0]) as app:
        at = MON_2_MAR
        for days, choice, far in steps:
            do_something(app, kind, at, choice, far=far)
            later = as_text(from_text(at) + timedelta(days=days, seconds=1))
            for _ in let_time_pass(app.office, at, later):
                pass
            at = later
            is_not_forgotten(app, kind, at)
        with app.reader as reader:
            assert verify(app.office, reader, at).findings == ()


def do_something(app: App, number: str, at: str, choice: int, *, far: bool) -> None:
    """Do one of the acts the tables permit from here, or suspend or resume a clock."""
    case, running = look(app, number)
    events = [
        (machine, event)
        for machine in machines_of(case)
        for event in MACHINES[machine].events_from(state_of(case, machine))
        if event != "stand_down"  # moves the ceiling itself, by two people of the Commissioner's office
    ]
    if choice % 7 == 0 and running and not is_final(case):
        hold_or_release(app, number, running[choice % len(running)], at)
        return
    machine, event = events[choice % len(events)]
    row = MACHINES[machine].row(state_of(case, machine), event)
    assert row is not None
    today = from_text(at).date()
    fields = {f.name: value for f in row.fields if (value := a_value(app, f, today, far=far)) is not None}
    try:
        done = act(app.office, DoAct(number, event, EVERYBODY, at, fields, files=LETTER))
        if done.pending:
            confirm(app.office, Confirm(done.pending, SECOND, at))
    except (RefusedByRule, BadInput, TermError):
        pass  # a refusal changes nothing; the invariants below say whether that is so


def hold_or_release(app: App, number: str, owed: Obligation, at: str) -> None:
    on_case = OnCase(number, CASEWORKER, at)
    try:
        if owed.suspended_on:
            resume(app.office, on_case, owed.duty, None, "over")
        else:
            suspend(app.office, on_case, owed.duty, None, "held")
    except BadInput:
        pass


def a_value(app: App, field: Field, today: date, *, far: bool) -> str | None:
    if field.kind is FieldKind.DATE:
        if field.name in {"happened_on", "published_on"}:
            return today.isoformat()
        return (FAR if far else today + timedelta(days=40)).isoformat()
    if field.kind is FieldKind.VISIT:
        with app.office.open_work() as work:
            return str(work.rows("visits")[0]["id"])
    if field.kind is FieldKind.CODE:
        return field.choices[0] if field.choices else "146-2"
    values = {FieldKind.TEXT: "Synthetic.", FieldKind.FLAG: "true", FieldKind.BODY: COLONY, FieldKind.NUMBER: "1"}
    return values.get(field.kind, "R-2026-000001" if field.kind is FieldKind.CASE else None)


def look(app: App, number: str) -> tuple[Case, list[Obligation]]:
    with app.office.open_work() as work:
        case = work.case(number)
        return case, work.open_obligations(case.id)


def is_not_forgotten(app: App, number: str, at: str) -> None:
    case, running = look(app, number)
    if is_final(case):
        return
    assert [o for o in running if o.due_on and not o.suspended_on], f"{number} in {case.state} has no running clock"
    ceiling = [o for o in running if o.duty == "age_ceiling"]
    assert len(ceiling) == 1
    if at > app.office.times.step(ceiling[0].due_on, 2):
        assert case.escalation in RAISED, f"{number} in {case.state} is past its ceiling and {case.escalation}"
