"""What every part of the unit of work stands on: one open transaction, and writes gathered until it commits."""

from types import TracebackType
from typing import Any, Self

from sqlalchemy.sql import ClauseElement

from npm_cases.persistence.database import Database, Transaction

Values = dict[str, Any]


class Gathering:
    """One transaction of the services, open inside a with block; one opened for reading locks nothing."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        self._database = database
        self._writing = writing
        self._tx: Transaction | None = None
        self._writes: dict[int, tuple[ClauseElement, list[Values]]] = {}

    def __enter__(self) -> Self:
        self._tx = self._database.begin() if self._writing else self._database.reading()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tx is not None:
            self._tx.close()
            self._tx = None

    @property
    def tx(self) -> Transaction:
        """The open transaction."""
        if self._tx is None:
            raise RuntimeError("this unit of work is not open: use it in a with block")
        return self._tx

    def _later(self, statement: ClauseElement, values: Values) -> None:
        self._writes.setdefault(id(statement), (statement, []))[1].append(values)

    def _write_gathered(self) -> None:
        for statement, values in self._writes.values():
            self.tx.many(statement, values)
        self._writes.clear()
