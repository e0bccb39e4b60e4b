"""Which programs can work over the tables as they are: each revision from this one on says it, and it is written down"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

step = "expands"

APP, AUDITOR = "npm_cases_app", "npm_cases_auditor"


def upgrade() -> None:
    op.create_table(
        "schema_steps", sa.Column("revision", sa.Text(), nullable=False), sa.Column("step", sa.Text(), nullable=False),
        sa.Column("oldest_program", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_steps")), sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"REVOKE ALL ON schema_steps FROM PUBLIC, {APP}, {AUDITOR}")
        op.execute(f"GRANT SELECT ON schema_steps TO {APP}")


def downgrade() -> None:
    op.drop_table("schema_steps")
