"""What the first page of an auditor counts: events that wait for a place in the log, and the newest ones by type."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, Text, bindparam, func, select

from npm_cases.history.event import READS
from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import case_events, exclusions, log_entries

_NEWEST = (
    select(log_entries.c.chain, log_entries.c.seq)
    .order_by(log_entries.c.idx.desc())
    .limit(bindparam("b_most", type_=Integer))
    .subquery()
)
_LAST = select(func.max(log_entries.c.idx)).scalar_subquery()
_BEFORE_THOSE = (
    select(case_events.c.at)
    .select_from(log_entries)
    .join(case_events, (case_events.c.chain == log_entries.c.chain) & (case_events.c.seq == log_entries.c.seq))
    .where(log_entries.c.idx == _LAST - bindparam("b_most", type_=Integer))
)


@lru_cache(64)
def _types(names: int) -> Select[Any]:
    """Count by type, leaving out cases that name one of so many names, and the reads of their texts."""
    kept = select(exclusions.c.chain).where(
        exclusions.c.post.in_([bindparam(f"b_name_{n}", type_=Text) for n in range(names)])
    )
    return (
        select(case_events.c.type, func.count())
        .select_from(_NEWEST)
        .join(case_events, (case_events.c.chain == _NEWEST.c.chain) & (case_events.c.seq == _NEWEST.c.seq))
        .where(
            case_events.c.at >= bindparam("b_since", type_=Text),
            case_events.c.at < bindparam("b_before", type_=Text),
            func.replace(case_events.c.chain, READS, "").not_in(kept),
        )
        .group_by(case_events.c.type)
        .order_by(case_events.c.type)
    )


class AuditRows:
    """Counts over the log of one database."""

    _database: Database

    def waiting_events(self) -> int:
        """Return how many events have no place in the log yet."""
        with self._database.reading() as tx:
            events, places = tx.one(sql.LOG_STATE)
        return max(int(events) - int(places), 0)

    def newest_by_type(
        self, since: str, before: str, most: int, kept_from: Sequence[str]
    ) -> tuple[dict[str, int], bool]:
        """Count the events from an instant on and before another, by type, among the newest ``most`` of the log.

        Those of cases that name one of ``kept_from``, at least one name, are left out. The second value says that those
        before the newest are of the same span: there are more than were counted.
        """
        names = {f"b_name_{number}": name for number, name in enumerate(kept_from)}
        with self._database.reading() as tx:
            found = tx.tuples(_types(len(names)), {"b_most": most, "b_since": since, "b_before": before, **names})
            earlier = tx.one(_BEFORE_THOSE, {"b_most": most})
        return {str(kind): int(count) for kind, count in found}, earlier is not None and str(earlier[0]) >= since
