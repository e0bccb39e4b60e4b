"""What lists, search and the board look things up by: words, sort keys and next due days, all made from rows that are there"""

import sqlalchemy as sa
from alembic import op

from npm_cases.persistence.search_index import rebuild

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEVER = "9999-12-31"
APP, AUDITOR = "npm_cases_app", "npm_cases_auditor"
LISTED = {
    "ix_cases_region_number": ("region", "number"),
    "ix_cases_kind_number": ("kind", "number"),
    "ix_cases_channel_number": ("channel", "number"),
    "ix_cases_addressee_number": ("addressee", "number"),
    "ix_cases_place_number": ("place", "number"),
    "ix_cases_assignee_number": ("assignee", "number"),
    "ix_cases_next_due_on_number": ("next_due_on", "number"),
    "ix_cases_region_next_due_on_number": ("region", "next_due_on", "number"),
    "ix_cases_assignee_next_due_on_number": ("assignee", "next_due_on", "number"),
    "ix_cases_opened_at_number": ("opened_at", "number"),
    "ix_cases_kind_title_key_number": ("kind", "title_key", "number"),
}
WIDENED = {
    "ix_cases_state": (["state"], ["state", "kind", "number"]),
    "ix_cases_escalation": (["escalation"], ["escalation", "number"]),
}
RUNNING = "discharged_at = ''"
PARTIAL = {
    "ix_cases_open": ("cases", ("number",), "closed_at = ''"),
    "ix_cases_escalated": (
        "cases",
        ("escalation", "escalated_at", "number", "addressee", "region", "assignee"),
        "escalation <> 'not_escalated'",
    ),
    "ix_cases_issued": (
        "cases",
        ("addressee", "region", "channel", "place", "issued_on", "implemented_at", "answer_late", "themes"),
        "issued_on <> ''",
    ),
    "ix_obligations_owed": ("obligations", ("owed_by", "due_at", "chain"), RUNNING),
    "ix_obligations_due": ("obligations", ("due_on", "chain"), RUNNING),
    "ix_obligations_protect": ("obligations", ("due_at", "chain"), f"{RUNNING} AND duty = 'protect'"),
    "ix_obligations_provisional": ("obligations", ("due_at", "chain"), f"{RUNNING} AND provisional = 1"),
}
"""Indexes of some rows only; the one of due days was there before, with fewer columns."""
ADDED = (
    ("title_key", ""), ("next_due_on", NEVER), ("next_due_at", NEVER), ("next_owed_by", ""), ("issued_on", ""),
    ("escalated_at", ""), ("implemented_at", ""), ("themes", ""),
)  # fmt: skip

# The words of a case are written once, into case_texts. On SQLite the full-text index beside them is written with them:
# triggers may not touch a virtual table under trusted_schema=0 (SQLite 3.40).
WORDS_ON_SQLITE = (
    (
        "CREATE VIRTUAL TABLE case_words USING fts5(words, content='case_texts', content_rowid='row', detail=none, "
        "columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
    ),
)
WORDS_ON_POSTGRESQL = (
    "CREATE INDEX ix_case_texts_words ON case_texts USING gin (array_to_tsvector(string_to_array(btrim(words), ' ')))",
    f"REVOKE ALL ON case_texts FROM PUBLIC, {APP}, {AUDITOR}",
    f"GRANT SELECT, INSERT, UPDATE ON case_texts TO {APP}",
)


def upgrade() -> None:
    for name, nothing in ADDED:
        op.add_column("cases", _text(name, nothing))
    op.add_column("cases", sa.Column("answer_late", _whole(), server_default="-1", nullable=False))
    op.create_table(
        "case_texts",
        sa.Column("row", _whole(), sa.Identity(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        _text("words", ""),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_case_texts")),
        sa.UniqueConstraint("chain", name=op.f("uq_case_texts_chain")),
        sqlite_strict=True,
    )
    for statement in WORDS_ON_SQLITE if _is_sqlite() else WORDS_ON_POSTGRESQL:
        op.execute(statement)
    rebuild(op.get_bind())
    _make_indexes()


def downgrade() -> None:
    """Take it all away again: nothing here is more than a copy."""
    for name, (before, _) in WIDENED.items():
        op.drop_index(name, "cases")
        op.create_index(name, "cases", before)
    for name in LISTED:
        op.drop_index(name, "cases")
    for name, (table, _, where) in PARTIAL.items():
        op.drop_index(name, table)
        if name == "ix_obligations_due":
            op.create_index(name, table, ["due_on"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.drop_index("ix_exclusions_post", "exclusions")
    if _is_sqlite():
        op.execute("DROP TABLE case_words")
    op.drop_table("case_texts")
    for name in [*dict(ADDED), "answer_late"]:
        op.drop_column("cases", name)


def _make_indexes() -> None:
    for name, (_, after) in WIDENED.items():
        op.drop_index(name, "cases")
        op.create_index(name, "cases", after)
    for name, columns in LISTED.items():
        op.create_index(name, "cases", list(columns))
    op.drop_index("ix_obligations_due", "obligations")
    for name, (table, columns, where) in PARTIAL.items():
        condition = sa.text(where)
        op.create_index(name, table, list(columns), sqlite_where=condition, postgresql_where=condition)
    op.create_index("ix_exclusions_post", "exclusions", ["post"])


def _text(name: str, nothing: str) -> sa.Column[str]:
    kind = sa.Text(collation="C") if name == "title_key" and not _is_sqlite() else sa.Text()
    return sa.Column(name, kind, server_default=nothing, nullable=False)


def _whole() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
