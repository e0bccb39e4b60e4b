"""Documents of a case: encrypted to the disk before the transaction that names them, and read back piece by piece."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound, TryAgain
from npm_cases.domain.file_names import clean_name
from npm_cases.domain.incoming_files import Incoming
from npm_cases.domain.message_values import a_size, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, Case, StoredDocument
from npm_cases.history.event import EventType
from npm_cases.services.given_codes import a_code
from npm_cases.services.ports import CaseKey, Office, Readable, Work
from npm_cases.services.recording import record
from npm_cases.services.sealing import key_to_open, known_key
from npm_cases.services.team import need_team

LARGEST_DOCUMENT = 1024 * 1024 * 1024
Upload = tuple[str, bytes | Readable]
"""The name of a document, and its content: bytes, or an open file."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One document on the disk: its id, the size and SHA-256 of its content, its name under seal."""

    id: str
    size: int
    digest: str
    sealed_name: bytes


@dataclass(slots=True)
class Staged:
    """Documents on the disk that no row names yet; those that are not kept are removed again."""

    key: CaseKey | None = None
    is_new_key: bool = False
    files: list[Stored] = field(default_factory=list)
    is_kept: bool = False

    def register(self, work: Work, case: Case, at: str) -> tuple[str, ...]:
        """Name the documents in a transaction and return their ids.

        Raises TryAgain when the key they were sealed under is not the one of the case: another act made it first.
        """
        if self.files and self.key is not None:
            if self.is_new_key and work.case_key(case.id) is None:
                work.add_case_key(self.key, at)
            elif work.case_key(case.id) != self.key:
                raise TryAgain(say("key_changed", number=case.number))
        for one in self.files:
            work.add_document(StoredDocument(one.id, case.id, one.size, at, one.sealed_name))
        return tuple(one.id for one in self.files)

    def keep(self) -> None:
        """Let the files stay: what follows is the commit, and one whose answer is lost may have been made."""
        self.is_kept = True


@contextmanager
def staged(office: Office, ref: str, actor: Actor, uploads: Sequence[Upload]) -> Iterator[Staged]:
    """Encrypt documents of a case to the disk; inside the block a transaction may name them.

    No lock is held meanwhile, however long it takes. Raises NotFound for a case that may not be known; BadInput for an
    empty or an over-large file, or content of a kind that is not kept; TryAgain when the disk does not take it.
    """
    files = Staged()
    try:
        if uploads:
            case_id = _find_key(office, ref, actor, files)
        for name, content in uploads:
            files.files.append(_store(office, case_id, files.key, name, content))
        yield files
    finally:
        if not files.is_kept:
            for one in files.files:
                office.documents.discard(one.id)


def _find_key(office: Office, ref: str, actor: Actor, files: Staged) -> str:
    with office.open_reading() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
        key = known_key(work, office, case.id)
    files.key, files.is_new_key = key or office.sealer.new_key(case.id), key is None
    return case.id


def _store(office: Office, case_id: str, key: CaseKey | None, name: str, content: bytes | Readable) -> Stored:
    if key is None:
        raise RuntimeError("documents are stored only after the key of their case was found")
    measured = _Measured(name, BytesIO(content) if isinstance(content, bytes) else content)
    document_id = office.documents.put(office.sealer.encrypt(key, measured))
    try:
        measured.content.finish(lambda: _again(office, key, document_id))
    except BaseException:
        office.documents.discard(document_id)
        raise
    sealed_name, _, _ = office.sealer.seal(key, _name_place(case_id, document_id), clean_name(name).encode())
    return Stored(document_id, measured.content.size, measured.digest.hexdigest(), sealed_name)


def _again(office: Office, key: CaseKey, document_id: str) -> Iterator[bytes]:
    """Read a document that was just stored once more: its plain content lies nowhere else."""
    with office.documents.get(document_id) as file:
        yield from office.sealer.decrypt(key, file)


def _name_place(case_id: str, document_id: str) -> str:
    return f"{case_id}/document-name/{document_id}"


class _Measured:
    """Content that is counted, hashed and looked at as it is read."""

    def __init__(self, name: str, content: Readable) -> None:
        self._read, self._name = content.read, name
        self.content, self.digest = Incoming(name), hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        piece = self._read(size)
        if self.content.size + len(piece) > LARGEST_DOCUMENT:
            raise BadInput(say("file_too_large", name=quoted(self._name), most=a_size(LARGEST_DOCUMENT)))
        self.content.take(piece)
        self.digest.update(piece)
        return piece


def read_document(
    office: Office, ref: str, document_id: str, actor: Actor, at: str, reason: str
) -> tuple[str, Iterator[bytes]]:
    """Return the name of a document and its content, piece by piece; the reading is recorded and committed before.

    Raises NotFound, also for a case that was erased; NotAllowed; IntegrityBroken for a file that was changed; whatever
    keeps the reading from being recorded keeps the document closed.
    """
    role, reason = access.need(actor, "open a document"), a_code("--reason", reason)
    with office.open_work() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
        need_team(work, office, case, actor, at)
        found = work.document(document_id)
        if found is None or found.chain != case.id:
            raise NotFound(say("no_document", number=case.number, given=quoted(document_id)))
        key = key_to_open(work, office, case.id)
        name = office.sealer.open(key, _name_place(case.id, document_id), found.sealed_name).decode()
        file = office.documents.get(document_id)
        try:
            pieces = office.sealer.decrypt(key, file)
            first = next(pieces)
            reads = work.chain(f"reads-{case.id}")
            facts = {"case": case.id, "document": document_id}
            when = max(at, reads.last_at)
            record(work, office, reads, EventType.TEXT_READ, when, actor, role, facts=facts, reason=reason)
            work.commit()
        except BaseException:
            file.close()
            raise
    return name, _until_closed(file, chain((first,), pieces))


def _until_closed(file: BinaryIO, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with file:
        yield from pieces
