"""The tables. Instants and days are text (ISO 8601, UTC), so that both databases order and compare them alike.

History tables (HISTORY) are append-only: triggers stand on them, and no migration may rewrite them.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.schema import FetchedValue, SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WHOLE = BigInteger().with_variant(Integer, "sqlite")
NEVER = "9999-12-31"
"""The next due day of a case on which nothing runs: after every other, as text and as a day."""


def text(name: str, *, empty: bool = True) -> Column[str]:
    """Build a text column that is never null: an empty text means there is none."""
    return Column(name, Text, nullable=False, server_default="" if empty else None)


def whole(name: str, default: int = 0) -> Column[int]:
    """Build a whole-number column that is never null."""
    return Column(name, WHOLE, nullable=False, server_default=str(default))


def blob(name: str) -> Column[bytes]:
    """Build a column of bytes that is never null."""
    return Column(name, LargeBinary, nullable=False)


def blind() -> Column[bytes]:
    """Build the column of the random bytes under which the history commits to a row; empty in rows from before it did."""
    # its revision gives the default: the literal is not the same on both databases
    return Column("blind", LargeBinary, nullable=False, server_default=FetchedValue())


def key(name: str) -> Column[str]:
    """Build a text primary key."""
    return Column(name, Text, primary_key=True)


def table(name: str, *columns: SchemaItem) -> Table:
    """Build a table; on SQLite it is STRICT, so that a wrong type is refused there as on PostgreSQL."""
    return Table(name, metadata, *columns, sqlite_strict=True)


def by_code_point(name: str) -> Column[str]:
    """Build a text column that both databases order as Python does, whatever their collation."""
    kind = Text().with_variant(Text(collation="C"), "postgresql")
    return Column(name, kind, nullable=False, server_default="")


def until(name: str) -> Column[str]:
    """Build a column of a day or an instant to come: where nothing runs it stands after all others."""
    return Column(name, Text, nullable=False, server_default=NEVER)


def keyed_table(name: str, *columns: SchemaItem) -> Table:
    """Build a table of many small rows found by their key alone: on SQLite it is stored in the order of the key."""
    return Table(name, metadata, *columns, sqlite_strict=True, sqlite_with_rowid=False)


meta = table("meta", key("name"), text("value"))

cases = table(
    "cases",
    key("id"),
    Column("number", Text, nullable=False, unique=True),
    text("kind"), text("channel"), text("state"), text("escalation"), text("compensation"), text("rehabilitation"),
    text("region"), text("addressee"), text("place"), text("title"), text("assignee"),
    whole("version", 1), whole("seq"), blob("head"), text("facts"), text("opened_at"), text("last_at"),
    text("closed_at"), blind(),
    # What follows is derived from the case and its obligations, for lists and the board (persistence/search_index.py).
    by_code_point("title_key"), until("next_due_on"), until("next_due_at"), text("next_owed_by"), text("issued_on"),
    text("escalated_at"), text("implemented_at"), whole("answer_late", -1), text("themes"),
    Index(None, "region", "state", "number"),
    Index("ix_cases_state", "state", "kind", "number"),
    Index("ix_cases_escalation", "escalation", "number"),
    Index(None, "region", "number"),
    Index(None, "kind", "number"),
    Index(None, "channel", "number"),
    Index(None, "addressee", "number"),
    Index(None, "place", "number"),
    Index(None, "assignee", "number"),
    Index(None, "next_due_on", "number"),
    Index(None, "region", "next_due_on", "number"),
    Index(None, "assignee", "next_due_on", "number"),
    Index(None, "opened_at", "number"),
    Index(None, "kind", "title_key", "number"),
)  # fmt: skip
Index("ix_cases_open", cases.c.number, sqlite_where=cases.c.closed_at == "", postgresql_where=cases.c.closed_at == "")
Index(
    "ix_cases_escalated",
    cases.c.escalation,
    cases.c.escalated_at,
    cases.c.number,
    cases.c.addressee,
    cases.c.region,
    cases.c.assignee,
    sqlite_where=cases.c.escalation != "not_escalated",
    postgresql_where=cases.c.escalation != "not_escalated",
)
Index(
    "ix_cases_issued",
    *[cases.c[name] for name in ("addressee", "region", "channel", "place", "issued_on")],
    *[cases.c[name] for name in ("implemented_at", "answer_late", "themes")],
    sqlite_where=cases.c.issued_on != "",
    postgresql_where=cases.c.issued_on != "",
)
case_texts = table(
    "case_texts",
    Column("row", WHOLE, Identity(), primary_key=True),
    Column("chain", Text, nullable=False, unique=True),
    text("words"),
)  # fmt: skip
"""What words find a case: folded, apart by spaces; revision 0006 indexes them (FTS5, GIN). Nothing sealed stands here."""

chains = table("chains", key("id"), whole("seq"), blob("head"), text("last_at"))

case_events = table(
    "case_events",
    text("chain", empty=False), whole("seq"), blob("leaf"), blob("prev"), text("type"), text("machine"), text("event"),
    text("at"), text("actor"), text("role"), blob("data"),
    PrimaryKeyConstraint("chain", "seq"),
)  # fmt: skip

log_entries = table(
    "log_entries",
    Column("idx", WHOLE, primary_key=True, autoincrement=False),
    text("chain", empty=False), whole("seq"), blob("leaf"),
    UniqueConstraint("chain", "seq"),
)  # fmt: skip

tree_nodes = keyed_table("tree_nodes", whole("level"), whole("idx"), blob("hash"), PrimaryKeyConstraint("level", "idx"))
"""The log's Merkle tree: the hash of each perfect subtree from a height on; what lies below is made from the entries."""
checkpoints = table(
    "checkpoints",
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    whole("size"), blob("root"), text("note"), text("at"),
)  # fmt: skip
cosignatures = table(
    "cosignatures", whole("checkpoint"), text("witness", empty=False), text("line"), text("at"),
    PrimaryKeyConstraint("checkpoint", "witness"),
)  # fmt: skip
HISTORY = (case_events, log_entries, tree_nodes, checkpoints, cosignatures)

sealed_texts = table(
    "sealed_texts", text("chain", empty=False), whole("seq"), blob("ciphertext"), PrimaryKeyConstraint("chain", "seq")
)
case_keys = table("case_keys", key("case_id"), blob("wrapped"), text("made_at"))

obligations = table(
    "obligations",
    key("id"),
    text("chain"), text("subject_kind"), text("duty"), text("owed_by"), text("party"), text("rule"),
    text("rule_version"), text("channel"), text("calendar_version"), whole("provisional"), text("started_on"),
    whole("amount"), text("unit"), text("due_on"), text("due_at"), text("set_on"), text("derivation"), text("ledger"),
    text("opened_at"), whole("opened_seq"), text("discharged_at"), whole("discharged_seq"), whole("raised"),
    text("suspended_on"), whole("revision", 1), text("ladder"), whole("rung_no"), text("next_rung_at"),
    Index("ix_obligations_chain_open", "chain", "discharged_at"),
)  # fmt: skip
Index(
    "ix_obligations_next_rung",
    obligations.c.next_rung_at,
    obligations.c.id,
    sqlite_where=obligations.c.next_rung_at != "",
    postgresql_where=obligations.c.next_rung_at != "",
)
Index(
    "ix_obligations_due",
    obligations.c.due_on,
    obligations.c.chain,
    sqlite_where=obligations.c.discharged_at == "",
    postgresql_where=obligations.c.discharged_at == "",
)

Index(
    "ix_obligations_protect",
    obligations.c.due_at,
    obligations.c.chain,
    sqlite_where=and_(obligations.c.discharged_at == "", obligations.c.duty == "protect"),
    postgresql_where=and_(obligations.c.discharged_at == "", obligations.c.duty == "protect"),
)
Index(
    "ix_obligations_provisional",
    obligations.c.due_at,
    obligations.c.chain,
    sqlite_where=and_(obligations.c.discharged_at == "", obligations.c.provisional == 1),
    postgresql_where=and_(obligations.c.discharged_at == "", obligations.c.provisional == 1),
)
Index(
    "ix_obligations_owed",
    obligations.c.owed_by,
    obligations.c.due_at,
    obligations.c.chain,
    sqlite_where=obligations.c.discharged_at == "",
    postgresql_where=obligations.c.discharged_at == "",
)

rungs_taken = keyed_table(
    "rungs_taken",
    text("obligation", empty=False), text("rung", empty=False), text("chain"), text("act"), text("outcome"),
    text("due_at"), text("act_at"), whole("late_by_engine"), text("posts"),
    PrimaryKeyConstraint("obligation", "rung"),
)  # fmt: skip

outbox = table(
    "outbox",
    key("id"),
    Column("message_id", Text, nullable=False, unique=True),
    text("chain"), text("obligation"), text("rung"), text("post"), text("body"), text("template"), text("not_before"),
    text("created_at"), text("due_on"), whole("alone"),
    Column("status", Text, nullable=False, server_default="waiting"),
    text("carried_by"), text("recipient"), whole("attempts"), text("next_attempt_at"), text("done_at"),
    CheckConstraint("status in ('waiting', 'bundled', 'sent', 'dead', 'withdrawn')", name="status"),
    Index(None, "chain"),
)  # fmt: skip
Index(
    "ix_outbox_waiting",
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=outbox.c.status == "waiting",
    postgresql_where=outbox.c.status == "waiting",
)
Index(
    "ix_outbox_bundled",
    outbox.c.next_attempt_at,
    sqlite_where=outbox.c.status == "bundled",
    postgresql_where=outbox.c.status == "bundled",
)
Index(
    "ix_outbox_carried_by",
    outbox.c.carried_by,
    sqlite_where=outbox.c.carried_by != "",
    postgresql_where=outbox.c.carried_by != "",
)

mail_attempts = table(
    "mail_attempts",
    text("message", empty=False), whole("number"), text("at"), text("outcome"), text("stage"), whole("code"),
    text("reason"),
    PrimaryKeyConstraint("message", "number"),
)  # fmt: skip

incidents = table(
    "incidents",
    key("id"),
    text("kind"),
    text("subject"),
    text("at"),
    text("what"),
    text("closed_at"),
    text("closed_by"),
)

commands = table("commands", key("idem"), text("user"), text("digest"), text("answer"), text("at"))

approvals = table(
    "approvals",
    key("id"),
    text("chain"), text("event"), text("digest"), blob("payload"), text("proposer"), text("proposed_at"),
    text("expires_at"), text("status"), text("decided_by"), text("decided_at"),
    CheckConstraint("decided_by = '' or decided_by <> proposer", name="two_people"),
    Index(None, "chain"),
)  # fmt: skip
Index(
    "ix_approvals_pending",
    approvals.c.expires_at,
    sqlite_where=approvals.c.status == "pending",
    postgresql_where=approvals.c.status == "pending",
)

documents = table(
    "documents", key("id"), text("chain"), whole("size"), text("added_at"), blob("sealed_name"), Index(None, "chain")
)

links = table(
    "links", text("from_case", empty=False), text("to_case", empty=False), text("kind", empty=False), text("at"),
    PrimaryKeyConstraint("from_case", "to_case", "kind"),
)  # fmt: skip
exclusions = table(
    "exclusions",
    text("chain", empty=False),
    text("post", empty=False),
    text("at"),
    PrimaryKeyConstraint("chain", "post"),
    Index(None, "post"),
)
consents = table(
    "consents",
    key("id"),
    text("chain"), text("status"), text("purpose"), text("recipient"), text("form"), text("language"), text("given_on"),
    text("expires_on"), text("withdrawn_at"), text("at"),
    Index(None, "chain"),
)  # fmt: skip

bodies = table(
    "bodies", key("id"), text("name"), text("kind"), text("superior"), text("email"), text("language"), text("zone"),
    blind(),
)  # fmt: skip
places = table("places", key("id"), text("name"), text("kind"), text("region"), text("body"), text("added_at"), blind())
visits = table(
    "visits", key("id"), text("place"), text("kind"), text("region"), text("started_on"), text("ended_on"), text("at"),
    blind(),
    Index(None, "place"),
)  # fmt: skip
holders = table(
    "holders",
    text("post", empty=False), text("name"), text("email"), text("language"), text("user"), text("valid_from", empty=False),
    text("valid_to"), text("region"), text("unit"), blind(),
    PrimaryKeyConstraint("post", "valid_from", "region"),
)  # fmt: skip

users = table(
    "users", key("id"), text("name"), text("email"), text("language"), text("roles"), text("regions"), text("bodies"),
    text("token_hash"), text("disabled_at"), blind(),
)  # fmt: skip
Index(
    "ix_users_token",
    users.c.token_hash,
    sqlite_where=users.c.token_hash != "",
    postgresql_where=users.c.token_hash != "",
)

import_batches = table(
    "import_batches", key("id"), text("file_digest"), text("format"), text("encoding"), text("started_at"),
    text("finished_at"), whole("read"), whole("new"), whole("same"), whole("changed"), whole("refused"),
)  # fmt: skip
import_rows = keyed_table("import_rows", key("row_key"), text("digest"), text("case_id"), text("batch"))

sweeps = table(
    "sweeps",
    key("id"),
    text("started_at"),
    text("finished_at"),
    whole("taken"),
    text("counts"),
    Index(None, "started_at"),
)

case_numbers = table("case_numbers", key("series"), whole("last"))

accounts = table(
    "accounts", key("user"), text("password_hash"), blob("totp_secret"), whole("last_step"), whole("failures"),
    text("locked_until"), text("made_at"), text("changed_at"), blind(),
)  # fmt: skip
"""The row of nobody (an empty user) counts tries under names that have no account."""
sessions = keyed_table(
    "sessions", key("id"), text("user"), text("csrf"), text("made_at"), text("seen_at"), text("fresh_at"),
    text("ended_at"),
)  # fmt: skip
Index(
    "ix_sessions_live",
    sessions.c.user,
    sqlite_where=sessions.c.ended_at == "",
    postgresql_where=sessions.c.ended_at == "",
)
invitations = keyed_table(
    "invitations", key("id"), text("user"), text("made_at"), text("expires_at"), text("used_at"), Index(None, "user")
)
api_tokens = table(
    "api_tokens", key("id"), text("user"), text("name"), text("scopes"), text("made_at"), text("expires_at"),
    text("ended_at"), text("used_at"), blind(),
    Index(None, "user"),
)  # fmt: skip
absences = table(
    "absences", key("id"), text("user"), text("deputy"), text("from_on"), text("to_on"), text("at"), text("ended_at"),
    blind(),
    Index(None, "user"), Index(None, "deputy"),
)  # fmt: skip
saved_filters = table(
    "saved_filters", text("user", empty=False), text("name", empty=False), text("query"), text("at"), text("ended_at"),
    PrimaryKeyConstraint("user", "name"),
)  # fmt: skip
