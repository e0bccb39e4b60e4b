"""Synthetic rows for the contract of the unit of work."""

from typing import Any

from npm_cases.domain.records import Approval, Case, Notice, Obligation, StoredDocument, TakenRung
from npm_cases.history.event import Event, EventType, Written, written

AT = "2026-03-02T05:00:00.000000Z"
LATER = "2026-03-03T05:00:00.000000Z"
CASE_ID = "a" * 32


def a_case(letter: str = "a", **changed: Any) -> Case:
    values: dict[str, Any] = {
        "id": letter * 32, "number": f"R-2026-{letter}", "kind": "recommendation", "channel": "ombudsman", "state": "draft",
        "escalation": "not_escalated", "compensation": "", "rehabilitation": "", "region": "abai", "addressee": "body",
        "place": "", "title": "Шатырды жөндеу", "assignee": "", "version": 1, "seq": 0, "head": b"",
        "facts": {"symbol": "X/1", "sessions": [1, 2]}, "opened_at": AT, "last_at": "", "closed_at": "",
    }  # fmt: skip
    return Case(**(values | changed))


def an_obligation(name: str = "owed", chain: str = CASE_ID, **changed: Any) -> Obligation:
    values: dict[str, Any] = {
        "id": name, "chain": chain, "subject_kind": "case", "duty": "reply", "owed_by": "addressee", "party": "body",
        "rule": "ombudsman_reply", "rule_version": "1", "channel": "ombudsman", "calendar_version": "1",
        "provisional": True, "started_on": "2026-03-02", "amount": 15, "unit": "working_days", "due_on": "2026-03-23",
        "due_at": "2026-03-23T19:00:00.000000Z", "set_on": "", "derivation": [{"kind": "start"}], "ledger": [],
        "opened_at": AT, "opened_seq": 1, "ladder": "outsiders", "next_rung_at": LATER,
    }  # fmt: skip
    return Obligation(**(values | changed))


def a_notice(name: str, chain: str = CASE_ID, **changed: Any) -> Notice:
    values: dict[str, Any] = {
        "id": name, "message_id": f"<{name}@cases.example>", "chain": chain, "obligation": "owed", "rung": "overdue",
        "post": "board", "body": "", "template": "overdue", "not_before": AT, "created_at": AT, "due_on": "2026-03-23",
        "alone": True,
    }  # fmt: skip
    return Notice(**(values | changed))


def a_rung(obligation: str = "owed", rung: str = "overdue") -> TakenRung:
    return TakenRung(obligation, rung, CASE_ID, "remind", "taken", AT, LATER, True, "board")


def an_approval(**changed: Any) -> Approval:
    values: dict[str, Any] = {
        "id": "proposal", "chain": CASE_ID, "event": "close", "digest": "d", "payload": b"\x00\xff", "proposer": "one",
        "proposed_at": AT, "expires_at": LATER,
    }  # fmt: skip
    return Approval(**(values | changed))


def a_document() -> StoredDocument:
    return StoredDocument("d" * 64, CASE_ID, 17, AT, b"\x00\x01")


def an_event(chain: str = CASE_ID, seq: int = 1, prev: bytes = b"", **changed: Any) -> Written:
    values: dict[str, Any] = {
        "log": "npm-cases/test", "case": chain, "seq": seq, "prev": prev.hex(), "type": EventType.CASE_AMENDED, "at": AT,
        "actor": "one", "role": "caseworker", "app": "0",
    }  # fmt: skip
    return written(Event(**(values | changed)))


def a_body(name: str, **changed: str) -> dict[str, Any]:
    given = {"id": name, "name": name, "kind": "", "superior": "", "email": "", "language": "", "zone": "", **changed}
    return given | {"blind": name.encode()}
