"""Pages of the registers, each read by a keyset; names stand in the order of the Kazakh alphabet on both databases.

The registers are thousands of rows, not millions: their order is made while they are read, and no column is kept for it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, collate, exists, func, literal, or_, select, tuple_

from npm_cases.domain.duties import PERIODIC_VISIT
from npm_cases.history.event import OFFICE
from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import accounts, bodies, obligations, places, users, visits
from npm_cases.services.register_lists import BY_DUE, Asked

OF_PLACE = "place:"
AFTER_ALL = "\ufffd"
"""Stands after every letter: a Kazakh letter is put behind all words that go on with the letter before it."""
_BEFORE = {
    "ә": "а", "ё": "е", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "һ": "х", "і": "ы",
}  # fmt: skip
_PLACED = {**{letter: near + AFTER_ALL for letter, near in _BEFORE.items()}, "ү": "у" + AFTER_ALL * 2}


class SqlRegisterLists:
    """The registers of one database, page by page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bodies(self, asked: Asked) -> list[dict[str, Any]]:
        """Return bodies by name, each with the name of the body above it."""
        above = bodies.alias("above")
        order = self._by_name(bodies.c.name)
        query = select(
            bodies.c.id, bodies.c.name, bodies.c.kind, bodies.c.superior, bodies.c.language, bodies.c.zone,
            func.coalesce(above.c.name, "").label("superior_name"), order.label("sort"),
        ).outerjoin(above, above.c.id == bodies.c.superior)  # fmt: skip
        return self._rows(_named(query, asked, bodies.c.id, bodies.c.name), order, bodies.c.id, asked)

    def places(self, asked: Asked) -> list[dict[str, Any]]:
        """Return places by name or by the day their periodic visit is due."""
        if asked.sort == BY_DUE:
            return self._places_by_due(asked)
        order = self._by_name(places.c.name)
        query = _of_places(select(*_PLACE, order.label("sort")).outerjoin(bodies, bodies.c.id == places.c.body), asked)
        found = self._rows(query, order, places.c.id, asked)
        due = self.visits_due([row["id"] for row in found])
        return [{**row, "due_on": due.get(row["id"], "")} for row in found]

    def _places_by_due(self, asked: Asked) -> list[dict[str, Any]]:
        joined = obligations.join(places, places.c.id == _PLACE_OWED).outerjoin(bodies, bodies.c.id == places.c.body)
        due = obligations.c.due_on
        query = select(*_PLACE, due.label("due_on"), due.label("sort")).select_from(joined).where(*_OWED)
        return self._rows(_of_places(query, asked), due, places.c.id, asked)

    def visits_due(self, wanted: Sequence[str]) -> dict[str, str]:
        """Return the day the next periodic visit of each place is due, where one runs."""
        subjects = [f"{OF_PLACE}{place}" for place in wanted]
        query = select(_PLACE_OWED, obligations.c.due_on).where(*_OWED, obligations.c.subject_kind.in_(subjects))
        with self._database.connection() as connection:
            return {str(place): str(due) for place, due in connection.execute(query)} if subjects else {}

    def visits(self, asked: Asked) -> list[dict[str, Any]]:
        """Return visits, newest first."""
        query = select(
            visits.c.id, visits.c.place, visits.c.kind, visits.c.region, visits.c.started_on, visits.c.ended_on,
            func.coalesce(places.c.name, visits.c.place).label("place_name"), visits.c.started_on.label("sort"),
        ).outerjoin(places, places.c.id == visits.c.place)  # fmt: skip
        v = visits.c
        conditions = (
            (asked.place, v.place == asked.place), (asked.region, v.region == asked.region),
            (asked.kind, v.kind == asked.kind), (asked.first, v.started_on >= asked.first),
            (asked.last, v.started_on <= asked.last),
        )  # fmt: skip
        query = query.where(*[condition for given, condition in conditions if given])
        query = _named(query, asked, visits.c.place, places.c.name)
        return self._rows(query, visits.c.started_on, visits.c.id, asked, falls=True)

    def users(self, asked: Asked) -> list[dict[str, Any]]:
        """Return users by their id, and whether each has set a password."""
        order = self._exact(users.c.id)
        has_account = exists().where(accounts.c.user == users.c.id)
        query = select(
            users.c.id, users.c.name, users.c.roles, users.c.regions, users.c.language, users.c.disabled_at,
            has_account.label("has_account"), order.label("sort"),
        )  # fmt: skip
        return self._rows(_named(query, asked, users.c.id, users.c.name), order, users.c.id, asked)

    def places_by_region(self) -> dict[str, int]:
        """Count the places of each region."""
        query = select(places.c.region, func.count()).group_by(places.c.region)
        with self._database.connection() as connection:
            return {str(region): int(count) for region, count in connection.execute(query)}

    def _rows(
        self,
        query: Select[Any],
        order: ColumnElement[str],
        key: ColumnElement[str],
        asked: Asked,
        *,
        falls: bool = False,
    ) -> list[dict[str, Any]]:
        place, id_ = tuple_(order, self._exact(key)), self._exact(key)
        if asked.after is not None:
            before = tuple_(*[literal(part, Text) for part in asked.after])
            query = query.where(place < before if falls else place > before)
        query = query.order_by(*([order.desc(), id_.desc()] if falls else [order, id_])).limit(asked.limit)
        with self._database.connection() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _by_name(self, name: ColumnElement[str]) -> ColumnElement[str]:
        """Return what puts names into the order of the alphabet: those of either case begin alike in a register."""
        placed: ColumnElement[str] = name
        for letter, put in _PLACED.items():
            for given, written in ((letter, put), (letter.upper(), put.capitalize())):
                placed = func.replace(placed, given, written, type_=Text)
        return self._exact(placed)

    def _exact(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """Compare by code points, whatever the collation of the server."""
        return text if self._database.is_sqlite else collate(text, "C")


_PLACE = (
    places.c.id, places.c.name, places.c.kind, places.c.region, places.c.body,
    func.coalesce(bodies.c.name, "").label("body_name"),
)  # fmt: skip
_PLACE_OWED = func.substr(obligations.c.subject_kind, len(OF_PLACE) + 1)
_OWED = (
    obligations.c.chain == OFFICE, obligations.c.discharged_at == "", obligations.c.duty == PERIODIC_VISIT,
)  # fmt: skip


def _of_places(query: Select[Any], asked: Asked) -> Select[Any]:
    if asked.region:
        query = query.where(places.c.region == asked.region)
    return _named(query, asked, places.c.id, places.c.name)


def _named(query: Select[Any], asked: Asked, *columns: ColumnElement[str]) -> Select[Any]:
    """Keep rows in one of whose columns every word stands, as it was typed, or in small or capital letters."""
    for word in asked.words:
        written = {word, word.lower(), word.upper(), word.capitalize()}
        query = query.where(
            or_(*[column.contains(one, autoescape=True) for column in columns for one in sorted(written)])
        )
    return query
