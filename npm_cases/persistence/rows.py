"""Between records and rows: one function each way, in the order of the columns."""

from typing import Any

import orjson

from npm_cases.domain.records import Approval, Case, Notice, Obligation, StoredDocument, TakenRung
from npm_cases.persistence import schema

CASE_COLUMNS = (
    "id", "number", "kind", "channel", "state", "escalation", "compensation", "rehabilitation", "region", "addressee",
    "place", "title", "assignee", "version", "seq", "head", "facts", "opened_at", "last_at", "closed_at", "blind",
)  # fmt: skip
OBLIGATION_COLUMNS = (
    "id", "chain", "subject_kind", "duty", "owed_by", "party", "rule", "rule_version", "channel", "calendar_version",
    "provisional", "started_on", "amount", "unit", "due_on", "due_at", "set_on", "derivation", "ledger", "opened_at",
    "opened_seq", "discharged_at", "discharged_seq", "raised", "suspended_on", "revision", "ladder", "rung_no",
    "next_rung_at",
)  # fmt: skip
NOTICE_COLUMNS = (
    "id", "message_id", "chain", "obligation", "rung", "post", "body", "template", "not_before", "created_at", "due_on",
    "alone",
)  # fmt: skip
APPROVAL_COLUMNS = ("id", "chain", "event", "digest", "payload", "proposer", "proposed_at", "expires_at", "status")
DOCUMENT_COLUMNS = ("id", "chain", "size", "added_at", "sealed_name")

CASE_SELECT = [schema.cases.c[name] for name in CASE_COLUMNS]
OBLIGATION_SELECT = [schema.obligations.c[name] for name in OBLIGATION_COLUMNS]
NOTICE_SELECT = [schema.outbox.c[name] for name in NOTICE_COLUMNS]


def as_json(value: object) -> str:
    """Write a small value as JSON text; nothing is the empty text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else ""


def from_json(text: str, nothing: Any) -> Any:
    """Read a small value written by ``as_json``; the empty text is the value of nothing."""
    return orjson.loads(text) if text else nothing


def case_from(row: Any) -> Case:
    """Read a case from its columns in order."""
    values = list(row)
    values[15] = bytes(values[15])
    values[16] = from_json(values[16], {})
    values[20] = bytes(values[20])
    return Case(*values)


def case_values(case: Case) -> dict[str, Any]:
    """Return the column values of a case."""
    return {
        "id": case.id, "number": case.number, "kind": case.kind, "channel": case.channel, "state": case.state,
        "escalation": case.escalation, "compensation": case.compensation, "rehabilitation": case.rehabilitation,
        "region": case.region, "addressee": case.addressee, "place": case.place, "title": case.title,
        "assignee": case.assignee, "version": case.version, "seq": case.seq, "head": case.head,
        "facts": as_json(case.facts), "opened_at": case.opened_at, "last_at": case.last_at, "closed_at": case.closed_at,
        "blind": case.blind,
    }  # fmt: skip


def obligation_from(row: Any) -> Obligation:
    """Read an obligation from its columns in order."""
    values = list(row)
    values[10] = bool(values[10])
    values[17] = from_json(values[17], [])
    values[18] = from_json(values[18], [])
    values[23] = bool(values[23])
    return Obligation(*values)


def obligation_values(owed: Obligation) -> dict[str, Any]:
    """Return the column values of an obligation."""
    return {
        "id": owed.id, "chain": owed.chain, "subject_kind": owed.subject_kind, "duty": owed.duty,
        "owed_by": owed.owed_by, "party": owed.party, "rule": owed.rule, "rule_version": owed.rule_version,
        "channel": owed.channel, "calendar_version": owed.calendar_version, "provisional": int(owed.provisional),
        "started_on": owed.started_on, "amount": owed.amount, "unit": owed.unit, "due_on": owed.due_on,
        "due_at": owed.due_at, "set_on": owed.set_on, "derivation": as_json(owed.derivation),
        "ledger": as_json(owed.ledger), "opened_at": owed.opened_at, "opened_seq": owed.opened_seq,
        "discharged_at": owed.discharged_at, "discharged_seq": owed.discharged_seq, "raised": int(owed.raised),
        "suspended_on": owed.suspended_on, "revision": owed.revision, "ladder": owed.ladder, "rung_no": owed.rung_no,
        "next_rung_at": owed.next_rung_at,
    }  # fmt: skip


def notice_from(row: Any) -> Notice:
    """Read a notice from its columns in order."""
    values = list(row)
    values[11] = bool(values[11])
    return Notice(*values)


def notice_values(notice: Notice) -> dict[str, Any]:
    """Return the column values of a notice."""
    return {
        "id": notice.id, "message_id": notice.message_id, "chain": notice.chain, "obligation": notice.obligation,
        "rung": notice.rung, "post": notice.post, "body": notice.body, "template": notice.template,
        "not_before": notice.not_before, "created_at": notice.created_at, "due_on": notice.due_on,
        "alone": int(notice.alone),
    }  # fmt: skip


def rung_values(rung: TakenRung) -> dict[str, Any]:
    """Return the column values of a taken rung."""
    return {
        "obligation": rung.obligation, "rung": rung.rung, "chain": rung.chain, "act": rung.act,
        "outcome": rung.outcome, "due_at": rung.due_at, "act_at": rung.act_at,
        "late_by_engine": int(rung.late_by_engine), "posts": rung.posts,
    }  # fmt: skip


def approval_from(row: Any) -> Approval:
    """Read an approval from its columns in order."""
    values = list(row)
    values[4] = bytes(values[4])
    return Approval(*values)


def approval_values(approval: Approval) -> dict[str, Any]:
    """Return the column values of an approval."""
    return {name: getattr(approval, name) for name in APPROVAL_COLUMNS} | {"decided_by": "", "decided_at": ""}


def document_from(row: Any) -> StoredDocument:
    """Read a document from its columns in order."""
    values = list(row)
    values[4] = bytes(values[4])
    return StoredDocument(*values)


def document_values(document: StoredDocument) -> dict[str, Any]:
    """Return the column values of a document."""
    return {name: getattr(document, name) for name in DOCUMENT_COLUMNS}
