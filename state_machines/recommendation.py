# ruff: noqa: E501, N817 - a row of the table is one line, and its words are short
"""Follow-up of one recommendation. Source: OPCAT arts. 19(b) and 22; who approves and issues: PEC 46-47, C.L. 15-16.

Read a row as a sentence: in STATE, on EVENT, go to NEXT, done by WHO, ONLY IF the guards hold. `act` is our own act;
`record` is what others did, and is never refused for being unlawful. Overdue is computed, and escalation is a machine
of its own (escalation.py), so neither hides the state.
"""

from state_machines import fields as ask, guards as g
from state_machines.phases import Phase, phase_of_each
from state_machines.recommendation_terms import Event as E, State as S
from state_machines.rows import CASEWORKER, SAME, SECRETARIAT, WITNESSES, act, any_open, record
from state_machines.table import Role, StateTable

FINAL = frozenset({S.CLOSED, S.WITHDRAWN, S.OBSOLETE, S.SUPERSEDED})
OPEN = any_open(S, FINAL)
# Visit groups, the Council and the Commissioner each approve and issue their own channel's recommendations.
ISSUERS = frozenset({Role.GROUP_LEADER, Role.COUNCIL, Role.COMMISSIONER})

# fmt: off
ROWS = (
    #       STATE                     EVENT                      NEXT                      WHO          ONLY IF
    *act(   S.DRAFT,                  E.APPROVE,                 S.APPROVED,               ISSUERS,     g.approver),
    *record(S.DRAFT,                  E.RECORD_PUBLISHED,        S.SERVED,                 CASEWORKER,  g.issued_elsewhere, g.symbol, g.published_on),
    *act(   S.DRAFT,                  E.DISCARD,                 S.WITHDRAWN,              CASEWORKER),

    *act(   S.APPROVED,               E.ISSUE,                   S.ISSUED,                 SECRETARIAT, g.addressee, g.measurable, g.has_rule),

    *record(S.ISSUED,                 E.RECORD_SERVICE,          S.SERVED,                 SECRETARIAT, g.receipt),
    *record(S.ISSUED,                 E.RECORD_BOUNCE,           SAME,                     CASEWORKER),
    *record(S.ISSUED,                 E.ACKNOWLEDGE,             S.ACKNOWLEDGED,           CASEWORKER),
    *record(S.ISSUED,                 E.RECORD_REPLY,            S.REPLIED,                CASEWORKER,  g.reply),

    *record(S.SERVED,                 E.ACKNOWLEDGE,             S.ACKNOWLEDGED,           CASEWORKER),
    *record(S.SERVED,                 E.RECORD_REPLY,            S.REPLIED,                CASEWORKER,  g.reply),

    *record(S.ACKNOWLEDGED,           E.RECORD_REPLY,            S.REPLIED,                CASEWORKER,  g.reply),
    # Within the rule's bound the letter moves the date; beyond it, it is marked and moves none (C.L. 15(2)).
    *record(S.ACKNOWLEDGED,           E.RECORD_EXTENSION,        SAME,                     CASEWORKER,  g.letter, optional=(ask.DUE_ON,)),

    *record(S.REPLIED,                E.ACCEPT,                  S.ACCEPTED,               CASEWORKER),
    *record(S.REPLIED,                E.ACCEPT_PARTLY,           S.PARTLY_ACCEPTED,        CASEWORKER),
    *record(S.REPLIED,                E.REJECT,                  S.REJECTED,               CASEWORKER,  g.addressees_reasons),
    *act(   S.REPLIED,                E.FIND_INSUFFICIENT,       S.ACKNOWLEDGED,           CASEWORKER,  optional=(ask.REASON_CODE, ask.REASONS)),

    *act(   (S.ACCEPTED, S.PARTLY_ACCEPTED), E.START_IMPLEMENTATION, S.IN_PROGRESS,        CASEWORKER,  g.date_set, g.late_date_confirmed),
    *record((S.ACCEPTED, S.PARTLY_ACCEPTED), E.RECORD_CLAIM,     S.IMPLEMENTATION_CLAIMED, CASEWORKER,  g.evidence),
    *record((S.ACCEPTED, S.PARTLY_ACCEPTED), E.RECORD_REPLY,     S.REPLIED,                CASEWORKER,  g.reply),

    *act(   S.REJECTED,               E.REISSUE,                 S.ISSUED,                 ISSUERS,     g.issuer, g.issued_here, g.reason),
    *record(S.REJECTED,               E.RECORD_REPLY,            S.REPLIED,                CASEWORKER,  g.reply),
    *act(   S.REJECTED,               E.CLOSE,                   S.CLOSED,                 CASEWORKER,  g.reason, g.another_person),

    *record(S.IN_PROGRESS,            E.RECORD_CLAIM,            S.IMPLEMENTATION_CLAIMED, CASEWORKER,  g.evidence),
    *act(   S.IN_PROGRESS,            E.FIND_UNMET,              S.NOT_IMPLEMENTED,        CASEWORKER,  g.visit_finding),
    *record(S.IN_PROGRESS,            E.RECORD_REPLY,            S.REPLIED,                CASEWORKER,  g.reply),

    *act(   S.IMPLEMENTATION_CLAIMED, E.VERIFY,                  S.IMPLEMENTED,            CASEWORKER,  g.finding_or_documents, g.another_person),
    *act(   S.IMPLEMENTATION_CLAIMED, E.VERIFY_PARTLY,           S.PARTLY_IMPLEMENTED,     CASEWORKER,  g.finding_or_documents, g.another_person),
    *act(   S.IMPLEMENTATION_CLAIMED, E.FIND_UNMET,              S.NOT_IMPLEMENTED,        CASEWORKER,  g.finding_or_documents),

    *record((S.PARTLY_IMPLEMENTED, S.NOT_IMPLEMENTED), E.RECORD_CLAIM, S.IMPLEMENTATION_CLAIMED, CASEWORKER, g.evidence),
    *act(   (S.PARTLY_IMPLEMENTED, S.NOT_IMPLEMENTED), E.SUPERSEDE, S.SUPERSEDED,          CASEWORKER,  g.linked_case),

    *act(   S.IMPLEMENTED,            E.CLOSE,                   S.CLOSED,                 CASEWORKER,  g.another_person, optional=(ask.REASON_CODE, ask.REASONS)),
    *act(   S.IMPLEMENTED,            E.FIND_RELAPSE,            S.NOT_IMPLEMENTED,        CASEWORKER,  g.visit_finding),

    *act(   sorted(FINAL),           E.REOPEN,                  S.NOT_IMPLEMENTED,        CASEWORKER,  g.reason, g.another_person),

    *act(   OPEN,                     E.WITHDRAW,                S.WITHDRAWN,              ISSUERS,     g.issuer, g.issued_here, g.another_person, optional=(ask.REASON_CODE, ask.REASONS)),
    *act(   OPEN,                     E.MARK_OBSOLETE,           S.OBSOLETE,               CASEWORKER,  g.reason, g.another_person),
    *record(OPEN,                     E.RECORD_MEETING,          SAME,                     CASEWORKER),
    *record(OPEN,                     E.RECORD_COUNTER_PROPOSAL, SAME,                     CASEWORKER),

    *record(S,                        E.REPORT_REPRISAL,         SAME,                     WITNESSES),
    *act(   S,                        E.RECORD_PROTECTION,       SAME,                     CASEWORKER,  g.protection, g.persons_view),
)
# fmt: on

PHASES = phase_of_each(
    S,
    {
        Phase.DRAFT: (S.DRAFT, S.APPROVED),
        Phase.ISSUED: (S.ISSUED, S.SERVED),
        Phase.ACKNOWLEDGED: (S.ACKNOWLEDGED, S.REPLIED, S.ACCEPTED, S.PARTLY_ACCEPTED, S.REJECTED),
        Phase.IN_PROGRESS: (S.IN_PROGRESS, S.IMPLEMENTATION_CLAIMED, S.PARTLY_IMPLEMENTED, S.NOT_IMPLEMENTED),
        Phase.IMPLEMENTED: (S.IMPLEMENTED,),
    },
    rest=Phase.CLOSED,
)

RECOMMENDATION = StateTable("recommendation", S, E, S.DRAFT, ROWS, final=FINAL, phases=PHASES)
