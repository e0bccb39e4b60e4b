"""Events of all chains in log order, chosen by their search copies, each with its case and who is shut out of it.

Streamed in bounded memory inside one read transaction. Entries are walked in the order of the log and each event is
looked up by its key: no index beside the keys is needed, and none is paid for at every write.
"""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, case as when, collate, func, or_, select

from npm_cases.history.event import READS, EventType
from npm_cases.persistence import rows
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.schema import case_events, cases, exclusions, log_entries
from npm_cases.services.histories import FoundEvent, Sight, Wanted

_BESIDE_MOVES = tuple(
    str(kind)
    for kind in (EventType.ACT_PROPOSED, EventType.ACT_CONFIRMED, EventType.ACT_EXPIRED, EventType.ACT_REFUSED)
)
_CASE_OF_CHAIN = when(
    (func.substr(log_entries.c.chain, 1, len(READS)) == READS, func.substr(log_entries.c.chain, len(READS) + 1)),
    else_=log_entries.c.chain,
)
_SHUT_OUT = (
    select(func.aggregate_strings(exclusions.c.post, ","))
    .where(exclusions.c.chain == cases.c.id)
    .correlate(cases)
    .scalar_subquery()
)
_IN_LOG_ORDER = (
    select(log_entries.c.idx, log_entries.c.chain, case_events.c.leaf, case_events.c.data, _SHUT_OUT, *rows.CASE_SELECT)
    .select_from(log_entries)
    .join(case_events, and_(case_events.c.chain == log_entries.c.chain, case_events.c.seq == log_entries.c.seq))
    .outerjoin(cases, cases.c.id == _CASE_OF_CHAIN)
    .order_by(log_entries.c.idx)
)
_SIGHTS = select(_SHUT_OUT, *rows.CASE_SELECT)


class SqlHistories(SqlReader):
    """Looks into all histories of one database as they were when the block was entered."""

    def sights(self) -> Iterator[Sight]:
        """Yield every case with who is shut out of it."""
        by_code_point = cases.c.id if self._database.is_sqlite else collate(cases.c.id, "C")
        return (_sight(row[0], row[1:]) for row in self._stream(_SIGHTS.order_by(by_code_point)))

    def found(self, wanted: Wanted) -> Iterator[FoundEvent]:
        """Yield the events that fit, in log order."""
        for index, chain, leaf, data, shut_out, *case in self._stream(_chosen(wanted)):
            sight = _sight(shut_out, case) if case[0] is not None else None
            yield FoundEvent(index, chain, bytes(leaf), bytes(data), sight)


def _sight(shut_out: str | None, case: Collection[Any]) -> Sight:
    return Sight(rows.case_from(case), frozenset(shut_out.split(",")) if shut_out else frozenset())


def _chosen(wanted: Wanted) -> Select[Any]:
    query = _IN_LOG_ORDER
    for condition in _conditions(wanted):
        query = query.where(condition)
    return query


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    equal = (
        (case_events.c.actor, wanted.actor), (case_events.c.role, wanted.role), (cases.c.region, wanted.region),
    )  # fmt: skip
    yield from (column == value for column, value in equal if value)
    if wanted.after >= 0:
        yield log_entries.c.idx > wanted.after
    if wanted.chains:
        yield _one_of(log_entries.c.chain, wanted.chains)
    if wanted.types:
        yield _one_of(case_events.c.type, wanted.types)
    if wanted.event:
        yield or_(case_events.c.event == wanted.event, _one_of(case_events.c.type, _BESIDE_MOVES))
    if wanted.since:
        yield case_events.c.at >= wanted.since
    if wanted.before:
        yield case_events.c.at < wanted.before


def _one_of(column: Column[str], values: Collection[str]) -> ColumnElement[bool]:
    return or_(*(column == value for value in values))
