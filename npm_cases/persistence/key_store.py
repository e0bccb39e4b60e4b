"""The key store: the key of each case, wrapped, and names by token, in a database of its own.

It has its own file, backups and retention, so that a key destroyed here is gone although backups of the cases live on
(SECURITY section 1). A key is committed here before the case it is for: a key without a case does no harm.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Column, Index, LargeBinary, MetaData, Table, Text, delete, insert, inspect, select, text, update
from sqlalchemy.dialects import postgresql

from npm_cases.domain.errors import ConfigurationError, TryAgain
from npm_cases.domain.messages import say
from npm_cases.persistence.database import Database
from npm_cases.persistence.statements import b
from npm_cases.persistence.truncating import truncate_log
from npm_cases.services.ports import CaseKey, Keys

FORMAT = "1"
NAMES = "name-index"
"""The row whose key makes the tokens of names; no case has an id like it."""
ACCOUNTS = "accounts"
"""The row whose key seals the second factors of people."""
OWN = (NAMES, ACCOUNTS)
"""Keys of the installation itself, beside those of its cases."""
MOST_ASKED = 500
ABSENT = (
    "the key store is not at hand: protected text can neither be opened nor written; put it back from its own backup "
    "(`npm-cases keys backup` makes them), or set NPM_CASES_KEY_STORE_URL"
)

metadata = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True, sqlite_with_rowid=False)


about = _table("meta", Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
case_keys = _table(
    "case_keys",
    Column("case_id", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapping", Text, nullable=False),
    Column("made_at", Text, nullable=False),
)
name_index = _table("name_index", Column("token", Text, primary_key=True), Column("chain", Text, primary_key=True))
Index("ix_name_index_chain", name_index.c.chain)

_KEY = select(case_keys.c.wrapped, case_keys.c.wrapping).where(case_keys.c.case_id == b("case"))
_KEYS = select(case_keys.c.case_id, case_keys.c.wrapped, case_keys.c.wrapping)
_ADD_KEY = insert(case_keys)
_WRAPPING = select(about.c.value).where(about.c.name == "wrapping")
_WRAPPING_SHARED = _WRAPPING.with_for_update(read=True)  # a rotation waits for those who add a key, and they for it
_ADD_TOKEN = insert(name_index).prefix_with("OR IGNORE", dialect="sqlite")
_ADD_TOKEN_ON_SERVER = postgresql.insert(name_index).on_conflict_do_nothing()


class CaseKeys(Keys, Protocol):
    """What a unit of work and the vault ask of a key store."""

    @property
    def wrapping(self) -> str: ...
    def find(self, case_id: str) -> CaseKey | None: ...
    def add(self, keys: Sequence[tuple[CaseKey, str]], tokens: Iterable[tuple[str, str]] = ()) -> None: ...


class KeyStore:
    """The keys of one installation; ``beside`` are databases whose log goes too when something is destroyed.

    Raises, from every method: TryAgain when a lock, the disk or the server stood in the way.
    """

    at_hand = True

    def __init__(self, database: Database, beside: Sequence[Database] = ()) -> None:
        self.database = database
        self._beside = beside
        self._wrapping = ""

    def is_made(self) -> bool:
        """Say whether there is a key store; looking does not make one."""
        file = self.database.engine.url.database
        if self.database.is_sqlite and not (file and Path(file).exists()):
            return False
        with self.database.connection() as connection:
            return inspect(connection).has_table(name_index.name)

    def make(self, wrapping: str) -> None:
        """Make an empty key store under a wrapping key.

        Raises ConfigurationError for a database that holds the cases: keys and cases are kept apart.
        """
        with self.database.connection(writing=True) as connection:
            if inspect(connection).has_table("alembic_version"):
                raise ConfigurationError(
                    "the key store must be a database of its own, not the one of the cases: its backups are kept for "
                    "another time; change NPM_CASES_KEY_STORE_URL"
                )
            metadata.create_all(connection)
            known = {"format": FORMAT, "wrapping": wrapping}
            connection.execute(insert(about), [{"name": name, "value": value} for name, value in known.items()])

    def check(self) -> None:
        """Let pass only a key store this program can read.

        Raises ConfigurationError.
        """
        if not self.is_made():
            raise ConfigurationError(ABSENT)
        with self.database.connection() as connection:
            found = connection.execute(select(about.c.value).where(about.c.name == "format")).scalar()
        if found != FORMAT:
            raise ConfigurationError(
                f"the key store has format {found}, this program reads {FORMAT}; use another version"
            )

    @property
    def wrapping(self) -> str:
        """The name of the wrapping key in use."""
        if not self._wrapping:
            with self.database.connection() as connection:
                self._wrapping = str(connection.execute(_WRAPPING).scalar())
        return self._wrapping

    def wrapping_now(self) -> str:
        """Return the name of the wrapping key in use, read anew: another program may have rotated it."""
        self._wrapping = ""
        return self.wrapping

    def find(self, case_id: str) -> CaseKey | None:
        """Return the wrapped key of a case, or None when it has none."""
        with self.database.reading() as tx:
            row = tx.one(_KEY, {"b_case": case_id})
        return CaseKey(case_id, bytes(row[0]), row[1]) if row else None

    def add(self, keys: Sequence[tuple[CaseKey, str]], tokens: Iterable[tuple[str, str]] = ()) -> None:
        """Add keys, each with the instant it was made at, and tokens of names with their cases: all, or none.

        Raises TryAgain when the wrapping key was rotated since the keys were wrapped; Conflict when a case has one.
        """
        found = [{"token": token, "chain": chain} for token, chain in tokens]
        rows = [
            {"case_id": key.case, "wrapped": key.wrapped, "wrapping": key.wrapping, "made_at": at} for key, at in keys
        ]
        with self.database.begin() as tx:
            shared = _WRAPPING if self.database.is_sqlite else _WRAPPING_SHARED
            self._wrapping = tx.one(shared)[0]
            if any(key.wrapping != self._wrapping for key, _ in keys):
                raise TryAgain(say("wrapping_key_changed"))
            tx.many(_ADD_KEY, rows)
            tx.many(_ADD_TOKEN if self.database.is_sqlite else _ADD_TOKEN_ON_SERVER, found)
            tx.commit()

    def held(self, case_ids: Collection[str]) -> frozenset[str]:
        """Return those of some cases that have a key."""
        ids, found = iter(case_ids), set[str]()
        with self.database.connection() as connection:
            while asked := list(islice(ids, MOST_ASKED)):
                query = select(case_keys.c.case_id).where(case_keys.c.case_id.in_(asked))
                found.update(row[0] for row in connection.execute(query))
        return frozenset(found)

    def wrapped(self, case_ids: Collection[str]) -> dict[str, CaseKey]:
        """Return the wrapped keys of some cases; a case without one is left out."""
        ids, found = iter(case_ids), dict[str, CaseKey]()
        with self.database.connection() as connection:
            while asked := list(islice(ids, MOST_ASKED)):
                query = _KEYS.where(case_keys.c.case_id.in_(asked))
                found |= {row[0]: CaseKey(row[0], bytes(row[1]), row[2]) for row in connection.execute(query)}
        return found

    def indexed(self, case_ids: Collection[str]) -> frozenset[str]:
        """Return those of some cases that a name is indexed for."""
        ids, found = iter(case_ids), set[str]()
        with self.database.connection() as connection:
            while asked := list(islice(ids, MOST_ASKED)):
                query = select(name_index.c.chain).where(name_index.c.chain.in_(asked)).distinct()
                found.update(row[0] for row in connection.execute(query))
        return frozenset(found)

    def cases_named(self, token: str) -> list[str]:
        """Return the cases a name was sealed in, by the token of the name."""
        query = select(name_index.c.chain).where(name_index.c.token == token).order_by(name_index.c.chain)
        with self.database.connection() as connection:
            return [row[0] for row in connection.execute(query)]

    def destroy(self, case_id: str) -> None:
        """Destroy the key of a case and its names, also what the log of the database still holds of them."""
        with self.database.connection(writing=True) as connection:
            connection.execute(delete(case_keys).where(case_keys.c.case_id == case_id))
            connection.execute(delete(name_index).where(name_index.c.chain == case_id))
        self.scrub()
        for database in self._beside:
            truncate_log(database)

    def scrub(self) -> bool:
        """Overwrite what was deleted, as far as the database can; says whether all of it was done.

        On SQLite deleted bytes are overwritten at once and the log is folded in and cut to nothing, unless somebody
        reads at that moment. On PostgreSQL dead rows are vacuumed; its own log and backups expire by their retention.
        """
        if not self.database.is_sqlite:
            with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM case_keys"))
                connection.execute(text("VACUUM name_index"))
        return truncate_log(self.database)

    def wrap_anew(self, old: str, new: str, again: Callable[[CaseKey], bytes]) -> int:
        """Wrap every key of one wrapping key with another, in one transaction; returns how many keys of cases.

        ``again`` gets a key as it lies and returns it wrapped anew. What is wrapped with ``new`` already is left alone.
        """
        count = 0
        with self.database.connection(writing=True) as connection:
            connection.execute(_WRAPPING.with_for_update())
            query = select(case_keys.c.case_id, case_keys.c.wrapped).where(case_keys.c.wrapping == old)
            for case_id, wrapped in connection.execute(query).all():
                values = {"wrapped": again(CaseKey(case_id, bytes(wrapped), old)), "wrapping": new}
                connection.execute(update(case_keys).where(case_keys.c.case_id == case_id).values(values))
                count += case_id not in OWN
            connection.execute(update(about).where(about.c.name == "wrapping").values(value=new))
        self._wrapping = new
        self.scrub()
        return count

    def wrapped_with(self, name: str) -> int:
        """Count the keys of cases wrapped with a wrapping key."""
        query = select(case_keys.c.case_id).where(case_keys.c.wrapping == name, case_keys.c.case_id.not_in(OWN))
        with self.database.connection() as connection:
            return len(connection.execute(query).all())

    def copy_to(self, file: Path) -> None:
        """Write one consistent state of the key store into a new SQLite file, whatever database it is in."""
        target = Database(f"sqlite:///{file.absolute()}")
        try:
            one_state = self.database.engine.execution_options(
                **({} if self.database.is_sqlite else {"isolation_level": "REPEATABLE READ"})
            )
            with one_state.connect() as reading, target.connection(writing=True) as writing:
                metadata.create_all(writing)
                for table in metadata.sorted_tables:
                    rows = [dict(row) for row in reading.execute(select(table)).mappings()]
                    if rows:
                        writing.execute(insert(table), rows)
            truncate_log(target)
        finally:
            target.close()

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
