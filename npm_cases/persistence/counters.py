"""The counters that must balance, taken in one reading transaction."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Integer, and_, bindparam, exists, func, or_, select

from npm_cases.persistence import schema as s
from npm_cases.persistence.database import Database
from npm_cases.persistence.statements import b

_LEAF = select(s.case_events.c.leaf).where(
    s.case_events.c.chain == b("chain"), s.case_events.c.seq == bindparam("b_seq", type_=Integer)
)
_CLOSED = s.cases.c.closed_at != ""
_RUNNING = and_(
    s.obligations.c.chain == s.cases.c.id, s.obligations.c.discharged_at == "", s.obligations.c.due_on != ""
)


def _count(source: Any, *conditions: Any) -> Any:
    return select(func.count()).select_from(source).where(*conditions)


def _sum(column: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0))


_ABOUT_A_CLOCK = b'"obligation":'
"""Stands in the event of a notice about an obligation; mails to keepers and digests are about none."""


class SqlCounters:
    """Counters over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counters(self, late_after: str) -> dict[str, int]:
        """Return every counter of services/balance.py."""
        entry = and_(s.log_entries.c.chain == s.case_events.c.chain, s.log_entries.c.seq == s.case_events.c.seq)
        queries = {
            "events": _count(s.case_events),
            "log_entries": _count(s.log_entries),
            "events_not_sequenced": _count(s.case_events, ~exists().where(entry)),
            "last_index_plus_one": select(func.coalesce(func.max(s.log_entries.c.idx), -1) + 1),
            "answers_kept": _count(s.commands),
            "cases": _count(s.cases),
            "open_cases": _count(s.cases, ~_CLOSED),
            "open_cases_with_clock": _count(s.cases, ~_CLOSED, exists().where(_RUNNING)),
            "closed_cases_with_clock": _count(
                s.cases, _CLOSED, exists().where(_RUNNING, s.obligations.c.duty != "protect")
            ),
            "outbox": _count(s.outbox),
            "outbox_sent": _count(s.outbox, s.outbox.c.status == "sent"),
            "outbox_waiting": _count(s.outbox, s.outbox.c.status == "waiting"),
            "outbox_bundled": _count(s.outbox, s.outbox.c.status == "bundled"),
            "outbox_withdrawn": _count(s.outbox, s.outbox.c.status == "withdrawn"),
            "outbox_dead": _count(s.outbox, s.outbox.c.status == "dead"),
            "dead_mails": _count(s.outbox, s.outbox.c.status == "dead", s.outbox.c.carried_by == ""),
            "dead_mail_incidents": _count(s.incidents, s.incidents.c.kind == "dead_mail"),
            "rungs_taken": _count(s.rungs_taken, s.rungs_taken.c.outcome == "taken"),
            "rung_events": _count(s.case_events, s.case_events.c.type == "rung_taken"),
            "notices": _count(s.outbox, s.outbox.c.obligation != ""),
            "overdue_rungs": _count(
                s.obligations, s.obligations.c.next_rung_at != "", s.obligations.c.next_rung_at < late_after
            ),
            "obligations_open": _count(s.obligations, s.obligations.c.discharged_at == ""),
            "import_rows": _count(s.import_rows),
            "import_cases": _count(s.case_events, s.case_events.c.type == "case_imported"),
            "import_read": _sum(s.import_batches.c.read),
            "import_new": _sum(s.import_batches.c.new),
            "import_same": _sum(s.import_batches.c.same),
            "import_changed": _sum(s.import_batches.c.changed),
            "import_refused": _sum(s.import_batches.c.refused),
            "open_incidents": _count(s.incidents, s.incidents.c.closed_at == ""),
        }
        tx = self._database.reading()
        try:
            found = {name: int(tx.one(query)[0]) for name, query in queries.items()}
            found["events_by_head"] = int(tx.one(_sum(s.cases.c.seq))[0]) + int(tx.one(_sum(s.chains.c.seq))[0])
            found["answers_in_history"] = self._answers(tx)
            found["notices_in_rungs"] = self._told(tx)
        finally:
            tx.close()
        return found

    def silenced_mail(self, later_than: str) -> int:
        """Count mails under way that will not leave: tried again only after an instant, or carried by no mail under way."""
        leader = s.outbox.alias("leader")
        leads = and_(leader.c.id == s.outbox.c.carried_by, leader.c.status == "bundled", leader.c.carried_by == "")
        is_stopped = or_(
            and_(s.outbox.c.carried_by == "", s.outbox.c.next_attempt_at > later_than),
            and_(s.outbox.c.carried_by != "", ~exists().where(leads)),
        )
        with self._database.reading() as tx:
            return int(tx.one(_count(s.outbox, s.outbox.c.status == "bundled", is_stopped))[0])

    def document_names(self) -> Iterator[str]:
        """Yield the name of every document a row names."""
        with self._database.reading() as tx:
            for (name,) in tx.stream(select(s.documents.c.id)):
                yield name

    @staticmethod
    def _answers(tx: Any) -> int:
        """Count the kept answers whose receipt names an event of the history, by its leaf."""
        answered = 0
        for (answer,) in tx.stream(select(s.commands.c.answer)):
            receipt = json.loads(answer)["receipt"]
            found = tx.one(_LEAF, {"b_chain": receipt["case"], "b_seq": receipt["seq"]})
            answered += bool(found) and bytes(found[0]).hex() == receipt["leaf"]
        return answered

    @staticmethod
    def _told(tx: Any) -> int:
        """Count the posts told by rungs, as their rows name them, and what people and corrections told beside them."""
        query = select(s.rungs_taken.c.posts).where(s.rungs_taken.c.posts != "")
        beside = select(s.case_events.c.data).where(s.case_events.c.type == "mail_queued")
        by_rungs: int = sum(row[0].count(",") + 1 for row in tx.stream(query))
        return by_rungs + sum(_ABOUT_A_CLOCK in bytes(row[0]) for row in tx.stream(beside))
