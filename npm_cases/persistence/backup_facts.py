"""What a database says of itself, for the manifest of its backup and for the check of one."""

from collections.abc import Iterator

from sqlalchemy import Integer, func, literal_column, select, text

from npm_cases.domain.errors import ConfigurationError, IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.history.event import EventType
from npm_cases.history.tree import root_of
from npm_cases.persistence.database import Database
from npm_cases.persistence.empty_place import origin_in
from npm_cases.persistence.log_tree import SqlLog
from npm_cases.persistence.migrate import revision
from npm_cases.persistence.schema import case_events, case_keys, documents, sealed_texts
from npm_cases.services.backups import Facts

_EVENTS = select(func.count()).select_from(case_events)
_KEYS = select(literal_column("1", Integer)).select_from(case_keys).limit(1)
_DOCUMENTS = select(documents.c.id).order_by(documents.c.id)
_ERASED = select(case_events.c.chain).where(case_events.c.type == EventType.ERASED.value)
_PROTECTED = select(sealed_texts.c.chain).union(select(documents.c.chain))
_WHOLE = text("PRAGMA integrity_check")


def facts_of(database: Database) -> Facts:
    """Return the facts of a database in one state."""
    with SqlLog(database) as log:
        size, last = log.size(), log.last_checkpoint()
        return Facts(
            origin=origin_in(database),
            revision=revision(database),
            events=int(log.tx.one(_EVENTS)[0]),
            log_size=size,
            log_root=root_of(log.node, size).hex(),
            checkpoint=last.whole if last else "",
            documents=tuple(name for (name,) in log.tx.stream(_DOCUMENTS)),
        )


def need_no_keys(database: Database) -> None:
    """Let pass only a database without keys, as every one is since keys have a store of their own.

    Raises ConfigurationError.
    """
    with database.connection() as connection:
        if connection.execute(_KEYS).first():
            raise ConfigurationError(say("keys_among_cases"))


def need_whole(database: Database) -> None:
    """Let pass only a SQLite file whose pages, rows and indexes agree.

    Raises IntegrityBroken with the first thing that does not.
    """
    try:
        with database.connection() as connection:
            found = connection.execute(_WHOLE).scalar()
    except database.driver_error as error:
        raise IntegrityBroken(say("backup_database_broken", wrong=error)) from error
    if found != "ok":
        raise IntegrityBroken(say("backup_database_broken", wrong=found))


def protected_cases(database: Database) -> Iterator[str]:
    """Yield every chain with a sealed text or a document."""
    with database.reading() as tx:
        for (chain,) in tx.stream(_PROTECTED):
            yield chain


def erased_cases(database: Database) -> frozenset[str]:
    """Return the cases whose erasure the history tells."""
    with database.reading() as tx:
        return frozenset(chain for (chain,) in tx.stream(_ERASED))
