"""Acts of the office that take two people: keys rotated, a restore declared, power given. One proposes, another makes it so."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import an_event, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, Approval, By, Receipt
from npm_cases.domain.rights import RIGHTS
from npm_cases.history.event import OFFICE, EventType, Written
from npm_cases.services import approvals
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record

ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, DECLARE_RESTORE = "rotate_log_key", "rotate_wrapping_key", "declare_restore"
ADD_USER, SET_ROLES, ENABLE_USER = "add_user", "set_roles", "enable_user"
INVITE_USER, GIVE_TOKEN = "invite_user", "give_token"
OF_POWER = (ADD_USER, SET_ROLES, ENABLE_USER, INVITE_USER, GIVE_TOKEN)
"""Acts that give power, or a way in for somebody who has it: proposed by one administrator, confirmed by another person."""
ADOPT_PACK, ADOPT_CALENDAR = "adopt_pack", "adopt_calendar"
OF_POLICY = (ADOPT_PACK, ADOPT_CALENDAR)
"""Acts that change the rules or the working days the whole office counts by."""
EVENTS = (ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, DECLARE_RESTORE, *OF_POWER, *OF_POLICY)
CONFIRMING = RIGHTS["confirm an act of the office"]


@dataclass(frozen=True, slots=True)
class Seconded:
    """A proposal and the second person who makes it so."""

    approval: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Carried:
    """A proposal that was confirmed: by whom it was proposed, who confirmed it, and the change it is bound to."""

    by: By
    second: By
    change: dict[str, Any]


def propose(office: Office, event: str, actor: Actor, at: str) -> tuple[str, Receipt]:
    """Propose an act of the office; returns the id of the proposal and the receipt.

    Raises NotAllowed for anybody but an administrator.
    """
    role = access.need(actor, "propose an act of the office")
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        approval_id, line = put_forward(work, office, chain, event, By(actor, role, instant(chain, at)))
        work.commit()
    return approval_id, Receipt(OFFICE, line.event.seq, line.leaf.hex())


def put_forward(
    work: Work, office: Office, chain: Chain, event: str, by: By, change: Mapping[str, Any] | None = None
) -> tuple[str, Written]:
    """Record a proposal bound to the exact act: who, what, and the change, if the event does not say it all.

    Returns the id of the proposal and its event.
    """
    approval_id, user = office.new_id(), by.actor.user
    exact = {"approval": approval_id, "event": event, "user": user, "role": by.role}
    payload = json.dumps({**exact, **({"change": change} if change else {})}).encode()
    digest, expires = hashlib.sha256(payload).hexdigest(), approvals.expiry(office.times, from_text(by.at).date())
    facts = {"approval": approval_id, "event": event, "digest": digest, "expires_at": expires}
    line = record(work, office, chain, EventType.ACT_PROPOSED, by.at, by.actor, by.role, facts=facts)
    work.add_approval(Approval(approval_id, OFFICE, event, digest, payload, user, by.at, expires))
    return approval_id, line


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
    return carry_change(work, office, chain, event, second, at).by


def carry_change(work: Work, office: Office, chain: Chain, event: str, second: Seconded, at: str) -> Carried:
    """Confirm a proposal like ``carry``, and return the change it is bound to as well."""
    approval = work.approval(second.approval)  # locked, so that it is confirmed once
    role = _checked(approval, event, second, at)
    if hashlib.sha256(approval.payload).hexdigest() != approval.digest:
        raise Conflict(say("proposal_replaced", proposal=approval.id))
    confirmer = By(second.actor, role, at)
    approvals.confirm(work, office, chain, approval, confirmer)
    exact = json.loads(approval.payload)
    proposer = By(Actor(exact["user"], frozenset({exact["role"]})), exact["role"], at)
    return Carried(proposer, confirmer, dict(exact.get("change", {})))


def _found(work: Work, second: Seconded) -> Approval:
    for row in work.rows("approvals", {"id": second.approval, "chain": OFFICE}):
        return Approval(**{name: row[name] for name in Approval.__dataclass_fields__})
    raise NotFound(say("no_office_proposal", given=quoted(second.approval)))


def _checked(approval: Approval, event: str, second: Seconded, at: str) -> str:
    if approval.event != event:
        raise BadInput(
            say("proposal_of_other_act", proposal=approval.id, event=an_event(approval.event), wanted=an_event(event))
        )
    approvals.need_second_person(approval, second.actor.user, at)
    return access.need(second.actor, "confirm an act of the office")
