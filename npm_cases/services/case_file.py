"""One case as a person works with it: where it stands, what runs, what they may do, who was told, what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.records import Actor, Case
from npm_cases.history.event import EventType, read
from npm_cases.services.case_views import obligation_view
from npm_cases.services.linked_sight import without_kept
from npm_cases.services.narrative import StoryLine, told
from npm_cases.services.ports import Office, Work
from npm_cases.services.reading import Reader
from npm_cases.services.what_now import WhatNow, what_now
from state_machines import MACHINES


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case this one is tied to; one that is kept from the reader is not listed."""

    number: str
    title: str
    state: str
    kind_of_case: str
    kind: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act that waits for a second person; ``is_own`` says that the reader proposed it and cannot confirm it."""

    approval: str
    event: str
    proposer: str
    proposed_at: str
    expires_at: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One notice about the case: to which post, why, whether it arrived, and what the mail server said last."""

    post: str
    body: str
    template: str
    due_on: str
    created_at: str
    status: str
    done_at: str
    attempts: int
    answer: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the case; its name is sealed and is opened with it."""

    id: str
    size: int
    added_at: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything one page shows.

    ``excluded`` are those kept out, each with its name where it is a body; ``sealed`` the numbers of events with protected
    text; ``leaves`` the leaf of each event, for its receipt.
    """

    case: Case
    phase: str
    due_on: str
    overdue: bool
    clocks: tuple[dict[str, Any], ...]
    now: WhatNow
    papers: tuple[Paper, ...]
    links: tuple[Linked, ...]
    waiting: tuple[Waiting, ...]
    told: tuple[Told, ...]
    consents: tuple[dict[str, Any], ...]
    excluded: Mapping[str, str]
    addressee: Mapping[str, Any]
    place: Mapping[str, Any]
    lines: tuple[StoryLine, ...]
    sealed: frozenset[int]
    leaves: Mapping[int, str]


def case_file(office: Office, reader: Reader, ref: str, actor: Actor, at: str, lang: str) -> CaseFile:
    """Return a case as it stands at an instant.

    Raises NotFound, also for a case that is kept from the actor; LookupError for a language there is not.
    """
    with office.open_reading() as work:
        case = work.case(ref)
        excluded = work.excluded(case.id)
        access.need_sight(actor, case, excluded, ref)
        clocks = tuple(obligation_view(owed, at) for owed in sorted(work.open_obligations(case.id), key=_by_day))
        stored = list(reader.events_of(case.id))
        events = [without_kept(work, read(one.data), actor) for one in stored]
        zone = str(case.facts.get("zone", office.pack.zone))
        return CaseFile(
            case=case, phase=MACHINES[case.kind].phase(case.state), due_on=clocks[0]["due_on"] if clocks else "",
            overdue=any(clock["overdue"] for clock in clocks), clocks=clocks, now=what_now(office, case, actor, at),
            papers=tuple(Paper(d["id"], d["size"], d["added_at"]) for d in work.rows("documents", {"chain": case.id})),
            links=tuple(_links(work, case, actor)), waiting=tuple(_waiting(work, case, actor, at)),
            told=tuple(_told(work, case)), consents=tuple(work.rows("consents", {"chain": case.id})),
            excluded={one: str(_row(work, "bodies", one).get("name", "")) for one in sorted(excluded)},
            addressee=_row(work, "bodies", case.addressee), place=_row(work, "places", case.place),
            lines=tuple(told(office.pack, zone, case.id, events, lang)),
            sealed=frozenset(event.seq for event in events if event.body_ct and event.type in _OPENED_BY_NUMBER),
            leaves={one.seq: one.leaf.hex() for one in stored},
        )  # fmt: skip


_OPENED_BY_NUMBER = frozenset(EventType) - {EventType.ACT_PROPOSED}
"""A proposal is opened by whoever confirms it, on a page of its own."""


def _by_day(owed: Any) -> tuple[str, str]:
    return owed.due_on, owed.id


def _row(work: Work, table: str, key: str) -> Mapping[str, Any]:
    found = work.rows(table, {"id": key}) if key else []
    return found[0] if found else {}


def _links(work: Work, case: Case, actor: Actor) -> Iterator[Linked]:
    forth = [(row["to_case"], row["kind"]) for row in work.rows("links", {"from_case": case.id})]
    back = [(row["from_case"], f"{row['kind']}_back") for row in work.rows("links", {"to_case": case.id})]
    for other_id, kind in (*forth, *back):
        try:
            other = work.read_case(other_id)
        except NotFound:
            continue
        if access.may_see(actor, other, work.excluded(other.id)):
            yield Linked(other.number, other.title, other.state, other.kind, kind)


def _waiting(work: Work, case: Case, actor: Actor, at: str) -> Iterator[Waiting]:
    for row in work.rows("approvals", {"chain": case.id}):
        if row["status"] == "pending" and row["expires_at"] > at:
            yield Waiting(
                row["id"], row["event"], row["proposer"], row["proposed_at"], row["expires_at"],
                row["proposer"] == actor.user,
            )  # fmt: skip


def _told(work: Work, case: Case) -> Iterator[Told]:
    for row in sorted(work.rows("outbox", {"chain": case.id}), key=lambda one: str(one["created_at"]), reverse=True):
        carrier = row["carried_by"] or row["id"]
        attempts = work.rows("mail_attempts", {"message": carrier}) if row["attempts"] or row["carried_by"] else []
        last = attempts[-1] if attempts else {}
        answer = f"{last['outcome']} {last['code'] or ''}".strip() if last else ""
        yield Told(
            row["post"], row["body"], row["template"], row["due_on"], row["created_at"], row["status"], row["done_at"],
            len(attempts), answer,
        )  # fmt: skip
