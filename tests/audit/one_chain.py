"""A reader of one chain alone: the same rows in the same order as the whole reader gives for it, and nothing else.

What the verification finds in a chain it finds from that chain's rows; so a finding here is a finding of the whole.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select

from npm_cases.history.event import OFFICE
from npm_cases.persistence import reading, statements as sql
from npm_cases.persistence.database import Database
from npm_cases.persistence.reading import Adder, SqlReader
from npm_cases.proving.verdict import Finding
from npm_cases.services.ports import Office
from npm_cases.services.reading import StoredEvent
from npm_cases.services.verify import Checked, side_by_side
from npm_cases.services.verify_dates import Recount
from npm_cases.services.verify_keys import KeyCheck
from npm_cases.services.verify_notices import NoticeCheck
from npm_cases.services.verify_registers import registers_differ
from npm_cases.services.verify_rows import Checks


@cache
def _tables_of_one(*, is_sqlite: bool) -> list[tuple[Select[Any], Adder]]:
    ordered = reading._tables_in_order(is_sqlite=is_sqlite)
    return [
        (query.where(column == sql.b("chain")), add)
        for (query, add), (column, _, _) in zip(ordered, reading._TABLES, strict=True)
    ]


class OneChain(SqlReader):
    """Reads one chain."""

    def __init__(self, database: Database, chain: str) -> None:
        super().__init__(database)
        self.chain = chain

    def events(self) -> Iterator[StoredEvent]:
        return self.events_of(self.chain)

    def _tables(self) -> list[tuple[Select[Any], Adder]]:
        return _tables_of_one(is_sqlite=self._database.is_sqlite)

    def _stream(self, statement: Any, values: dict[str, Any] | None = None) -> Iterable[Any]:
        return super()._stream(statement, values or {"b_chain": self.chain})


class ChainChecks:
    """Verifies single chains of one office, with what was recounted kept from one to the next."""

    def __init__(self, office: Office, database: Database, at: str) -> None:
        self._office, self._database, self._at = office, database, at
        self._checks = Checks(office.pack, Recount(office), NoticeCheck(office))

    def findings(self, chain: str) -> list[Finding]:
        """What the whole verification would find in this chain; of the office's, in the registers too."""
        checked = Checked(self._office, OneChain(self._database, chain), self._checks, self._at, self._keys())
        with checked.reader as reader:  # type: ignore[attr-defined]
            for name, events, rows in side_by_side(reader):
                checked.chain(name, events, rows)
            checked.findings += checked.keys.rest()
            if chain == OFFICE and checked.registers is not None:
                checked.findings += registers_differ(self._office, checked.registers, checked.reader)
        return checked.findings

    def _keys(self) -> KeyCheck:
        return KeyCheck(self._office, self._at)
