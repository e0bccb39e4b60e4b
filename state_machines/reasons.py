"""The closed list of reason codes that an act may carry into history, where free text may not go."""

from enum import StrEnum


class ReasonCode(StrEnum):
    """Why an act was done, in a word that lists and statistics can count."""

    # What the addressee or a body said, or did not
    NOTED = "noted"
    NO_REPLY = "no_reply"
    NO_REASONS_GIVEN = "no_reasons_given"
    POLICY = "policy"
    NO_FUNDS = "no_funds"
    OUTSIDE_POWERS = "outside_powers"
    FACTS_DISPUTED = "facts_disputed"
    ALREADY_DONE = "already_done"
    # What changed
    LAW_CHANGED = "law_changed"
    PLACE_CLOSED = "place_closed"
    NO_LONGER_RELEVANT = "no_longer_relevant"
    REPEATED = "repeated"
    NEW_FACTS = "new_facts"
    # What we found
    ERROR_IN_TEXT = "error_in_text"
    INSUFFICIENT_REPLY = "insufficient_reply"
    SAME_MATTER = "same_matter"
    NOT_ILL_TREATMENT = "not_ill_treatment"
    REDRESS_NOT_DUE = "redress_not_due"
    # What the person wants
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PERSONS_CHOICE = "persons_choice"
    # Why it was raised
    OVERDUE = "overdue"
    REPRISAL = "reprisal"
    MASS_VIOLATION = "mass_violation"
    SPECIAL_IMPORTANCE = "special_importance"
    OTHER = "other"
