"""The whole database in one consistent state, table beside table in the order of the chains, in bounded memory.

The tables stream side by side inside one read transaction, so that nothing moves while it is checked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from heapq import merge
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Column, ColumnElement, Select, and_, collate, select

from npm_cases.domain.records import Case, TakenRung
from npm_cases.persistence import rows, statements as sql
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.schema import (
    approvals,
    case_events,
    cases,
    chains,
    documents,
    exclusions,
    log_entries,
    obligations,
    outbox,
    rungs_taken,
    sealed_texts,
)
from npm_cases.services.ports import Chain
from npm_cases.services.reading import ChainRows, Decision, LogEntry, Orphan, StoredEvent, StoredNotice

RUNG_COLUMNS = ("obligation", "rung", "chain", "act", "outcome", "due_at", "act_at", "late_by_engine", "posts")
NOTICE_COLUMNS = ("id", "chain", "obligation", "rung", "post", "due_on", "status")

_COPIES = ("chain", "seq", "leaf", "prev", "type", "machine", "event", "at", "actor", "role", "data")
_EVENTS = (
    select(*[case_events.c[name] for name in _COPIES], log_entries.c.idx, log_entries.c.leaf, sealed_texts.c.ciphertext)
    .outerjoin(log_entries, and_(log_entries.c.chain == case_events.c.chain, log_entries.c.seq == case_events.c.seq))
    .outerjoin(sealed_texts, and_(sealed_texts.c.chain == case_events.c.chain, sealed_texts.c.seq == case_events.c.seq))
)
_EVENTS_OF = _EVENTS.where(case_events.c.chain == sql.b("chain")).order_by(case_events.c.seq)
_LOG = (
    select(log_entries.c.idx, log_entries.c.chain, log_entries.c.seq, case_events.c.seq)
    .outerjoin(case_events, and_(case_events.c.chain == log_entries.c.chain, case_events.c.seq == log_entries.c.seq))
    .order_by(log_entries.c.idx)
)
_SEALED_ALONE = (
    select(sealed_texts.c.chain, sealed_texts.c.seq)
    .outerjoin(case_events, and_(case_events.c.chain == sealed_texts.c.chain, case_events.c.seq == sealed_texts.c.seq))
    .where(case_events.c.seq.is_(None))
)
_RUNGS_ALONE = (
    select(rungs_taken.c.chain, rungs_taken.c.obligation, rungs_taken.c.rung)
    .outerjoin(obligations, obligations.c.id == rungs_taken.c.obligation)
    .where(obligations.c.id.is_(None))
)
_EXCLUDED = select(exclusions.c.post).where(exclusions.c.chain == sql.b("chain"))


def _of(chain: Column[str], *columns: Column[Any]) -> Select[Any]:
    return select(chain, *columns)


def _add_case(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.case = rows.case_from(values)


def _add_head(gathered: ChainRows, values: Sequence[Any]) -> None:
    chain, seq, head, last_at = values
    gathered.head = Chain(chain, seq, bytes(head), last_at)


def _add_obligation(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.obligations.append(rows.obligation_from(values))


def _add_rung(gathered: ChainRows, values: Sequence[Any]) -> None:
    obligation, rung, chain, act, outcome, due_at, act_at, late, posts = values
    gathered.rungs.append(TakenRung(obligation, rung, chain, act, outcome, due_at, act_at, bool(late), posts))


def _add_notice(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.notices.append(StoredNotice(*values))


def _add_document(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.documents.append(rows.document_from(values))


def _add_decision(gathered: ChainRows, values: Sequence[Any]) -> None:
    *approval, decided_by = values
    gathered.decisions.append(Decision(rows.approval_from(approval), decided_by))


Adder = Callable[[ChainRows, Sequence[Any]], None]
# Each table with the column that names the chain, which stands first, and what to do with the other columns.
_TABLES: tuple[tuple[Column[str], Select[Any], Adder], ...] = (
    (cases.c.id, _of(cases.c.id, *rows.CASE_SELECT), _add_case),
    (chains.c.id, _of(chains.c.id, *chains.columns), _add_head),
    (obligations.c.chain, _of(obligations.c.chain, *rows.OBLIGATION_SELECT), _add_obligation),
    (
        obligations.c.chain,
        _of(obligations.c.chain, *[rungs_taken.c[name] for name in RUNG_COLUMNS]).join(
            obligations, obligations.c.id == rungs_taken.c.obligation
        ),
        _add_rung,
    ),
    (outbox.c.chain, _of(outbox.c.chain, *[outbox.c[name] for name in NOTICE_COLUMNS]), _add_notice),
    (documents.c.chain, _of(documents.c.chain, *[documents.c[name] for name in rows.DOCUMENT_COLUMNS]), _add_document),
    (
        approvals.c.chain,
        _of(approvals.c.chain, *[approvals.c[name] for name in rows.APPROVAL_COLUMNS], approvals.c.decided_by),
        _add_decision,
    ),
)


def _by_code_point(column: Column[str], *, is_sqlite: bool) -> ColumnElement[str]:
    """Order as Python does: SQLite compares bytes by itself, PostgreSQL in the collation C."""
    return column if is_sqlite else collate(column, "C")


@cache
def _events_in_order(*, is_sqlite: bool) -> Select[Any]:
    return _EVENTS.order_by(_by_code_point(case_events.c.chain, is_sqlite=is_sqlite), case_events.c.seq)


@cache
def _tables_in_order(*, is_sqlite: bool) -> list[tuple[Select[Any], Adder]]:
    return [(query.order_by(_by_code_point(column, is_sqlite=is_sqlite)), add) for column, query, add in _TABLES]


class SqlReader:
    """Reads one database throughout as it was when the block was entered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tx: Transaction | None = None

    def __enter__(self) -> Self:
        self._tx = self._database.reading()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tx is not None:
            self._tx.close()
            self._tx = None

    @property
    def sequenced_at_once(self) -> bool:
        return self._database.is_sqlite

    def events(self) -> Iterator[StoredEvent]:
        return map(_event_from, self._stream(_events_in_order(is_sqlite=self._database.is_sqlite)))

    def events_of(self, chain: str) -> Iterator[StoredEvent]:
        return map(_event_from, self._stream(_EVENTS_OF, {"b_chain": chain}))

    def log(self) -> Iterator[LogEntry]:
        return (LogEntry(idx, chain, seq, found is not None) for idx, chain, seq, found in self._stream(_LOG))

    def orphans(self) -> Iterator[Orphan]:
        for chain, seq in self._stream(_SEALED_ALONE):
            yield Orphan(chain, seq, "a sealed text belongs to no event")
        for chain, obligation, rung in self._stream(_RUNGS_ALONE):
            yield Orphan(chain, 0, f"the rung {rung} was taken of the obligation {obligation}, which there is not")

    def find(self, ref: str) -> Case | None:
        for statement in (sql.CASE_BY_ID, sql.CASE_BY_NUMBER):
            for row in self._stream(statement, {"b_ref": ref}):
                return rows.case_from(row)
        return None

    def excluded(self, chain: str) -> frozenset[str]:
        return frozenset(row[0] for row in self._stream(_EXCLUDED, {"b_chain": chain}))

    def chains(self) -> Iterator[ChainRows]:
        """Lay the tables side by side: each names its chain first, and all are in the same order."""
        streams = [
            self._placed(place, query, add)
            for place, (query, add) in enumerate(_tables_in_order(is_sqlite=self._database.is_sqlite))
        ]
        for chain, found in groupby(merge(*streams, key=itemgetter(0, 1)), key=itemgetter(0)):
            gathered = ChainRows(chain)
            for _, _, values, add in found:
                try:
                    add(gathered, values)
                except (ValueError, TypeError) as error:
                    gathered.unreadable.append(f"a row of {values[0]} cannot be read: {error}")
            yield gathered

    def _placed(self, place: int, query: Select[Any], add: Adder) -> Iterator[tuple[str, int, Sequence[Any], Adder]]:
        for row in self._stream(query):
            yield row[0], place, row[1:], add

    def _stream(self, statement: Select[Any], values: dict[str, Any] | None = None) -> Iterable[Any]:
        if self._tx is None:
            raise RuntimeError("this reader is not open: use it in a with block")
        return self._tx.stream(statement, values)


def _event_from(row: Any) -> StoredEvent:
    chain, seq, leaf, prev, kind, machine, event, at, actor, role, data, index, entry_leaf, sealed = row
    return StoredEvent(
        chain, seq, bytes(leaf), bytes(prev), kind, machine, event, at, actor, role, bytes(data), index,
        None if entry_leaf is None else bytes(entry_leaf), None if sealed is None else bytes(sealed),
    )  # fmt: skip
