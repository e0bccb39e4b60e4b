"""The tree of the log, its checkpoints and their cosignatures"""

import sqlalchemy as sa
from alembic import op

from npm_cases.persistence import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tree_nodes",
        sa.Column("level", WHOLE, server_default="0", nullable=False),
        sa.Column("idx", WHOLE, server_default="0", nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name=op.f("pk_tree_nodes")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False),
        sa.Column("size", WHOLE, server_default="0", nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
        sqlite_strict=True,
    )
    op.create_table(
        "cosignatures",
        sa.Column("checkpoint", WHOLE, server_default="0", nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("checkpoint", "witness", name=op.f("pk_cosignatures")),
        sqlite_strict=True,
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (triggers.PROOFS_ON_SQLITE if is_sqlite else triggers.PROOFS_ON_POSTGRESQL).values():
        op.execute(statement)


def downgrade() -> None:
    """Take the tables away again while nothing was signed: a checkpoint somebody may hold is history.

    Raises NotImplementedError once there is one.
    """
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT COUNT(*) FROM checkpoints")).scalar():
        raise NotImplementedError("there are signed checkpoints: this revision is not undone; restore a backup instead")
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        for name in triggers.PROOFS_ON_SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    for table in ("cosignatures", "checkpoints", "tree_nodes"):
        op.drop_table(table)
    if not is_sqlite:
        for name in triggers.PROOFS_ON_POSTGRESQL:
            if name.endswith("()"):
                op.execute(f"DROP FUNCTION {name}")
