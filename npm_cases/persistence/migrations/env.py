"""Alembic's entry: runs the revisions on the connection it is given; the programme calls it, never a person."""

from alembic import context

from npm_cases.persistence.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=False,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
