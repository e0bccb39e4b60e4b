# ruff: noqa: E501 - a row of the table is one line, and its words are short
"""Compensation of a victim, beside the allegation. Source: CAT art. 14; for Kazakhstan the Fund Law of 10.01.2018 No. 131-VI.

Victim status, award and payment are acts of others and the application is the person's: all are recorded. Whoever
did it need not be identified.
"""

from enum import StrEnum

from state_machines import fields as ask, guards as g
from state_machines.rows import CASEWORKER, any_open, record
from state_machines.table import StateTable


class State(StrEnum):
    """Where the compensation stands."""

    NONE = "none"
    VICTIM_RECOGNISED = "victim_recognised"
    APPLIED = "applied"
    GRANTED = "granted"
    COMPENSATION_REFUSED = "compensation_refused"
    PAID = "paid"
    COMPENSATION_DECLINED = "compensation_declined"


class Event(StrEnum):
    """What happens to it."""

    RECOGNISE_VICTIM = "recognise_victim"
    APPLY = "apply"
    GRANT = "grant"
    REFUSE_COMPENSATION = "refuse_compensation"
    APPLY_AGAIN = "apply_again"
    RECORD_PAYMENT = "record_payment"
    DECLINE_COMPENSATION = "decline_compensation"


S, E = State, Event
FINAL = frozenset({S.PAID, S.COMPENSATION_DECLINED})

# fmt: off
ROWS = (
    #       STATE                   EVENT                   NEXT                     WHO         ONLY IF
    *record(S.NONE,                 E.RECOGNISE_VICTIM,     S.VICTIM_RECOGNISED,     CASEWORKER, g.referral_answered, optional=(ask.AUTHORITY,)),
    *record(S.VICTIM_RECOGNISED,    E.APPLY,                S.APPLIED,               CASEWORKER),
    *record(S.APPLIED,              E.GRANT,                S.GRANTED,               CASEWORKER, optional=(ask.AMOUNT,)),
    *record(S.APPLIED,              E.REFUSE_COMPENSATION,  S.COMPENSATION_REFUSED,  CASEWORKER, optional=(ask.REASON_CODE, ask.REASONS)),
    *record(S.COMPENSATION_REFUSED, E.APPLY_AGAIN,          S.APPLIED,               CASEWORKER),
    *record(S.GRANTED,              E.RECORD_PAYMENT,       S.PAID,                  CASEWORKER, optional=(ask.AMOUNT,)),
    # The person's own choice, never ours.
    *record(any_open(S, FINAL),     E.DECLINE_COMPENSATION, S.COMPENSATION_DECLINED, CASEWORKER, optional=(ask.PERSONS_VIEW,)),
)
# fmt: on

COMPENSATION = StateTable("compensation", S, E, S.NONE, ROWS, final=FINAL)
