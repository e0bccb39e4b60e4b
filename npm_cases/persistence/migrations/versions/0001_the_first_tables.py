"""The first tables"""

import sqlalchemy as sa
from alembic import op

from npm_cases.persistence import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("event", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("proposer", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_at", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("decided_by = '' or decided_by <> proposer", name=op.f("ck_approvals_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_approvals_chain"), "approvals", ["chain"], unique=False)
    op.create_index(
        "ix_approvals_pending",
        "approvals",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "bodies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("superior", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_events",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("machine", sa.Text(), server_default="", nullable=False),
        sa.Column("event", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_case_events")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_keys",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_keys")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_numbers",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_case_numbers")),
        sqlite_strict=True,
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("escalation", sa.Text(), server_default="", nullable=False),
        sa.Column("compensation", sa.Text(), server_default="", nullable=False),
        sa.Column("rehabilitation", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("addressee", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("assignee", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="1", nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.Text(), server_default="", nullable=False),
        sa.Column("last_at", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_cases_escalation"), "cases", ["escalation"], unique=False)
    op.create_index(op.f("ix_cases_region_state_number"), "cases", ["region", "state", "number"], unique=False)
    op.create_index(op.f("ix_cases_state"), "cases", ["state"], unique=False)
    op.create_table(
        "chains",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("last_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
        sqlite_strict=True,
    )
    op.create_table(
        "commands",
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("idem", name=op.f("pk_commands")),
        sqlite_strict=True,
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("form", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("given_on", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_on", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_consents_chain"), "consents", ["chain"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("added_at", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_documents_chain"), "documents", ["chain"], unique=False)
    op.create_table(
        "exclusions",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chain", "post", name=op.f("pk_exclusions")),
        sqlite_strict=True,
    )
    op.create_table(
        "holders",
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("user", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("post", "valid_from", "region", name=op.f("pk_holders")),
        sqlite_strict=True,
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("format", sa.Text(), server_default="", nullable=False),
        sa.Column("encoding", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.Text(), server_default="", nullable=False),
        sa.Column("read", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("new", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("same", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sqlite_strict=True,
    )
    op.create_table(
        "import_rows",
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("case_id", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("row_key", name=op.f("pk_import_rows")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_strict=True,
    )
    op.create_table(
        "links",
        sa.Column("from_case", sa.Text(), nullable=False),
        sa.Column("to_case", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("from_case", "to_case", "kind", name=op.f("pk_links")),
        sqlite_strict=True,
    )
    op.create_table(
        "log_entries",
        sa.Column("idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("chain", "seq", name=op.f("uq_log_entries_chain_seq")),
        sqlite_strict=True,
    )
    op.create_table(
        "mail_attempts",
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("message", "number", name=op.f("pk_mail_attempts")),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        sqlite_strict=True,
    )
    op.create_table(
        "obligations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("duty", sa.Text(), server_default="", nullable=False),
        sa.Column("owed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("rule_version", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("calendar_version", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "provisional", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("started_on", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.Text(), server_default="", nullable=False),
        sa.Column("set_on", sa.Text(), server_default="", nullable=False),
        sa.Column("derivation", sa.Text(), server_default="", nullable=False),
        sa.Column("ledger", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "opened_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("discharged_at", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "discharged_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("raised", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("suspended_on", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="1", nullable=False),
        sa.Column("ladder", sa.Text(), server_default="", nullable=False),
        sa.Column("rung_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("next_rung_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sqlite_strict=True,
    )
    op.create_index("ix_obligations_chain_open", "obligations", ["chain", "discharged_at"], unique=False)
    op.create_index(
        "ix_obligations_due",
        "obligations",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("discharged_at = ''"),
        postgresql_where=sa.text("discharged_at = ''"),
    )
    op.create_index(
        "ix_obligations_next_rung",
        "obligations",
        ["next_rung_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_rung_at != ''"),
        postgresql_where=sa.text("next_rung_at != ''"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("obligation", sa.Text(), server_default="", nullable=False),
        sa.Column("rung", sa.Text(), server_default="", nullable=False),
        sa.Column("post", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("template", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Text(), server_default="", nullable=False),
        sa.Column("alone", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("carried_by", sa.Text(), server_default="", nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.Text(), server_default="", nullable=False),
        sa.Column("done_at", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'bundled', 'sent', 'dead', 'withdrawn')", name=op.f("ck_outbox_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_outbox_bundled",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("status = 'bundled'"),
        postgresql_where=sa.text("status = 'bundled'"),
    )
    op.create_index(
        "ix_outbox_carried_by",
        "outbox",
        ["carried_by"],
        unique=False,
        sqlite_where=sa.text("carried_by != ''"),
        postgresql_where=sa.text("carried_by != ''"),
    )
    op.create_index(op.f("ix_outbox_chain"), "outbox", ["chain"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("added_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sqlite_strict=True,
    )
    op.create_table(
        "rungs_taken",
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("act", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.Text(), server_default="", nullable=False),
        sa.Column("act_at", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "late_by_engine", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("posts", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("obligation", "rung", name=op.f("pk_rungs_taken")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_texts",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_sealed_texts")),
        sqlite_strict=True,
    )
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.Text(), server_default="", nullable=False),
        sa.Column("taken", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("counts", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sweeps_started_at"), "sweeps", ["started_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("roles", sa.Text(), server_default="", nullable=False),
        sa.Column("regions", sa.Text(), server_default="", nullable=False),
        sa.Column("bodies", sa.Text(), server_default="", nullable=False),
        sa.Column("token_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("disabled_at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_users_token",
        "users",
        ["token_hash"],
        unique=False,
        sqlite_where=sa.text("token_hash != ''"),
        postgresql_where=sa.text("token_hash != ''"),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("started_on", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_on", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_visits_place"), "visits", ["place"], unique=False)
    make_triggers()


def downgrade() -> None:
    """Refuse: undoing the first revision would destroy every case history."""
    raise NotImplementedError(
        "the first revision is never undone: it would destroy the history; restore a backup instead"
    )


def make_triggers() -> None:
    """Put the history's triggers up; every start checks that they stand."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (triggers.FIRST_ON_SQLITE if is_sqlite else triggers.FIRST_ON_POSTGRESQL).values():
        op.execute(statement)
