"""How the log stands, on one page: the newest checkpoint, what it does not cover, the day so far, open incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor
from npm_cases.domain.working_days import ONE_DAY
from npm_cases.services.exclusion import names_of
from npm_cases.services.incidents import open_incidents
from npm_cases.services.log import Log, StoredCheckpoint
from npm_cases.services.ports import Office

COUNTED = 20_000
"""The events of a day are counted among so many of the newest: on a day of a large import there are more."""


class AuditViews(Protocol):
    """What the overview needs from outside."""

    def waiting_events(self) -> int: ...
    def newest_by_type(
        self, since: str, before: str, most: int, kept_from: Sequence[str]
    ) -> tuple[dict[str, int], bool]: ...
    def open_incidents(self, kept_from: Collection[str] = ()) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the log: ``entries`` have a place in it, ``waiting`` have none yet, ``beyond`` no checkpoint covers.

    ``age`` is that of the newest checkpoint. ``today`` counts the events of the day by type, the most frequent first,
    without those of cases kept from the reader; ``is_capped`` says that there are more. Incidents are the open ones, oldest first.
    """

    day: date
    entries: int
    waiting: int
    beyond: int
    checkpoint: StoredCheckpoint | None
    age: timedelta
    today: tuple[tuple[str, int], ...]
    is_capped: bool
    incidents: tuple[dict[str, Any], ...]


def overview(office: Office, views: AuditViews, log: Log, actor: Actor, at: str) -> Overview:
    """Return how the log stands at an instant; the day is that of the pack's zone.

    Raises NotAllowed.
    """
    access.need(actor, "look into the log")
    zone, end_of = office.pack.zone, office.times.end_of
    day = office.times.day(from_text(at))
    since, before = end_of(day - ONE_DAY, zone), end_of(day, zone)
    found, is_capped = views.newest_by_type(since, before, COUNTED, names_of(actor))
    entries, last = log.size(), log.last_checkpoint()
    return Overview(
        day=day, entries=entries, waiting=views.waiting_events(), beyond=entries - last.size if last else entries,
        checkpoint=last, age=from_text(at) - from_text(last.at) if last else timedelta(),
        today=tuple(sorted(found.items(), key=lambda one: (-one[1], one[0]))), is_capped=is_capped,
        incidents=tuple(open_incidents(views, actor)),
    )  # fmt: skip
