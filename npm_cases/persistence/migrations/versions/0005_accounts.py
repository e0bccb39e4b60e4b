"""Accounts, sessions, invitations, API tokens, absences, saved filters; from now on the service may change users"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What this revision grants; the service may change every table it adds, and users.
APPEND_ONLY: tuple[str, ...] = ()
ADDED = ("absences", "accounts", "api_tokens", "invitations", "saved_filters", "sessions")
UPDATED = (*ADDED, "users")
APP, AUDITOR = "npm_cases_app", "npm_cases_auditor"
TELLING = ("account_changed", "absence_ended", "absence_recorded", "sign_in_refused", "signed_in")


def upgrade() -> None:
    _make_people()
    _make_what_people_keep()
    op.create_index("ix_invitations_user", "invitations", ["user"])
    op.create_index("ix_api_tokens_user", "api_tokens", ["user"])
    op.create_index("ix_absences_user", "absences", ["user"])
    op.create_index("ix_absences_deputy", "absences", ["deputy"])
    live = sa.text("ended_at = ''")
    op.create_index("ix_sessions_live", "sessions", ["user"], sqlite_where=live, postgresql_where=live)
    if _is_sqlite():
        return
    for name in ADDED:
        op.execute(f"REVOKE ALL ON {name} FROM PUBLIC, {APP}, {AUDITOR}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {name} TO {APP}")
    op.execute(f"GRANT UPDATE ON users TO {APP}")


def downgrade() -> None:
    """Take the tables away again while nobody has signed in and no user was changed.

    Raises NotImplementedError afterwards: the programme before this revision cannot read the events that tell of it.
    """
    connection = op.get_bind()
    events = sa.table("case_events", sa.column("type"))
    told = sa.select(sa.func.count()).select_from(events).where(events.c.type.in_(TELLING))
    held = [sa.select(sa.func.count()).select_from(sa.table(name)) for name in ADDED]
    if any(connection.execute(query).scalar() for query in (told, *held)):
        raise NotImplementedError(
            "there are accounts or sessions: this revision is not undone; restore a backup instead"
        )
    if not _is_sqlite():
        op.execute(f"REVOKE UPDATE ON users FROM {APP}")
    for name in ADDED:
        op.drop_table(name)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _make_people() -> None:
    op.create_table(
        "accounts", _key("user"), _text("password_hash"), sa.Column("totp_secret", sa.LargeBinary(), nullable=False),
        _whole("last_step"), _whole("failures"), _text("locked_until"), _text("made_at"), _text("changed_at"), _blind(),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_accounts")), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "sessions", _key("id"), _text("user"), _text("csrf"), _text("made_at"), _text("seen_at"), _text("fresh_at"),
        _text("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")), sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "invitations", _key("id"), _text("user"), _text("made_at"), _text("expires_at"), _text("used_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")), sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip


def _make_what_people_keep() -> None:
    op.create_table(
        "api_tokens", _key("id"), _text("user"), _text("name"), _text("scopes"), _text("made_at"), _text("expires_at"),
        _text("ended_at"), _text("used_at"), _blind(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "absences", _key("id"), _text("user"), _text("deputy"), _text("from_on"), _text("to_on"), _text("at"),
        _text("ended_at"), _blind(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "saved_filters", _key("user"), _key("name"), _text("query"), _text("at"), _text("ended_at"),
        sa.PrimaryKeyConstraint("user", "name", name=op.f("pk_saved_filters")), sqlite_strict=True,
    )  # fmt: skip


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _whole(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, server_default="0", nullable=False)


def _blind() -> sa.Column[bytes]:
    nothing = sa.text("x''") if _is_sqlite() else sa.text("''::bytea")
    return sa.Column("blind", sa.LargeBinary(), server_default=nothing, nullable=False)
