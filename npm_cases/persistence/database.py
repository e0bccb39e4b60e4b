"""The connection to one database: pool and dialect by SQLAlchemy, one raw transaction at a time on the hot paths.

A statement is a SQLAlchemy Core construct, compiled once per dialect and then run on the driver's own cursor: the Core
keeps the SQL portable, the cursor keeps it fast (docs/performance.md).
"""

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError, TimeoutError as PoolTimeoutError
from sqlalchemy.sql import ClauseElement

from npm_cases.domain.errors import AskAgain, ConfigurationError, OutcomeUnknown, TryAgain
from npm_cases.domain.messages import say
from npm_cases.persistence.driver_errors import LOCKED, told, unknown
from npm_cases.persistence.server import server_engine
from npm_cases.persistence.turns import Turns

Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]

PRAGMAS: Mapping[str, object] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit that was acknowledged survives a power cut
    "foreign_keys": 1,
    "recursive_triggers": 1,  # without it INSERT OR REPLACE overwrites history silently (AUDIT T1)
    "trusted_schema": 0,
    "secure_delete": 1,
    "cache_size": -32_000,  # 32 MB: keys are random, so their index pages should stay in memory
    "wal_autocheckpoint": 8_000,  # 32 MB of log before it is folded into the file: a batch is written once
}
COME_BACK_SECONDS = 0.1  # between two tries to reach a server that was lost
MOST_PREPARED = 1_024
STREAM_ROWS = 250  # rows of wide tables held at once
PAGE_ROWS = 2_000  # rows of the log held at once
WRITING = "writing"

WHERE = "b_"  # parameters of a WHERE begin with this; all others are columns


class Prepared:
    """One statement for one dialect: its SQL and the order of its parameters."""

    __slots__ = ("arrange", "sql")

    def __init__(self, statement: ClauseElement, engine: Engine, names: Sequence[str] | None) -> None:
        columns = [name for name in names if not name.startswith(WHERE)] if names else None
        compiled = statement.compile(dialect=engine.dialect, column_keys=columns)
        self.sql = str(compiled)
        binds = getattr(compiled, "binds", {})  # literals of the statement itself; the others are given with each run
        fixed = {name: bind.value for name, bind in binds.items() if not bind.required and bind.value is not None}
        order = getattr(compiled, "positiontup", None)
        self.arrange = _named(fixed) if order is None else _positional(order, fixed)


def _named(fixed: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
    return (lambda values: {**fixed, **values}) if fixed else dict


def _positional(order: Sequence[str], fixed: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
    if not order:
        return lambda _: ()
    if len(order) == 1:
        only = order[0]
        return lambda values: (values[only] if only in values else fixed[only],)
    pick = itemgetter(*order)
    return (lambda values: pick({**fixed, **values})) if fixed else pick


class Database:
    """One database by its URL; SQLite files are opened with the pragmas of AUDIT section 2, read back at connect."""

    def __init__(self, url: str, busy_seconds: float = 10.0, authorizer: Authorizer | None = None) -> None:
        self._busy_seconds = busy_seconds
        self.lost_at = -math.inf
        self._authorizer = authorizer  # held by SQLite connections; on PostgreSQL the grants do the same
        try:
            parsed = make_url(url)
            self.is_sqlite = parsed.get_backend_name() == "sqlite"
            file = parsed.database if self.is_sqlite else None
            self.turns = Turns(Path(file) if file and file != ":memory:" else None, busy_seconds)
            self.engine = (_sqlite_engine if self.is_sqlite else server_engine)(url, busy_seconds)
            if self.is_sqlite and authorizer is not None:
                event.listen(self.engine, "connect", lambda link, _: link.set_authorizer(authorizer))
        except (ArgumentError, ModuleNotFoundError) as error:
            raise ConfigurationError(
                f"NPM_CASES_DATABASE_URL is not usable ({error}); use for example postgresql+psycopg://user@host/name "
                "with the extra [postgres] installed"
            ) from error
        self.driver_error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        self._prepared: dict[tuple[int, tuple[str, ...] | None], tuple[ClauseElement, Prepared]] = {}

    def prepared(self, statement: ClauseElement, names: tuple[str, ...] | None = None) -> Prepared:
        """Return the compiled form of a statement; the statement itself is kept alive with it."""
        found = self._prepared.get((id(statement), names))
        if found is None:
            if len(self._prepared) >= MOST_PREPARED:
                self._prepared.clear()
            found = (statement, Prepared(statement, self.engine, names))
            self._prepared[id(statement), names] = found
        return found[1]

    def begin(self) -> "Transaction":
        """Open a transaction for writing; on SQLite the writer lock is taken at once (BEGIN IMMEDIATE).

        Raises TryAgain when the database stays locked or cannot be reached.
        """
        return Transaction(self, writing=True)

    def reading(self) -> "Transaction":
        """Open a transaction for reading: it sees one state of the database throughout."""
        return Transaction(self, writing=False)

    @contextmanager
    def connection(self, *, writing: bool = False) -> Iterator[Connection]:
        """Open a connection of the Core, for views and migrations; what it did is kept when the block ends well.

        Raises TryAgain when the database stays locked or cannot be reached.
        """
        try:
            with self.engine.execution_options(**{WRITING: writing}).begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeoutError, self.driver_error) as error:
            raise told(getattr(error, "orig", None) or error) from error

    @contextmanager
    def changing_schema(self) -> Iterator[Connection]:
        """Open a connection that may change the schema, for migrations alone; raises like ``connection``."""
        with self.connection(writing=True) as connection:
            link: Any = connection.connection.driver_connection if self._authorizer and self.is_sqlite else None
            if link is not None:
                link.set_authorizer(None)
            try:
                yield connection
            finally:
                if link is not None:
                    link.set_authorizer(self._authorizer)

    def connected(self) -> Any:
        """Return a connection of the pool; a server that was lost a moment ago is waited for until it is back.

        Raises TryAgain when it cannot be reached in the time another writer is waited for.
        """
        while True:
            try:
                return self.engine.raw_connection()
            except (DBAPIError, PoolTimeoutError, self.driver_error) as error:
                if monotonic() > self.lost_at + self._busy_seconds:
                    raise TryAgain(say("database_unreachable", wrong=error)) from error
                sleep(COME_BACK_SECONDS)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self.turns.close()


class Transaction:
    """One transaction on one pooled connection; everything is undone unless ``commit`` was called.

    Raises, from every method: TryAgain when a lock, the disk or the server stood in the way; Conflict when another
    transaction wrote the same row first; IntegrityBroken when a trigger of the history refused.
    """

    def __init__(self, database: Database, *, writing: bool) -> None:
        self.database = database
        self._open = True
        self._pipeline: Any = None
        self._has_turn = database.is_sqlite and writing
        if self._has_turn and not database.turns.take():
            raise TryAgain(LOCKED)
        self._is_committing = False
        try:
            self._fairy = database.connected()
        except BaseException:
            self._give_turn()
            raise
        try:
            self.cursor: DBAPICursor = self._fairy.cursor()
            self._to_begin = ""
            if database.is_sqlite:
                self._execute("BEGIN IMMEDIATE" if writing else "BEGIN", ())
            else:
                self._link.autocommit = True  # BEGIN goes with the first statement, in one round trip
                self._to_begin = "BEGIN" if writing else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> int:
        """Run one statement and return how many rows it touched."""
        prepared = self.database.prepared(statement, tuple(values) if values is not None else None)
        self._execute(prepared.sql, prepared.arrange(values or {}))
        if self._pipeline is not None:
            self._answered()
        return int(self.cursor.rowcount)

    def many(self, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for many rows at once."""
        if not rows:
            return
        prepared = self.database.prepared(statement, tuple(rows[0]))
        if len(rows) == 1:  # psycopg waits three times for what is to be run many times
            self._execute(prepared.sql, prepared.arrange(rows[0]))
            return
        self._begin()
        try:
            self.cursor.executemany(prepared.sql, list(map(prepared.arrange, rows)))
        except self.database.driver_error as error:
            raise self._noted(told(error)) from error

    def tuples(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Run a query and return its rows as tuples."""
        prepared = self.database.prepared(statement, None)
        self._execute(prepared.sql, prepared.arrange(values or {}))
        return list(self.cursor.fetchall())

    def stream(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Run a query and hand out its rows one by one, in bounded memory; other queries may run in between."""
        with closing(self.pages(statement, values, STREAM_ROWS)) as pages:
            for page in pages:
                yield from page

    def pages(
        self, statement: ClauseElement, values: Mapping[str, Any] | None = None, at_once: int = PAGE_ROWS
    ) -> Generator[list[Any], None, None]:
        """Run a query and hand out its rows many at a time, in bounded memory."""
        prepared = self.database.prepared(statement, None)
        arranged = prepared.arrange(values or {})
        self._begin()
        link = self._link
        cursor = link.cursor() if self.database.is_sqlite else link.cursor(name=f"stream_{id(arranged)}", binary=True)
        try:
            cursor.execute(prepared.sql, arranged)
            while page := cursor.fetchmany(at_once):
                yield page
        except self.database.driver_error as error:
            raise told(error) from error
        finally:
            cursor.close()

    def one(self, statement: ClauseElement, values: Mapping[str, Any] | None = None) -> Any:
        """Run a query and return its first row, or None."""
        prepared = self.database.prepared(statement, None)
        self._execute(prepared.sql, prepared.arrange(values or {}))
        return self.cursor.fetchone()

    def asked_together(self, asked: Sequence[tuple[ClauseElement, Mapping[str, Any]]]) -> list[list[Any]]:
        """Run queries that do not wait for each other's answers, on PostgreSQL all in one round trip; their rows as tuples."""
        if self.database.is_sqlite:
            return [self.tuples(statement, values) for statement, values in asked]
        cursors = []
        with self.together():
            for statement, values in asked:
                prepared = self.database.prepared(statement, None)
                self._execute(prepared.sql, prepared.arrange(values))
                cursors.append(self.cursor)
        return [list(cursor.fetchall()) for cursor in cursors]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is run inside without waiting for each answer, on PostgreSQL; an error of any of it is raised at the end."""
        if self.database.is_sqlite:
            yield
            return
        try:
            with self._link.pipeline() as self._pipeline:
                yield
        except self.database.driver_error as error:
            raise self._noted((unknown if self._is_committing else told)(error)) from error
        else:
            self._open = self._open and not self._is_committing
        finally:
            self._pipeline, self._is_committing = None, False

    def _answered(self) -> None:
        try:
            self._pipeline.sync()
        except self.database.driver_error as error:
            raise self._noted(told(error)) from error

    def commit(self) -> None:
        """Make everything of this transaction durable together; inside ``together`` it is sent with the rest."""
        if self._pipeline is not None:
            self._is_committing = True
            if not self._to_begin:  # else nothing was done that could be made durable
                self._plainly("COMMIT")
            return
        try:
            if self.database.is_sqlite:
                self.cursor.execute("COMMIT")
            else:
                self._fairy.commit()
        except self.database.driver_error as error:
            raise self._noted(unknown(error)) from error
        self._open = False

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        try:
            if self._open:
                self._open = False
                self._fairy.rollback()
            if not self.database.is_sqlite:
                self._link.autocommit = False
        except self.database.driver_error:
            self._fairy.invalidate()  # the server is gone and has undone it; the error that led here is told
        finally:
            self._fairy.close()
            self._give_turn()

    def _give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self.database.turns.give()

    @property
    def _link(self) -> Any:
        """The driver's own connection."""
        return self._fairy.driver_connection

    def _begin(self) -> None:
        """Begin the transaction on PostgreSQL, with the first statement that needs it."""
        if self._to_begin:
            begin, self._to_begin = self._to_begin, ""
            self._plainly(begin)

    def _plainly(self, sql: str) -> None:
        """Run a statement that begins or ends a transaction: it is prepared nowhere."""
        try:
            self._link.cursor().execute(sql, prepare=False)
        except self.database.driver_error as error:
            raise self._noted(told(error)) from error

    def _execute(self, sql: str, values: Any) -> None:
        self._begin()
        if self._pipeline is not None:
            self.cursor = self._fairy.cursor()  # its answer comes later, and is its own
        try:
            self.cursor.execute(sql, values)
        except self.database.driver_error as error:
            raise self._noted(told(error)) from error

    def _noted(self, error: BaseException) -> BaseException:
        """Note that the server was lost, so that the next transaction waits for it to come back."""
        if isinstance(error, AskAgain | OutcomeUnknown):
            self.database.lost_at = monotonic()
        return error


def _sqlite_engine(url: str, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        pool_use_lifo=True,  # the connection used last has its pages and statements in memory
        connect_args={
            "isolation_level": None, "timeout": busy_seconds, "check_same_thread": False,
            "cached_statements": MOST_PREPARED,
        },
    )  # fmt: skip
    event.listen(engine, "connect", _harden)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin what the driver would leave out: a view sees one state, a migration is made as a whole or not at all."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN")


def _harden(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    for name, wanted in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={wanted}")
        row = cursor.execute(f"PRAGMA {name}").fetchone()
        if row is None or row[0] != wanted:
            raise ConfigurationError(f"SQLite did not accept {name}={wanted} (it says {row}); use another build of it")
    cursor.close()
