"""A search over all histories: by who, in what role, what, which body, where and when; in log order, page by page.

Nobody finds what they may not know of. An export is recorded, with what it was asked for, before a line is given out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import Words, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, READS, Event, EventType, read
from npm_cases.services import erasure, office_acts
from npm_cases.services.given_codes import a_code
from npm_cases.services.histories import FoundEvent, Histories, Wanted, may_know
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.ports import Office
from npm_cases.services.recording import instant, record
from state_machines import MACHINES
from state_machines.table import Role

LATE_RECORD, LATE_ENGINE, LATE_NOTICE = "recorded", "engine", "notice"
OF_BODIES = ("addressee", "authority", "investigator", "body", "recipient")
"""Facts of an event or codes of a case that name a body."""
_NAMES_OF_LATENESS = (b'"occurred_on"', b'"late_by_engine"', b'"notice_late"')
_OTHER_EVENTS = frozenset({erasure.EVENT, *office_acts.EVENTS})
"""Events of no machine that take two people."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for; empty members do not choose. ``first`` and ``last`` are days in the pack's zone, both inside.

    ``late`` keeps what was recorded on a later day than it happened, or done late by the engine. ``after`` is the index
    of the last event already seen; ``limit`` is how many at most, 0 for all.
    """

    actor: str = ""
    role: str = ""
    types: tuple[str, ...] = ()
    event: str = ""
    body: str = ""
    region: str = ""
    case: str = ""
    first: date | None = None
    last: date | None = None
    late: bool = False
    after: int = -1
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One event that was found. ``case`` and ``number`` are of the case it is about, empty for the office.

    ``late`` says how: recorded, engine, notice; empty when it was not. ``happened_on`` is the legal day it happened.
    """

    index: int
    chain: str
    case: str
    number: str
    seq: int
    at: str
    happened_on: str
    type: str
    machine: str
    event: str
    actor: str
    role: str
    on_behalf: str
    approved_by: str
    frm: str
    to: str
    reason: str
    late: str
    docs: tuple[str, ...]
    facts: Mapping[str, Any]
    leaf: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, the index to go on after (None at the end), and the newest checkpoint (None before the first)."""

    lines: tuple[Line, ...]
    next: int | None
    checkpoint: StoredCheckpoint | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export gives out: how many lines, the lines, what was asked for, and the newest checkpoint."""

    count: int
    lines: Iterator[Line]
    criteria: Mapping[str, Any]
    checkpoint: StoredCheckpoint | None


def search(office: Office, histories: Histories, wanted: Criteria, actor: Actor) -> Page:
    """Return the events that fit and that the actor may know of, in log order, one page.

    Raises BadInput naming the option; NotFound for a case that is not there or kept from the actor; NotAllowed.
    """
    access.need(actor, "search the history")
    lines = tuple(_limited(matches(office, histories, wanted, actor), wanted.limit + 1 if wanted.limit else 0))
    more = bool(wanted.limit) and len(lines) > wanted.limit
    shown = lines[: wanted.limit] if more else lines
    return Page(shown, shown[-1].index if more else None, histories.tree().last_checkpoint())


def export(office: Office, histories: Histories, wanted: Criteria, actor: Actor, at: str, form: str) -> Exported:
    """Record an export of everything that fits, committed, and only then give it out; raises like ``search``.

    ``form`` is csv or json. The lines are those of the state the reader stands in: the export itself is not among them.
    """
    role = access.need(actor, "export the history")
    asked = asked_for(histories, wanted)
    count = sum(1 for _ in _limited(matches(office, histories, wanted, actor), wanted.limit))
    facts = {"what": "search", "format": form, "count": count, **({"criteria": asked} if asked else {})}
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        record(work, office, chain, EventType.EXPORTED, instant(chain, at), actor, role, facts=facts)
        work.commit()
    lines = _limited(matches(office, histories, wanted, actor), wanted.limit)
    return Exported(count, lines, asked, histories.tree().last_checkpoint())


def _limited(lines: Iterator[Line], limit: int) -> Iterator[Line]:
    return islice(lines, limit) if limit else lines


def asked_for(histories: Histories, wanted: Criteria) -> dict[str, Any]:
    """Return the criteria that choose, as codes, ids, integers and days; the case by its id."""
    found: dict[str, Any] = {}
    for one in fields(wanted):
        value = getattr(wanted, one.name)
        if value != one.default:
            found[one.name] = value.isoformat() if isinstance(value, date) else value
    if "types" in found:
        found["types"] = list(wanted.types)
    case = histories.find(wanted.case) if wanted.case else None
    return found | {"case": case.id} if case else found


def matches(office: Office, histories: Histories, wanted: Criteria, actor: Actor) -> Iterator[Line]:
    """Yield every event that fits and that the actor may know of, in log order; raises like ``search``."""
    _check(office, wanted)
    chosen = _for_the_database(office, histories, wanted, actor)
    return _fitting(office, histories, wanted, actor, chosen)


def _fitting(office: Office, histories: Histories, wanted: Criteria, actor: Actor, chosen: Wanted) -> Iterator[Line]:
    for found in histories.found(chosen):
        if not _may_fit(wanted, found):
            continue
        event = read(found.data)
        if _fits(office, wanted, found, event) and may_know(histories, actor, found, event):
            yield _line(office, found, event)


def _check(office: Office, wanted: Criteria) -> None:
    """Refuse what nothing can match, before it is looked for or written down."""
    events = frozenset(str(event) for table in MACHINES.values() for event in table.events) | _OTHER_EVENTS
    known = (
        ("--role", (wanted.role,), frozenset(str(role) for role in Role)),
        ("--type", wanted.types, frozenset(str(kind) for kind in EventType)),
        ("--event", (wanted.event,), events),
        ("--region", (wanted.region,), office.pack.regions),
    )
    for option, given, there in known:
        for one in filter(None, given):
            if one not in there:
                raise BadInput(
                    say(
                        "not_one_of",
                        field=option,
                        given=quoted(one),
                        known=Words(option.strip("-"), tuple(sorted(there))),
                    )
                )
    for option, code in (("--actor", wanted.actor), ("--body", wanted.body)):
        if code:
            a_code(option, code)
    if wanted.first and wanted.last and wanted.last < wanted.first:
        raise BadInput(say("days_out_of_order", field="--to", last=wanted.last, first=wanted.first))
    if wanted.limit < 0:
        raise BadInput(say("no_limit", field="--limit", given=wanted.limit))


def _for_the_database(office: Office, histories: Histories, wanted: Criteria, actor: Actor) -> Wanted:
    zone, end_of = office.pack.zone, office.times.end_of
    return Wanted(
        chains=_chains(histories, wanted.case, actor), types=wanted.types, event=wanted.event, actor=wanted.actor,
        role=wanted.role, region=wanted.region, after=wanted.after,
        since=end_of(date.fromordinal(wanted.first.toordinal() - 1), zone) if wanted.first else "",
        before=end_of(wanted.last, zone) if wanted.last else "",
    )  # fmt: skip


def _chains(histories: Histories, ref: str, actor: Actor) -> tuple[str, ...]:
    if not ref:
        return ()
    case = histories.find(ref)
    if case is None:
        raise NotFound(say("no_case", given=quoted(ref)))
    access.need_sight(actor, case, histories.excluded(case.id), ref)
    return case.id, READS + case.id


def _may_fit(wanted: Criteria, found: FoundEvent) -> bool:
    """Tell by the bytes alone that an event cannot fit: reading it costs ten times as much."""
    data = found.data
    if wanted.late and not any(name in data for name in _NAMES_OF_LATENESS):
        return False
    return not wanted.body or wanted.body.encode() in data or wanted.body in _bodies_of_case(found)


def _fits(office: Office, wanted: Criteria, found: FoundEvent, event: Event) -> bool:
    """Decide what the search copies cannot: what stands in the facts, of the event or of its case."""
    if wanted.event and wanted.event not in {event.event, event.facts.get("event")}:
        return False
    if wanted.late and not how_late(office, event):
        return False
    return not wanted.body or wanted.body in _bodies(found, event)


def _bodies(found: FoundEvent, event: Event) -> set[str]:
    named = (event.facts.get(name) for name in OF_BODIES)
    return _bodies_of_case(found).union(name for name in named if isinstance(name, str))


def _bodies_of_case(found: FoundEvent) -> set[str]:
    if found.sight is None:
        return set()
    case = found.sight.case
    return {case.addressee, str(case.facts.get("investigator", "")), *case.facts.get("authorities", ())}


def how_late(office: Office, event: Event) -> str:
    """Say how an event is late: recorded after the day it happened, by the engine, or a notice that came late."""
    facts = event.facts
    if facts.get("late_by_engine"):
        return LATE_ENGINE
    if facts.get("notice_late"):
        return LATE_NOTICE
    imported = event.type is EventType.CASE_IMPORTED  # what is taken over from a file was published before
    return LATE_RECORD if not imported and _happened_on(office, event) < _recorded_on(office, event) else ""


def _recorded_on(office: Office, event: Event) -> str:
    return office.times.day(from_text(event.at)).isoformat()


def _happened_on(office: Office, event: Event) -> str:
    return str(event.facts.get("occurred_on") or _recorded_on(office, event))


def _line(office: Office, found: FoundEvent, event: Event) -> Line:
    case = found.sight.case if found.sight else None
    return Line(
        index=found.index, chain=found.chain, case=case.id if case else "", number=case.number if case else "",
        seq=event.seq, at=event.at, happened_on=_happened_on(office, event), type=event.type.value,
        machine=event.machine, event=event.event or str(event.facts.get("event", "")), actor=event.actor,
        role=event.role, on_behalf=event.on_behalf, approved_by=event.approved_by, frm=event.frm, to=event.to,
        reason=event.reason, late=how_late(office, event), docs=event.docs, facts=event.facts, leaf=found.leaf.hex(),
    )  # fmt: skip
