"""The counts and ages of a running installation, each from an index: a monitor asks every few seconds."""

import json

from sqlalchemy import Text, func, literal_column, select

from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import checkpoints, incidents, log_entries, obligations, outbox, sweeps
from npm_cases.services.vitals import Vitals, seconds_since

# SQLite looks into an index of some rows only where the statement says literally which.
_WAITING = outbox.c.status == literal_column("'waiting'", Text)
_READY = outbox.c.status == literal_column("'bundled'", Text)
_RUNS = obligations.c.next_rung_at != literal_column("''", Text)


class SqlVitals:
    """The vitals of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vitals(self, now: str, late: str) -> Vitals:
        """Return the vitals in one consistent state."""
        since = [
            select(func.min(outbox.c.not_before)).where(_WAITING, outbox.c.not_before <= now),
            select(func.min(outbox.c.next_attempt_at)).where(_READY, outbox.c.next_attempt_at <= now),
        ]
        due = obligations.c.next_rung_at
        with self._database.connection() as connection:
            oldest = [str(connection.execute(query).scalar() or "") for query in since]
            counted = {
                name: int(connection.execute(select(func.count()).select_from(outbox).where(which)).scalar() or 0)
                for name, which in (("waiting", _WAITING), ("ready", _READY))
            }
            rungs = select(func.count()).select_from(obligations).where(_RUNS)
            last = connection.execute(
                select(checkpoints.c.at, checkpoints.c.size).order_by(checkpoints.c.number.desc()).limit(1)
            ).one_or_none()
            swept = connection.execute(
                select(sweeps.c.started_at, sweeps.c.finished_at, sweeps.c.taken, sweeps.c.counts)
                .order_by(sweeps.c.started_at.desc())
                .limit(1)
            ).one_or_none()
            opened = select(incidents.c.kind, func.count()).where(incidents.c.closed_at == "")
            return Vitals(
                mail=counted,
                oldest_mail_at=min(filter(None, oldest), default=""),
                due_rungs=int(connection.execute(rungs.where(due <= now)).scalar() or 0),
                late_rungs=int(connection.execute(rungs.where(due <= late)).scalar() or 0),
                last_sweep_at=swept.started_at if swept else "",
                sweep_seconds=seconds_since(swept.started_at, swept.finished_at) if swept else 0.0,
                sweep_taken=int(swept.taken) if swept else 0,
                sweep_late=int(json.loads(swept.counts or "{}").get("late_by_engine", 0)) if swept else 0,
                checkpoint_at=last.at if last else "",
                checkpoint_size=int(last.size) if last else 0,
                events=int(connection.execute(select(func.coalesce(func.max(log_entries.c.idx), -1))).scalar() or 0)
                + 1,
                incidents={
                    str(kind): int(count) for kind, count in connection.execute(opened.group_by(incidents.c.kind))
                },
            )

    def mail_by_status(self) -> dict[str, int]:
        """Count everything that was ever put into the outbox, by what became of it."""
        query = select(outbox.c.status, func.count()).group_by(outbox.c.status)
        with self._database.connection() as connection:
            return {str(status): int(count) for status, count in connection.execute(query)}
