"""Acts that wait for a second person: proposed under seal and bound to the exact act, confirmed once by another."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from npm_cases.domain.errors import Conflict, NotAllowed
from npm_cases.domain.instants import from_text
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.message_values import an_instant, choice_list
from npm_cases.domain.messages import say
from npm_cases.domain.records import Approval, By, Case
from npm_cases.history.event import EventType, Written
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import Head, record
from npm_cases.services.sealing import key_to_open, key_to_seal


def put_forward(
    work: Work, office: Office, case: Case, event: str, exact: Mapping[str, Any], by: By, docs: tuple[str, ...] = ()
) -> tuple[str, Written]:
    """Record a proposal bound to the exact act, sealed under the key of its case; returns its id and the event."""
    approval_id = office.new_id()
    key = key_to_seal(work, office, case.id, by.at)
    plaintext = json.dumps(exact, ensure_ascii=False, sort_keys=True).encode()
    payload, digest, _ = office.sealer.seal(key, f"approval/{approval_id}", plaintext)
    expires = expiry(office.times, from_text(by.at).date())
    facts = {"approval": approval_id, "event": event, "digest": digest, "expires_at": expires}
    line = record(work, office, case, EventType.ACT_PROPOSED, by.at, by.actor, by.role, facts=facts, docs=docs)
    work.add_approval(Approval(approval_id, case.id, event, digest, payload, by.actor.user, by.at, expires))
    return approval_id, line


def expiry(times: Timetable, start: date) -> str:
    """Return the instant at which a proposal of a day lapses, by the pack's rule."""
    due, _ = times.due(start, times.pack.rule("approval_expires", start), None, "")
    return times.end_of(due.due_on, times.pack.zone)


def need_second_person(approval: Approval, user: str, at: str) -> None:
    """Let pass a pending proposal and a person who did not make it.

    Raises Conflict when it lapsed or was decided; NotAllowed for the proposer.
    """
    if approval.status != "pending":
        raise Conflict(say("proposal_decided", proposal=approval.id, status=choice_list((approval.status,))))
    if approval.expires_at <= at:
        raise Conflict(say("proposal_lapsed", proposal=approval.id, at=an_instant(approval.expires_at)))
    if user == approval.proposer:
        raise NotAllowed(say("own_proposal", user=user))


def exact_act(work: Work, office: Office, approval: Approval) -> dict[str, Any]:
    """Open what was proposed.

    Raises Conflict when it is not what the proposal was bound to; NotFound when the case was erased meanwhile.
    """
    if hashlib.sha256(approval.payload).hexdigest() != approval.digest:
        raise Conflict(say("proposal_replaced", proposal=approval.id))
    key = key_to_open(work, office, approval.chain)
    return dict(json.loads(office.sealer.open(key, f"approval/{approval.id}", approval.payload)))


def confirm(work: Work, office: Office, chain: Head, approval: Approval, by: By) -> None:
    """Close a proposal as confirmed and record it; the act itself follows in the same transaction."""
    work.decide_approval(approval.id, "confirmed", by.actor.user, by.at)
    facts = {"approval": approval.id, "event": approval.event, "digest": approval.digest}
    record(work, office, chain, EventType.ACT_CONFIRMED, by.at, by.actor, by.role, facts=facts)
