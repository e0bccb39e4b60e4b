"""What the first page of an auditor counts: events that wait for a place in the log, and the newest ones by type."""

from sqlalchemy import Integer, Text, bindparam, func, select

from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import case_events, log_entries

_NEWEST = (
    select(log_entries.c.chain, log_entries.c.seq)
    .order_by(log_entries.c.idx.desc())
    .limit(bindparam("b_most", type_=Integer))
    .subquery()
)
_TYPES = (
    select(case_events.c.type, func.count())
    .select_from(_NEWEST)
    .join(case_events, (case_events.c.chain == _NEWEST.c.chain) & (case_events.c.seq == _NEWEST.c.seq))
    .where(case_events.c.at >= bindparam("b_since", type_=Text), case_events.c.at < bindparam("b_before", type_=Text))
    .group_by(case_events.c.type)
    .order_by(case_events.c.type)
)
_LAST = select(func.max(log_entries.c.idx)).scalar_subquery()
_BEFORE_THOSE = (
    select(case_events.c.at)
    .select_from(log_entries)
    .join(case_events, (case_events.c.chain == log_entries.c.chain) & (case_events.c.seq == log_entries.c.seq))
    .where(log_entries.c.idx == _LAST - bindparam("b_most", type_=Integer))
)


class AuditRows:
    """Counts over the log of one database."""

    _database: Database

    def waiting_events(self) -> int:
        """Return how many events have no place in the log yet."""
        with self._database.reading() as tx:
            events, places = tx.one(sql.LOG_STATE)
        return max(int(events) - int(places), 0)

    def newest_by_type(self, since: str, before: str, most: int) -> tuple[dict[str, int], bool]:
        """Count the events from an instant on and before another, by type, among the newest ``most`` of the log.

        The second value says that those before them are of the same span: there are more than were counted.
        """
        with self._database.reading() as tx:
            found = tx.tuples(_TYPES, {"b_most": most, "b_since": since, "b_before": before})
            earlier = tx.one(_BEFORE_THOSE, {"b_most": most})
        return {str(kind): int(count) for kind, count in found}, earlier is not None and str(earlier[0]) >= since
