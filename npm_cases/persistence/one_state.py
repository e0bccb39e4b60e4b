"""A transaction that lasts as long as a with block: everything inside sees one state of the database."""

from types import TracebackType
from typing import Self

from npm_cases.persistence.database import Database, Transaction


class OneState:
    """Opens a transaction when the block is entered and gives it back at its end; what was not committed is undone."""

    def __init__(self, database: Database, *, writing: bool = False, lent: Transaction | None = None) -> None:
        self._database = database
        self._writing = writing
        self._tx = lent  # of somebody whose block goes on around ours

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
            raise RuntimeError("this is not open: use it in a with block")
        return self._tx
