"""The unit of work over a database: reads lock, writes are gathered and go out together at commit."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Insert, insert, select, update
from sqlalchemy.sql import ClauseElement

from npm_cases.domain.errors import Conflict, NotFound
from npm_cases.domain.records import Approval, Case, Notice, Obligation, StoredDocument, TakenRung
from npm_cases.history.event import Written
from npm_cases.persistence import rows, schema, statements as sql
from npm_cases.persistence.database import Database, Transaction
from npm_cases.services.ports import Chain, DueRung, Ready, Recipient

Values = dict[str, Any]
CASE_ID_LENGTH = 32
_UNASKED: Any = object()
_INSERTS: dict[str, Insert] = {}


class SqlWork:
    """One transaction of the services. Cases and obligations read are remembered, so that a move reads each once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tx: Transaction | None = None
        self._events: list[Written] = []
        self._writes: dict[int, tuple[ClauseElement, list[Values]]] = {}
        self._obligations: dict[str, list[Obligation]] = {}
        self._new_obligations: dict[str, Obligation] = {}
        self._changed: dict[str, Obligation] = {}
        self._cases: dict[str, Case] = {}
        self._new_cases: dict[str, Case] = {}
        self._saved: dict[str, Case] = {}
        self._chains: dict[str, Chain] = {}
        self._keys: dict[str, bytes] = {}
        self._sealed: dict[tuple[str, int], bytes] = {}
        self._imported: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._bodies: set[str] | None = None
        self._recipients: dict[tuple[str, str], Recipient | None] = {}

    def __enter__(self) -> Self:
        self._tx = self._database.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._tx is not None:
            self._tx.close()
            self._tx = None

    @property
    def tx(self) -> Transaction:
        """The open transaction."""
        if self._tx is None:
            raise RuntimeError("this unit of work is not open: use it in a with block")
        return self._tx

    def commit(self) -> None:
        """Write everything gathered and make it durable together."""
        self.flush()
        self.tx.commit()

    def flush(self) -> None:
        """Write everything gathered so far inside the transaction."""
        tx = self.tx
        tx.many(sql.ADD_CASE, [rows.case_values(case) for case in self._new_cases.values()])
        self._save_cases(tx)
        self._append_events(tx)
        tx.many(sql.ADD_OBLIGATION, [rows.obligation_values(owed) for owed in self._new_obligations.values()])
        tx.many(sql.SAVE_OBLIGATION, [_changeable(owed) for owed in self._changed.values()])
        for statement, values in self._writes.values():
            tx.many(statement, values)
        for series, last in self._numbers.items():
            tx.run(sql.SAVE_SERIES, {"last": last, "b_series": series})
        for gathered in (self._new_cases, self._saved, self._new_obligations, self._changed, self._writes):
            gathered.clear()

    def _save_cases(self, tx: Transaction) -> None:
        tx.many(sql.SAVE_CASE, [_case_changes(case) for key, case in self._saved.items() if key not in self._new_cases])
        for chain in self._chains.values():
            values = {"seq": chain.seq, "head": chain.head, "last_at": chain.last_at, "b_id": chain.id}
            if not tx.run(sql.SAVE_CHAIN, values):
                tx.run(sql.ADD_CHAIN, {"id": chain.id, "seq": chain.seq, "head": chain.head, "last_at": chain.last_at})

    def _append_events(self, tx: Transaction) -> None:
        tx.many(sql.ADD_EVENT, [_event_values(line) for line in self._events])
        if self._database.is_sqlite and self._events:  # the writer lock is held: the log order is given at once
            index = int(tx.one(sql.LAST_INDEX)[0])
            entries = [
                {"idx": index + n, "chain": line.event.case, "seq": line.event.seq, "leaf": line.leaf}
                for n, line in enumerate(self._events, start=1)
            ]
            tx.many(sql.ADD_LOG_ENTRY, entries)
        self._events.clear()

    def _later(self, statement: ClauseElement, values: Values) -> None:
        self._writes.setdefault(id(statement), (statement, []))[1].append(values)

    # -- cases and chains

    def case(self, ref: str) -> Case:
        """Return a case by id or number, locked for this transaction.

        Raises NotFound.
        """
        if ref in self._cases:
            return self._cases[ref]
        statement = sql.LOCKED_CASE_BY_ID if len(ref) == CASE_ID_LENGTH else sql.LOCKED_CASE_BY_NUMBER
        row = self.tx.one(statement, {"b_ref": ref})
        if row is None:
            raise NotFound(f"there is no case {ref!r}; `npm-cases case list` shows the numbers you may see")
        case = rows.case_from(row)
        return self._cases.setdefault(case.id, case)

    def chain(self, chain_id: str) -> Chain:
        """Return the head of a chain that is not a case; a chain never written yet is empty."""
        if chain_id not in self._chains:
            row = self.tx.one(sql.LOCKED_CHAIN, {"b_id": chain_id})
            found = Chain(chain_id, row[0], bytes(row[1]), row[2]) if row else Chain(chain_id, 0, b"", "")
            self._chains[chain_id] = found
        return self._chains[chain_id]

    def add_case(self, case: Case) -> None:
        self._cases[case.id] = self._new_cases[case.id] = case
        self._obligations[case.id] = []

    def save_case(self, case: Case) -> None:
        self._saved[case.id] = case

    def save_chain(self, chain: Chain) -> None:
        self._chains[chain.id] = chain

    def next_number(self, series: str) -> int:
        """Take the next number of a series; it is given back only when the transaction is undone."""
        if series not in self._numbers:
            row = self.tx.one(sql.LOCKED_NUMBER, {"b_series": series})
            if row is None:
                self.tx.run(sql.ADD_SERIES, {"series": series, "last": 0})
            self._numbers[series] = int(row[0]) if row else 0
        self._numbers[series] += 1
        return self._numbers[series]

    def append(self, event: Written) -> None:
        self._events.append(event)
        case = self._cases.get(event.event.case)
        if case is not None:
            self._saved[case.id] = case

    def add_sealed(self, chain: str, seq: int, ciphertext: bytes) -> None:
        self._sealed[chain, seq] = ciphertext
        self._later(sql.ADD_SEALED, {"chain": chain, "seq": seq, "ciphertext": ciphertext})

    def sealed(self, chain: str, seq: int) -> bytes:
        """Return the ciphertext of one event.

        Raises NotFound when the event has none or it was erased.
        """
        if (chain, seq) in self._sealed:
            return self._sealed[chain, seq]
        row = self.tx.one(sql.SEALED, {"b_chain": chain, "b_seq": seq})
        if row is None:
            raise NotFound(f"event {seq} of this history holds no protected text")
        return bytes(row[0])

    def case_key(self, case_id: str) -> bytes | None:
        if case_id not in self._keys and case_id not in self._new_cases:
            row = self.tx.one(sql.CASE_KEY, {"b_case": case_id})
            if row:
                self._keys[case_id] = bytes(row[0])
        return self._keys.get(case_id)

    def add_case_key(self, case_id: str, wrapped: bytes, made_at: str) -> None:
        self._keys[case_id] = wrapped
        self._later(sql.ADD_CASE_KEY, {"case_id": case_id, "wrapped": wrapped, "made_at": made_at})

    # -- obligations and rungs

    def open_obligations(self, chain: str) -> list[Obligation]:
        if chain not in self._obligations:
            found = self.tx.tuples(sql.OPEN_OBLIGATIONS, {"b_chain": chain})
            self._obligations[chain] = [rows.obligation_from(row) for row in found]
        return [owed for owed in self._obligations[chain] if not owed.discharged_at]

    def obligations_of(self, subject_kind: str) -> list[Obligation]:
        """Return the open obligations of one place or visit."""
        found = self.tx.tuples(sql.OBLIGATIONS_OF, {"b_subject": subject_kind})
        return [self._remember(rows.obligation_from(row)) for row in found]

    def last_obligation(self, chain: str, duty: str) -> Obligation | None:
        known = [o for o in self._obligations.get(chain, ()) if o.duty == duty]
        if known:
            return known[-1]
        row = self.tx.one(sql.LAST_OBLIGATION, {"b_chain": chain, "b_duty": duty})
        return rows.obligation_from(row) if row else None

    def add_obligation(self, obligation: Obligation) -> None:
        self.open_obligations(obligation.chain)
        self._obligations[obligation.chain].append(obligation)
        self._new_obligations[obligation.id] = obligation

    def save_obligation(self, obligation: Obligation) -> None:
        if obligation.id not in self._new_obligations:
            self._changed[obligation.id] = obligation

    def due_rungs(self, now: str, limit: int) -> list[DueRung]:
        """Return obligations whose next rung is due, oldest first, with their cases, locked.

        Another sweeper's rows are passed over on PostgreSQL; on SQLite there is one writer at a time.
        """
        statement = sql.DUE_RUNGS if self._database.is_sqlite else sql.DUE_RUNGS_LOCKED
        found = self.tx.tuples(statement, {"b_now": now, "b_limit": limit})
        split = len(rows.OBLIGATION_COLUMNS)
        self._lock_cases([row[split] for row in found if row[split] is not None])
        return [DueRung(self._remember(rows.obligation_from(row[:split])), self._case_of(row[split:])) for row in found]

    def _lock_cases(self, ids: list[str]) -> None:
        if ids and not self._database.is_sqlite:
            for case_id in sorted(set(ids)):
                self.case(case_id)

    def _case_of(self, values: Any) -> Case | None:
        if values[0] is None:
            return None
        return self._cases.get(values[0]) or self._cases.setdefault(values[0], rows.case_from(values))

    def _remember(self, owed: Obligation) -> Obligation:
        for known in self._obligations.get(owed.chain, ()):
            if known.id == owed.id:
                return known
        return owed

    def take_rung(self, rung: TakenRung) -> None:
        self._later(sql.TAKE_RUNG, rows.rung_values(rung))

    def queue(self, notice: Notice) -> None:
        self._later(sql.QUEUE, rows.notice_values(notice))

    # -- acts that wait, answers given, documents

    def answer(self, idem: str) -> tuple[str, str, str] | None:
        row = self.tx.one(sql.ANSWER, {"b_idem": idem})
        return (row[0], row[1], row[2]) if row else None

    def keep_answer(self, idem: str, user: str, digest: str, answer: str, at: str) -> None:
        self._later(sql.KEEP_ANSWER, {"idem": idem, "user": user, "digest": digest, "answer": answer, "at": at})

    def add_approval(self, approval: Approval) -> None:
        self._later(sql.ADD_APPROVAL, rows.approval_values(approval))

    def approval(self, approval_id: str) -> Approval:
        """Return a proposal, locked.

        Raises NotFound.
        """
        row = self.tx.one(sql.LOCKED_APPROVAL, {"b_id": approval_id})
        if row is None:
            raise NotFound(f"there is no proposal {approval_id!r}; it is named in the answer to the act that proposed it")
        return rows.approval_from(row)

    def decide_approval(self, approval_id: str, status: str, by: str, at: str) -> None:
        """Close a proposal once.

        Raises Conflict when somebody closed it in the meantime.
        """
        values = {"status": status, "decided_by": by, "decided_at": at, "b_id": approval_id}
        if self.tx.run(sql.DECIDE_APPROVAL, values) != 1:
            raise Conflict(f"the proposal {approval_id} was decided by somebody else in the meantime")

    def expired_approvals(self, now: str, limit: int) -> list[Approval]:
        found = self.tx.tuples(sql.EXPIRED_APPROVALS, {"b_now": now, "b_limit": limit})
        return [rows.approval_from(row) for row in found]

    def add_document(self, document: StoredDocument) -> None:
        self._later(sql.ADD_DOCUMENT, rows.document_values(document))

    def document(self, document_id: str) -> StoredDocument | None:
        row = self.tx.one(sql.DOCUMENT, {"b_id": document_id})
        return rows.document_from(row) if row else None

    def imported(self, row_key: str) -> str | None:
        """Return ``digest:case`` of a row imported before, also earlier in this very transaction."""
        if row_key in self._imported:
            return self._imported[row_key]
        row = self.tx.one(sql.IMPORTED, {"b_key": row_key})
        return f"{row[0]}:{row[1]}" if row else None

    def remember_import(self, row_key: str, digest: str, case_id: str, batch: str) -> None:
        if self.imported(row_key) is None:
            values = {"row_key": row_key, "digest": digest, "case_id": case_id, "batch": batch}
            self._later(sql.ADD_IMPORTED, values)
        else:
            self._later(sql.SAVE_IMPORTED, {"digest": digest, "batch": batch, "b_key": row_key})
        self._imported[row_key] = f"{digest}:{case_id}"

    def has_body(self, body_id: str) -> bool:
        if self._bodies is None:
            self._bodies = {row[0] for row in self.tx.tuples(sql.BODY_IDS)}
        return body_id in self._bodies

    # -- mail

    def waiting_notices(self, now: str, limit: int) -> list[Notice]:
        statement = sql.NOTICES_WAITING if self._database.is_sqlite else sql.NOTICES_WAITING_LOCKED
        return [rows.notice_from(row) for row in self.tx.tuples(statement, {"b_now": now, "b_limit": limit})]

    def bundle(self, recipient: str, notices: list[str], now: str) -> None:
        """Let the first notice lead a mail that carries all of them to one recipient."""
        leader, *others = notices
        values = {"status": "bundled", "recipient": recipient, "next_attempt_at": now, "carried_by": "", "b_id": leader}
        self._later(sql.BUNDLE_LEADER, values)
        for other in others:
            self._later(sql.BUNDLE_LEADER, {**values, "next_attempt_at": "", "carried_by": leader, "b_id": other})

    def claim_mail(self, now: str, lease_until: str, limit: int) -> list[tuple[Ready, list[Notice]]]:
        """Claim mails that are ready, each with the notices it carries; the claim lapses at ``lease_until``."""
        statement = sql.CLAIMABLE if self._database.is_sqlite else sql.CLAIMABLE_LOCKED
        claimed = []
        for leader, message_id, recipient, attempts in self.tx.tuples(statement, {"b_now": now, "b_limit": limit}):
            carried = self.tx.tuples(sql.CARRIED, {"b_leader": leader})
            self._later(sql.CLAIM, {"attempts": attempts + 1, "next_attempt_at": lease_until, "b_id": leader})
            ready = Ready(leader, message_id, recipient, attempts + 1)
            claimed.append((ready, [rows.notice_from(row) for row in carried]))
        return claimed

    def settle_mail(self, leader: str, status: str, done_at: str, next_attempt_at: str) -> None:
        values = {"status": status, "done_at": done_at, "next_attempt_at": next_attempt_at, "b_leader": leader}
        self.tx.run(sql.SETTLE, values)

    def insert_attempt(
        self, leader: str, number: int, at: str, outcome: str, stage: str, code: int, reason: str
    ) -> None:
        values = {"message": leader, "number": number, "at": at, "outcome": outcome, "stage": stage, "code": code}
        self._later(sql.ADD_ATTEMPT, {**values, "reason": reason})

    def recipient(self, key: str, day: str) -> Recipient | None:
        """Return who is reached under a key on a day: the present holder of a post, a body's contact, a user."""
        known = self._recipients.get((key, day), _UNASKED)
        if known is _UNASKED:
            known = self._recipients[key, day] = self._look_up(key, day)
        return known  # type: ignore[return-value]

    def _look_up(self, key: str, day: str) -> Recipient | None:
        kind, _, name = key.partition(":")
        if kind == "post":
            row = self.tx.one(sql.HOLDER, {"b_post": name, "b_day": day})
        else:
            row = self.tx.one(sql.BODY if kind == "body" else sql.USER, {"b_id": name})
        return Recipient(row[0], row[1], row[2]) if row and row[0] else None

    def superior_of(self, body: str) -> str:
        row = self.tx.one(sql.BODY, {"b_id": body})
        return str(row[3]) if row else ""

    def assignee_of(self, chain: str) -> str:
        return self._assignee(chain)[0]

    def number_of(self, chain: str) -> str:
        return self._assignee(chain)[1]

    def _assignee(self, chain: str) -> tuple[str, str]:
        if chain in self._cases:
            return self._cases[chain].assignee, self._cases[chain].number
        row = self.tx.one(sql.ASSIGNEE, {"b_id": chain})
        return (row[0], row[1]) if row else ("", chain)

    def excluded(self, chain: str) -> frozenset[str]:
        return frozenset(row[0] for row in self.tx.tuples(sql.EXCLUDED, {"b_chain": chain}))

    def exclude(self, chain: str, post: str, at: str) -> None:
        self._later(sql.EXCLUDE, {"chain": chain, "post": post, "at": at})

    # -- the plain registers: bodies, places, visits, holders, users, incidents, links, consents

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Add one row to a register."""
        self.tx.run(self._insert_into(table), dict(values))
        if table == "bodies" and self._bodies is not None:
            self._bodies.add(str(values["id"]))

    @staticmethod
    def _insert_into(table: str) -> Insert:
        return _INSERTS.setdefault(table, insert(schema.metadata.tables[table]))

    def update(self, table: str, values: Mapping[str, Any], where: Mapping[str, Any]) -> int:
        """Change rows of a register and return how many."""
        target = schema.metadata.tables[table]
        statement = update(target).where(*[target.c[name] == sql.b(name) for name in where])
        return self.tx.run(statement, {**values, **{f"b_{name}": value for name, value in where.items()}})

    def rows(self, table: str, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return rows of a register as dictionaries."""
        return read_rows(self.tx, table, where)


def read_rows(tx: Transaction, table: str, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return rows of a register as dictionaries, in order of their primary key."""
    source = schema.metadata.tables[table]
    statement = select(source).order_by(*source.primary_key.columns)
    for name in where or {}:
        statement = statement.where(source.c[name] == sql.b(name))
    names = [column.name for column in source.columns]
    found = tx.tuples(statement, {f"b_{name}": value for name, value in (where or {}).items()})
    return [dict(zip(names, row, strict=True)) for row in found]


def _event_values(line: Written) -> Values:
    event = line.event
    return {
        "chain": event.case, "seq": event.seq, "leaf": line.leaf, "prev": bytes.fromhex(event.prev),
        "type": event.type.value, "machine": event.machine, "event": event.event, "at": event.at,
        "actor": event.actor, "role": event.role, "data": line.data,
    }  # fmt: skip


def _case_changes(case: Case) -> Values:
    return {
        "state": case.state, "escalation": case.escalation, "compensation": case.compensation,
        "rehabilitation": case.rehabilitation, "addressee": case.addressee, "title": case.title,
        "assignee": case.assignee, "version": case.version, "seq": case.seq, "head": case.head,
        "facts": rows.as_json(case.facts), "last_at": case.last_at, "closed_at": case.closed_at, "b_id": case.id,
    }  # fmt: skip


def _changeable(owed: Obligation) -> Values:
    return {
        "calendar_version": owed.calendar_version, "provisional": int(owed.provisional), "due_on": owed.due_on,
        "due_at": owed.due_at, "derivation": rows.as_json(owed.derivation), "ledger": rows.as_json(owed.ledger),
        "discharged_at": owed.discharged_at, "discharged_seq": owed.discharged_seq, "raised": int(owed.raised),
        "suspended_on": owed.suspended_on, "revision": owed.revision, "rung_no": owed.rung_no,
        "next_rung_at": owed.next_rung_at, "b_id": owed.id,
    }  # fmt: skip
