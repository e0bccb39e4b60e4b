"""A refusal gives every reason, who may act, and what is permitted; it never leaves a person guessing."""

import pickle

import pytest

from state_machines import MACHINES, Facts, TransitionRefused
from state_machines.table import Role
from tests.state_machines.made_facts import all_but, fri_26_jun, mon_29_jun

RECOMMENDATION, ALLEGATION, ESCALATION = (MACHINES[name] for name in ("recommendation", "allegation", "escalation"))


def _refusal(machine: str, state: str, event: str, role: Role, facts: Facts) -> TransitionRefused:
    with pytest.raises(TransitionRefused) as refused:
        MACHINES[machine].take(state, event, role, facts)
    return refused.value


def test_a_refusal_lists_every_reason_at_once() -> None:
    refused = _refusal("recommendation", "approved", "issue", Role.CASEWORKER, Facts())
    assert refused.reasons == ("role_not_allowed", "addressee_named", "text_measurable", "rule_exists_for_channel")


def test_a_refusal_names_who_may_and_what_is_permitted_instead() -> None:
    refused = _refusal("recommendation", "approved", "issue", Role.CASEWORKER, Facts())
    assert refused.roles == ("secretariat",)
    assert refused.permitted == tuple(move.event for move in RECOMMENDATION.permitted("approved", Role.CASEWORKER))


def test_a_refusal_says_machine_state_event_and_reasons_in_its_message() -> None:
    text = str(_refusal("recommendation", "served", "verify", Role.CASEWORKER, Facts()))
    assert "recommendation: verify is refused in state served: not_from_this_state" in text
    assert "record_reply" in text


def test_an_unknown_event_is_refused_by_name() -> None:
    assert _refusal("recommendation", "draft", "teleport", Role.CASEWORKER, Facts()).reasons == ("unknown_event",)


def test_an_event_of_another_state_is_refused_as_such() -> None:
    refused = _refusal("allegation", "received", "convict", Role.CASEWORKER, Facts())
    assert (refused.reasons, refused.roles) == (("not_from_this_state",), ())


def test_a_refusal_survives_the_way_between_processes() -> None:
    refused = _refusal("recommendation", "approved", "issue", Role.CASEWORKER, Facts())
    carried = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own object
    assert (carried.reasons, carried.roles, str(carried)) == (refused.reasons, refused.roles, str(refused))


def test_only_a_missing_second_person_can_become_a_proposal() -> None:
    proposal = _refusal("recommendation", "implemented", "close", Role.CASEWORKER, Facts())
    assert proposal.only_second_person
    more_is_missing = _refusal("recommendation", "rejected", "close", Role.CASEWORKER, Facts())
    assert not more_is_missing.only_second_person
    wrong_role = _refusal("recommendation", "implemented", "close", Role.AUDITOR, Facts())
    assert not wrong_role.only_second_person


def test_a_date_within_the_maximum_needs_no_second_person_and_a_later_one_does() -> None:
    within = all_but(is_second_person=False)
    assert RECOMMENDATION.take("accepted", "start_implementation", Role.CASEWORKER, within) == "in_progress"
    late = all_but(is_second_person=False, due_on=mon_29_jun, latest_due_on=fri_26_jun)
    refused = _refusal("recommendation", "accepted", "start_implementation", Role.CASEWORKER, late)
    assert refused.reasons == ("late_date_confirmed_by_another_person",)
    assert refused.only_second_person


def test_only_the_commissioner_may_notify_the_prosecutor_under_an_exception_and_not_alone() -> None:
    excepted = Facts(named_exception="danger_to_life", reasons=True)
    assert _refusal("allegation", "registered", "notify_prosecutor", Role.CASEWORKER, excepted).reasons == (
        "live_consent_or_pseudonym",
    )
    alone = _refusal("allegation", "registered", "notify_prosecutor", Role.COMMISSIONER, excepted)
    assert alone.only_second_person
    together = Facts(named_exception="danger_to_life", reasons=True, is_second_person=True)
    moved = ALLEGATION.take("registered", "notify_prosecutor", Role.COMMISSIONER, together)
    assert moved == "referral_issued"


@pytest.mark.parametrize("state", ["registered", "transferred", "accepted"])
def test_the_prosecutor_is_notified_without_waiting_for_the_commissioner(state: str) -> None:
    consented = Facts(consent_live=True)
    assert ALLEGATION.take(state, "notify_prosecutor", Role.CASEWORKER, consented) == "referral_issued"


def test_the_clock_and_the_commissioner_stand_down_under_different_conditions() -> None:
    by_clock = ESCALATION.row("petitioned", "stand_down", Role.CLOCK)
    by_person = ESCALATION.row("petitioned", "stand_down", Role.DELEGATE)
    assert by_clock is not None
    assert by_person is not None
    assert [guard.code for guard in by_clock.guards] == ["raising_obligations_discharged"]
    assert [guard.code for guard in by_person.guards] == [
        "reason_given",
        "another_person_confirms",
        "successor_obligation_dated",
    ]


@pytest.mark.parametrize("channel_roles", [frozenset({"council"}), frozenset[str]()])
def test_nobody_but_the_channels_own_approver_approves(channel_roles: frozenset[str]) -> None:
    facts = all_but(approver_roles=channel_roles)
    assert "the_channels_own_approver" in RECOMMENDATION.reasons("draft", "approve", Role.GROUP_LEADER, facts)


@pytest.mark.parametrize("event", ["withdraw", "reissue"])
def test_what_another_body_issued_is_neither_withdrawn_nor_reissued(event: str) -> None:
    facts = all_but(channel_issued_here=False)
    assert "issued_by_this_mechanism" in RECOMMENDATION.reasons("rejected", event, Role.COUNCIL, facts)


def test_a_report_of_reprisal_is_never_refused_to_a_caseworker_even_after_closing() -> None:
    for table in (RECOMMENDATION, ALLEGATION):
        for state in table.states:
            assert table.take(state, "report_reprisal", Role.CASEWORKER, Facts())


@pytest.mark.parametrize("state", ["closed", "linked", "declined"])
def test_a_reprisal_brings_a_final_allegation_back_to_follow_up(state: str) -> None:
    assert ALLEGATION.take(state, "report_reprisal", Role.CASEWORKER, Facts()) == "follow_up"


def test_an_unlawful_investigator_or_extension_is_recorded_all_the_same() -> None:
    too_late = Facts(due_on=mon_29_jun, latest_due_on=fri_26_jun)
    assert ALLEGATION.take("referral_acknowledged", "open_investigation", Role.CASEWORKER, Facts())
    assert ALLEGATION.take("under_investigation", "record_term_extension", Role.CASEWORKER, too_late)
