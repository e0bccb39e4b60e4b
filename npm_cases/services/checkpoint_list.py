"""The checkpoints of the log for people: what each covers beyond the one before it, and which witnesses signed it when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import as_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.notes import NoteWrong, cosignature_time, parse_line
from npm_cases.services.log import NO_BOUND, Log, StoredCheckpoint


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness by the name of its key, and when it says it signed (UTC text; empty where its line cannot be read)."""

    witness: str
    at: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One checkpoint. ``first`` and ``last`` are the entries it covers and the one before it does not; -1 for none."""

    number: int
    size: int
    root: str
    at: str
    first: int
    last: int
    witnesses: tuple[Cosigned, ...]


@dataclass(frozen=True, slots=True)
class CheckpointPage:
    """Some checkpoints, newest first, and the number to go on below; 0 at the end."""

    rows: tuple[Listed, ...]
    next: int


def checkpoint_page(log: Log, actor: Actor, size: int, before: int = 0) -> CheckpointPage:
    """Return a page of the checkpoints numbered below a bound; 0 is no bound.

    Raises NotAllowed.
    """
    access.need(actor, "look into the log")
    found = list(islice(log.newest(before or NO_BOUND), size + 1))
    sizes = [one.size for one in found[1:]] + [0]
    rows = tuple(_listed(one, older) for one, older in zip(found[:size], sizes, strict=False))
    return CheckpointPage(rows, rows[-1].number if len(found) > size else 0)


def one_checkpoint(log: Log, actor: Actor, number: int) -> StoredCheckpoint:
    """Return one checkpoint with its cosignatures.

    Raises NotFound; NotAllowed.
    """
    access.need(actor, "look into the log")
    found = next(iter(log.newest(number + 1)), None)
    if found is None or found.number != number:
        raise NotFound(say("no_checkpoint", number=number))
    return found


def _listed(one: StoredCheckpoint, older: int) -> Listed:
    covers = (older, one.size - 1) if one.size > older else (-1, -1)
    return Listed(one.number, one.size, one.root.hex(), one.at, *covers, tuple(cosigned(one.cosignatures)))


def cosigned(lines: Iterable[str]) -> Iterator[Cosigned]:
    """Yield who cosigned and when, as the lines say; that they hold was checked when they were kept."""
    for text in lines:
        try:
            line = parse_line(text)
            yield Cosigned(line.name, as_text(datetime.fromtimestamp(cosignature_time(line), UTC)))
        except (NoteWrong, ValueError, OverflowError, OSError):
            yield Cosigned(text[:40], "")
