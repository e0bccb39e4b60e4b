"""A proposal as its second person sees it before confirming: the exact act, opened by a recorded reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, Approval, Case
from npm_cases.history.event import EventType, read
from npm_cases.services.approvals import exact_act, need_second_person
from npm_cases.services.my_day import may_confirm
from npm_cases.services.ports import Office, Work
from npm_cases.services.reading import Reader
from npm_cases.services.recording import record
from npm_cases.services.team import need_team

SECOND_PERSON = "second_person"
"""The code under which the reading of a proposal is recorded."""
NOT_SHOWN = frozenset({"case", "event", "user", "role", "fields", "docs", "occurred_on", "on_behalf"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """The exact act that waits: ``fields`` as they were typed, ``docs`` the documents that came with it."""

    approval: Approval
    case: Case
    event: str
    role: str
    occurred_on: str
    fields: Mapping[str, str]
    docs: tuple[str, ...]
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """What may be known of a proposal without opening it."""

    approval: Approval
    case: Case


def proposal_head(office: Office, approval_id: str, actor: Actor) -> Head:
    """Return who proposed which act on which case until when.

    Raises NotFound, also for a proposal on a case that is kept from the actor.
    """
    with office.open_reading() as work:
        approval = work.approval(approval_id)
        return Head(approval, _seen_case(work, approval, actor))


def _seen_case(work: Work, approval: Approval, actor: Actor) -> Case:
    try:
        case = work.read_case(approval.chain)
    except NotFound:
        case = None
    if case is None or not access.may_see(actor, case, work.excluded(case.id)):
        raise NotFound(say("no_proposal", given=quoted(approval.id)))
    return case


def show_proposal(office: Office, reader: Reader, approval_id: str, actor: Actor, at: str) -> Proposal:
    """Open a proposal for somebody who may confirm it; the reading is recorded and committed before it is returned.

    Raises NotFound, also for a case that is kept from the actor or was erased; NotAllowed; Conflict when it is not what it
    was bound to.
    """
    role = access.need(actor, "read a proposal")
    with office.open_work() as work:
        approval = work.approval(approval_id)
        case = _seen_case(work, approval, actor)
        if approval.proposer != actor.user:
            need_second_person(approval, actor.user, at)
            if not may_confirm(actor, case.kind, case.state, approval.event):
                need_team(work, office, case, actor, at)
        exact = exact_act(work, office, approval)
        fields = {name: str(value) for name, value in dict(exact.get("fields", {})).items()}
        reads = work.chain(f"reads-{case.id}")
        facts = {"case": case.id, "event_seq": _seq_of(reader, case, approval_id), "fields": sorted(fields)}
        when = max(at, reads.last_at)
        record(work, office, reads, EventType.TEXT_READ, when, actor, role, facts=facts, reason=SECOND_PERSON)
        work.commit()
    more = {name: value for name, value in exact.items() if name not in NOT_SHOWN}
    return Proposal(
        approval, case, approval.event, str(exact.get("role", "")), str(exact.get("occurred_on", "")), fields,
        tuple(exact.get("docs", ())), more,
    )  # fmt: skip


def _seq_of(reader: Reader, case: Case, approval_id: str) -> int:
    """Return the number of the event that made the proposal."""
    for stored in reader.events_of(case.id):
        if stored.type == EventType.ACT_PROPOSED and read(stored.data).facts.get("approval") == approval_id:
            return stored.seq
    return 0
