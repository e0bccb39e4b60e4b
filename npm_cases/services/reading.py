"""What those who check the history need from outside: everything that is stored, streamed, in one consistent state."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from npm_cases.domain.records import Approval, Case, Obligation, StoredDocument, TakenRung
from npm_cases.services.log import Log
from npm_cases.services.ports import Chain


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of the history with its place in the log and its sealed text; None where there is no such row.

    ``data`` are the bytes that count; type, machine, event, at, actor, role and ``prev`` are copies to search in.
    """

    chain: str
    seq: int
    leaf: bytes
    prev: bytes
    type: str
    machine: str
    event: str
    at: str
    actor: str
    role: str
    data: bytes
    index: int | None
    entry_leaf: bytes | None
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """What the outbox holds of one notice."""

    id: str
    chain: str
    obligation: str
    rung: str
    post: str
    due_on: str
    status: str
    message_id: str
    body: str
    template: str
    not_before: str
    created_at: str
    alone: int
    carried_by: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal as it is stored, with who decided it and when."""

    approval: Approval
    decided_by: str
    decided_at: str


@dataclass(slots=True)
class ChainRows:
    """Everything the tables say about one chain: its head, and what its history must have led to.

    Consents, links, exclusions and imported rows are rows as they stand. ``unreadable`` names rows whose columns cannot be
    read at all.
    """

    chain: str
    case: Case | None = None
    head: Chain | None = None
    obligations: list[Obligation] = field(default_factory=list)
    rungs: list[TakenRung] = field(default_factory=list)
    notices: list[StoredNotice] = field(default_factory=list)
    documents: list[StoredDocument] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    consents: list[Mapping[str, Any]] = field(default_factory=list)
    links: list[Mapping[str, Any]] = field(default_factory=list)
    exclusions: list[Mapping[str, Any]] = field(default_factory=list)
    imported: list[Mapping[str, Any]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row that belongs to nothing: a sealed text without its event, a rung without its obligation."""

    chain: str
    seq: int
    what: str


class Reader(Protocol):
    """One consistent state of the whole database, streamed; memory holds one chain at a time.

    Chains come in the order of their ids by code point, events by seq; log entries by index. ``register`` yields the rows
    of a table that belongs to no chain, in the order of its key.
    ``sequenced_at_once`` says that an event gets its index in its own transaction, so that none may be without.
    """

    @property
    def sequenced_at_once(self) -> bool: ...
    def events(self) -> Iterator[StoredEvent]: ...
    def chains(self) -> Iterator[ChainRows]: ...
    def orphans(self) -> Iterator[Orphan]: ...
    def register(self, name: str) -> Iterator[Mapping[str, Any]]: ...
    def event(self, chain: str, seq: int) -> StoredEvent | None: ...
    def pages(self, start: int = ..., end: int = ...) -> Iterator[list[tuple[int, bytes, bytes]]]: ...
    def office_events(self, types: Collection[str]) -> Iterator[StoredEvent]: ...
    def sealed(self) -> Iterator[tuple[str, int, bytes]]: ...
    def tree(self) -> Log: ...
    def is_sequenced(self) -> bool: ...
    def find(self, ref: str) -> Case | None: ...
    def events_of(self, chain: str) -> Iterator[StoredEvent]: ...
    def excluded(self, chain: str) -> frozenset[str]: ...
