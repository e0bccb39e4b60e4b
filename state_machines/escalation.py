# ruff: noqa: E501 - a row of the table is one line, and its words are short
"""Escalation of one case to higher authority. Source: PEC 49, C.L. 9, 16 and 17; pressure on a case, never its state.

The only machine the clock moves. From the Ombudsman upwards no state moves without a person.
"""

from enum import StrEnum

from state_machines import fields as ask, guards as g
from state_machines.rows import CASEWORKER, CLOCK, COMMISSIONER, DELEGATE, SAME, act
from state_machines.table import StateTable


class State(StrEnum):
    """How high a case has been raised."""

    NOT_ESCALATED = "not_escalated"
    AT_SUPERIOR_BODY = "at_superior_body"
    ESCALATED_TO_OMBUDSMAN = "escalated_to_ombudsman"
    OMBUDSMAN_ACTED = "ombudsman_acted"
    PETITIONED = "petitioned"
    BEFORE_HIGHEST_AUTHORITY = "before_highest_authority"


class Event(StrEnum):
    """What raises it or lets it down."""

    RAISE_TO_SUPERIOR = "raise_to_superior"
    ESCALATE_TO_OMBUDSMAN = "escalate_to_ombudsman"
    RECOMMEND_INDIVIDUALLY = "recommend_individually"
    PETITION = "petition"
    APPEAL_TO_HIGHEST = "appeal_to_highest"
    ESCALATE_AGAIN = "escalate_again"
    STAND_DOWN = "stand_down"


S, E = State, Event
RAISED = tuple(state for state in S if state is not S.NOT_ESCALATED)
REASON = (ask.REASON_CODE, ask.REASONS)

# fmt: off
ROWS = (
    #    STATE                      EVENT                     NEXT                        WHO                 ONLY IF
    *act(S.NOT_ESCALATED,           E.RAISE_TO_SUPERIOR,      S.AT_SUPERIOR_BODY,         CLOCK,              g.outsider_owes, g.has_superior, g.rung_due),
    *act(S.NOT_ESCALATED,           E.ESCALATE_TO_OMBUDSMAN,  S.ESCALATED_TO_OMBUDSMAN,   CLOCK | CASEWORKER, optional=REASON),
    *act(S.AT_SUPERIOR_BODY,        E.ESCALATE_TO_OMBUDSMAN,  S.ESCALATED_TO_OMBUDSMAN,   CLOCK | CASEWORKER, optional=REASON),
    *act(S.ESCALATED_TO_OMBUDSMAN,  E.RECOMMEND_INDIVIDUALLY, S.OMBUDSMAN_ACTED,          COMMISSIONER,       optional=REASON),
    # PEC 49(3): to open proceedings against the official, on the basis of visit reports.
    *act(S.OMBUDSMAN_ACTED,         E.PETITION,               S.PETITIONED,               COMMISSIONER,       optional=(ask.VISIT, *REASON)),
    # C.L. 17(2)
    *act(S.PETITIONED,              E.APPEAL_TO_HIGHEST,      S.BEFORE_HIGHEST_AUTHORITY, COMMISSIONER,       g.mass_or_special, optional=REASON),
    *act(RAISED,                    E.ESCALATE_AGAIN,         SAME,                       CLOCK | CASEWORKER, g.raised_again, optional=REASON),
    *act(RAISED,                    E.STAND_DOWN,             S.NOT_ESCALATED,            CLOCK,              g.all_discharged),
    *act(RAISED,                    E.STAND_DOWN,             S.NOT_ESCALATED,            COMMISSIONER | DELEGATE, g.reason, g.another_person, g.successor),
)
# fmt: on

ESCALATION = StateTable("escalation", S, E, S.NOT_ESCALATED, ROWS)
