"""What the use cases need from outside: a unit of work, a sealer for protected text, a store for documents."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from npm_cases.domain.ladders import Timetable
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Approval, Case, Notice, Obligation, StoredDocument, TakenRung
from npm_cases.history.event import Written


@dataclass(slots=True)
class Chain:
    """The head of a chain that is not a case: the office, or the reads of a case."""

    id: str
    seq: int
    head: bytes
    last_at: str


@dataclass(slots=True)
class DueRung:
    """One obligation whose next rung is due, with the case it belongs to (None for an obligation of no case)."""

    obligation: Obligation
    case: Case | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message ready to be tried: its leading notice, how often it was tried, and what it carries."""

    notice: Notice
    attempts: int
    carries: int
    recipient: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """The present holder of a post, or the contact of a body outside."""

    address: str
    language: str
    name: str


class Work(Protocol):
    """One transaction: what is added is written together at ``commit``, or not at all.

    Reading a case for a move locks it. Leaving the block without ``commit`` undoes everything.
    """

    def commit(self) -> None: ...

    # cases and chains
    def case(self, ref: str) -> Case: ...
    def chain(self, chain_id: str) -> Chain: ...
    def add_case(self, case: Case) -> None: ...
    def save_case(self, case: Case) -> None: ...
    def save_chain(self, chain: Chain) -> None: ...
    def next_number(self, series: str) -> int: ...
    def append(self, event: Written) -> None: ...
    def add_sealed(self, chain: str, seq: int, ciphertext: bytes) -> None: ...
    def sealed(self, chain: str, seq: int) -> bytes: ...
    def case_key(self, case_id: str) -> bytes | None: ...
    def add_case_key(self, case_id: str, wrapped: bytes, made_at: str) -> None: ...

    # obligations and rungs
    def open_obligations(self, chain: str) -> list[Obligation]: ...
    def last_obligation(self, chain: str, duty: str) -> Obligation | None: ...
    def add_obligation(self, obligation: Obligation) -> None: ...
    def save_obligation(self, obligation: Obligation) -> None: ...
    def due_rungs(self, now: str, limit: int) -> list[DueRung]: ...
    def take_rung(self, rung: TakenRung) -> None: ...
    def queue(self, notice: Notice) -> None: ...

    # acts that wait, answers given, documents, people
    def answer(self, idem: str) -> tuple[str, str, str] | None: ...
    def keep_answer(self, idem: str, user: str, digest: str, answer: str, at: str) -> None: ...
    def add_approval(self, approval: Approval) -> None: ...
    def approval(self, approval_id: str) -> Approval: ...
    def decide_approval(self, approval_id: str, status: str, by: str, at: str) -> None: ...
    def expired_approvals(self, now: str, limit: int) -> list[Approval]: ...
    def add_document(self, document: StoredDocument) -> None: ...
    def document(self, document_id: str) -> StoredDocument | None: ...
    def excluded(self, chain: str) -> frozenset[str]: ...
    def exclude(self, chain: str, post: str, at: str) -> None: ...
    def insert(self, table: str, values: Mapping[str, Any]) -> None: ...
    def update(self, table: str, values: Mapping[str, Any], where: Mapping[str, Any]) -> int: ...
    def rows(self, table: str, where: Mapping[str, Any] | None = None) -> list[dict[str, Any]]: ...


class Sealer(Protocol):
    """Seals protected text under the key of its case; the key itself lies wrapped."""

    def new_key(self) -> bytes: ...
    def seal(self, wrapped: bytes, where: str, plaintext: bytes) -> tuple[bytes, str, str]: ...
    def open(self, wrapped: bytes, where: str, ciphertext: bytes) -> bytes: ...


class DocumentStore(Protocol):
    """Keeps ciphertexts under the hash of their bytes."""

    def put(self, ciphertext: bytes) -> str: ...
    def get(self, name: str) -> bytes: ...


@dataclass(frozen=True)
class Office:
    """Everything a use case works with besides its command: the pack, the log's name, the ports.

    ``origin`` names the log; ``new_id`` gives random names; ``sweep_seconds`` is the interval of sweeps, by which the
    engine's own lateness is told from others'.
    """

    pack: Pack
    times: Timetable
    origin: str
    app: str
    mail_domain: str
    sandbox: bool
    sweep_seconds: int
    new_id: Callable[[], str]
    open_work: Callable[[], AbstractContextManager[Work]]
    sealer: Sealer
    documents: DocumentStore
    at_point: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Protected text of an act: written encrypted beside the event, which only commits to it."""

    members: Mapping[str, str]


