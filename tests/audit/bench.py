"""A made history laid on a bench: its triggers are off, any row can be changed and put back, and it can be verified at will."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, and_, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import CaseError
from npm_cases.history.event import OFFICE
from npm_cases.persistence.database import Database
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.schema import metadata
from npm_cases.proving.trust import Trust
from npm_cases.proving.verdict import Finding
from npm_cases.services.verify import Verification, verify
from tests.audit.made_history import END, settings
from tests.audit.one_chain import ChainChecks

Row = dict[str, Any]

# Which column of a table names its chain; the others belong to the office, or to none.
CHAIN_OF = {
    "cases": "id", "chains": "id", "case_events": "chain", "log_entries": "chain", "sealed_texts": "chain",
    "obligations": "chain", "rungs_taken": "chain", "outbox": "chain", "documents": "chain", "approvals": "chain",
    "consents": "chain", "links": "from_case", "exclusions": "chain", "import_rows": "case_id",
}  # fmt: skip
OF_THE_OFFICE = frozenset(
    {
        "bodies", "places", "visits", "holders", "users", "incidents", "import_batches", "meta", "accounts", "api_tokens",
        "absences",
    }
)  # fmt: skip


class Refused(Exception):
    """The database itself does not take such a row."""


class Bench:
    """One installation under the hands of somebody who owns the database and knows the format."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.app: App = build(settings(folder, url))
        self.owner = Database(url or f"sqlite:///{folder / 'cases.db'}")
        self._without_triggers()
        self.rows = {name: self.read(name) for name in metadata.tables}
        self._chains = ChainChecks(self.app.office, self.app.database, END)

    def _without_triggers(self) -> None:
        with self.owner.connection(writing=True) as connection:
            if self.owner.is_sqlite:
                for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                for name in inspect(connection).get_table_names():
                    if name in metadata.tables:
                        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))

    def close(self) -> None:
        self.owner.close()
        self.app.close()

    def read(self, name: str) -> list[Row]:
        table = metadata.tables[name]
        order = [table.c.idx] if name == "log_entries" else list(table.primary_key.columns)
        with self.owner.connection() as connection:
            found = connection.execute(select(table).order_by(*order)).mappings()
            return [{key: bytes(v) if isinstance(v, memoryview) else v for key, v in row.items()} for row in found]

    def change(self, name: str, was: Row, values: Mapping[str, Any]) -> Row:
        """Change one row and return it as it is now; raises Refused."""
        table = metadata.tables[name]
        self._run(update(table).where(_is(table, was)).values(**values))
        return {**was, **values}

    def delete(self, name: str, row: Row) -> None:
        table = metadata.tables[name]
        self._run(delete(table).where(_is(table, row)))

    def insert(self, name: str, rows: Iterable[Row]) -> None:
        self._run(insert(metadata.tables[name]), list(rows))

    def _run(self, statement: Any, values: list[Row] | None = None) -> None:
        if values == []:
            return
        try:
            with self.owner.connection(writing=True) as connection:
                connection.execute(statement, values) if values else connection.execute(statement)
        except (CaseError, DatabaseError) as refused:
            raise Refused(str(refused)) from refused

    def lay(self, tables: Mapping[str, list[Row]]) -> None:
        """Lay whole tables anew, each in the order of its rows."""
        with self.owner.connection(writing=True) as connection:
            for name, rows in tables.items():
                connection.execute(delete(metadata.tables[name]))
                if rows:
                    connection.execute(insert(metadata.tables[name]), rows)

    @contextmanager
    def laid(self, tables: Mapping[str, list[Row]]) -> Iterator[None]:
        """Lay tables anew for the length of the block."""
        try:
            self.lay(tables)
            yield
        finally:
            self.lay({name: self.rows[name] for name in tables})

    def verify(self, trust: Trust | None = None) -> Verification:
        with SqlReader(self.app.database) as reader:
            return verify(self.app.office, reader, END, *([trust] if trust else []))

    def found(self, name: str = "", row: Row | None = None) -> list[Finding]:
        """Findings after one row was changed: of its chain alone where that suffices, else of everything.

        A chain's findings are among those of the whole, so looking at the chain first can only be quicker.
        """
        chain = row[CHAIN_OF[name]] if row is not None and name in CHAIN_OF else OFFICE if name in OF_THE_OFFICE else ""
        narrow = self._chains.findings(chain) if chain else []
        if narrow:
            return narrow
        return list(self.verify().findings)


def _is(table: Table, row: Row) -> Any:
    return and_(*[column == row[column.name] for column in table.primary_key.columns])
