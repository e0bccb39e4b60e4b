"""Alembic's entry: runs the revisions on the connection it is given; the programme calls it, never a person."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from npm_cases.persistence.schema import metadata
from npm_cases.persistence.schema_steps import declared, record

connection = context.config.attributes["connection"]


def note(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:  # noqa: ARG001 - alembic gives them by name
    """Write down what a revision says of itself, together with what it does."""
    script: Any = step.up_revision
    said = declared(script.revision, script.module)
    if said is not None:
        record(connection, said, is_upgrade=step.is_upgrade)


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=False,
    compare_type=True,
    transaction_per_migration=True,
    on_version_apply=note,
)
with context.begin_transaction():
    context.run_migrations()
