"""What every part of the unit of work stands on: one open transaction, and writes gathered until it commits."""

from typing import Any

from sqlalchemy.sql import ClauseElement

from npm_cases.persistence.database import Database
from npm_cases.persistence.one_state import OneState

Values = dict[str, Any]


class Gathering(OneState):
    """One transaction of the services, open inside a with block; one opened for reading locks nothing."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        super().__init__(database, writing=writing)
        self._writes: dict[int, tuple[ClauseElement, list[Values]]] = {}

    def _later(self, statement: ClauseElement, values: Values) -> None:
        self._writes.setdefault(id(statement), (statement, []))[1].append(values)

    def _write_gathered(self) -> None:
        for statement, values in self._writes.values():
            self.tx.many(statement, values)
        self._writes.clear()
