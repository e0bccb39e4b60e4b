"""Places where an office may be put: a file that is not there, a database of a server in which nothing is."""

import os
from pathlib import Path

from sqlalchemy import Connection, Integer, Select, inspect, literal_column, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from npm_cases.domain.errors import BadInput, Conflict
from npm_cases.domain.messages import say
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import HEAD, revision
from npm_cases.persistence.schema import meta, metadata

BESIDE = ("", "-wal", "-shm", "-journal")
"""A database of SQLite and what lies beside it: the log of a lost database must not be folded into another."""
_ONE = literal_column("1", Integer)
_ANY: dict[str, Select[tuple[int]]] = {
    table.name: select(_ONE).select_from(table).limit(1) for table in metadata.sorted_tables
}


def file_of(url: str) -> Path | None:
    """Return the file a URL of SQLite names, None for a database of a server.

    Raises BadInput for a text that is no URL of a database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadInput(say("no_database_url")) from error
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "").absolute()


def need_no_file(file: Path, source: Database | None = None) -> None:
    """Let pass only a place where no database is, nor anything left of one.

    Raises Conflict; for the very file of ``source`` it says so.
    """
    there = [one for one in (file.with_name(file.name + end) for end in BESIDE) if one.exists()]
    if not there:
        return
    own = source.engine.url.database if source is not None and source.is_sqlite else None
    if own and file in there and file.samefile(own):
        raise Conflict(say("target_is_this_office", target=file))
    raise Conflict(say("target_not_empty", target=there[0]))


def need_empty(target: Database, origin: str = "") -> None:
    """Let pass only a database of a server without tables, or with ours at this revision and not a row in them.

    Raises Conflict.
    """
    where, found = target.engine.url.render_as_string(), revision(target)
    with target.connection() as connection:
        if found and origin and _origin(connection) == origin:
            raise Conflict(say("target_is_this_office", target=where))
        if not found and inspect(connection).get_table_names():
            raise Conflict(say("target_not_empty", target=where))
        if found and found != HEAD:
            raise Conflict(say("target_of_another_revision", target=where, found=found, ours=HEAD))
        if found and any(connection.execute(_ANY[table.name]).first() for table in metadata.sorted_tables):
            raise Conflict(say("target_not_empty", target=where))


def put_in_place(partial: Path, file: Path) -> None:
    """Give a whole file its name, never in the place of another, and make both durable.

    Raises Conflict when a file of that name came meanwhile.
    """
    sync(partial)
    try:
        os.link(partial, file)
        partial.unlink()
    except FileExistsError as error:
        raise Conflict(say("target_not_empty", target=file)) from error
    except OSError:  # a file system without links
        partial.rename(file)
    sync(file.parent)


def sync(path: Path) -> None:
    """Have the disk keep what a file or a folder holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def origin_in(database: Database) -> str:
    """Return the name of the log a database holds."""
    with database.connection() as connection:
        return _origin(connection)


def _origin(connection: Connection) -> str:
    return str(connection.execute(select(meta.c.value).where(meta.c.name == "origin")).scalar() or "")
