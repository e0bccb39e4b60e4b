"""The rows beside cases and their histories: answers, proposals, documents, exclusions, imports, plain registers."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, Table, Update, bindparam, insert, select, update

from npm_cases.domain.errors import Conflict, NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Approval, StoredDocument
from npm_cases.persistence import rows, schema, statements as sql
from npm_cases.persistence.database import WHERE, Database, Transaction
from npm_cases.persistence.gathering import Gathering


class RegisterRows(Gathering):
    """The part of the unit of work that keeps the registers."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        super().__init__(database, writing=writing)
        self._imported: dict[str, tuple[str, str, str] | None] = {}
        self._bodies: set[str] | None = None
        self._shut_out: dict[str, frozenset[str]] = {}

    def answer(self, idem: str) -> tuple[str, str, str] | None:
        """Return user, digest and answer kept under a key; a call with the same key that is under way is waited for."""
        of_it = {"b_idem": idem}
        locked = [] if self._database.is_sqlite else [(sql.LOCK_KEY, of_it)]
        found = self.tx.asked_together([*locked, (sql.ANSWER, of_it)])[-1]
        return (found[0][0], found[0][1], found[0][2]) if found else None

    def keep_answer(self, idem: str, user: str, digest: str, answer: str, at: str) -> None:
        self._later(sql.KEEP_ANSWER, {"idem": idem, "user": user, "digest": digest, "answer": answer, "at": at})

    def add_approval(self, approval: Approval) -> None:
        self._later(sql.ADD_APPROVAL, rows.approval_values(approval))

    def approval(self, approval_id: str) -> Approval:
        """Return a proposal, locked where this unit of work writes.

        Raises NotFound.
        """
        row = self.tx.one(sql.LOCKED_APPROVAL if self._writing else sql.APPROVAL, {"b_id": approval_id})
        if row is None:
            raise NotFound(say("no_proposal", given=quoted(approval_id)))
        return rows.approval_from(row)

    def decide_approval(self, approval_id: str, status: str, by: str, at: str) -> None:
        """Close a proposal once.

        Raises Conflict when somebody closed it in the meantime.
        """
        values = {"status": status, "decided_by": by, "decided_at": at, "b_id": approval_id}
        if self.tx.run(sql.DECIDE_APPROVAL, values) != 1:
            raise Conflict(say("decided_meanwhile", proposal=approval_id))

    def expired_approvals(self, now: str, limit: int) -> list[Approval]:
        """Return pending proposals that lapsed, locked; those somebody decides at this moment are passed over."""
        locked = self._writing and not self._database.is_sqlite
        statement = sql.EXPIRED_APPROVALS_LOCKED if locked else sql.EXPIRED_APPROVALS
        return [rows.approval_from(row) for row in self.tx.tuples(statement, {"b_now": now, "b_limit": limit})]

    def add_document(self, document: StoredDocument) -> None:
        self._later(sql.ADD_DOCUMENT, rows.document_values(document))

    def document(self, document_id: str) -> StoredDocument | None:
        row = self.tx.one(sql.DOCUMENT, {"b_id": document_id})
        return rows.document_from(row) if row else None

    def look_up_imported(self, row_keys: Sequence[str]) -> None:
        """Read at once what is known of many rows, so that ``imported`` need not ask for each of them."""
        unknown = [key for key in row_keys if key not in self._imported]
        if self._database.is_sqlite:
            found = self.tx.tuples(sql.IMPORTED_AMONG, {"b_keys": json.dumps(unknown)})
        else:
            found = self.tx.tuples(sql.IMPORTED_AMONG_ARRAY, {"b_keys": unknown})
        self._imported |= dict.fromkeys(unknown)
        self._imported |= {row[0]: (row[1], row[2], row[3]) for row in found}

    def imported(self, row_key: str) -> tuple[str, str, str] | None:
        """Return digest, case and batch of a row imported before, also earlier in this very transaction."""
        if row_key not in self._imported:
            row = self.tx.one(sql.IMPORTED, {"b_key": row_key})
            self._imported[row_key] = (row[0], row[1], row[2]) if row else None
        return self._imported[row_key]

    def remember_import(self, row_key: str, digest: str, case_id: str, batch: str) -> None:
        if self.imported(row_key) is None:
            values = {"row_key": row_key, "digest": digest, "case_id": case_id, "batch": batch}
            self._later(sql.ADD_IMPORTED, values)
        else:
            self._later(sql.SAVE_IMPORTED, {"digest": digest, "batch": batch, "b_key": row_key})
        self._imported[row_key] = (digest, case_id, batch)

    def has_body(self, body_id: str) -> bool:
        if self._bodies is None:
            self._bodies = {row[0] for row in self.tx.tuples(sql.BODY_IDS)}
        return body_id in self._bodies

    def excluded(self, chain: str) -> frozenset[str]:
        if chain not in self._shut_out:
            self._shut_out[chain] = frozenset(row[0] for row in self.tx.tuples(sql.EXCLUDED, {"b_chain": chain}))
        return self._shut_out[chain]

    def exclude(self, chain: str, post: str, at: str) -> None:
        """Exclude a post, a unit or a person from a case; who is excluded already stays so."""
        if post not in self.excluded(chain):
            self.tx.run(sql.EXCLUDE, {"chain": chain, "post": post, "at": at})
            del self._shut_out[chain]

    # -- time and watching

    def next_rung_at(self) -> str:
        """Return the instant of the earliest rung not yet taken, or an empty text."""
        return str(self.tx.one(sql.NEXT_RUNG_AT)[0] or "")

    def last_sweep(self) -> str:
        return str(self.tx.one(sql.LAST_SWEEP)[0] or "")

    def users_with_clocks(self, until: str) -> list[str]:
        return [row[0] for row in self.tx.tuples(sql.USERS_WITH_CLOCKS, {"b_until": until})]

    def cases_due(self, user: str, until: str, limit: int) -> list[tuple[str, str]]:
        values = {"b_user": user, "b_until": until, "b_limit": limit}
        return [(row[0], row[1]) for row in self.tx.tuples(sql.CASES_DUE, values)]

    def last_instant(self) -> str:
        """Return the instant of the newest event, so that a simulated clock never runs backwards."""
        found = (self.tx.one(sql.LAST_CASE_INSTANT)[0], self.tx.one(sql.LAST_CHAIN_INSTANT)[0])
        return max(str(instant or "") for instant in found)

    def simulated_clock(self) -> str:
        """Return the instant a demo set a sandbox's clock to, or an empty text."""
        row = self.tx.one(sql.META, {"b_name": "clock"})
        return str(row[0]) if row else ""

    # -- the plain registers: bodies, places, visits, holders, users, incidents, links, consents

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Add one row to a register."""
        self.tx.run(_insert_into(table), values)
        if table == "bodies" and self._bodies is not None:
            self._bodies.add(str(values["id"]))

    def update(self, table: str, values: Mapping[str, Any], where: Mapping[str, Any]) -> int:
        """Change rows of a register and return how many."""
        statement = _update_of(table, tuple(where))
        return self.tx.run(statement, {**values, **{f"{WHERE}{name}": value for name, value in where.items()}})

    def rows(self, table: str, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return rows of a register as dictionaries."""
        return read_register(self.tx, table, where)


def read_register(tx: Transaction, table: str, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return rows of a register as dictionaries, in order of their primary key."""
    statement, names = _select_from(table, tuple(where or ()))
    found = tx.tuples(statement, {f"{WHERE}{name}": value for name, value in (where or {}).items()})
    return [dict(zip(names, row, strict=True)) for row in found]


def _given(table: Table, name: str) -> ColumnElement[bool]:
    """Compare a column with its parameter, which is of the column's own type: some are numbers."""
    return table.c[name] == bindparam(f"{WHERE}{name}", type_=table.c[name].type)


# A statement is built once for a register and its columns: the database keeps what it compiled for each.
@cache
def _insert_into(table: str) -> Insert:
    return insert(schema.metadata.tables[table])


@cache
def _update_of(table: str, where: tuple[str, ...]) -> Update:
    target = schema.metadata.tables[table]
    return update(target).where(*[_given(target, name) for name in where])


@cache
def _select_from(table: str, where: tuple[str, ...]) -> tuple[Select[Any], list[str]]:
    source = schema.metadata.tables[table]
    statement = select(source).order_by(*source.primary_key.columns)
    for name in where:
        statement = statement.where(_given(source, name))
    return statement, [column.name for column in source.columns]
