"""What no history vouches for: every column of every table that the verification does not hold against anything, and why.

A column that is not named here is verified: `python -m tests.audit.cells` changes it, and the verification finds that. A new
column without an owner fails a test.
"""

from collections.abc import Mapping

MAIL_SERVER = "what the mail server said: the history says only whether the mail was sent in the end, or given up"
OWN_WORD = "our own word for a time: witnesses prove times, and the event it belongs to has its own"
ENGINE = "the engine's notes on its own rhythm: what a sweep did stands in the history, rung by rung"

TRIES = "wrong tries are counted, and only a lock is told: told one by one, anybody could fill the history"
VISIT = (
    "the history says who signed in, when and how; a session bears a mark that takes a key from outside the database"
)
WAY_IN = (
    "the history says who was invited and by whom, and what the invited person set; the link itself is no part of it"
)
OWN_WISH = "kept by a person for themselves; nothing follows from it for anybody else"

VALUES = (
    "name and key of the log, and the rules and calendar that were adopted, are verified; no event says the clock of a "
    "sandbox, how far a recount came, or which rules an installation was set up with"
)
LOOKED_UP = (
    "what lists are looked up by: made from verified rows, made again at any time, and never read as the case itself"
)

UNVOUCHED: Mapping[str, Mapping[str, str]] = {
    "accounts": dict.fromkeys(("last_step", "failures", "locked_until"), TRIES),
    "sessions": dict.fromkeys(("id", "user", "csrf", "made_at", "seen_at", "fresh_at", "ended_at"), VISIT),
    "invitations": dict.fromkeys(("id", "user", "made_at", "expires_at", "used_at"), WAY_IN),
    "api_tokens": {"used_at": "when a token was used last; what was done with it stands in the history"},
    "saved_filters": dict.fromkeys(("user", "name", "query", "at", "ended_at"), OWN_WISH),
    "cases": dict.fromkeys(
        (
            "title_key",
            "next_due_on",
            "next_due_at",
            "next_owed_by",
            "issued_on",
            "escalated_at",
            "implemented_at",
            "answer_late",
            "themes",
        ),
        LOOKED_UP,
    ),
    "case_texts": dict.fromkeys(("row", "chain", "words"), LOOKED_UP),
    "checkpoints": {"at": OWN_WORD},
    "cosignatures": {"at": OWN_WORD},
    "outbox": {
        "attempts": MAIL_SERVER,
        "next_attempt_at": MAIL_SERVER,
        "done_at": "the time of the event that says the mail was sent, given up or withdrawn is the one that counts",
    },
    "mail_attempts": dict.fromkeys(("message", "number", "at", "outcome", "stage", "code", "reason"), MAIL_SERVER),
    "incidents": {
        "subject": "for the person who deals with it; which kind of incident, when, and who closed it is in the history",
        "what": "free words for the person who deals with it, made of things the history says elsewhere",
    },
    "commands": {
        "digest": "keyed with the key of the command, which only its sender has: a changed one refuses a repeat",
        "at": OWN_WORD,
    },
    "documents": {
        "sealed_name": "sealed under the key of its case: a changed one does not open, and says so",
    },
    "import_rows": {
        "digest": "of a row of the file: a changed one makes the next import of the row look like a change",
    },
    "sweeps": dict.fromkeys(("id", "started_at", "finished_at", "taken", "counts"), ENGINE),
}
"""Columns that are held against nothing, by table."""

PARTLY: Mapping[str, Mapping[str, str]] = {
    "meta": {
        "name": VALUES,
        "value": VALUES,
    },
    "outbox": {
        "recipient": "who held the post is looked up when the mail is bundled; the history says which post was told",
        "carried_by": "which mail carries a notice is in the history once that mail was sent or given up",
        "created_at": "of a letter of no obligation only the day is known, and that it was no later than its event",
        "not_before": "follows from created_at",
    },
    "documents": {
        "size": "of a document that came with an act the event has the hash alone, which holds for one length only",
    },
    "commands": {
        "idem": "held against the event where that names its command",
        "answer": "its receipt is held against the history; what else was answered is not",
    },
}
"""Columns that are verified where the history speaks of them, and why not everywhere."""

UNVOUCHED_ROWS: Mapping[str, str] = {
    "case_texts": LOOKED_UP,
    "mail_attempts": MAIL_SERVER,
    "sweeps": ENGINE,
    "sessions": VISIT,
    "invitations": WAY_IN,
    "saved_filters": OWN_WISH,
    "commands": "an answer that is gone lets its command be done once more, which the history then says",
    "checkpoints": "the last one taken away, or a copy of it more: the signer's mark and whoever keeps it outside show that",
    "cosignatures": "taken away: the level falls for an auditor who asks for its witness",
    "meta": "no event says the clock of a sandbox, how far a recount came, or which rules came with the program",
    "tree_nodes": "above the last checkpoint: nodes that are missing are made again from the entries",
}
"""Tables from which a row can vanish, or come in once more, without a history that says so."""
