"""What falls on each day of a month: clocks that are due, rungs that come; counted no further than a list is."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, select
from sqlalchemy.sql import ClauseElement

from npm_cases.persistence.database import Database
from npm_cases.persistence.finding_rows import given, hides_any, in_sight, sight_values
from npm_cases.persistence.schema import cases, obligations
from npm_cases.services.finding import Sight
from npm_cases.services.month_view import DUE, DayOfMonth

NOTHING = literal_column("''", Text)
NAMES = ("number", "title", "duty", "owed_by", "assignee", "provisional")


class MonthRows:
    """The months of one database."""

    _database: Database

    def days_of_month(
        self, days: Sequence[DayOfMonth], sight: Sight, users: Sequence[str], limit: int, most: int
    ) -> list[tuple[int, list[dict[str, Any]]]]:
        """Return for each day its count, no further than ``most``, and its first rows in the order of their time."""
        found = []
        with self._database.reading() as tx:
            hides = hides_any(tx, sight)
            values: dict[str, Any] = sight_values(sight if hides else Sight(sight.regions, ()))
            values |= {f"b_user_{n}": user for n, user in enumerate(users)} | {"b_limit": limit, "b_most": most}
            excludes = len(sight.excluded_for) if hides else 0
            for day in days:
                kind = (day.what, len(users), len(sight.regions), excludes, self._database.is_sqlite)
                of_day = {**values, "b_from": day.first, "b_before": day.before}
                count = int(tx.one(_count(*kind), of_day)[0])
                rows = tx.tuples(_rows(*kind), of_day) if count and limit else []
                found.append((count, [dict(zip(NAMES, row, strict=True)) for row in rows]))
        return found


@lru_cache(64)
def _count(what: str, users: int, regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    every = _of_day(what, users, regions, excludes, is_sqlite=is_sqlite).limit(bindparam("b_most")).subquery()
    return select(func.count()).select_from(every)


@lru_cache(64)
def _rows(what: str, users: int, regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    order = [_time(what), obligations.c.chain if what == DUE else obligations.c.id]
    return _of_day(what, users, regions, excludes, is_sqlite=is_sqlite).order_by(*order).limit(bindparam("b_limit"))


def _time(what: str) -> ColumnElement[str]:
    return obligations.c.due_on if what == DUE else obligations.c.next_rung_at


def _of_day(what: str, users: int, regions: int, excludes: int, *, is_sqlite: bool) -> Select[Any]:
    """Walk the clocks by their time; on SQLite signs keep the indexes of the cases out of the plan."""
    o, c = obligations.c, cases.c
    same = c.id == literal_column("+obligations.chain", Text) if is_sqlite else c.id == o.chain
    region = literal_column("+cases.region", Text) if is_sqlite else c.region
    assignee = literal_column("+cases.assignee", Text) if is_sqlite else c.assignee
    conditions = in_sight(regions, excludes, region)
    if users:
        conditions.append(assignee.in_([given(f"user_{n}") for n in range(users)]))
    conditions.append(o.discharged_at == NOTHING if what == DUE else o.next_rung_at != NOTHING)
    return (
        select(c.number, c.title, o.duty, o.owed_by, c.assignee, o.provisional)
        .select_from(obligations.join(cases, same))
        .where(_time(what) >= given("from"), _time(what) < given("before"), *conditions)
    )
