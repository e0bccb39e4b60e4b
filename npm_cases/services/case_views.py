"""What people and programs read of cases: a list, one case with what may be done to it, its history."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.records import Actor, Case, Obligation
from npm_cases.history.event import Event, EventType, read
from npm_cases.services.given_codes import a_code
from npm_cases.services.linked_sight import is_seen, without_kept
from npm_cases.services.ports import Office
from npm_cases.services.recording import record
from npm_cases.services.sealing import opened
from npm_cases.services.standing import Change, step_by_step
from npm_cases.services.team import need_team
from npm_cases.services.what_now import MayAct, what_now
from state_machines import MACHINES


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What to list: empty members do not filter; ``overdue_at`` keeps only cases overdue at that instant."""

    kind: str = ""
    channel: str = ""
    state: str = ""
    escalation: str = ""
    region: str = ""
    addressee: str = ""
    assignee: str = ""
    overdue_at: str = ""
    open_only: bool = False
    limit: int = 0


class Views(Protocol):
    """The reading side of the database: one consistent state per call, no locks."""

    def cases(
        self, wanted: ListFilter, regions: Collection[str], excluded_for: Collection[str]
    ) -> list[dict[str, Any]]: ...
    def events(self, chain: str) -> Iterable[tuple[bytes, bytes, int | None]]: ...
    def next_deadlines(self, now: str, limit: int) -> list[dict[str, Any]]: ...
    def counts(self) -> dict[str, dict[str, int]]: ...


def list_cases(views: Views, wanted: ListFilter, actor: Actor, at: str) -> list[dict[str, Any]]:
    """List the cases an actor may know, by number, each with its next due date and whether it is overdue now."""
    access.need(actor, "list cases")
    if actor.roles.isdisjoint(access.READERS):
        return []  # who looks after users and posts need not know of any case
    regions = () if access.EVERYWHERE in actor.regions else sorted(actor.regions)
    rows = views.cases(wanted, regions, {actor.user, *actor.bodies})
    for row in rows:
        row["phase"] = MACHINES[row["kind"]].phase(row["state"])
        due_at = row.pop("due_at")
        row["overdue"] = bool(due_at) and due_at <= at
    return rows


def show_case(office: Office, ref: str, actor: Actor, at: str) -> dict[str, Any]:
    """Return one case: states, clocks, what may be done now and what not, with every reason.

    Raises NotFound, also for a case that is kept from the actor.
    """
    with office.open_reading() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
        running = work.open_obligations(case.id)
        permitted, refused = _what_now(office, case, actor, at)
        documents = [row["id"] for row in work.rows("documents", {"chain": case.id})]
        links = [row for row in work.rows("links", {"from_case": case.id}) if is_seen(work, row["to_case"], actor)]
        pending = [
            a for a in work.rows("approvals", {"chain": case.id}) if a["status"] == "pending" and a["expires_at"] > at
        ]
    first = min((o.due_on for o in running), default="")
    return {
        **summary(case), "due_on": first, "overdue": any(o.due_at <= at for o in running), "version": case.version,
        "compensation": case.compensation, "rehabilitation": case.rehabilitation, "addressee": case.addressee,
        "place": case.place, "assignee": case.assignee, "opened_at": case.opened_at, "closed_at": case.closed_at,
        "facts": case.facts, "obligations": [obligation_view(o, at) for o in running], "permitted": permitted,
        "refused": refused, "documents": documents,
        "links": [{"to": row["to_case"], "kind": row["kind"]} for row in links],
        "pending": [{"approval": a["id"], "event": a["event"], "expires_at": a["expires_at"]} for a in pending],
    }  # fmt: skip


def summary(case: Case) -> dict[str, Any]:
    """Return the members a list shows of a case."""
    return {
        "id": case.id, "number": case.number, "kind": case.kind, "channel": case.channel, "state": case.state,
        "phase": MACHINES[case.kind].phase(case.state), "escalation": case.escalation, "region": case.region,
        "title": case.title,
    }  # fmt: skip


def obligation_view(owed: Obligation, at: str) -> dict[str, Any]:
    """Return what a person needs to know of a running clock, its derivation included."""
    return {
        "id": owed.id, "duty": owed.duty, "owed_by": owed.owed_by, "due_on": owed.due_on, "overdue": owed.due_at <= at,
        "rule": owed.rule, "rule_version": owed.rule_version, "amount": owed.amount, "unit": owed.unit,
        "started_on": owed.started_on, "calendar_version": owed.calendar_version, "provisional": owed.provisional,
        "suspended_on": owed.suspended_on, "raised": owed.raised, "next_rung_at": owed.next_rung_at,
        "derivation": owed.derivation,
    }  # fmt: skip


def _what_now(office: Office, case: Case, actor: Actor, at: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what may be done and what not, as members for programs."""
    now = what_now(office, case, actor, at)
    permitted = [
        {"event": one.event, "next": one.next, "needs": [need.code for need in one.needs], "give": _give(one)}
        for one in now.may
    ]
    return permitted, [{"event": one.event, "reasons": list(one.reasons)} for one in now.may_not]


def _give(act: MayAct) -> list[str]:
    """Return the fields that would meet what is missing, each as a person writes it on the command line."""
    wanted = [field for need in act.needs for field in need.fields]
    return [f"{one.name}={'|'.join(one.choices) or one.kind.value.upper()}" for one in dict.fromkeys(wanted)]


def history(office: Office, views: Views, ref: str, actor: Actor) -> list[dict[str, Any]]:
    """Return every event of a case in order, with what it changed; the index is null until the sequencer has given it."""
    with office.open_reading() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
        stored = list(views.events(case.id))
        events = [without_kept(work, read(data), actor) for data, _, _ in stored]
    told = step_by_step(case.id, events)
    return [_line(event, changes, leaf, index) for (event, changes), (_, leaf, index) in zip(told, stored, strict=True)]


def _line(event: Event, changes: Iterable[Change], leaf: bytes, index: int | None) -> dict[str, Any]:
    return {
        "seq": event.seq, "index": index, "at": event.at, "type": event.type.value, "machine": event.machine,
        "event": event.event, "actor": event.actor, "role": event.role, "from": event.frm, "to": event.to,
        "reason": event.reason, "leaf": leaf.hex(), "on_behalf": event.on_behalf, "approved_by": event.approved_by,
        "docs": list(event.docs), "facts": dict(event.facts), "sealed": bool(event.body_ct),
        "changes": [{"field": one.field, "before": one.before, "after": one.after} for one in changes],
    }  # fmt: skip


def open_text(office: Office, ref: str, seq: int, actor: Actor, at: str, reason: str) -> Mapping[str, str]:
    """Open the protected text of one event; the reading is recorded and committed before anything is returned.

    Raises NotFound, also for a case that was erased; NotAllowed; BadInput for a reason that is no code; whatever keeps
    the reading from being recorded keeps the text closed.
    """
    role, reason = access.need(actor, "open protected text"), a_code("--reason", reason)
    with office.open_work() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
        need_team(work, office, case, actor, at)
        texts = opened(work, office, case.id, seq)
        reads = work.chain(f"reads-{case.id}")
        facts = {"case": case.id, "event_seq": seq, "fields": sorted(texts)}
        record(
            work, office, reads, EventType.TEXT_READ, max(at, reads.last_at), actor, role, facts=facts, reason=reason
        )
        work.commit()
    return texts


def version_of(office: Office, ref: str, actor: Actor) -> int:
    """Return the version a case is at now: a page that shows another one is stale.

    Raises NotFound, also for a case that is kept from the actor.
    """
    with office.open_reading() as work:
        case = work.case(ref)
        access.need_sight(actor, case, work.excluded(case.id), ref)
    return case.version
