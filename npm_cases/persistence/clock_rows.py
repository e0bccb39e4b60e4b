"""The clocks that many programs look at together: what is due, and what is open, each locked before it is read."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from npm_cases.persistence import statements as sql
from npm_cases.persistence.gathering import Gathering
from npm_cases.services.ports import DueRung


class ClockRows(Gathering):
    """The part of a unit of work that reads clocks of many cases."""

    @abstractmethod
    def _due(self, row: Sequence[Any]) -> DueRung: ...

    def alone(self, what: str) -> None:
        """Wait until no other transaction does what is named; it is ours until this one ends."""
        if not self._database.is_sqlite:
            self.tx.run(sql.LOCK_KEY, {"b_idem": what})

    def due_rungs(self, now: str, limit: int) -> list[DueRung]:
        """Return obligations whose next rung is due, oldest first, with their cases, locked.

        On SQLite there is one writer at a time. On PostgreSQL whole chains are locked and those another program works
        on are passed over: nobody is waited for, so no two sweepers and no act can stand in each other's way.
        """
        values = {"b_now": now, "b_limit": limit}
        if self._database.is_sqlite:
            return [self._due(row) for row in self.tx.tuples(sql.DUE_RUNGS, values)]
        while True:
            locked = self.tx.tuples(sql.LOCK_DUE_CASES, values) or self.tx.tuples(sql.LOCK_DUE_CHAINS, values)
            if not locked:
                return []
            # Read again: what was due before the lock was had may have been done by another sweeper.
            found = self.tx.tuples(sql.DUE_RUNGS_OF, {**values, "b_chains": sorted({row[0] for row in locked})})
            if found:
                return [self._due(row) for row in found]

    def open_from(self, after: str, limit: int) -> list[DueRung]:
        """Return open obligations whose id comes after one, in the order of ids, with their cases, locked.

        On PostgreSQL the cases are locked before anything of them is read, in one order; what is under way is waited for.
        """
        values = {"b_after": after, "b_limit": limit}
        if self._database.is_sqlite or not self._writing:
            return [self._due(row) for row in self.tx.tuples(sql.OPEN_FROM, values)]
        while True:
            found = self.tx.tuples(sql.OPEN_CHAINS_FROM, values)
            if not found:
                return []
            self.tx.tuples(sql.LOCK_CASES, {"b_chains": sorted({row[1] for row in found})})
            up_to = {"b_after": values["b_after"], "b_last": found[-1][0]}
            if rows := self.tx.tuples(sql.OPEN_UP_TO, up_to):
                return [self._due(row) for row in rows]
            values = {
                **values,
                "b_after": found[-1][0],
            }  # all of them were discharged while their cases were waited for
