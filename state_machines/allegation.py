# ruff: noqa: E501, N817 - a row of the table is one line, and its words are short
"""The way of one torture allegation. Source: CAT arts. 12-13, OPCAT art. 21; for Kazakhstan PEC 43, C.L. 13, CPC 179-193.

Read a row as a sentence: in STATE, on EVENT, go to NEXT, done by WHO, ONLY IF the guards hold. `act` is our own act;
`record` is what others did, and is never refused for being unlawful. Compensation and rehabilitation are machines
beside this one (compensation.py, rehabilitation.py), escalation too.
"""

from state_machines import fields as ask, guards as g
from state_machines.allegation_terms import Event as E, State as S
from state_machines.phases import Phase, phase_of_each
from state_machines.rows import (
    CASEWORKER,
    COMMISSIONER,
    DELEGATE,
    GROUP_LEADER,
    PARTICIPANT,
    SAME,
    SECRETARIAT,
    WITNESSES,
    act,
    any_open,
    record,
)
from state_machines.table import StateTable

FINAL = frozenset({S.CLOSED, S.LINKED, S.DECLINED})
OPEN = any_open(S, FINAL)
DECIDERS = COMMISSIONER | DELEGATE  # C.L. 13(4)
NOTIFIABLE = (S.REGISTERED, S.TRANSFERRED, S.ACCEPTED)
REFERRED = (S.REFERRAL_ISSUED, S.FORWARDED)
WITHOUT_INVESTIGATION = (S.REGISTRATION_REFUSED, S.DISCIPLINARY_ONLY, S.ANSWERED)
INVESTIGATION_TERMS = (ask.QUALIFICATION, ask.INVESTIGATOR)

# The states from which redress may begin: the matter was answered, one way or another.
REDRESS_OPEN = frozenset(S) - {S.RECEIVED, *NOTIFIABLE, *REFERRED, S.LINKED, S.DECLINED}

# fmt: off
ROWS = (
    #       STATE                   EVENT                      NEXT                     WHO                       ONLY IF
    *act(   S.RECEIVED,             E.REGISTER,                S.REGISTERED,            PARTICIPANT | CASEWORKER, g.consent, g.reprisal_risk),
    *act(   S.RECEIVED,             E.LINK,                    S.LINKED,                CASEWORKER,               g.linked_case),
    *act(   S.RECEIVED,             E.DECLINE,                 S.DECLINED,              CASEWORKER,               g.not_ill_treatment, g.reasons, g.another_person),

    *act(   S.REGISTERED,           E.TRANSFER,                S.TRANSFERRED,           GROUP_LEADER | SECRETARIAT, g.covered),

    # The same day; the Commissioner's decision on the complaint is not awaited.
    *act(   NOTIFIABLE,             E.NOTIFY_PROSECUTOR,       S.REFERRAL_ISSUED,       CASEWORKER,               g.covered, optional=(ask.AUTHORITY,)),
    *act(   NOTIFIABLE,             E.NOTIFY_PROSECUTOR,       S.REFERRAL_ISSUED,       COMMISSIONER,             g.covered_or_excepted, g.exception_reasoned, g.exception_confirmed, optional=(ask.AUTHORITY,)),

    *act(   S.TRANSFERRED,          E.ACCEPT,                  S.ACCEPTED,              DECIDERS),
    *act(   S.TRANSFERRED,          E.EXPLAIN,                 S.EXPLAINED,             DECIDERS),
    *act(   S.TRANSFERRED,          E.FORWARD,                 S.FORWARDED,             DECIDERS,                 g.covered, optional=(ask.AUTHORITY,)),
    *act(   S.TRANSFERRED,          E.REFUSE,                  S.REFUSED,               DECIDERS,                 g.reasons),

    # C.L. 13(5): a reasoned decision, a bounded term, and the complainant is told.
    *act(   (S.REGISTERED, S.TRANSFERRED), E.EXTEND_EXAMINATION, SAME,                  COMMISSIONER,             g.reasons, g.extension_in_bound, g.complainant_told),

    *record(REFERRED,               E.RECORD_REGISTRATION,     S.REFERRAL_ACKNOWLEDGED, CASEWORKER,               g.register_number),
    *record(REFERRED,               E.RECORD_REFUSAL,          S.REGISTRATION_REFUSED,  CASEWORKER,               optional=(ask.AUTHORITY,)),
    *record(REFERRED,               E.RECORD_DISCIPLINARY,     S.DISCIPLINARY_ONLY,     CASEWORKER,               optional=(ask.AUTHORITY,)),
    *record(REFERRED,               E.RECORD_ANSWER,           S.ANSWERED,              CASEWORKER,               g.answer, optional=(ask.AUTHORITY,)),

    *act(   WITHOUT_INVESTIGATION,  E.APPEAL_REFUSAL,          S.REFERRAL_ISSUED,       CASEWORKER,               g.other_authority, g.covered),
    *act(   WITHOUT_INVESTIGATION,  E.ACCEPT_OUTCOME,          S.FOLLOW_UP,             CASEWORKER,               g.another_person, optional=(ask.REASON_CODE, ask.REASONS)),

    # Torture is the prosecutor's, ill-treatment the police's (CPC 193(1-1), 191(2)): recorded as it is, marked if wrong.
    *record(S.REFERRAL_ACKNOWLEDGED, E.OPEN_INVESTIGATION,     S.UNDER_INVESTIGATION,   CASEWORKER,               optional=INVESTIGATION_TERMS),

    *record(S.UNDER_INVESTIGATION,  E.REQUALIFY,               SAME,                    CASEWORKER,               optional=INVESTIGATION_TERMS),
    *record(S.UNDER_INVESTIGATION,  E.RECORD_TERM_EXTENSION,   SAME,                    CASEWORKER,               optional=(ask.DUE_ON, ask.AUTHORITY)),
    *act(   S.UNDER_INVESTIGATION,  E.REQUEST_EXAMINATION,     SAME,                    CASEWORKER,               optional=(ask.AUTHORITY,)),
    *record(S.UNDER_INVESTIGATION,  E.RECORD_EXAMINATION,      SAME,                    CASEWORKER),
    *record(S.UNDER_INVESTIGATION,  E.INTERRUPT,               S.INTERRUPTED,           CASEWORKER,               optional=(ask.AUTHORITY,)),
    *record(S.UNDER_INVESTIGATION,  E.TERMINATE,               S.TERMINATED,            CASEWORKER,               optional=(ask.AUTHORITY,)),
    *record(S.UNDER_INVESTIGATION,  E.SEND_TO_COURT,           S.IN_COURT,              CASEWORKER,               optional=(ask.AUTHORITY,)),

    *record(S.INTERRUPTED,          E.RESUME,                  S.UNDER_INVESTIGATION,   CASEWORKER),

    *act(   S.TERMINATED,           E.APPEAL_TERMINATION,      S.APPEALED,              CASEWORKER,               g.other_authority, g.covered),
    *act(   S.TERMINATED,           E.ACCEPT_OUTCOME,          S.FOLLOW_UP,             CASEWORKER,               g.another_person, optional=(ask.REASON_CODE, ask.REASONS)),

    *record(S.APPEALED,             E.REINSTATE,               S.UNDER_INVESTIGATION,   CASEWORKER),
    *record(S.APPEALED,             E.UPHOLD,                  S.TERMINATED,            CASEWORKER),

    *record(S.IN_COURT,             E.CONVICT,                 S.CONVICTED,             CASEWORKER,               optional=(ask.QUALIFICATION,)),
    *record(S.IN_COURT,             E.ACQUIT,                  S.ACQUITTED,             CASEWORKER),
    *record(S.IN_COURT,             E.RETURN_TO_INVESTIGATION, S.UNDER_INVESTIGATION,   CASEWORKER),

    *act((S.CONVICTED, S.ACQUITTED, S.EXPLAINED, S.REFUSED), E.PLAN_FOLLOW_UP, S.FOLLOW_UP, CASEWORKER,           g.late_date_confirmed),

    *act(   S.FOLLOW_UP,            E.RECORD_REDRESS,          S.REDRESSED,             CASEWORKER,               g.redress_made),
    *act(   S.FOLLOW_UP,            E.CLOSE,                   S.CLOSED,                CASEWORKER,               g.reprisal_check, g.redress_ended, g.another_person, optional=(ask.VISIT,)),
    *act(   S.REDRESSED,            E.CLOSE,                   S.CLOSED,                CASEWORKER,               g.reprisal_check, g.another_person, optional=(ask.VISIT, ask.REASON_CODE, ask.REASONS)),

    *act(   sorted(FINAL),          E.REOPEN,                  S.REGISTERED,            CASEWORKER,               g.new_facts),

    *record(OPEN,                   E.WITHDRAW_CONSENT,        SAME,                    CASEWORKER,               optional=(ask.CONSENT, ask.AUTHORITY)),
    *record(OPEN,                   E.GIVE_CONSENT,            SAME,                    CASEWORKER,               optional=(ask.CONSENT, ask.AUTHORITY)),
    # An anonymous source cannot start an investigation (CPC 181(6)), but can start a visit.
    *act(   OPEN,                   E.PROPOSE_SPECIAL_VISIT,   SAME,                    CASEWORKER),

    *record(OPEN,                   E.REPORT_REPRISAL,         SAME,                    WITNESSES),
    *record(sorted(FINAL),          E.REPORT_REPRISAL,         S.FOLLOW_UP,             WITNESSES),
    *act(   S,                      E.RECORD_PROTECTION,       SAME,                    CASEWORKER,               g.protection, g.persons_view),
)
# fmt: on

PHASES = phase_of_each(
    S,
    {
        Phase.DRAFT: (S.RECEIVED, S.REGISTERED),
        Phase.ISSUED: (S.TRANSFERRED, S.ACCEPTED, *REFERRED),
        Phase.ACKNOWLEDGED: (S.REFERRAL_ACKNOWLEDGED, *WITHOUT_INVESTIGATION, S.EXPLAINED, S.REFUSED),
        Phase.IMPLEMENTED: (S.REDRESSED,),
        Phase.CLOSED: FINAL,
    },
    rest=Phase.IN_PROGRESS,
)

ALLEGATION = StateTable("allegation", S, E, S.RECEIVED, ROWS, final=FINAL, phases=PHASES)
