"""Acts of the office that take two people: keys rotated, a restore declared. One proposes, another makes it so."""

import hashlib
import json
from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor, Approval, By, Receipt
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import approvals
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record

ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, DECLARE_RESTORE = "rotate_log_key", "rotate_wrapping_key", "declare_restore"
EVENTS = (ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, DECLARE_RESTORE)
CONFIRMING = access.ADMINISTRATORS | {"commissioner", "delegate"}


@dataclass(frozen=True, slots=True)
class Seconded:
    """A proposal and the second person who makes it so."""

    approval: str
    actor: Actor


def propose(office: Office, event: str, actor: Actor, at: str) -> tuple[str, Receipt]:
    """Propose an act of the office; returns the id of the proposal and the receipt.

    Raises NotAllowed for anybody but an administrator.
    """
    role = access.need_role(actor, access.ADMINISTRATORS, f"propose {event}")
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        when, approval_id = instant(chain, at), office.new_id()
        payload = json.dumps({"approval": approval_id, "event": event, "user": actor.user, "role": role}).encode()
        digest, expires = hashlib.sha256(payload).hexdigest(), approvals.expiry(office.times, from_text(when).date())
        facts = {"approval": approval_id, "event": event, "digest": digest, "expires_at": expires}
        line = record(work, office, chain, EventType.ACT_PROPOSED, when, actor, role, facts=facts)
        work.add_approval(Approval(approval_id, OFFICE, event, digest, payload, actor.user, when, expires))
        work.commit()
    return approval_id, Receipt(OFFICE, line.event.seq, line.leaf.hex())


def proposed_event(office: Office, approval_id: str) -> str:
    """Return which act of the office a proposal is for; an empty text when it is for a case, or there is none."""
    with office.open_reading() as work:
        found = work.rows("approvals", {"id": approval_id})
    return str(found[0]["event"]) if found and found[0]["chain"] == OFFICE else ""


def check(office: Office, event: str, second: Seconded, at: str) -> None:
    """Let pass only a pending proposal of this very act, and a second person who may confirm it; nothing is written.

    Raises NotFound, BadInput, NotAllowed, Conflict.
    """
    with office.open_reading() as work:
        _checked(_found(work, second), event, second, at)


def carry(work: Work, office: Office, chain: Chain, event: str, second: Seconded, at: str) -> By:
    """Confirm a proposal in the transaction that makes it so, and return by whom it was proposed; raises like check."""
    approval = work.approval(second.approval)  # locked, so that it is confirmed once
    role = _checked(approval, event, second, at)
    approvals.confirm(work, office, chain, approval, By(second.actor, role, at))
    exact = json.loads(approval.payload)
    return By(Actor(exact["user"], frozenset({exact["role"]})), exact["role"], at)


def _found(work: Work, second: Seconded) -> Approval:
    for row in work.rows("approvals", {"id": second.approval, "chain": OFFICE}):
        return Approval(**{name: row[name] for name in Approval.__dataclass_fields__})
    raise NotFound(f"there is no proposal {second.approval!r} of the office")


def _checked(approval: Approval, event: str, second: Seconded, at: str) -> str:
    if approval.event != event:
        raise BadInput(f"the proposal {approval.id} is for {approval.event}, not for {event}")
    approvals.need_second_person(approval, second.actor.user, at)
    return access.need_role(second.actor, CONFIRMING, f"confirm {event}")
