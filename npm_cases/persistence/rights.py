"""What the running service may do to each table of the case database: one table of rights, for both databases.

It reads everything, adds to everything, changes what UPDATED names, and deletes nothing. On SQLite an authorizer on the
service's own connections holds it; on PostgreSQL the grants of the revisions. Both stop accidents and injected
statements; a person with the file or the owner's password is caught by outside checkpoints only (AUDIT section 2).
"""

import sqlite3

from npm_cases.persistence.schema import HISTORY, metadata

UPDATED = frozenset(
    {
        "absences", "accounts", "api_tokens", "approvals", "case_numbers", "case_texts", "cases", "chains", "consents",
        "holders",
        "import_rows", "incidents", "invitations", "meta", "obligations", "outbox", "saved_filters", "sessions", "users",
    }
)  # fmt: skip
"""Tables whose rows change; all others only grow."""

APPEND_ONLY = frozenset(metadata.tables) - UPDATED
HARMLESS_PRAGMAS = frozenset(
    {"busy_timeout", "integrity_check", "query_only", "quick_check", "table_info", "table_xinfo", "wal_checkpoint"}
)
"""Those that take a value and loosen nothing; every other may only be read."""

_ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_RECURSIVE,
    }
)  # fmt: skip
WORD_INDEX = frozenset({"case_words_data", "case_words_idx"})
"""Where FTS5 keeps the words of ``case_texts``: it takes pages of its own away when it merges them. No row of ours."""

# SQLite asks so when it sets up json_each; nobody can write there without writable_schema, which is refused.
_COMPILED_AS_UPDATED = UPDATED | {"sqlite_master"}


def authorize(action: int, first: str | None, second: str | None, _: str | None, __: str | None) -> int:
    """Say whether SQLite may compile one part of a statement; what is not named here is refused.

    Refused are UPDATE of a table that only grows, DELETE of any row but the word index's own, every change of the schema
    (DROP, ALTER, CREATE), ATTACH, and every pragma that would loosen the connection.
    """
    if action in _ALLOWED or (action == sqlite3.SQLITE_UPDATE and first in _COMPILED_AS_UPDATED):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_DELETE and first in WORD_INDEX:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (second is None or first in HARMLESS_PRAGMAS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


APP_ROLE, AUDITOR_ROLE = "npm_cases_app", "npm_cases_auditor"

# What an auditor may read on PostgreSQL without the service: columns of each table, no text, no address, no secret.
AUDITED: dict[str, tuple[str, ...]] = {
    **{table.name: tuple(column.name for column in table.columns) for table in HISTORY},
    "cases": (
        "id", "number", "kind", "channel", "state", "escalation", "compensation", "rehabilitation", "region",
        "addressee", "version", "seq", "head", "facts", "opened_at", "last_at", "closed_at",
    ),
    "chains": ("id", "seq", "head", "last_at"),
    "obligations": tuple(column.name for column in metadata.tables["obligations"].columns),
    "rungs_taken": tuple(column.name for column in metadata.tables["rungs_taken"].columns),
    "outbox": ("id", "chain", "obligation", "rung", "post", "created_at", "due_on", "status", "attempts", "done_at"),
    "incidents": ("id", "kind", "subject", "at", "what", "closed_at", "closed_by"),
    "sweeps": ("id", "started_at", "finished_at", "taken"),
}  # fmt: skip
