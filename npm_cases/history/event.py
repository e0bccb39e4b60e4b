"""One history event: its closed list of types, its members, and the way it becomes bytes.

The format is version 1 and is never rewritten: a new member is a new version, old events keep theirs for ever.
Events hold codes, ids, integers and dates; no names, no free text, no place that identifies a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from npm_cases.history.canonical import NotCanonical, canonical_of_checked, check_value, parsed
from npm_cases.history.hashing import leaf_hash

FORMAT_VERSION = 1
OFFICE = "office"
READS = "reads-"
"""Before the id of a case: the chain that keeps who read its protected text."""


class EventType(StrEnum):
    """Everything a history can say; nothing else is ever written."""

    CASE_CREATED = "case_created"
    CASE_IMPORTED = "case_imported"
    CASE_AMENDED = "case_amended"
    CASE_ASSIGNED = "case_assigned"
    CASE_LINKED = "case_linked"
    PARTY_EXCLUDED = "party_excluded"
    DOCUMENT_ADDED = "document_added"
    MOVED = "moved"
    ACT_PROPOSED = "act_proposed"
    ACT_CONFIRMED = "act_confirmed"
    ACT_EXPIRED = "act_expired"
    ACT_REFUSED = "act_refused"
    OBLIGATION_OPENED = "obligation_opened"
    OBLIGATION_SUSPENDED = "obligation_suspended"
    OBLIGATION_RESUMED = "obligation_resumed"
    OBLIGATION_EXTENDED = "obligation_extended"
    OBLIGATION_MOVED = "obligation_moved"
    OBLIGATION_QUESTIONED = "obligation_questioned"
    OBLIGATION_DISCHARGED = "obligation_discharged"
    RUNG_TAKEN = "rung_taken"
    MAIL_QUEUED = "mail_queued"
    MAIL_SENT = "mail_sent"
    MAIL_FAILED = "mail_failed"
    MAIL_BOUNCED = "mail_bounced"
    MAIL_WITHDRAWN = "mail_withdrawn"
    CALENDAR_ADOPTED = "calendar_adopted"
    PACK_ADOPTED = "pack_adopted"
    TEXT_READ = "text_read"
    EXPORTED = "exported"
    CONSENT_GIVEN = "consent_given"
    CONSENT_LIMITED = "consent_limited"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ROLE_CHANGED = "role_changed"
    ACCOUNT_CHANGED = "account_changed"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    ABSENCE_RECORDED = "absence_recorded"
    ABSENCE_ENDED = "absence_ended"
    PLACE_ADDED = "place_added"
    VISIT_RECORDED = "visit_recorded"
    BODY_ADDED = "body_added"
    POST_FILLED = "post_filled"
    IMPORT_FINISHED = "import_finished"
    ERASED = "erased"
    KEY_ROTATED = "key_rotated"
    BREAK_GLASS = "break_glass"
    INCIDENT_RAISED = "incident_raised"
    INCIDENT_CLOSED = "incident_closed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history; empty members are left out of the bytes.

    ``at`` is an instant in UTC written with microseconds; ``case`` is the chain (a case, reads-<case>, or office).
    """

    log: str
    case: str
    seq: int
    prev: str
    type: EventType
    at: str
    actor: str
    role: str
    app: str
    machine: str = ""
    event: str = ""
    on_behalf: str = ""
    frm: str = ""
    to: str = ""
    reason: str = ""
    docs: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    approved_by: str = ""
    idem: str = ""
    body_ct: str = ""
    body_pt: str = ""


_OPTIONAL = (
    "prev", "machine", "event", "on_behalf", "frm", "to", "reason", "approved_by", "idem", "body_ct", "body_pt",
)  # fmt: skip
_REQUIRED = ("log", "case", "seq", "type", "at", "actor", "role", "app")
MEMBERS = frozenset({"v", "docs", "facts", *_REQUIRED, *_OPTIONAL})


@dataclass(frozen=True, slots=True)
class Written:
    """An event with the bytes that are stored and the leaf hash that names it."""

    event: Event
    data: bytes
    leaf: bytes


def written(event: Event) -> Written:
    """Return the event with its canonical bytes and leaf hash.

    Raises NotCanonical when a member has no canonical form.
    """
    members: dict[str, Any] = {
        "v": FORMAT_VERSION,
        "log": event.log,
        "case": event.case,
        "seq": event.seq,
        "type": str(event.type),
        "at": event.at,
        "actor": event.actor,
        "role": event.role,
        "app": event.app,
    }
    for name in _OPTIONAL:
        value = getattr(event, name)
        if value:
            members[name] = value
    if event.docs:
        members["docs"] = list(event.docs)
    if event.facts:
        check_value(event.facts, "facts")  # the other members are text and a small number by their types
        members["facts"] = event.facts
    data = canonical_of_checked(members)
    return Written(event, data, leaf_hash(data))


def read(data: bytes) -> Event:
    """Read an event back from its stored bytes.

    Raises NotCanonical when the bytes are not canonical, a member is missing or unknown, or the version is another.
    """
    members = parsed(data)
    if members.get("v") != FORMAT_VERSION:
        raise NotCanonical(f"event: version {members.get('v')} is not known to this program")
    unknown = members.keys() - MEMBERS
    missing = [name for name in _REQUIRED if name not in members]
    if unknown or missing:
        raise NotCanonical(f"event: unknown members {sorted(unknown)}, missing members {missing}")
    del members["v"]
    try:
        members["type"] = EventType(members["type"])
    except ValueError as error:
        raise NotCanonical(f"event: unknown type {members['type']!r}") from error
    members["docs"] = tuple(members.get("docs", ()))
    members.setdefault("prev", "")
    return Event(**members)
