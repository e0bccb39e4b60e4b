"""The reading side: lists, histories, counts and deadlines, each in one consistent state, without locks."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, and_, exists, func, select

from npm_cases.persistence.audit_rows import AuditRows
from npm_cases.persistence.board_rows import BoardRows
from npm_cases.persistence.database import Database
from npm_cases.persistence.day_rows import DayRows
from npm_cases.persistence.finding_rows import FindingRows
from npm_cases.persistence.history_rows import SqlHistories
from npm_cases.persistence.month_rows import MonthRows
from npm_cases.persistence.schema import cases, exclusions, incidents, obligations, outbox, rungs_taken
from npm_cases.persistence.statements import EVENTS_OF
from npm_cases.persistence.status_rows import StatusRows
from npm_cases.services.case_views import ListFilter

LISTED = ("id", "number", "kind", "channel", "state", "escalation", "region", "title", "addressee", "assignee")
EQUALS = ("kind", "channel", "state", "escalation", "region", "addressee", "assignee")
_OPEN = and_(obligations.c.chain == cases.c.id, obligations.c.discharged_at == "")
_NEXT_DUE = select(func.min(obligations.c.due_on)).where(_OPEN).scalar_subquery()
_NEXT_DUE_AT = select(func.min(obligations.c.due_at)).where(_OPEN).scalar_subquery()


class SqlViews(FindingRows, DayRows, MonthRows, BoardRows, AuditRows, StatusRows):
    """Views over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cases(
        self, wanted: ListFilter, regions: Collection[str], excluded_for: Collection[str]
    ) -> list[dict[str, Any]]:
        """Return cases by number with the earliest due date among their running clocks."""
        query: Select[Any] = select(
            *[cases.c[name] for name in LISTED], _NEXT_DUE.label("due_on"), _NEXT_DUE_AT.label("due_at")
        ).order_by(cases.c.number)
        query = _filtered(query, wanted)
        if regions:
            query = query.where(cases.c.region.in_(["", *regions]))
        if excluded_for:
            named = exists().where(exclusions.c.chain == cases.c.id, exclusions.c.post.in_(list(excluded_for)))
            query = query.where(~named)
        with self._database.connection() as connection:
            found = connection.execute(query).mappings().all()
        return [{**row, "due_on": row["due_on"] or "", "due_at": row["due_at"] or ""} for row in found]

    def events(self, chain: str) -> Iterable[tuple[bytes, bytes, int | None]]:
        """Return the stored bytes of a chain in order, each with its leaf and its place in the log."""
        with self._database.connection() as connection:
            found = connection.execute(EVENTS_OF, {"b_chain": chain}).all()
        return [(bytes(data), bytes(leaf), index) for data, leaf, index in found]

    def histories(self) -> SqlHistories:
        """Return the look into all histories, to be used in a with block."""
        return SqlHistories(self._database)

    def next_deadlines(self, now: str, limit: int) -> list[dict[str, Any]]:
        """Return the next due dates of open cases and places, soonest first."""
        query = (
            select(
                func.coalesce(cases.c.number, obligations.c.subject_kind).label("number"),
                obligations.c.duty,
                obligations.c.owed_by,
                obligations.c.due_on,
            )
            .outerjoin(cases, cases.c.id == obligations.c.chain)
            .where(obligations.c.discharged_at == "", obligations.c.due_at > now)
            .order_by(obligations.c.due_at, obligations.c.id)
            .limit(limit)
        )
        with self._database.connection() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def rungs_since(self, at: str) -> list[dict[str, Any]]:
        """Return the rungs taken from an instant on, in order of their due time, each with its case."""
        query = (
            select(
                func.coalesce(cases.c.number, rungs_taken.c.chain).label("case"), rungs_taken.c.rung, rungs_taken.c.act,
                rungs_taken.c.due_at, rungs_taken.c.act_at, rungs_taken.c.posts.label("post"),
                rungs_taken.c.late_by_engine, rungs_taken.c.obligation,
            )
            .outerjoin(cases, cases.c.id == rungs_taken.c.chain)
            .where(rungs_taken.c.act_at >= at, rungs_taken.c.outcome == "taken")
            .order_by(rungs_taken.c.due_at, rungs_taken.c.obligation, rungs_taken.c.rung)
        )  # fmt: skip
        with self._database.connection() as connection:
            return [
                {**row, "late_by_engine": bool(row["late_by_engine"])} for row in connection.execute(query).mappings()
            ]

    def told(self) -> dict[str, int]:
        """Return how many notices were sent to each post."""
        query = (
            select(outbox.c.post, func.count())
            .where(outbox.c.status == "sent")
            .group_by(outbox.c.post)
            .order_by(func.count().desc())
        )
        with self._database.connection() as connection:
            return {str(post): int(count) for post, count in connection.execute(query)}

    def open_incidents(self, kept_from: Collection[str] = ()) -> list[dict[str, Any]]:
        """Return the incidents nobody has closed, oldest first, but those about a case that names one of some names."""
        query = select(incidents).where(incidents.c.closed_at == "").order_by(incidents.c.at)
        if kept_from:
            kept = select(exclusions.c.chain).where(exclusions.c.post.in_(list(kept_from)))
            query = query.where(incidents.c.subject.not_in(kept))
        with self._database.connection() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many cases are in each state and escalation, how many rungs were taken, how mail stands."""
        groups = {
            "state": (cases.c.state, cases), "escalation": (cases.c.escalation, cases),
            "rung": (rungs_taken.c.outcome, rungs_taken), "mail": (outbox.c.status, outbox),
        }  # fmt: skip
        found: dict[str, dict[str, int]] = {}
        with self._database.connection() as connection:
            for name, (column, source) in groups.items():
                query = select(column, func.count()).select_from(source).group_by(column).order_by(column)
                found[name] = {str(key): int(count) for key, count in connection.execute(query)}
        return found


def _filtered(query: Select[Any], wanted: ListFilter) -> Select[Any]:
    for name in EQUALS:
        value = getattr(wanted, name)
        if value:
            query = query.where(cases.c[name] == value)
    if wanted.open_only:
        query = query.where(cases.c.closed_at == "")
    if wanted.overdue_at:
        query = query.where(wanted.overdue_at >= _NEXT_DUE_AT)
    return query.limit(wanted.limit) if wanted.limit else query
