"""Roles and rights on PostgreSQL; on SQLite an authorizer holds the same rights without a revision"""

from alembic import op
from sqlalchemy import text

from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.roles import grants, views

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The tables as they were at this revision; a later one that adds a table grants its own rights.
HISTORY = ("case_events", "log_entries", "tree_nodes", "checkpoints", "cosignatures")
APPEND_ONLY = (
    *HISTORY, "bodies", "case_keys", "commands", "documents", "exclusions", "import_batches", "links", "mail_attempts",
    "places", "rungs_taken", "sealed_texts", "sweeps", "users", "visits",
)  # fmt: skip
UPDATED = (
    "approvals", "case_numbers", "cases", "chains", "consents", "holders", "import_rows", "incidents", "meta",
    "obligations", "outbox",
)  # fmt: skip
ROLES = ("npm_cases_app", "npm_cases_auditor")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    _make_roles()
    for statement in (*grants(APPEND_ONLY, UPDATED, HISTORY), *views()):
        op.execute(statement)


def downgrade() -> None:
    """Take rights and views away again; the roles belong to the whole server and stay."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP SCHEMA auditor CASCADE")
    for table in HISTORY:
        op.execute(f"DROP POLICY {table}_read ON {table}")
        op.execute(f"DROP POLICY {table}_grows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (*APPEND_ONLY, *UPDATED, "alembic_version"):
        op.execute(f"REVOKE ALL ON {table} FROM {', '.join(ROLES)}")


def _make_roles() -> None:
    connection = op.get_bind()
    known = {row[0] for row in connection.execute(text("SELECT rolname FROM pg_roles"))}
    missing = [role for role in ROLES if role not in known]
    if not missing:
        return
    may = connection.execute(text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"))
    if not may.scalar():
        steps = " ".join(f"CREATE ROLE {role} NOLOGIN;" for role in missing)
        raise ConfigurationError(
            f"the owner may not make roles; run as a superuser: {steps} then again (docs/postgresql.md)"
        )
    for role in missing:
        op.execute(f"CREATE ROLE {role} NOLOGIN")
