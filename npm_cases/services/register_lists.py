"""Pages of the registers as people look through them: by the alphabet, by the day, by words of a name; never all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services import cursors
from npm_cases.services.given_days import a_day
from npm_cases.services.ports import Office

Row = Mapping[str, Any]
BY_NAME, BY_DUE, BY_DAY = "name", "due", "day"
SORTS = (BY_NAME, BY_DUE)
PAGE_SIZE, MOST_WORDS, FEW = 50, 6, 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list; empty members do not filter. Days are inclusive (YYYY-MM-DD); ``after`` is a cursor a page gave.

    Every word must stand in the name, or in the id.
    """

    words: str = ""
    region: str = ""
    place: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""
    sort: str = BY_NAME
    after: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as the database is asked for it: ``after`` is the sort value and id of the row before it."""

    words: tuple[str, ...]
    region: str
    place: str
    kind: str
    first: str
    last: str
    sort: str
    after: tuple[str, str] | None
    limit: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows, and the cursor of the next page; empty at the end."""

    rows: tuple[Row, ...]
    next: str


class RegisterLists(Protocol):
    """Reads pages: each row has ``sort``, its place in the order, and ``id``; ``limit`` rows at most.

    ``visits_due`` gives the day the next periodic visit of each place is due, where one runs.
    """

    def bodies(self, asked: Asked) -> list[dict[str, Any]]: ...
    def places(self, asked: Asked) -> list[dict[str, Any]]: ...
    def visits(self, asked: Asked) -> list[dict[str, Any]]: ...
    def users(self, asked: Asked) -> list[dict[str, Any]]: ...
    def places_by_region(self) -> dict[str, int]: ...
    def visits_due(self, places: Sequence[str]) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A place of detention with the day its next periodic visit is due, and its latest visits, newest first."""

    row: Row
    due_on: str
    overdue: bool
    visits: tuple[Row, ...]


def list_bodies(lists: RegisterLists, wanted: Wanted, actor: Actor) -> ListPage:
    """List bodies by name: id, name, kind, superior, superior_name, language, zone.

    Raises NotAllowed; BadInput for a cursor that is none.
    """
    return _page(lists.bodies, wanted, actor, BY_NAME)


def list_places(lists: RegisterLists, wanted: Wanted, actor: Actor) -> ListPage:
    """List places by name, or by the day their periodic visit is due: id, name, kind, region, body, body_name, due_on.

    Raises like ``list_bodies``; BadInput for another order.
    """
    if wanted.sort not in SORTS:
        raise BadInput(say("not_one_of", field="sort", given=quoted(wanted.sort), known=choice_list(SORTS)))
    return _page(lists.places, wanted, actor, wanted.sort)


def list_visits(lists: RegisterLists, wanted: Wanted, actor: Actor) -> ListPage:
    """List visits, newest first: id, place, place_name, kind, region, started_on, ended_on.

    Raises like ``list_bodies``; BadInput for a day that is none.
    """
    for name in ("first", "last"):
        if given := getattr(wanted, name):
            a_day(name, given)
    return _page(lists.visits, wanted, actor, BY_DAY)


def list_users(lists: RegisterLists, wanted: Wanted, actor: Actor) -> ListPage:
    """List users by their id: id, name, roles, regions, language, disabled_at, has_account; for administrators.

    Raises like ``list_bodies``.
    """
    access.need(actor, "see users")
    return _page(lists.users, wanted, actor, BY_NAME)


def one_place(office: Office, lists: RegisterLists, place: str, actor: Actor, at: str) -> PlaceSeen:
    """Show a place with its visits.

    Raises NotFound, NotAllowed.
    """
    access.need(actor, "list a register")
    with office.open_reading() as work:
        found = work.rows("places", {"id": place})
        body = work.rows("bodies", {"id": found[0]["body"]}) if found else []
    if not found:
        raise NotFound(say("no_place", field="place", given=quoted(place)))
    due = lists.visits_due((place,)).get(place, "")
    visits = list_visits(lists, Wanted(place=place, size=FEW), actor).rows
    today = office.times.day(from_text(at)).isoformat()
    row = {**found[0], "body_name": body[0]["name"] if body else ""}
    return PlaceSeen(row, due, bool(due) and due < today, visits)


def places_by_region(lists: RegisterLists, actor: Actor) -> dict[str, int]:
    """Count the places of each region that has any.

    Raises NotAllowed.
    """
    access.need(actor, "list a register")
    return lists.places_by_region()


def _page(read: Any, wanted: Wanted, actor: Actor, sort: str) -> ListPage:
    access.need(actor, "list a register")
    after = cursors.read(wanted.after, sort).place if wanted.after else None
    words = tuple(wanted.words.split()[:MOST_WORDS])
    asked = Asked(
        words, wanted.region, wanted.place, wanted.kind, wanted.first, wanted.last, sort, after, wanted.size + 1
    )
    return _cut(read(asked), wanted.size, sort)


def _cut(rows: Sequence[Row], size: int, sort: str) -> ListPage:
    if len(rows) <= size:
        return ListPage(tuple(rows), "")
    last = rows[size - 1]
    return ListPage(tuple(rows[:size]), cursors.write(cursors.Cursor(sort, (last["sort"], last["id"]), False)))
