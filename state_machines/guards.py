"""The conditions of moves, each named once. A guard reads facts only: no clock, no database, no case.

Codes are contract: a refusal and the history carry them, and labels_guards.py says them to a person.
"""

from state_machines import fields as ask
from state_machines.facts import Facts
from state_machines.reasons import ReasonCode
from state_machines.table import Guard

# Four eyes, reasons, papers
another_person = Guard("another_person_confirms", lambda f: f.is_second_person, second_person=True)
reason = Guard("reason_given", lambda f: f.reasons or f.reason_code is not None, (ask.REASON_CODE, ask.REASONS))
reasons = Guard("reasons_written", lambda f: f.reasons, (ask.REASONS,))
receipt = Guard("proof_of_receipt_attached", lambda f: f.document is not None, (ask.DOCUMENT,))
reply = Guard("reply_attached", lambda f: f.document is not None, (ask.DOCUMENT,))
letter = Guard("addressees_letter_attached", lambda f: f.document is not None, (ask.DOCUMENT,))
evidence = Guard("evidence_attached", lambda f: f.document is not None, (ask.DOCUMENT,))
answer = Guard("answer_attached", lambda f: f.document is not None, (ask.DOCUMENT,))
visit_finding = Guard("visit_finding_named", lambda f: f.visit is not None, (ask.VISIT,))
finding_or_documents = Guard(
    "visit_finding_or_documents",
    lambda f: f.visit is not None or f.document is not None,
    (ask.VISIT, ask.DOCUMENT),
)
linked_case = Guard("case_linked", lambda f: f.linked_case is not None, (ask.LINKED_CASE,))

# Reprisals (OPCAT 21(1))
protection = Guard("protection_measures_recorded", lambda f: f.protection_measures, (ask.PROTECTION_MEASURES,))
persons_view = Guard("persons_view_recorded", lambda f: f.persons_view, (ask.PERSONS_VIEW,))
reprisal_check = Guard("reprisal_check_recorded", lambda f: f.reprisal_check, (ask.REPRISAL_CHECK,))

# A recommendation
approver = Guard("the_channels_own_approver", lambda f: f.role in f.approver_roles)
issuer = Guard("the_channels_own_issuer", lambda f: f.role in f.issuer_roles)
issued_here = Guard("issued_by_this_mechanism", lambda f: f.channel_issued_here)
issued_elsewhere = Guard("issued_by_another_body", lambda f: not f.channel_issued_here)
symbol = Guard("symbol_named", lambda f: f.symbol is not None, (ask.SYMBOL,))
published_on = Guard("publication_dated", lambda f: f.published_on is not None, (ask.PUBLISHED_ON,))
addressee = Guard("addressee_named", lambda f: f.addressee is not None, (ask.ADDRESSEE,))
measurable = Guard("text_measurable", lambda f: f.measurable, (ask.MEASURABLE,))
has_rule = Guard("rule_exists_for_channel", lambda f: f.has_rule)
date_set = Guard("date_set", lambda f: f.due_on is not None, (ask.DUE_ON,))
addressees_reasons = Guard(
    "addressees_reasons_recorded",
    # An addressee that gives none is recorded with the code no_reasons_given, a UPR answer with noted.
    lambda f: f.reasons or f.reason_code is not None,
    (ask.REASON_CODE, ask.REASONS),
)


def _is_within_bound(facts: Facts) -> bool:
    return facts.due_on is None or facts.latest_due_on is None or facts.due_on <= facts.latest_due_on


late_date_confirmed = Guard(
    "late_date_confirmed_by_another_person",
    lambda f: _is_within_bound(f) or f.is_second_person,
    (ask.DUE_ON,),
    second_person=True,
)

# An allegation: consent (OPCAT 21(2), C.L. 15(4)) and its exception
consent = Guard("consent_recorded", lambda f: f.consent in ask.CONSENT_CHOICES, (ask.CONSENT,))
reprisal_risk = Guard("reprisal_risk_recorded", lambda f: f.reprisal_risk is not None, (ask.REPRISAL_RISK,))


def _is_covered(facts: Facts) -> bool:
    return facts.consent_live or facts.under_pseudonym


covered = Guard("live_consent_or_pseudonym", _is_covered, (ask.UNDER_PSEUDONYM,))
covered_or_excepted = Guard(
    "live_consent_pseudonym_or_exception",
    lambda f: _is_covered(f) or f.named_exception is not None,
    (ask.UNDER_PSEUDONYM, ask.NAMED_EXCEPTION),
)
exception_reasoned = Guard("exception_reasoned", lambda f: _is_covered(f) or f.reasons, (ask.REASONS,))
exception_confirmed = Guard(
    "exception_confirmed_by_another_person",
    lambda f: _is_covered(f) or f.is_second_person,
    second_person=True,
)

# An allegation: the rest of its way
not_ill_treatment = Guard("not_about_ill_treatment", lambda f: not f.about_ill_treatment, (ask.ABOUT_ILL_TREATMENT,))
extension_in_bound = Guard(
    "extension_within_bound",
    lambda f: f.due_on is not None and _is_within_bound(f),
    (ask.DUE_ON,),
)
complainant_told = Guard("complainant_told", lambda f: f.complainant_told, (ask.COMPLAINANT_TOLD,))
register_number = Guard("register_number_recorded", lambda f: f.register_number, (ask.REGISTER_NUMBER,))
other_authority = Guard(
    "another_authority_named",
    lambda f: f.authority is not None and f.authority not in f.earlier_authorities,
    (ask.AUTHORITY,),
)
redress_made = Guard("redress_made", lambda f: f.redress_made)
redress_ended = Guard(
    "redress_at_an_end",
    lambda f: f.redress_settled or (f.reason_code == ReasonCode.REDRESS_NOT_DUE and f.reasons),
    (ask.REASON_CODE, ask.REASONS),
)
new_facts = Guard(
    "new_facts_recorded",
    lambda f: f.new_facts or f.document is not None,
    (ask.NEW_FACTS, ask.DOCUMENT),
)
referral_answered = Guard("referral_answered", lambda f: f.redress_open)

# An escalation
outsider_owes = Guard("owed_by_outsider", lambda f: f.owed_by_outsider)
has_superior = Guard("ladder_has_superior", lambda f: f.ladder_has_superior)
rung_due = Guard("rung_is_due", lambda f: f.rung_due)
raised_again = Guard("another_overdue_or_reprisal", lambda f: f.another_overdue or f.reprisal_reported)
all_discharged = Guard("raising_obligations_discharged", lambda f: f.raising_all_discharged)
successor = Guard(
    "successor_obligation_dated",
    lambda f: f.successor_due_on is not None and (f.latest_due_on is None or f.successor_due_on <= f.latest_due_on),
    (ask.SUCCESSOR_DUE_ON,),
)
mass_or_special = Guard("mass_or_special_case", lambda f: f.mass_or_special, (ask.MASS_OR_SPECIAL,))
