"""Which programs can work over a database whose tables a newer program has changed: first expand, then contract.

A revision says ``step = "expands"`` when every program that worked before it works after it, or ``step = "contracts"`` with
``oldest_program``, the revision of the oldest program that can do without what it takes away. What a revision says is
written into the database with it: an older program knows none of the newer revisions (docs/decisions/0027).
"""

from dataclasses import dataclass
from types import ModuleType
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, insert, inspect, select

from npm_cases.domain.errors import ConfigurationError

FIRST_DECLARED: Final = "0007"
"""The revision that makes the table; those before it say nothing, and no program works over any but its own of them."""

EXPANDS, CONTRACTS = "expands", "contracts"

STEPS = Table(
    "schema_steps",
    MetaData(),  # of the migrations themselves, as alembic_version: nobody copies its rows into another database
    Column("revision", Text, primary_key=True),
    Column("step", Text, nullable=False),
    Column("oldest_program", Text, nullable=False),
)


@dataclass(frozen=True)
class Step:
    """What one revision says of itself; ``oldest_program`` is empty for one that expands."""

    revision: str
    step: str
    oldest_program: str = ""

    def lets(self, program: str) -> bool:
        """Say whether the program of an older revision works over a database this revision was applied to."""
        return self.step == EXPANDS or program >= self.oldest_program


def declared(revision: str, module: ModuleType) -> Step | None:
    """Return what a revision says of itself; None for those from before any of them did.

    Raises ConfigurationError for one that does not say it, which is the fault of who wrote it.
    """
    if revision < FIRST_DECLARED:
        return None
    found = Step(revision, getattr(module, "step", ""), getattr(module, "oldest_program", ""))
    if found.step == EXPANDS or (found.step == CONTRACTS and found.oldest_program):
        return found
    raise ConfigurationError(
        f'revision {revision} does not say which programs it lets work: write step = "{EXPANDS}", or step = "{CONTRACTS}" '
        "with oldest_program, the revision of the oldest program that can do without what it takes away"
    )


def record(connection: Connection, step: Step, *, is_upgrade: bool) -> None:
    """Write down, in the transaction of a revision, that it was applied; or that it was taken back."""
    if not inspect(connection).has_table(STEPS.name):
        return
    connection.execute(delete(STEPS).where(STEPS.c.revision == step.revision))
    if is_upgrade:
        values = {"revision": step.revision, "step": step.step, "oldest_program": step.oldest_program}
        connection.execute(insert(STEPS), values)


def in_the_way(connection: Connection, program: str, found: str) -> str:
    """Return the first revision after a program's own that this program cannot work over; empty when there is none."""
    if not inspect(connection).has_table(STEPS.name):
        return found
    rows = connection.execute(select(STEPS).where(STEPS.c.revision > program).order_by(STEPS.c.revision))
    ahead = [Step(**row) for row in rows.mappings()]
    if not ahead or ahead[-1].revision != found:
        return found
    return next((step.revision for step in ahead if not step.lets(program)), "")
