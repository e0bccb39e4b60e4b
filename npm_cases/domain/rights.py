"""Which roles may do what: the one table behind the command line, the pages, the JSON API and the jobs.

Read a row as a sentence: WHO may DO IT, in a case they may see. Acts of the machines are not here: their tables name who
may make each of them. What is in no row nobody may do. docs/access.md is printed from it.
"""

from collections.abc import Mapping

REGISTRARS = frozenset({"caseworker", "secretariat", "participant", "group_leader", "representative", "commissioner"})
READERS = REGISTRARS | {"council", "delegate", "auditor"}
ACTORS = READERS - {"auditor"}
SUPERVISORS = frozenset({"delegate", "commissioner", "group_leader", "council"})
ADMINISTRATORS = frozenset({"administrator"})
CASEWORK = frozenset({"caseworker", "secretariat", "delegate", "commissioner"})
TEXT_READERS = frozenset({"caseworker", "secretariat", "delegate", "commissioner", "participant", "auditor"})
ERASERS = frozenset({"commissioner", "delegate"})
EVERYBODY = READERS | ADMINISTRATORS

# fmt: off
RIGHTS: Mapping[str, frozenset[str]] = {
    # cases
    "list cases":                       EVERYBODY,
    "create a case":                    REGISTRARS,
    "import cases":                     CASEWORK,
    "assign a case":                    CASEWORK | {"group_leader"},
    "link cases":                       CASEWORK,
    "send a reminder":                  CASEWORK,
    "add a document":                   REGISTRARS | {"delegate", "council"},
    "suspend a clock":                  CASEWORK,
    "resume a clock":                   CASEWORK,
    "decide a corrected date":          frozenset({"secretariat", "delegate", "commissioner"}),
    "record consent":                   REGISTRARS,
    "export a list":                    CASEWORK | {"council", "auditor"},
    "see absences":                     EVERYBODY,
    "record the absence of others":     SUPERVISORS | ADMINISTRATORS,
    # protected text, names, documents
    "open protected text":              TEXT_READERS,
    "open a document":                  TEXT_READERS,
    "look a name up":                   TEXT_READERS,
    "read a proposal":                  TEXT_READERS | SUPERVISORS,
    "hold a case":                      ERASERS | {"secretariat"},
    "lift a hold":                      ERASERS,
    "propose an erasure":               ERASERS,
    "confirm an erasure":               ERASERS,
    # history and proofs
    "search the history":               READERS,
    "see who read protected text":      READERS,
    "see the caseload as of a day":     READERS,
    "export the history":               frozenset({"auditor", "commissioner", "delegate"}),
    "look into the log":                frozenset({"auditor", "commissioner", "delegate"}),
    "export opened text":               TEXT_READERS,
    # registers
    "list a register":                  EVERYBODY,
    "add a body":                       CASEWORK | ADMINISTRATORS,
    "add a place of detention":         CASEWORK | ADMINISTRATORS,
    "record a visit":                   CASEWORK | {"group_leader", "participant"},
    "fill a post":                      ADMINISTRATORS,
    # the installation
    "see incidents":                    CASEWORK | ADMINISTRATORS | {"auditor"},
    "close an incident":                CASEWORK | ADMINISTRATORS,
    "close an incident about power":    ERASERS,
    "add users":                        ADMINISTRATORS,
    "see users":                        ADMINISTRATORS,
    "invite users":                     ADMINISTRATORS,
    "change roles":                     ADMINISTRATORS,
    "change regions":                   ADMINISTRATORS,
    "change the language of others":    ADMINISTRATORS,
    "shut users out":                   ADMINISTRATORS,
    "let users in again":               ADMINISTRATORS,
    "end the sessions of others":       ADMINISTRATORS,
    "send a test letter":               ADMINISTRATORS,
    "give tokens":                      ADMINISTRATORS,
    "see the tokens of others":         ADMINISTRATORS,
    "propose an act of the office":     ADMINISTRATORS,
    "confirm an act of the office":     ADMINISTRATORS | {"commissioner", "delegate"},
    "back the key store up":            ADMINISTRATORS,
    "remove backups of the key store":  ADMINISTRATORS,
}
# fmt: on
