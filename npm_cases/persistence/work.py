"""The unit of work over a database: reads lock, writes are gathered and go out together at commit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql import ClauseElement

from npm_cases.domain.errors import NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Case, Obligation, TakenRung
from npm_cases.history.event import Written
from npm_cases.persistence import rows, statements as sql
from npm_cases.persistence.changed import AsRead, alike
from npm_cases.persistence.clock_rows import ClockRows
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.gathering import Values
from npm_cases.persistence.key_store import CaseKeys
from npm_cases.persistence.mail_rows import MailRows
from npm_cases.persistence.no_keys import NoKeyStore
from npm_cases.persistence.register_rows import RegisterRows
from npm_cases.persistence.search_rows import SearchRows
from npm_cases.services.ports import CaseKey, Chain, DueRung

CASE_ID_LENGTH = 32


class SqlWork(ClockRows, MailRows, RegisterRows, SearchRows):
    """One transaction of the services. Cases and obligations read are remembered, so that a move reads each once.

    Keys made in it lie in the key store before it commits: a key without its case does no harm, a case without its key
    could never be opened.
    """

    def __init__(self, database: Database, keys: CaseKeys | None = None, *, writing: bool = True) -> None:
        super().__init__(database, writing=writing)
        self._key_store: CaseKeys = keys or NoKeyStore()
        self._events: list[Written] = []
        self._cases: dict[str, Case] = {}
        self._by_number: dict[str, Case] = {}
        self._new_cases: dict[str, Case] = {}
        self._saved: dict[str, Case] = {}
        self._chains: dict[str, Chain] = {}
        self._written_to: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, CaseKey] = {}
        self._new_keys: list[tuple[CaseKey, str]] = []
        self._name_tokens: list[tuple[str, str]] = []
        self._sealed: dict[tuple[str, int], bytes] = {}
        self._obligations: dict[str, Obligation] = {}
        self._of_chain: dict[str, list[Obligation]] = {}
        self._new_obligations: dict[str, Obligation] = {}
        self._changed: dict[str, Obligation] = {}
        self._cases_read = AsRead(rows.CASE_COLUMNS)
        self._obligations_read = AsRead(rows.OBLIGATION_COLUMNS)

    def commit(self) -> None:
        """Write everything gathered and make it durable together."""
        if not self._writing:
            raise RuntimeError("this unit of work was opened for reading: it cannot commit")
        if self._new_keys or self._name_tokens:
            with self.tx.together():
                self.flush()
            self._key_store.add(self._new_keys, self._name_tokens)
            self._new_keys, self._name_tokens = [], []
            self.tx.commit()
            return
        with self.tx.together():
            self.flush()
            self.tx.commit()

    def flush(self) -> None:
        """Write everything gathered so far inside the transaction, each row before those that name it."""
        tx = self.tx
        self._save_cases(tx)
        self._save_chains(tx)
        self._append_events(tx)
        tx.many(sql.ADD_OBLIGATION, [rows.obligation_values(owed) for owed in self._new_obligations.values()])
        for lot in alike(self._obligations_read.changed(owed.id, _changeable(owed)) for owed in self._changed.values()):
            tx.many(sql.SAVE_OBLIGATION, lot)
        self._write_gathered()
        self._add_words(list(self._new_cases.values()))
        for series, last in self._numbers.items():
            tx.run(sql.SAVE_SERIES, {"last": last, "b_series": series})
        for gathered in (self._new_cases, self._saved, self._new_obligations, self._changed):
            gathered.clear()

    def _save_cases(self, tx: Transaction) -> None:
        opened: dict[str, list[Obligation]] = {}
        for owed in self._new_obligations.values():
            opened.setdefault(owed.chain, []).append(owed)
        tx.many(
            sql.ADD_CASE,
            [
                {**rows.case_values(case), **self._derived_at_birth(case, opened.get(case.id, []))}
                for case in self._new_cases.values()
            ],
        )
        moved: dict[str, list[Obligation]] = {}
        for owed in self._changed.values():
            if self._has_moved(owed):
                moved.setdefault(owed.chain, []).append(owed)
        saved = [case for key, case in self._saved.items() if key not in self._new_cases]
        for lot in alike(self._changes(case, opened.get(case.id, []), moved.get(case.id, [])) for case in saved):
            tx.many(sql.SAVE_CASE, lot)

    def _changes(self, case: Case, opened: list[Obligation], moved: list[Obligation]) -> Values:
        """Return what is written of a case: the columns that changed, and what follows from them and from its clocks."""
        state_before = self._cases_read.was(case.id, "state") or "draft"
        facts_before = self._cases_read.was(case.id, "facts")
        changes = self._cases_read.changed(case.id, _case_changes(case))
        if self._is_worded_anew(case, changes, facts_before):
            self._change_words(case)
        due = self._due_again(self.open_obligations(case.id)) if opened or moved else {}
        derived = self._derived_again(case, changes, state_before, opened)
        return {**derived, **self._answered(case, moved), **due, **changes}

    def _has_moved(self, owed: Obligation) -> bool:
        """Say whether the due date of an obligation moved, or it was discharged; a rung taken does neither."""
        read = self._obligations_read
        return (owed.due_at, owed.discharged_at) != (read.was(owed.id, "due_at"), read.was(owed.id, "discharged_at"))

    def _save_chains(self, tx: Transaction) -> None:
        for chain_id in sorted(self._written_to):
            chain = self._chains[chain_id]
            values = {"seq": chain.seq, "head": chain.head, "last_at": chain.last_at}
            if not tx.run(sql.SAVE_CHAIN, {**values, "b_id": chain.id}):
                tx.run(sql.ADD_CHAIN, {**values, "id": chain.id})
        self._written_to.clear()

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

    # -- cases and chains

    def case(self, ref: str) -> Case:
        """Return a case by id or number, locked for this transaction.

        Raises NotFound.
        """
        known = self._cases.get(ref) or self._by_number.get(ref)
        if known is not None:
            return known
        if not self._writing:
            return self._kept(self.read_case(ref))
        by_id = len(ref) == CASE_ID_LENGTH
        if by_id and not self._database.is_sqlite:
            return self._kept(self._case_with_the_rest(ref))
        return self._kept(self._found_case(sql.LOCKED_CASE_BY_ID if by_id else sql.LOCKED_CASE_BY_NUMBER, ref))

    def _case_with_the_rest(self, case_id: str) -> Case:
        """Read a case, locked, with what an act on it asks for next: who is kept from it, and what runs on it."""
        of_it = {"b_chain": case_id}
        found, excluded, running = self.tx.asked_together(
            ((sql.LOCKED_CASE_BY_ID, {"b_ref": case_id}), (sql.EXCLUDED, of_it), (sql.OPEN_OBLIGATIONS, of_it))
        )
        case = self._case_of(found[0] if found else None, case_id)
        self._shut_out[case.id] = frozenset(row[0] for row in excluded)
        self._of_chain[case.id] = [self._remembered(row) for row in running]
        return case

    def read_case(self, ref: str) -> Case:
        """Return a case by id or number as it stands, for showing only: it is not locked and must not be changed.

        Raises NotFound.
        """
        known = self._cases.get(ref) or self._by_number.get(ref)
        if known is not None:
            return known
        return self._found_case(sql.CASE_BY_ID if len(ref) == CASE_ID_LENGTH else sql.CASE_BY_NUMBER, ref)

    def _found_case(self, statement: ClauseElement, ref: str) -> Case:
        return self._case_of(self.tx.one(statement, {"b_ref": ref}), ref)

    def _case_of(self, row: Sequence[Any] | None, ref: str) -> Case:
        if row is None:
            raise NotFound(say("no_case", given=quoted(ref)))
        self._cases_read.keep(row)
        return rows.case_from(row)

    def _kept(self, case: Case) -> Case:
        self._by_number[case.number] = case
        return self._cases.setdefault(case.id, case)

    def chain(self, chain_id: str) -> Chain:
        """Return the head of a chain that is not a case, locked; a chain never written yet is empty."""
        if chain_id not in self._chains:
            if self._writing and not self._database.is_sqlite:  # a row that is not there cannot be locked
                self.tx.run(sql.BEGIN_CHAIN, {"id": chain_id, "seq": 0, "head": b"", "last_at": ""})
            row = self.tx.one(sql.LOCKED_CHAIN if self._writing else sql.CHAIN, {"b_id": chain_id})
            found = Chain(chain_id, row[0], bytes(row[1]), row[2]) if row else Chain(chain_id, 0, b"", "")
            self._chains[chain_id] = found
        return self._chains[chain_id]

    def add_case(self, case: Case) -> None:
        self._new_cases[case.id] = self._kept(case)
        self._of_chain[case.id] = []

    def save_case(self, case: Case) -> None:
        self._saved[case.id] = case

    def save_chain(self, chain: Chain) -> None:
        self._chains[chain.id] = chain
        self._written_to.add(chain.id)

    def next_number(self, series: str) -> int:
        """Take the next number of a series; it is given back only when the transaction is undone."""
        if series not in self._numbers:
            if not self._database.is_sqlite:
                self.tx.run(sql.BEGIN_SERIES, {"series": series, "last": 0})
            row = self.tx.one(sql.LOCKED_NUMBER, {"b_series": series})
            if row is None:
                self.tx.run(sql.ADD_SERIES, {"series": series, "last": 0})
            self._numbers[series] = int(row[0]) if row else 0
        self._numbers[series] += 1
        return self._numbers[series]

    def append(self, event: Written) -> None:
        self._events.append(event)
        chain = event.event.case
        if chain in self._cases:
            self._saved[chain] = self._cases[chain]
        else:
            self._written_to.add(chain)

    def assignee_of(self, chain: str) -> str:
        return self._assignee(chain)[0]

    def number_of(self, chain: str) -> str:
        return self._assignee(chain)[1]

    def subject_of(self, obligation: str) -> str:
        row = self.tx.one(sql.SUBJECT, {"b_id": obligation})
        return str(row[0]) if row else ""

    def _assignee(self, chain: str) -> tuple[str, str]:
        if chain in self._cases:
            return self._cases[chain].assignee, self._cases[chain].number
        row = self.tx.one(sql.ASSIGNEE, {"b_id": chain})
        return (row[0], row[1]) if row else ("", chain)

    # -- protected text

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
            raise NotFound(say("no_protected_text", seq=seq))
        return bytes(row[0])

    def protected(self, chain: str) -> tuple[int, int]:
        """Count the sealed texts and the documents of a case."""
        texts, papers = (
            self.tx.one(sql.TEXTS_SEALED, {"b_chain": chain}),
            self.tx.one(sql.DOCUMENTS_OF, {"b_chain": chain}),
        )
        return int(texts[0]), int(papers[0])

    def holds_sealed(self, chain: str) -> bool:
        """Say whether anything was sealed under the key of a case: a text, a document, a proposal."""
        if chain in self._new_cases:
            return False
        return any(self.protected(chain)) or self.tx.one(sql.PROPOSED, {"b_chain": chain}) is not None

    def case_key(self, case_id: str) -> CaseKey | None:
        """Return the key of a case as the key store has it.

        Raises ConfigurationError where there is no key store.
        """
        if case_id not in self._keys and case_id not in self._new_cases:
            found = self._key_store.find(case_id)
            if found is not None:
                self._keys[case_id] = found
        return self._keys.get(case_id)

    def add_case_key(self, key: CaseKey, made_at: str) -> None:
        self._keys[key.case] = key
        self._new_keys.append((key, made_at))

    def add_name_token(self, token: str, chain: str) -> None:
        self._name_tokens.append((token, chain))

    # -- obligations and rungs

    def open_obligations(self, chain: str) -> list[Obligation]:
        """Return what runs on a chain, in the order it was opened."""
        if chain not in self._of_chain:
            found = [self._remembered(row) for row in self.tx.tuples(sql.OPEN_OBLIGATIONS, {"b_chain": chain})]
            self._of_chain[chain] = found + [owed for owed in self._new_obligations.values() if owed.chain == chain]
        return [owed for owed in self._of_chain[chain] if not owed.discharged_at]

    def obligations_of(self, subject_kind: str) -> list[Obligation]:
        """Return the open obligations of one place or visit."""
        found = [self._remembered(row) for row in self.tx.tuples(sql.OBLIGATIONS_OF, {"b_subject": subject_kind})]
        found += [owed for owed in self._new_obligations.values() if owed.subject_kind == subject_kind]
        return [owed for owed in found if not owed.discharged_at]

    def last_obligation(self, chain: str, duty: str) -> Obligation | None:
        """Return the obligation of a duty that was opened last, discharged or not."""
        known = [owed for owed in self._obligations.values() if owed.chain == chain and owed.duty == duty]
        row = self.tx.one(sql.LAST_OBLIGATION, {"b_chain": chain, "b_duty": duty})
        if row is not None:
            known.append(self._remembered(row))
        return max(known, key=lambda owed: owed.opened_seq, default=None)

    def _remembered(self, row: Sequence[Any]) -> Obligation:
        """Read an obligation, or return the one read before: a change made to it in this transaction stands."""
        known = self._obligations.get(row[0])
        if known is None:
            self._obligations_read.keep(row)
            known = self._obligations[row[0]] = rows.obligation_from(row)
        return known

    def add_obligation(self, obligation: Obligation) -> None:
        self._obligations[obligation.id] = self._new_obligations[obligation.id] = obligation
        if obligation.chain in self._of_chain:
            self._of_chain[obligation.chain].append(obligation)

    def save_obligation(self, obligation: Obligation) -> None:
        if obligation.id not in self._new_obligations:
            self._changed[obligation.id] = obligation

    def _due(self, row: Sequence[Any]) -> DueRung:
        split = len(rows.OBLIGATION_COLUMNS)
        owed, found = self._remembered(row[:split]), row[split:]
        if found[0] is None:
            return DueRung(owed, None)
        case = self._cases.get(found[0])
        if case is None:
            self._cases_read.keep(found)
            case = self._kept(rows.case_from(found))
        return DueRung(owed, case)

    def take_rung(self, rung: TakenRung) -> None:
        self._later(sql.TAKE_RUNG, rows.rung_values(rung))


def _event_values(line: Written) -> Values:
    event = line.event
    return {
        "chain": event.case, "seq": event.seq, "leaf": line.leaf, "prev": bytes.fromhex(event.prev),
        "type": str(event.type), "machine": event.machine, "event": event.event, "at": event.at,
        "actor": event.actor, "role": event.role, "data": line.data,
    }  # fmt: skip


def _case_changes(case: Case) -> Values:
    return {
        "state": case.state, "escalation": case.escalation, "compensation": case.compensation,
        "rehabilitation": case.rehabilitation, "addressee": case.addressee, "place": case.place, "title": case.title,
        "assignee": case.assignee, "version": case.version, "seq": case.seq, "head": case.head,
        "facts": rows.as_json(case.facts), "last_at": case.last_at, "closed_at": case.closed_at, "blind": case.blind,
        "b_id": case.id,
    }  # fmt: skip


def _changeable(owed: Obligation) -> Values:
    return {
        "calendar_version": owed.calendar_version, "provisional": int(owed.provisional), "due_on": owed.due_on,
        "due_at": owed.due_at, "derivation": rows.as_json(owed.derivation), "ledger": rows.as_json(owed.ledger),
        "discharged_at": owed.discharged_at, "discharged_seq": owed.discharged_seq, "raised": int(owed.raised),
        "suspended_on": owed.suspended_on, "revision": owed.revision, "rung_no": owed.rung_no,
        "next_rung_at": owed.next_rung_at, "b_id": owed.id,
    }  # fmt: skip
