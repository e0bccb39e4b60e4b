"""Which clocks run in which state: the table that opens and discharges obligations.

Read a row as a sentence: while MACHINE is in one of STATES, OWED_BY owes DUTY, WHEN the case is such. Entering the
states opens the obligation, leaving them discharges it, in the transaction of the move. How long the duty takes is a
dated, sourced rule of the country pack; no number of days stands here. Sources: DESIGN decisions 4 and 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from state_machines import MACHINES
from state_machines.allegation_terms import State as A
from state_machines.compensation import State as C
from state_machines.recommendation_terms import State as R
from state_machines.rehabilitation import State as H


class OwedBy(StrEnum):
    """Who owes; the ladder of a duty is chosen by channel and by this."""

    ADDRESSEE = "addressee"
    SUPERIOR = "superior"
    PROSECUTOR = "prosecutor"
    POLICE = "police"
    COURT = "court"
    FUND = "fund"
    MECHANISM = "mechanism"
    COMMISSIONER = "commissioner"
    ISSUER = "issuer"


OUTSIDERS = frozenset({OwedBy.ADDRESSEE, OwedBy.SUPERIOR, OwedBy.PROSECUTOR, OwedBy.POLICE, OwedBy.COURT, OwedBy.FUND})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a duty may depend on besides the state: the channel's nature and the recorded codes of the case."""

    issued_here: bool
    facts: Mapping[str, Any]
    inquiries: frozenset[str] = frozenset()

    @property
    def is_inquiry(self) -> bool:
        """Some qualifications are an inquiry by the police with a shorter term; the pack says which."""
        return self.facts.get("qualification") in self.inquiries

    @property
    def is_reopened(self) -> bool:
        """An investigation taken up again has a term of its own, which the prosecutor sets (CPC 192(7))."""
        return bool(self.facts.get("reopened"))

    @property
    def is_misrouted(self) -> bool:
        """Torture investigated by anybody but a prosecutor contradicts CPC 193(1-1)."""
        return bool(self.facts.get("misrouted"))


def always(_: Circumstances) -> bool:
    """Say yes: most duties depend on the state alone."""
    return True


def _first_investigation(case: Circumstances) -> bool:
    return not case.is_inquiry and not case.is_reopened


def _first_inquiry(case: Circumstances) -> bool:
    return case.is_inquiry and not case.is_reopened


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: a duty, who owes it, and where it runs.

    ``carried_on`` are events that keep its old due date; ``since`` is the duty whose first day it counts from.
    """

    name: str
    machine: str
    states: frozenset[str]
    owed_by: OwedBy
    when: Callable[[Circumstances], bool] = always
    carried_on: frozenset[str] = frozenset()
    since: str = ""


def _open_states(machine: str) -> tuple[str, ...]:
    table = MACHINES[machine]
    return tuple(str(state) for state in table.states if state not in table.final)


def _duty(
    name: str,
    machine: str,
    states: tuple[str, ...],
    owed_by: OwedBy,
    when: Callable[[Circumstances], bool] = always,
    carried_on: tuple[str, ...] = (),
    since: str = "",
) -> Duty:
    """Build a row; states and events become plain text once."""
    return Duty(name, machine, frozenset(map(str, states)), owed_by, when, frozenset(map(str, carried_on)), since)


OPENING = "open_investigation"  # counted from registration in the register, CPC 192(1)
INSUFFICIENT = ("find_insufficient",)
REC, ALG, COM, REH = "recommendation", "allegation", "compensation", "rehabilitation"
AGE_CEILING = "age_ceiling"
PROTECT = "protect"
REVIEW_SUSPENSION = "review_suspension"
NEVER_SUSPENDED = frozenset({AGE_CEILING, PROTECT, REVIEW_SUSPENSION})
ANSWER_UNLAWFUL_ACT = "answer_unlawful_act"
FOLLOW_STAND_DOWN = "follow_stand_down"
PERIODIC_VISIT = "periodic_visit"

# fmt: off
DUTIES: tuple[Duty, ...] = (
    #     DUTY                     WHILE THE CASE IS IN                              OWED BY               WHEN
    _duty("approve",               REC, (R.DRAFT,),                                   OwedBy.ISSUER,        lambda c: c.issued_here),
    _duty("publish",               REC, (R.DRAFT,),                                   OwedBy.MECHANISM,     lambda c: not c.issued_here),
    _duty("issue",                 REC, (R.APPROVED,),                                OwedBy.MECHANISM),
    _duty("serve",                 REC, (R.ISSUED,),                                  OwedBy.MECHANISM),
    _duty("reply",                 REC, (R.SERVED, R.ACKNOWLEDGED),                   OwedBy.ADDRESSEE,     carried_on=INSUFFICIENT),
    _duty("assess_reply",          REC, (R.REPLIED,),                                 OwedBy.MECHANISM),
    _duty("begin",                 REC, (R.ACCEPTED, R.PARTLY_ACCEPTED),              OwedBy.ADDRESSEE),
    _duty("answer_rejection",      REC, (R.REJECTED,),                                OwedBy.MECHANISM),
    _duty("implement",             REC, (R.IN_PROGRESS,),                             OwedBy.ADDRESSEE),
    _duty("verify",                REC, (R.IMPLEMENTATION_CLAIMED,),                  OwedBy.MECHANISM),
    _duty("remedy",                REC, (R.PARTLY_IMPLEMENTED, R.NOT_IMPLEMENTED),    OwedBy.ADDRESSEE),
    _duty("close",                 REC, (R.IMPLEMENTED,),                             OwedBy.MECHANISM),
    _duty(AGE_CEILING,             REC, _open_states(REC),                            OwedBy.MECHANISM),

    _duty("register",              ALG, (A.RECEIVED,),                                OwedBy.MECHANISM),
    _duty("transfer",              ALG, (A.REGISTERED,),                              OwedBy.MECHANISM),
    _duty("notify_prosecutor",     ALG, (A.REGISTERED, A.TRANSFERRED, A.ACCEPTED),    OwedBy.MECHANISM),
    _duty("examine",               ALG, (A.REGISTERED, A.TRANSFERRED, A.ACCEPTED),    OwedBy.COMMISSIONER,  since="register"),
    _duty("answer_forwarded",      ALG, (A.FORWARDED,),                               OwedBy.ADDRESSEE),
    _duty("register_report",       ALG, (A.REFERRAL_ISSUED,),                         OwedBy.PROSECUTOR),
    _duty("open_investigation",    ALG, (A.REFERRAL_ACKNOWLEDGED,),                   OwedBy.PROSECUTOR),
    _duty("appeal_refusal",        ALG, (A.REGISTRATION_REFUSED, A.DISCIPLINARY_ONLY, A.ANSWERED), OwedBy.MECHANISM),
    _duty("investigate",           ALG, (A.UNDER_INVESTIGATION,),                OwedBy.PROSECUTOR,    _first_investigation, since=OPENING),
    _duty("inquire",               ALG, (A.UNDER_INVESTIGATION,),                     OwedBy.POLICE,        _first_inquiry, since=OPENING),
    _duty("investigate_again",     ALG, (A.UNDER_INVESTIGATION,),                     OwedBy.PROSECUTOR,    lambda c: c.is_reopened),
    _duty("correct_jurisdiction",  ALG, (A.UNDER_INVESTIGATION,),                     OwedBy.PROSECUTOR,    lambda c: c.is_misrouted),
    _duty("review_interruption",   ALG, (A.INTERRUPTED,),                             OwedBy.MECHANISM),
    _duty("appeal_termination",    ALG, (A.TERMINATED,),                              OwedBy.MECHANISM),
    _duty("decide_appeal",         ALG, (A.APPEALED,),                                OwedBy.PROSECUTOR),
    _duty("judge",                 ALG, (A.IN_COURT,),                                OwedBy.COURT),
    _duty("plan_follow_up",        ALG, (A.CONVICTED, A.ACQUITTED, A.EXPLAINED, A.REFUSED), OwedBy.MECHANISM),
    _duty("follow_up",             ALG, (A.FOLLOW_UP,),                               OwedBy.MECHANISM),
    _duty("close",                 ALG, (A.REDRESSED,),                               OwedBy.MECHANISM),
    _duty(AGE_CEILING,             ALG, _open_states(ALG),                            OwedBy.MECHANISM),

    _duty("apply_compensation",    COM, (C.VICTIM_RECOGNISED,),                       OwedBy.MECHANISM),
    _duty("decide_compensation",   COM, (C.APPLIED,),                                 OwedBy.FUND),
    _duty("pay_compensation",      COM, (C.GRANTED,),                                 OwedBy.FUND),
    _duty("review_compensation",   COM, (C.COMPENSATION_REFUSED,),                    OwedBy.MECHANISM),
    _duty("begin_rehabilitation",  REH, (H.OFFERED,),                                 OwedBy.MECHANISM),
    _duty("finish_rehabilitation", REH, (H.BEGUN,),                                   OwedBy.MECHANISM),
)

EXTENDED_BY: Mapping[str, tuple[str, ...]] = {
    #  EVENT                    moves the due date of
    "record_extension":      ("reply",),
    "extend_examination":    ("examine",),
    "record_term_extension": ("investigate", "inquire", "investigate_again"),
}

OPENED_BY: Mapping[str, tuple[str, OwedBy]] = {"report_reprisal": (PROTECT, OwedBy.MECHANISM)}
DISCHARGED_BY: Mapping[str, tuple[str, ...]] = {
    "record_protection":       (PROTECT,),
    "recommend_individually":  (ANSWER_UNLAWFUL_ACT,),
    "petition":                (ANSWER_UNLAWFUL_ACT,),
    "record_meeting":          (ANSWER_UNLAWFUL_ACT,),
    "record_counter_proposal": (ANSWER_UNLAWFUL_ACT,),
    "propose_special_visit":   (ANSWER_UNLAWFUL_ACT,),
}
# fmt: on

OTHER_DUTIES: Mapping[str, OwedBy] = {
    PROTECT: OwedBy.MECHANISM,
    REVIEW_SUSPENSION: OwedBy.MECHANISM,
    ANSWER_UNLAWFUL_ACT: OwedBy.MECHANISM,
    FOLLOW_STAND_DOWN: OwedBy.MECHANISM,
}

_BY_STATE: dict[tuple[str, str], tuple[Duty, ...]] = {}
for _row in DUTIES:
    for _state in _row.states:
        _BY_STATE[_row.machine, _state] = (*_BY_STATE.get((_row.machine, _state), ()), _row)


COUNTED_SINCE: Mapping[str, str] = {row.name: row.since for row in DUTIES if row.since}


def duties_in(machine: str, state: str, circumstances: Circumstances) -> list[Duty]:
    """Return the duties that run while the machine is in the state, in table order."""
    return [duty for duty in _BY_STATE.get((machine, state), ()) if duty.when(circumstances)]


def all_duty_names() -> tuple[str, ...]:
    """Return every duty a pack must give a rule for, in table order."""
    return tuple(dict.fromkeys([*(duty.name for duty in DUTIES), *OTHER_DUTIES]))
