"""Every guard once with the facts that meet it and once with the facts that do not."""

from dataclasses import replace

import pytest

from state_machines import MACHINES, Facts
from state_machines.table import Guard
from tests.state_machines.made_facts import fri_26_jun, mon_29_jun

GUARDS: dict[str, Guard] = {
    guard.code: guard for table in MACHINES.values() for row in table.rows for guard in row.guards
}
DOCUMENT = Facts(document="document-1")
LATE = Facts(due_on=mon_29_jun, latest_due_on=fri_26_jun)
LATE_CONFIRMED = replace(LATE, is_second_person=True)

# code: facts that meet it, facts that do not
EXAMPLES: dict[str, tuple[list[Facts], list[Facts]]] = {
    "another_person_confirms": ([Facts(is_second_person=True)], [Facts()]),
    "reason_given": ([Facts(reasons=True), Facts(reason_code="policy")], [Facts()]),
    "reasons_written": ([Facts(reasons=True)], [Facts(reason_code="policy")]),
    "proof_of_receipt_attached": ([DOCUMENT], [Facts()]),
    "reply_attached": ([DOCUMENT], [Facts()]),
    "addressees_letter_attached": ([DOCUMENT], [Facts()]),
    "evidence_attached": ([DOCUMENT], [Facts()]),
    "answer_attached": ([DOCUMENT], [Facts()]),
    "visit_finding_named": ([Facts(visit="visit-1")], [DOCUMENT]),
    "visit_finding_or_documents": ([Facts(visit="visit-1"), DOCUMENT], [Facts()]),
    "case_linked": ([Facts(linked_case="case-2")], [Facts()]),
    "protection_measures_recorded": ([Facts(protection_measures=True)], [Facts(persons_view=True)]),
    "persons_view_recorded": ([Facts(persons_view=True)], [Facts(protection_measures=True)]),
    "reprisal_check_recorded": ([Facts(reprisal_check=True)], [Facts()]),
    "the_channels_own_approver": (
        [Facts(role="council", approver_roles=frozenset({"council"}))],
        [Facts(role="council", approver_roles=frozenset({"commissioner"})), Facts(role="council")],
    ),
    "the_channels_own_issuer": (
        [Facts(role="council", issuer_roles=frozenset({"council"}))],
        [Facts(role="council", approver_roles=frozenset({"council"}))],
    ),
    "issued_by_this_mechanism": ([Facts(channel_issued_here=True)], [Facts()]),
    "issued_by_another_body": ([Facts()], [Facts(channel_issued_here=True)]),
    "symbol_named": ([Facts(symbol="SYN/1")], [Facts()]),
    "publication_dated": ([Facts(published_on=fri_26_jun)], [Facts(due_on=fri_26_jun)]),
    "addressee_named": ([Facts(addressee="body-1")], [Facts()]),
    "text_measurable": ([Facts(measurable=True)], [Facts()]),
    "rule_exists_for_channel": ([Facts(has_rule=True)], [Facts()]),
    "date_set": ([Facts(due_on=fri_26_jun)], [Facts(latest_due_on=fri_26_jun)]),
    "addressees_reasons_recorded": (
        [Facts(reasons=True), Facts(reason_code="no_reasons_given"), Facts(reason_code="noted")],
        [Facts()],
    ),
    "late_date_confirmed_by_another_person": (
        [
            Facts(due_on=fri_26_jun, latest_due_on=fri_26_jun),
            Facts(due_on=mon_29_jun),
            LATE_CONFIRMED,
        ],
        [LATE],
    ),
    "consent_recorded": (
        [Facts(consent="given"), Facts(consent="limited"), Facts(consent="refused")],
        [Facts(), Facts(consent="perhaps")],
    ),
    "reprisal_risk_recorded": ([Facts(reprisal_risk="none")], [Facts()]),
    "live_consent_or_pseudonym": (
        [Facts(consent_live=True), Facts(under_pseudonym=True)],
        [Facts(consent="given"), Facts(named_exception="danger_to_life")],
    ),
    "live_consent_pseudonym_or_exception": (
        [Facts(consent_live=True), Facts(under_pseudonym=True), Facts(named_exception="danger_to_life")],
        [Facts(reasons=True, is_second_person=True)],
    ),
    "exception_reasoned": (
        [Facts(consent_live=True), Facts(named_exception="danger_to_life", reasons=True)],
        [Facts(named_exception="danger_to_life")],
    ),
    "exception_confirmed_by_another_person": (
        [Facts(under_pseudonym=True), Facts(named_exception="danger_to_life", is_second_person=True)],
        [Facts(named_exception="danger_to_life", reasons=True)],
    ),
    "not_about_ill_treatment": ([Facts(about_ill_treatment=False)], [Facts()]),
    "extension_within_bound": (
        [Facts(due_on=fri_26_jun, latest_due_on=mon_29_jun), Facts(due_on=fri_26_jun)],
        [LATE, LATE_CONFIRMED, Facts()],
    ),
    "complainant_told": ([Facts(complainant_told=True)], [Facts()]),
    "register_number_recorded": ([Facts(register_number=True)], [DOCUMENT]),
    "another_authority_named": (
        [Facts(authority="body-2", earlier_authorities=frozenset({"body-1"}))],
        [Facts(), Facts(authority="body-1", earlier_authorities=frozenset({"body-1"}))],
    ),
    "redress_made": ([Facts(redress_made=True)], [Facts(redress_settled=True)]),
    "redress_at_an_end": (
        [Facts(redress_settled=True), Facts(reason_code="redress_not_due", reasons=True)],
        [Facts(), Facts(reason_code="redress_not_due"), Facts(reason_code="policy", reasons=True)],
    ),
    "new_facts_recorded": ([Facts(new_facts=True), DOCUMENT], [Facts(reasons=True)]),
    "referral_answered": ([Facts(redress_open=True)], [Facts()]),
    "owed_by_outsider": ([Facts(owed_by_outsider=True)], [Facts()]),
    "ladder_has_superior": ([Facts(ladder_has_superior=True)], [Facts()]),
    "rung_is_due": ([Facts(rung_due=True)], [Facts()]),
    "another_overdue_or_reprisal": ([Facts(another_overdue=True), Facts(reprisal_reported=True)], [Facts()]),
    "raising_obligations_discharged": ([Facts(raising_all_discharged=True)], [Facts()]),
    "successor_obligation_dated": ([Facts(successor_due_on=fri_26_jun)], [Facts(due_on=fri_26_jun)]),
    "mass_or_special_case": ([Facts(mass_or_special=True)], [Facts()]),
}


def test_every_guard_has_its_examples() -> None:
    assert set(EXAMPLES) == set(GUARDS)


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_guard_holds_when_its_facts_are_on_file(code: str) -> None:
    assert all(GUARDS[code].holds(facts) is True for facts in EXAMPLES[code][0])


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_guard_refuses_when_they_are_not(code: str) -> None:
    assert all(GUARDS[code].holds(facts) is False for facts in EXAMPLES[code][1])


def test_with_nothing_on_file_no_act_that_asks_for_something_is_allowed() -> None:
    held_by_default = {"issued_by_another_body", "late_date_confirmed_by_another_person"}
    for table in MACHINES.values():
        for row in table.rows:
            asked = {guard.code for guard in row.guards} - held_by_default
            assert asked == set(table.reasons(row.state, row.event, min(row.who), Facts()))
