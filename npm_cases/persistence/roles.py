"""Roles and grants on PostgreSQL: an owner who migrates, a service that only adds to the history, an auditor who reads.

Row-level security with FORCE binds the owner too: history rows can be read and added, by nobody changed. The owner can
take that away again, and a superuser is bound by nothing: such tampering is detected, not prevented (AUDIT T4, T6).
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.database import Database
from npm_cases.persistence.rights import APP_ROLE, AUDITED, AUDITOR_ROLE

AUDITOR_SCHEMA = "auditor"

_WHO = text(
    "SELECT current_user, relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user), "
    "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user), "
    "has_table_privilege('case_events', 'UPDATE') OR has_table_privilege('case_events', 'DELETE') "
    "OR has_table_privilege('case_events', 'TRUNCATE') "
    "FROM pg_class WHERE oid = to_regclass('case_events')"
)


def grants(append_only: Sequence[str], updated: Sequence[str], history: Sequence[str]) -> Iterator[str]:
    """Yield the statements of revision 0003: what the service and the auditor may do; everything else is taken away."""
    for table in (*append_only, *updated):
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {APP_ROLE}, {AUDITOR_ROLE}"
        yield f"GRANT SELECT, INSERT{', UPDATE' if table in updated else ''} ON {table} TO {APP_ROLE}"
    yield f"GRANT SELECT ON alembic_version TO {APP_ROLE}"
    for table in history:
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {table}_read ON {table} FOR SELECT USING (true)"
        yield f"CREATE POLICY {table}_grows ON {table} FOR INSERT WITH CHECK (true)"
    yield f"CREATE SCHEMA IF NOT EXISTS {AUDITOR_SCHEMA}"
    yield f"GRANT USAGE ON SCHEMA {AUDITOR_SCHEMA} TO {AUDITOR_ROLE}"


def views() -> Iterator[str]:
    """Yield the auditor's views: the history whole, of the other tables what holds no text, address or secret."""
    for table, columns in AUDITED.items():
        yield f"CREATE VIEW {AUDITOR_SCHEMA}.{table} AS SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - our own names
        yield f"GRANT SELECT ON {AUDITOR_SCHEMA}.{table} TO {AUDITOR_ROLE}"


def loose_rights(database: Database) -> str:
    """Say in what way the service's own login could change the history; empty when it could not, or on SQLite."""
    if database.is_sqlite:
        return ""
    with database.connection() as connection:
        return _loose(connection)


def _loose(connection: Connection) -> str:
    user, owns, is_super, may_change = connection.execute(_WHO).one()
    if is_super:
        return f"the service logs in as {user}, a superuser, whom no fence of the database stops"
    if owns:
        return f"the service logs in as {user}, who owns the history and could switch its triggers off"
    return f"the service logs in as {user}, who may change or delete history" if may_change else ""


def check_rights(database: Database, *, sandbox: bool) -> None:
    """Let pass only a service that cannot change its own history; a sandbox may do as it likes.

    Raises ConfigurationError saying how to set the roles up.
    """
    wrong = "" if sandbox else loose_rights(database)
    if wrong:
        raise ConfigurationError(
            f"{wrong}: make a login that is only a member of {APP_ROLE}, put it in NPM_CASES_DATABASE_URL, and the "
            "owner in NPM_CASES_OWNER_URL for `npm-cases init` (docs/postgresql.md)"
        )
