"""Random bytes beside rows that hold names: their history commits to them under these, and nobody can guess what stands there"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("cases", "bodies", "places", "visits", "holders", "users")


def upgrade() -> None:
    """Add the column as it is: no table is copied. Rows there are stay without, and without a commitment."""
    nothing = sa.text("x''") if op.get_bind().dialect.name == "sqlite" else sa.text("''::bytea")
    for table in TABLES:
        op.add_column(table, sa.Column("blind", sa.LargeBinary(), server_default=nothing, nullable=False))


def downgrade() -> None:
    """Take the columns away again while no history commits to anything under them.

    Raises NotImplementedError once there is such a row: without its random bytes nobody could check it any more.
    """
    connection = op.get_bind()
    for table in TABLES:
        held = sa.select(sa.func.count()).select_from(sa.table(table, sa.column("blind"))).where(
            sa.func.length(sa.column("blind")) > 0
        )  # fmt: skip
        if connection.execute(held).scalar():
            raise NotImplementedError(
                f"rows of {table} are committed to: this revision is not undone; restore a backup instead"
            )
    for table in TABLES:
        op.drop_column(table, "blind")
