"""Move an office into another database: every row, the bytes of the history unchanged, verified where they arrive."""

from dataclasses import dataclass
from typing import Protocol

from npm_cases.domain.errors import IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.history.tree import root_of
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader
from npm_cases.services.verify import verify


class Target(Protocol):
    """An empty database that is being filled; whatever is in it is gone again unless ``keep`` was called."""

    def fill(self) -> tuple[int, str]: ...
    @property
    def reader(self) -> Reader: ...
    def keep(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived: rows of all tables, events, the SHA-256 over the history, size and root of the log, what was not checked."""

    rows: int
    events: int
    history: str
    size: int
    root: str
    notes: tuple[str, ...]


def move_office(office: Office, target: Target, at: str) -> Moved:
    """Copy an office into an empty database and verify the whole history there; the original is only read.

    Raises IntegrityBroken when what arrived differs from what was read or does not verify: nothing is kept then.
    """
    rows, history = target.fill()
    found = verify(office, target.reader, at)
    if found.findings:
        first = found.findings[0]
        told = f"{first.case or 'the log'}: {first.what}"
        raise IntegrityBroken(say("copy_does_not_verify", count=len(found.findings), first=told))
    log = target.reader.tree()
    size = log.size()
    moved = Moved(rows, found.events, history, size, root_of(log.node, size).hex(), found.notes)
    target.keep()
    return moved
