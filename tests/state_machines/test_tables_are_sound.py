"""What must be true of every table: no dead end, no dead word, no clock where people decide."""

import itertools
from dataclasses import fields as fields_of

import pytest

from state_machines import MACHINES, MACHINES_OF, Facts, TransitionRefused, machine_of_event
from state_machines.allegation import REDRESS_OPEN
from state_machines.phases import Phase
from state_machines.table import FieldKind, Guard, Role, Row, StateTable

each_machine = pytest.mark.parametrize("name", MACHINES)
ALL_ROWS = [row for table in MACHINES.values() for row in table.rows]
ALL_GUARDS = {guard.code: guard for row in ALL_ROWS for guard in row.guards}

# What a record of others' acts may be asked for: the proof, or which thing it is; never whether it was lawful.
PROOF = {
    "issued_by_another_body",
    "symbol_named",
    "publication_dated",
    "proof_of_receipt_attached",
    "reply_attached",
    "addressees_letter_attached",
    "addressees_reasons_recorded",
    "evidence_attached",
    "answer_attached",
    "register_number_recorded",
    "referral_answered",
}


@each_machine
def test_every_state_can_be_reached(name: str) -> None:
    table = MACHINES[name]
    reached, frontier = {table.initial}, {table.initial}
    while frontier:
        frontier = {row.next for row in table.rows if row.state in frontier} - reached
        reached |= frontier
    assert reached == set(table.states)


@each_machine
def test_every_open_state_has_a_way_out(name: str) -> None:
    table = MACHINES[name]
    left = {row.state for row in table.rows if row.next != row.state}
    assert set(table.states) - table.final <= left


@each_machine
def test_every_event_is_used(name: str) -> None:
    assert {row.event for row in MACHINES[name].rows} == set(MACHINES[name].events)


@pytest.mark.parametrize("name", ["recommendation", "allegation", "compensation", "rehabilitation"])
def test_the_clock_never_moves_a_substance_machine(name: str) -> None:
    table = MACHINES[name]
    assert not [permitted for state in table.states for permitted in table.permitted(state, Role.CLOCK)]


def test_the_clock_raises_up_to_the_ombudsman_and_no_further() -> None:
    raised = {row.next for row in MACHINES["escalation"].rows if Role.CLOCK in row.who and row.next != row.state}
    assert raised == {"at_superior_body", "escalated_to_ombudsman", "not_escalated"}


def test_a_representative_reports_reprisals_and_moves_nothing_else() -> None:
    assert {row.event for row in ALL_ROWS if Role.REPRESENTATIVE in row.who} == {"report_reprisal"}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_those_who_only_look_move_nothing(role: Role) -> None:
    assert not [row for row in ALL_ROWS if role in row.who]


def test_a_record_of_what_others_did_asks_only_for_its_proof() -> None:
    asked = {guard.code for row in ALL_ROWS if row.records_others for guard in row.guards}
    assert asked == PROOF


@pytest.mark.parametrize("kind", MACHINES_OF)
def test_event_names_are_unique_across_the_machines_of_one_case(kind: str) -> None:
    events = list(itertools.chain.from_iterable(MACHINES[name].events for name in MACHINES_OF[kind]))
    assert len(events) == len(set(events))


@pytest.mark.parametrize(
    ("kind", "event", "machine"),
    [
        ("recommendation", "issue", "recommendation"),
        ("recommendation", "petition", "escalation"),
        ("allegation", "accept", "allegation"),
        ("allegation", "grant", "compensation"),
        ("allegation", "begin", "rehabilitation"),
    ],
)
def test_an_event_finds_its_machine(kind: str, event: str, machine: str) -> None:
    assert machine_of_event(kind, event) == machine


def test_an_event_of_no_machine_of_the_case_is_refused_as_unknown() -> None:
    with pytest.raises(TransitionRefused) as refused:
        machine_of_event("recommendation", "grant")
    assert refused.value.reasons == ("unknown_event",)


def test_a_kind_of_case_that_does_not_exist_is_named() -> None:
    with pytest.raises(LookupError, match="'complaint'"):
        machine_of_event("complaint", "close")


def test_every_field_a_guard_asks_for_is_a_fact() -> None:
    facts = {field.name: field.type for field in fields_of(Facts)}
    for guard in ALL_GUARDS.values():
        for field in guard.fields:
            assert field.name in facts
            assert (facts[field.name] is bool) == (field.kind in {FieldKind.FLAG, FieldKind.TEXT})


def test_one_field_name_means_one_field() -> None:
    fields = {field for row in ALL_ROWS for field in row.fields}
    assert len(fields) == len({field.name for field in fields})


def test_one_guard_code_means_one_guard() -> None:
    assert all(guard is ALL_GUARDS[guard.code] for row in ALL_ROWS for guard in row.guards)


@pytest.mark.parametrize("name", ["recommendation", "allegation"])
def test_substance_machines_have_a_phase_for_every_state_and_use_every_phase(name: str) -> None:
    table = MACHINES[name]
    assert {table.phase(state) for state in table.states} == {phase.value for phase in Phase}
    assert {state for state in table.states if table.phase(state) == "closed"} == table.final


@pytest.mark.parametrize("name", ["compensation", "rehabilitation", "escalation"])
def test_machines_beside_the_substance_have_no_phase(name: str) -> None:
    with pytest.raises(LookupError, match="no phases"):
        MACHINES[name].phase(MACHINES[name].initial)


def test_redress_opens_when_the_referral_is_acknowledged_and_not_before() -> None:
    assert {"referral_acknowledged", "under_investigation", "follow_up"} <= REDRESS_OPEN
    assert not {"received", "registered", "transferred", "referral_issued", "declined"} & REDRESS_OPEN


MEETING = Guard("meets", lambda _: True)
CASEWORKER = frozenset({Role.CASEWORKER})


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([Row("draft", "fly", "approved", CASEWORKER)], "no such state or event"),
        ([Row("draft", "approve", "moon", CASEWORKER)], "no such state or event"),
        ([Row("draft", "approve", "approved", frozenset())], "name who"),
        ([Row("draft", "approve", "approved", CASEWORKER)] * 2, "two rows disagree"),
        (
            [
                Row("draft", "approve", "approved", CASEWORKER),
                Row("draft", "approve", "issued", frozenset({Role.COUNCIL}), (MEETING,)),
            ],
            "two rows disagree",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_not_built(rows: list[Row], complaint: str) -> None:
    from state_machines.recommendation_terms import Event, State

    with pytest.raises(ValueError, match=complaint):
        StateTable("broken", State, Event, State.DRAFT, rows)
