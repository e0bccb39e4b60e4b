# ruff: noqa: E501 - a row of the table is one line, and its words are short
"""Rehabilitation of a victim, beside the allegation. Source: CAT art. 14 (as full rehabilitation as possible)."""

from enum import StrEnum

from state_machines import fields as ask, guards as g
from state_machines.rows import CASEWORKER, any_open, record
from state_machines.table import StateTable


class State(StrEnum):
    """Where the rehabilitation stands."""

    NONE = "none"
    OFFERED = "offered"
    BEGUN = "begun"
    COMPLETED = "completed"
    REHABILITATION_DECLINED = "rehabilitation_declined"


class Event(StrEnum):
    """What happens to it."""

    OFFER = "offer"
    BEGIN = "begin"
    COMPLETE = "complete"
    DECLINE_REHABILITATION = "decline_rehabilitation"


S, E = State, Event
FINAL = frozenset({S.COMPLETED, S.REHABILITATION_DECLINED})

# fmt: off
ROWS = (
    #       STATE               EVENT                     NEXT                       WHO         ONLY IF
    *record(S.NONE,             E.OFFER,                  S.OFFERED,                 CASEWORKER, g.referral_answered, optional=(ask.AUTHORITY,)),
    *record(S.OFFERED,          E.BEGIN,                  S.BEGUN,                   CASEWORKER),
    *record(S.BEGUN,            E.COMPLETE,               S.COMPLETED,               CASEWORKER),
    # The person's own choice, never ours.
    *record(any_open(S, FINAL), E.DECLINE_REHABILITATION, S.REHABILITATION_DECLINED, CASEWORKER, optional=(ask.PERSONS_VIEW,)),
)
# fmt: on

REHABILITATION = StateTable("rehabilitation", S, E, S.NONE, ROWS, final=FINAL)
