"""The counts behind the board, each read from an index that holds all it needs, in one pass."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, case, func, literal_column, select
from sqlalchemy.sql import ClauseElement

from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.finding_rows import hides_any, in_sight, sight_values
from npm_cases.persistence.schema import bodies, cases, links, obligations, places
from npm_cases.services.finding import Sight

NOTHING = literal_column("''", Text)
WAITS = cases.c.escalation == literal_column("'escalated_to_ombudsman'", Text)
IS_ESCALATED = cases.c.escalation != literal_column("'not_escalated'", Text)
WAITING = ("number", "title", "kind", "addressee", "region", "escalated_at", "last_answer")
COLUMNS = {"body": "addressee", "region": "region", "place_kind": "place", "theme": "themes", "channel": "channel"}


class BoardRows:
    """The boards of one database."""

    _database: Database

    def waiting(self, sight: Sight, limit: int, most: int) -> tuple[list[dict[str, Any]], int]:
        """Return the cases that wait longest for a decision, and how many wait, counted no further than ``most``."""
        with self._database.reading() as tx:
            values, kind = _asked(tx, sight)
            values |= {"b_limit": limit, "b_most": most}
            rows = tx.tuples(_waiting(*kind), values)
            return [dict(zip(WAITING, row, strict=True)) for row in rows], int(tx.one(_waiting_count(*kind), values)[0])

    def waiting_by_body(self, sight: Sight) -> list[tuple[str, str, int, str]]:
        """Return body, region, how many wait, and since when the first does."""
        with self._database.reading() as tx:
            values, kind = _asked(tx, sight)
            return [tuple(row) for row in tx.tuples(_waiting_by_body(*kind), values)]

    def issued(self, by: str, sight: Sight) -> list[tuple[str, str, int, int]]:
        """Return value of the column, month of issue, recommendations issued, and implemented."""
        with self._database.reading() as tx:
            values, kind = _asked(tx, sight)
            return [tuple(row) for row in tx.tuples(_issued(COLUMNS[by], *kind), values)]

    def answers(self, sight: Sight) -> list[tuple[str, int, int]]:
        """Return body, days late of the last answer (0 in time), and how many cases."""
        with self._database.reading() as tx:
            values, kind = _asked(tx, sight)
            return [tuple(row) for row in tx.tuples(_answers(*kind), values)]

    def repeats(self, sight: Sight) -> list[tuple[str, int]]:
        """Return body and how many recommendations to it repeat an earlier one."""
        with self._database.reading() as tx:
            values, kind = _asked(tx, sight)
            return [tuple(row) for row in tx.tuples(_repeats(*kind), values)]

    def names_of_bodies(self) -> dict[str, str]:
        """Return the names of the bodies by id."""
        with self._database.reading() as tx:
            return dict(tx.tuples(_BODY_NAMES))

    def kinds_of_places(self) -> dict[str, str]:
        """Return the kinds of the places by id."""
        with self._database.reading() as tx:
            return dict(tx.tuples(_PLACE_KINDS))


_BODY_NAMES = select(bodies.c.id, bodies.c.name)
_PLACE_KINDS = select(places.c.id, places.c.kind)


def _asked(tx: Transaction, sight: Sight) -> tuple[dict[str, Any], tuple[int, int, bool]]:
    """Return the values of the conditions of sight, and what decides the form of a statement."""
    hides = hides_any(tx, sight)
    values = sight_values(sight if hides else Sight(sight.regions, ()))
    return values, (len(sight.regions), len(sight.excluded_for) if hides else 0, tx.database.is_sqlite)


def _in_sight(regions: int, excludes: int, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    return in_sight(regions, excludes, literal_column("+cases.region", Text) if is_sqlite else cases.c.region)


@lru_cache(32)
def _waiting(regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    c = cases.c
    answers = select(func.max(obligations.c.discharged_at)).where(
        obligations.c.chain == c.id, obligations.c.duty == literal_column("'reply'", Text)
    )
    return (
        select(c.number, c.title, c.kind, c.addressee, c.region, c.escalated_at, answers.scalar_subquery())
        .where(WAITS, IS_ESCALATED, *_in_sight(regions, excludes, is_sqlite=is_sqlite))
        .order_by(c.escalated_at, c.number)
        .limit(bindparam("b_limit"))
    )


@lru_cache(32)
def _waiting_count(regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    waits: Select[Any] = select(literal_column("1")).select_from(cases)
    waits = waits.where(WAITS, IS_ESCALATED, *_in_sight(regions, excludes, is_sqlite=is_sqlite))
    return select(func.count()).select_from(waits.limit(bindparam("b_most")).subquery())


@lru_cache(32)
def _waiting_by_body(regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    c = cases.c
    return (
        select(c.addressee, c.region, func.count(), func.min(c.escalated_at))
        .where(WAITS, IS_ESCALATED, *_in_sight(regions, excludes, is_sqlite=is_sqlite))
        .group_by(c.addressee, c.region)
    )


@lru_cache(64)
def _issued(column: str, regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    month = func.substr(cases.c.issued_on, literal_column("1"), literal_column("7"))
    implemented = func.sum(case((cases.c.implemented_at != NOTHING, literal_column("1")), else_=literal_column("0")))
    # A sign keeps SQLite from walking another index of the column, which holds none of the others.
    value = literal_column(f"+cases.{column}", Text) if is_sqlite and column != "addressee" else cases.c[column]
    counted = _of_issued(regions, excludes, is_sqlite=is_sqlite).add_columns(value, month, func.count(), implemented)
    return counted.group_by(value, month)


@lru_cache(32)
def _answers(regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    c = cases.c
    return (
        _of_issued(regions, excludes, is_sqlite=is_sqlite)
        .add_columns(c.addressee, c.answer_late, func.count())
        .where(c.answer_late >= literal_column("0"))
        .group_by(c.addressee, c.answer_late)
    )


def _of_issued(regions: int, excludes: int, *, is_sqlite: bool) -> Select[Any]:
    conditions = [cases.c.issued_on != NOTHING, *_in_sight(regions, excludes, is_sqlite=is_sqlite)]
    return select().select_from(cases).where(*conditions)


@lru_cache(32)
def _repeats(regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    repeats = links.c.kind == literal_column("'repeats'", Text)
    return (
        select(cases.c.addressee, func.count())
        .select_from(links.join(cases, cases.c.id == links.c.from_case))
        .where(repeats, *_in_sight(regions, excludes, is_sqlite=is_sqlite))
        .group_by(cases.c.addressee)
    )
