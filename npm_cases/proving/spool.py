"""A bundle sorted by chain in a file that is thrown away: a log of a million events must not be held in memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from npm_cases.proving.bundle_reading import BundleWrong

_SETTINGS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000; PRAGMA temp_store=FILE;"
_TABLES = """
CREATE TABLE events (idx INTEGER PRIMARY KEY, chain TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE states (chain TEXT, key TEXT, value TEXT, PRIMARY KEY (chain, key)) WITHOUT ROWID;
CREATE TABLE derivations (chain TEXT, key TEXT, value TEXT, PRIMARY KEY (chain, key)) WITHOUT ROWID;
CREATE TABLE documents (chain TEXT, key TEXT, value TEXT, PRIMARY KEY (chain, key)) WITHOUT ROWID;
CREATE TABLE texts (chain TEXT, key TEXT, value TEXT, PRIMARY KEY (chain, key)) WITHOUT ROWID;
"""
_ADD = {
    "states": "INSERT INTO states VALUES (?, ?, ?)",
    "derivations": "INSERT INTO derivations VALUES (?, ?, ?)",
    "documents": "INSERT INTO documents VALUES (?, ?, ?)",
    "texts": "INSERT INTO texts VALUES (?, ?, ?)",
}
_OF_CHAIN = {
    "states": "SELECT key, value FROM states WHERE chain = ?",
    "derivations": "SELECT key, value FROM derivations WHERE chain = ?",
    "documents": "SELECT key, value FROM documents WHERE chain = ?",
    "texts": "SELECT key, value FROM texts WHERE chain = ?",
}
_CHAINS = """
SELECT DISTINCT chain FROM events UNION SELECT chain FROM states UNION SELECT chain FROM derivations
UNION SELECT chain FROM documents UNION SELECT chain FROM texts
"""


class Spool:
    """A temporary database: events by index, and what stands beside them by chain. A context manager.

    ``states``, ``derivations``, ``documents`` and ``texts`` hold text by chain and a key within it.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="npm-verify-")
        self._database = sqlite3.connect(Path(self._folder.name) / "spool.db", isolation_level=None)
        self._database.executescript(_SETTINGS + _TABLES)
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def add_events(self, events: Iterable[tuple[int, str, bytes]]) -> None:
        """Take all events: index, chain, bytes. Raises BundleWrong for an index that comes twice."""
        try:
            self._database.executemany("INSERT INTO events VALUES (?, ?, ?)", events)
        except sqlite3.IntegrityError as wrong:
            raise BundleWrong("indexes.txt: an index stands twice") from wrong
        self._database.execute("CREATE INDEX events_by_chain ON events (chain)")

    def add(self, table: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Take all rows of one table: chain, key, value. Raises BundleWrong for a key that comes twice."""
        try:
            self._database.executemany(_ADD[table], rows)
        except sqlite3.IntegrityError as wrong:
            raise BundleWrong(f"{table}.jsonl: a line stands twice") from wrong

    def chains(self) -> Iterator[str]:
        """Name every chain anything was said of, in order."""
        with closing(self._database.execute(_CHAINS)) as rows:
            for (chain,) in rows:
                yield chain

    def events_of(self, chain: str) -> Iterator[tuple[int, bytes]]:
        """Walk over the events of a chain in log order: index, bytes."""
        query = "SELECT idx, data FROM events WHERE chain = ? ORDER BY idx"
        with closing(self._database.execute(query, (chain,))) as rows:
            yield from rows

    def index_of(self, chain: str, seq: int) -> int | None:
        """Return the index of an event of a chain whose events stand in order without a gap."""
        query = "SELECT idx FROM events WHERE chain = ? ORDER BY idx LIMIT 1 OFFSET ?"
        row = self._database.execute(query, (chain, max(seq - 1, 0))).fetchone()
        return row[0] if row else None

    def has_events(self, chain: str) -> bool:
        """Say whether any event is of this chain."""
        return self._database.execute("SELECT 1 FROM events WHERE chain = ? LIMIT 1", (chain,)).fetchone() is not None

    def of_chain(self, table: str, chain: str) -> dict[str, str]:
        """Return what one table says of a chain, by key."""
        return dict(self._database.execute(_OF_CHAIN[table], (chain,)))

    def all_events(self) -> Iterator[tuple[int, bytes]]:
        """Walk over all events in log order: index, bytes."""
        with closing(self._database.execute("SELECT idx, data FROM events ORDER BY idx")) as rows:
            yield from rows

    def event_at(self, index: int) -> bytes | None:
        """Return the event of an index, None when it is not inside."""
        row = self._database.execute("SELECT data FROM events WHERE idx = ?", (index,)).fetchone()
        return row[0] if row else None

    def events_between(self, first: int, end: int) -> Iterator[bytes]:
        """Walk over the events of the indices from ``first`` up to, not including, ``end``."""
        query = "SELECT data FROM events WHERE idx >= ? AND idx < ? ORDER BY idx"
        with closing(self._database.execute(query, (first, end))) as rows:
            yield from (data for (data,) in rows)
