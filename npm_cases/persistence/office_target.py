"""An empty database an office is put into: in one transaction, so that it stays empty unless all of it arrives."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from npm_cases.persistence.copying import copy_rows, in_one_file
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.empty_place import BESIDE, file_of, need_empty, need_no_file, origin_in, put_in_place
from npm_cases.persistence.migrate import migrate
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.schema import HISTORY
from npm_cases.persistence.turns import ENDINGS


class OfficeTarget:
    """One empty database while it is filled from another; ``reader`` sees what has arrived before it is kept."""

    def __init__(self, source: Database, target: Database, writing: Transaction) -> None:
        self._source, self._target, self._writing = source, target, writing

    def fill(self) -> tuple[int, str]:
        """Copy every row; returns how many there are, and the SHA-256 over the digests of the history tables."""
        with self._source.reading() as reading:
            copied = copy_rows(reading, self._writing)
        history = sha256("".join(copied[table.name].digest for table in HISTORY).encode()).hexdigest()
        return sum(rows.count for rows in copied.values()), history

    @property
    def reader(self) -> SqlReader:
        """The reading side of what has arrived, in the transaction that brings it."""
        return SqlReader(self._target, lent=self._writing)

    def keep(self) -> None:
        """Make all of it durable together."""
        self._writing.commit()


@contextmanager
def empty_target(source: Database, url: str, busy_seconds: float) -> Iterator[OfficeTarget]:
    """Open an empty database by its URL, a file that is not there or a database of a server, as its owner.

    Raises BadInput for a URL that cannot be used; Conflict when something is there, or tables of another revision.
    """
    file = file_of(url)
    if file is None:
        with _empty_server(source, Database(url, busy_seconds)) as target:
            yield target
        return
    need_no_file(file, source)
    partial = file.with_name(f"{file.name}.part")
    _remove(partial)
    database = Database(f"sqlite:///{partial.absolute()}", busy_seconds)
    try:
        migrate(database)
        with database.begin() as writing:
            yield OfficeTarget(source, database, writing)
        database.close()
        in_one_file(partial)
        put_in_place(partial, file)
    finally:
        database.close()
        _remove(partial)


@contextmanager
def _empty_server(source: Database, target: Database) -> Iterator[OfficeTarget]:
    try:
        need_empty(target, origin_in(source))
        migrate(target)
        with target.begin() as writing:
            yield OfficeTarget(source, target, writing)
    finally:
        target.close()


def _remove(partial: Path) -> None:
    for end in (*BESIDE, *ENDINGS):
        partial.with_name(partial.name + end).unlink(missing_ok=True)
