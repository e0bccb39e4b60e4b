"""The facts that guards ask about: one frozen record, filled by the services, read by every guard of every machine.

A field that a guard asks for (`Field.name` in guards.py) has a fact of the same name here. Free text never comes
in: for it the fact says only whether something was written.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything on file that a guard may ask about; the defaults are those that refuse our own acts.

    Dates are legal days in the zone of the addressee. Ids are opaque text, codes are lower_snake text. Sets hold
    role names (`approver_roles`, `issuer_roles`) or ids of bodies (`earlier_authorities`).
    """

    # Who acts
    role: str = ""
    is_second_person: bool = False  # another person proposed this very act
    approver_roles: frozenset[str] = frozenset()  # of the case's channel
    issuer_roles: frozenset[str] = frozenset()  # of the case's channel

    # What comes with the act
    document: str | None = None
    visit: str | None = None
    reasons: bool = False
    reason_code: str | None = None
    due_on: date | None = None
    latest_due_on: date | None = None  # the country pack's bound for this act; None where it sets none
    authority: str | None = None
    earlier_authorities: frozenset[str] = frozenset()  # bodies that decided or were written to in this matter
    linked_case: str | None = None
    protection_measures: bool = False
    persons_view: bool = False
    reprisal_check: bool = False

    # A recommendation
    channel_issued_here: bool = False  # not spt, cat, upr
    has_rule: bool = False
    addressee: str | None = None
    measurable: bool = False
    symbol: str | None = None
    published_on: date | None = None

    # An allegation
    about_ill_treatment: bool = True
    consent: str | None = None  # given, limited, refused
    consent_live: bool = False  # for the recipient of this act
    under_pseudonym: bool = False
    named_exception: str | None = None  # None too where the country pack does not name it
    reprisal_risk: str | None = None
    complainant_told: bool = False
    register_number: bool = False
    new_facts: bool = False
    redress_open: bool = False  # the allegation stands in allegation.REDRESS_OPEN
    redress_made: bool = False  # compensation paid or rehabilitation completed
    redress_settled: bool = False  # both redress machines at an end, paid or refused by the person

    # An escalation
    owed_by_outsider: bool = False
    ladder_has_superior: bool = False
    rung_due: bool = False
    another_overdue: bool = False
    reprisal_reported: bool = False
    raising_all_discharged: bool = False
    successor_due_on: date | None = None
    mass_or_special: bool = False
