"""The small acts on a case beside its machines: assign, link, add a document, suspend and resume a clock."""

from dataclasses import dataclass
from datetime import date

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor, Case, Receipt, StoredDocument
from npm_cases.history.event import EventType, Written
from npm_cases.services import obligations
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

LINK_KINDS = ("same_matter", "repeats", "related")
LARGEST_DOCUMENT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OnCase:
    """Who does something to which case, and when; ``if_version`` is the version the person saw."""

    case: str
    actor: Actor
    at: str
    if_version: int | None = None


def seen_case(work: Work, command: OnCase) -> Case:
    """Return a case its actor may know, at the version they saw.

    Raises NotFound, Conflict.
    """
    case = work.case(command.case)
    access.need_sight(command.actor, case, work.excluded(case.id), command.case)
    if command.if_version is not None and command.if_version != case.version:
        raise Conflict(f"{case.number} is at version {case.version}, you saw {command.if_version}; read it again")
    return case


def assign(office: Office, command: OnCase, user: str) -> Receipt:
    """Give a case to a caseworker; nobody excluded from it can get it.

    Raises NotFound for an unknown user; NotAllowed; BadInput for somebody named in the allegation.
    """
    role = access.need_role(command.actor, access.CASEWORK | {"group_leader"}, "assign a case")
    with office.open_work() as work:
        case = seen_case(work, command)
        found = work.rows("users", {"id": user})
        if not found or found[0]["disabled_at"]:
            raise NotFound(f"there is no user {user!r}; `npm-cases user list` shows them")
        if user in work.excluded(case.id):
            raise BadInput(f"{user} is excluded from this case and cannot be assigned to it")
        case.assignee = user
        case.version += 1
        line = record(
            work, office, case, EventType.CASE_ASSIGNED, command.at, command.actor, role, facts={"assignee": user}
        )
        work.save_case(case)
        work.commit()
        return _receipt(line)


def link(office: Office, command: OnCase, other: str, kind: str) -> Receipt:
    """Link a case to another: the same matter, a repeat, or related; both histories say so."""
    role = access.need_role(command.actor, access.CASEWORK, "link cases")
    if kind not in LINK_KINDS:
        raise BadInput(f"--kind {kind!r} is not one of {', '.join(LINK_KINDS)}")
    with office.open_work() as work:
        case = seen_case(work, command)
        target = seen_case(work, OnCase(other, command.actor, command.at))
        if case.id == target.id:
            raise BadInput(f"{case.number} cannot be linked to itself")
        if any(
            row["to_case"] == target.id and row["kind"] == kind for row in work.rows("links", {"from_case": case.id})
        ):
            raise Conflict(f"{case.number} is linked to {target.number} as {kind} already")
        work.insert("links", {"from_case": case.id, "to_case": target.id, "kind": kind, "at": command.at})
        line = record(
            work,
            office,
            case,
            EventType.CASE_LINKED,
            command.at,
            command.actor,
            role,
            facts={"to": target.id, "kind": kind},
        )
        record(
            work,
            office,
            target,
            EventType.CASE_LINKED,
            command.at,
            command.actor,
            role,
            facts={"by": case.id, "kind": kind},
        )
        for changed in (case, target):
            changed.version += 1
            work.save_case(changed)
        work.commit()
        return _receipt(line)


def add_document(office: Office, command: OnCase, name: str, content: bytes) -> tuple[str, Receipt]:
    """Put a document into a case: encrypted under the case's key, named by the hash of its ciphertext.

    Returns the document's id and the receipt. Raises BadInput for an empty or an over-large file.
    """
    role = access.need_role(command.actor, access.REGISTRARS | {"delegate", "council"}, "add a document")
    if not content or len(content) > LARGEST_DOCUMENT:
        raise BadInput(f"{name}: {len(content)} bytes; a document has between 1 and {LARGEST_DOCUMENT} bytes")
    with office.open_work() as work:
        case = seen_case(work, command)
        document_id = store_document(work, office, case, name, content, command.at)
        line = record(
            work, office, case, EventType.DOCUMENT_ADDED, command.at, command.actor, role, docs=(document_id,),
            facts={"size": len(content)},
        )  # fmt: skip
        case.version += 1
        work.save_case(case)
        work.commit()
        return document_id, _receipt(line)


def store_document(work: Work, office: Office, case: Case, name: str, content: bytes, at: str) -> str:
    """Encrypt a document into the store and register it; the file is there before the row that names it."""
    wrapped = work.case_key(case.id)
    if wrapped is None:
        wrapped = office.sealer.new_key()
        work.add_case_key(case.id, wrapped, at)
    ciphertext, document_id, _ = office.sealer.seal(wrapped, f"{case.id}/document", content)
    sealed_name, _, _ = office.sealer.seal(wrapped, f"{case.id}/document-name", name.encode())
    office.documents.put(ciphertext)
    work.add_document(StoredDocument(document_id, case.id, len(content), at, sealed_name))
    return document_id


def suspend(office: Office, command: OnCase, duty: str, on: date | None, reason: str) -> Receipt:
    """Stop one clock of a case from a day on, with a reason; a review is owed."""
    role = access.need_role(command.actor, access.CASEWORK, "suspend a clock")
    with office.open_work() as work:
        case = seen_case(work, command)
        day = _past_or_today(office, command.at, on)
        at = instant(case, command.at)
        obligations.suspend(work, office, case, duty, day, at, command.actor, role, reason)
        work.commit()
        return Receipt(case.id, case.seq, case.head.hex())


def resume(office: Office, command: OnCase, duty: str, on: date | None, reason: str) -> Receipt:
    """Let a suspended clock run on from a day: the days it stood are not counted."""
    role = access.need_role(command.actor, access.CASEWORK, "resume a clock")
    with office.open_work() as work:
        case = seen_case(work, command)
        day = _past_or_today(office, command.at, on)
        at = instant(case, command.at)
        obligations.resume(work, office, case, duty, day, at, command.actor, role, reason)
        work.commit()
        return Receipt(case.id, case.seq, case.head.hex())


def _past_or_today(office: Office, at: str, on: date | None) -> date:
    today = office.times.day(from_text(at))
    if on is not None and on > today:
        raise BadInput(f"--on {on} lies in the future; today is {today}")
    return on or today


def _receipt(line: Written) -> Receipt:
    return Receipt(line.event.case, line.event.seq, line.leaf.hex())
