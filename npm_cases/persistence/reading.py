"""The whole database in one consistent state, table beside table in the order of the chains, in bounded memory.

The tables stream side by side inside one read transaction, so that nothing moves while it is checked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Select, Table, and_, collate, func, literal_column, select

from npm_cases.domain.records import Case, TakenRung
from npm_cases.history.event import OFFICE
from npm_cases.persistence import rows, statements as sql
from npm_cases.persistence.log_tree import SqlLog
from npm_cases.persistence.one_state import OneState
from npm_cases.persistence.schema import (
    approvals,
    case_events,
    cases,
    chains,
    consents,
    documents,
    exclusions,
    import_rows,
    links,
    log_entries,
    metadata,
    obligations,
    outbox,
    rungs_taken,
    sealed_texts,
)
from npm_cases.services.ports import Chain
from npm_cases.services.reading import ChainRows, Decision, Orphan, StoredEvent, StoredNotice

LAST_INDEX = 2**62
LogRow = tuple[int, bytes, bytes]

RUNG_COLUMNS = ("obligation", "rung", "chain", "act", "outcome", "due_at", "act_at", "late_by_engine", "posts")
NOTICE_COLUMNS = (
    "id", "chain", "obligation", "rung", "post", "due_on", "status", "message_id", "body", "template", "not_before",
    "created_at", "alone", "carried_by", "recipient",
)  # fmt: skip

_COPIES = ("chain", "seq", "leaf", "prev", "type", "machine", "event", "at", "actor", "role", "data")
_EVENTS = (
    select(*[case_events.c[name] for name in _COPIES], log_entries.c.idx, log_entries.c.leaf, sealed_texts.c.ciphertext)
    .outerjoin(log_entries, and_(log_entries.c.chain == case_events.c.chain, log_entries.c.seq == case_events.c.seq))
    .outerjoin(sealed_texts, and_(sealed_texts.c.chain == case_events.c.chain, sealed_texts.c.seq == case_events.c.seq))
)
_EVENT = _EVENTS.where(case_events.c.chain == sql.b("chain"), case_events.c.seq == sql.number("seq"))
_EVENTS_OF = _EVENTS.where(case_events.c.chain == sql.b("chain")).order_by(case_events.c.seq)
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
_SAME = and_(case_events.c.chain == log_entries.c.chain, case_events.c.seq == log_entries.c.seq)
_IN_LOG_ORDER = (
    select(log_entries.c.idx, log_entries.c.leaf, case_events.c.data, case_events.c.seq.is_not(None))
    .select_from(log_entries)
    .outerjoin(case_events, _SAME)
    .where(log_entries.c.idx >= sql.number("start"), log_entries.c.idx < sql.number("end"))
    .order_by(log_entries.c.idx)
)
# On SQLite an event and its entry are written together, so the nth row of one table belongs to the nth of the other: both
# are read once from end to end, instead of one being looked up by its key for every entry of the other. Where a row
# turns out to be another one, it is looked up after all.
_SIDE_BY_SIDE = (
    select(log_entries.c.idx, log_entries.c.leaf, case_events.c.data, func.coalesce(_SAME, literal_column("0")))
    .select_from(log_entries)
    .outerjoin(case_events, literal_column("case_events.rowid", Integer) == log_entries.c.idx + 1)
    .where(log_entries.c.idx >= sql.number("start"), log_entries.c.idx < sql.number("end"))
    .order_by(log_entries.c.idx)
)
one_in_log = select(case_events.c.data).join(log_entries, _SAME).where(log_entries.c.idx == sql.number("start"))
_SEALED = select(sealed_texts).order_by(sealed_texts.c.chain, sealed_texts.c.seq)
_OFFICE = _EVENTS.where(case_events.c.chain == OFFICE).order_by(case_events.c.seq)
_EXCLUDED = select(exclusions.c.post).where(exclusions.c.chain == sql.b("chain"))


def _of(chain: Column[str], *columns: Column[Any]) -> Select[Any]:
    return select(chain, *columns)


def _add_case(gathered: ChainRows, values: Sequence[Any]) -> None:
    case = rows.case_from(values)
    if not isinstance(case.facts, dict):
        raise TypeError("its facts are no object")
    gathered.case = case


def _add_head(gathered: ChainRows, values: Sequence[Any]) -> None:
    chain, seq, head, last_at = values
    gathered.head = Chain(chain, seq, bytes(head), last_at)


def _add_obligation(gathered: ChainRows, values: Sequence[Any]) -> None:
    owed = rows.obligation_from(values)
    _check_flags(values[_PROVISIONAL], values[_RAISED])
    if not (_is_list_of_steps(owed.derivation) and _is_list_of_steps(owed.ledger)):
        raise TypeError("its derivation or its ledger is no list of steps")
    gathered.obligations.append(owed)


_PROVISIONAL, _RAISED = (rows.OBLIGATION_COLUMNS.index(name) for name in ("provisional", "raised"))


def _check_flags(*flags: int) -> None:
    if not {*flags} <= {0, 1}:
        raise ValueError("one of its flags is neither 0 nor 1")


def _is_list_of_steps(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(step, dict) for step in value)


def _add_rung(gathered: ChainRows, values: Sequence[Any]) -> None:
    obligation, rung, chain, act, outcome, due_at, act_at, late, posts = values
    _check_flags(late)
    gathered.rungs.append(TakenRung(obligation, rung, chain, act, outcome, due_at, act_at, bool(late), posts))


def _add_notice(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.notices.append(StoredNotice(*values))


def _add_document(gathered: ChainRows, values: Sequence[Any]) -> None:
    gathered.documents.append(rows.document_from(values))


def _add_decision(gathered: ChainRows, values: Sequence[Any]) -> None:
    *approval, decided_by, decided_at = values
    gathered.decisions.append(Decision(rows.approval_from(approval), decided_by, decided_at))


def _plain(table: Table, chain: Column[str], member: str) -> tuple[Column[str], Select[Any], "Adder"]:
    """Take the rows of a table as they stand."""
    names = [column.name for column in table.columns]

    def add(gathered: ChainRows, values: Sequence[Any]) -> None:
        getattr(gathered, member).append(dict(zip(names, values, strict=True)))

    return chain, _of(chain, *table.columns), add


Adder = Callable[[ChainRows, Sequence[Any]], None]
_DECIDED = (approvals.c.decided_by, approvals.c.decided_at)
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
        _of(approvals.c.chain, *[approvals.c[name] for name in rows.APPROVAL_COLUMNS], *_DECIDED),
        _add_decision,
    ),
    _plain(consents, consents.c.chain, "consents"),
    _plain(links, links.c.from_case, "links"),
    _plain(exclusions, exclusions.c.chain, "exclusions"),
    _plain(import_rows, import_rows.c.case_id, "imported"),
)


def log_pages(*, is_sqlite: bool) -> Select[Any]:
    """Return the query for a range of the log in order, from b_start on, before b_end."""
    return _SIDE_BY_SIDE if is_sqlite else _IN_LOG_ORDER


def _by_code_point(column: Column[str], *, is_sqlite: bool) -> ColumnElement[str]:
    """Order as Python does: SQLite compares bytes by itself, PostgreSQL in the collation C."""
    return column if is_sqlite else collate(column, "C")


@cache
def _whole(name: str) -> Select[Any]:
    table = metadata.tables[name]
    return select(table).order_by(*table.primary_key.columns)


@cache
def _events_in_order(*, is_sqlite: bool) -> Select[Any]:
    return _EVENTS.order_by(_by_code_point(case_events.c.chain, is_sqlite=is_sqlite), case_events.c.seq)


@cache
def _tables_in_order(*, is_sqlite: bool) -> list[tuple[Select[Any], Adder]]:
    return [(query.order_by(_by_code_point(column, is_sqlite=is_sqlite)), add) for column, query, add in _TABLES]


class SqlReader(OneState):
    """Reads one database throughout as it was when the block was entered."""

    @property
    def sequenced_at_once(self) -> bool:
        return self._database.is_sqlite

    def events(self) -> Iterator[StoredEvent]:
        return map(_event_from, self._stream(_events_in_order(is_sqlite=self._database.is_sqlite)))

    def events_of(self, chain: str) -> Iterator[StoredEvent]:
        return map(_event_from, self._stream(_EVENTS_OF, {"b_chain": chain}))

    def orphans(self) -> Iterator[Orphan]:
        for chain, seq in self._stream(_SEALED_ALONE):
            yield Orphan(chain, seq, "a sealed text belongs to no event")
        for chain, obligation, rung in self._stream(_RUNGS_ALONE):
            yield Orphan(chain, 0, f"the rung {rung} was taken of the obligation {obligation}, which there is not")

    def register(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a table that belongs to no chain, in the order of its key."""
        table = metadata.tables[name]
        names = [column.name for column in table.columns]
        for row in self._stream(_whole(name)):
            yield dict(zip(names, row, strict=True))

    def event(self, chain: str, seq: int) -> StoredEvent | None:
        """Return one event of a chain, or None where there is none."""
        row = self.tx.one(_EVENT, {"b_chain": chain, "b_seq": seq})
        return _event_from(row) if row else None

    def pages(self, start: int = 0, end: int = LAST_INDEX) -> Iterator[list[LogRow]]:
        """Yield the log in order, pages at a time: index, leaf of the entry, stored bytes; no bytes where no event is."""
        tx = self.tx
        for page in tx.pages(log_pages(is_sqlite=self._database.is_sqlite), {"b_start": start, "b_end": end}):
            yield [row[:3] if row[3] else (row[0], row[1], self._looked_up(row[0])) for row in page]

    def _looked_up(self, index: int) -> bytes:
        row = self.tx.one(one_in_log, {"b_start": index})
        return bytes(row[0]) if row else b""

    def office_events(self, types: Collection[str]) -> Iterator[StoredEvent]:
        """Yield those events of the office that are of one of these types."""
        return (event for event in map(_event_from, self._stream(_OFFICE)) if event.type in types)

    def sealed(self) -> Iterator[tuple[str, int, bytes]]:
        """Yield every sealed text with its place."""
        return ((chain, seq, bytes(ciphertext)) for chain, seq, ciphertext in self._stream(_SEALED))

    def tree(self) -> SqlLog:
        """Return the log as a tree, in the same state."""
        return SqlLog(self._database, self.tx)

    def is_sequenced(self) -> bool:
        """Say whether every event has its place in the log."""
        events, places = self.tx.one(sql.LOG_STATE)
        return int(events) == int(places)

    def find(self, ref: str) -> Case | None:
        for statement in (sql.CASE_BY_ID, sql.CASE_BY_NUMBER):
            for row in self._stream(statement, {"b_ref": ref}):
                return rows.case_from(row)
        return None

    def excluded(self, chain: str) -> frozenset[str]:
        return frozenset(row[0] for row in self._stream(_EXCLUDED, {"b_chain": chain}))

    def chains(self) -> Iterator[ChainRows]:
        """Lay the tables side by side: each names its chain first, and all are in the same order."""
        streams = [self._placed(place, query, add) for place, (query, add) in enumerate(self._tables())]
        for chain, found in groupby(merge(*streams, key=itemgetter(0, 1)), key=itemgetter(0)):
            gathered = ChainRows(chain)
            for _, _, values, add in found:
                try:
                    add(gathered, values)
                except (ValueError, TypeError) as error:
                    gathered.unreadable.append(f"a row of {values[0]} cannot be read: {error}")
            yield gathered

    def _tables(self) -> list[tuple[Select[Any], Adder]]:
        return _tables_in_order(is_sqlite=self._database.is_sqlite)

    def _placed(self, place: int, query: Select[Any], add: Adder) -> Iterator[tuple[str, int, Sequence[Any], Adder]]:
        for row in self._stream(query):
            yield row[0], place, row[1:], add

    def _stream(self, statement: Select[Any], values: dict[str, Any] | None = None) -> Iterable[Any]:
        return self.tx.stream(statement, values)


def _event_from(row: Any) -> StoredEvent:
    chain, seq, leaf, prev, kind, machine, event, at, actor, role, data, index, entry_leaf, sealed = row
    return StoredEvent(
        chain, seq, bytes(leaf), bytes(prev), kind, machine, event, at, actor, role, bytes(data), index,
        None if entry_leaf is None else bytes(entry_leaf), None if sealed is None else bytes(sealed),
    )  # fmt: skip
