"""A case, or all of them, as it was true on day D by what was known at the end of day K, and the difference of two views.

Of the events recorded by the end of K those count whose day is not after D. Days are those of the pack's zone. The day
of an act is the one it happened on, however late it was recorded; what follows from an act has its day too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.domain.terms import Unit
from npm_cases.history.event import Event, EventType, read
from npm_cases.services.histories import Histories, Sight
from npm_cases.services.moves import ESCALATION
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader, StoredEvent
from npm_cases.services.standing import OVERDUE, Change, Clock, Standing, changes
from state_machines import MACHINES

_OWN_DAY = {
    EventType.OBLIGATION_SUSPENDED: "from",
    EventType.OBLIGATION_RESUMED: "to",
    EventType.OBLIGATION_EXTENDED: "decided_on",
}
_FOLLOWS = frozenset({EventType.OBLIGATION_OPENED, EventType.OBLIGATION_DISCHARGED})
_CONSENT = ("consent", "consent_for", "consent_until")


@dataclass(frozen=True, slots=True)
class Moment:
    """A place on both axes: what was true on the day ``on``, by what was known at the end of the day ``known``."""

    on: date
    known: date


@dataclass(frozen=True, slots=True)
class ClockThen:
    """One obligation that ran; overdue from the day after ``due_on`` on, a term in hours from its last instant on."""

    obligation: str
    duty: str
    owed_by: str
    due_on: str
    overdue: bool
    suspended_on: str
    rule: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class Past:
    """One case at one moment. ``there`` is false, and all else empty, where it had not begun or nobody knew of it.

    ``excluded`` counts who was shut out; ``codes`` are all others on file; clocks stand by due date.
    """

    case: str
    number: str
    moment: Moment
    there: bool
    kind: str
    states: Mapping[str, str]
    phase: str
    addressee: str
    assignee: str
    consent: str
    consent_for: tuple[str, ...]
    consent_until: str
    excluded: int
    codes: Mapping[str, Any]
    clocks: tuple[ClockThen, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Differing:
    """One case that differs between two moments, with every field that does."""

    case: str
    number: str
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Totals:
    """How many cases there were at one moment: by machine and state, and with a clock overdue."""

    moment: Moment
    cases: int = 0
    overdue: int = 0
    states: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, standing: Standing, *, is_overdue: bool) -> None:
        """Count one case that was there."""
        self.cases += 1
        self.overdue += is_overdue
        for machine in (standing.kind, ESCALATION):
            self.states.setdefault(machine, Counter())[standing.states.get(machine, "")] += 1


@dataclass(frozen=True, slots=True)
class CaseloadPast:
    """The caseload at one moment, or at two: totals of each, how many cases differ, and the first of those."""

    totals: tuple[Totals, ...]
    differ: int
    differing: tuple[Differing, ...]


def moment(on: date, known: date, today: date) -> Moment:
    """Return a place on both axes.

    Raises BadInput for a day to come, and for knowledge of a day before that day.
    """
    if on > today:
        raise BadInput(say("day_in_future", day=on, today=today))
    if known < on:
        raise BadInput(say("nobody_knew", known=known, on=on))
    return Moment(on, known)


def as_of(office: Office, reader: Reader, ref: str, moments: Sequence[Moment], actor: Actor) -> tuple[Past, ...]:
    """Return one case at each moment.

    Raises NotFound, also for a case that is kept from the actor.
    """
    found = reader.find(ref)
    if found is None:
        raise NotFound(say("no_case", given=quoted(ref)))
    access.need_sight(actor, found, reader.excluded(found.id), ref)
    standings = _standings(office, found.id, reader.events_of(found.id), moments)
    return tuple(_past(office, found.number, s, m) for s, m in zip(standings, moments, strict=True))


def difference(first: Past, second: Past) -> tuple[Change, ...]:
    """Return every field in which two views of a case differ."""
    return changes(first.fields, second.fields)


def caseload_as_of(
    office: Office, histories: Histories, moments: Sequence[Moment], actor: Actor, most: int
) -> CaseloadPast:
    """Count the cases an actor may know at each moment, and compare the first moment with the last, case by case.

    One chain at a time is in memory; at most ``most`` of the cases that differ are kept, by id, all when it is zero.
    """
    access.need(actor, "see the caseload as of a day")
    totals = tuple(Totals(one) for one in moments)
    differ, kept = 0, list[Differing]()
    for sight, events in _chains(histories, actor):
        standings = _standings(office, sight.case.id, events, moments)
        shown = [_counted(office, s, t) for s, t in zip(standings, totals, strict=True)]
        changed = changes(shown[0], shown[-1])
        differ += bool(changed)
        if changed and (not most or len(kept) < most):
            kept.append(Differing(sight.case.id, sight.case.number, changed))
    return CaseloadPast(totals, differ, tuple(kept))


def _chains(histories: Histories, actor: Actor) -> Iterator[tuple[Sight, Iterator[StoredEvent]]]:
    """Lay cases and chains side by side, both in the order of their ids, and keep those the actor may know."""
    sights = histories.sights()
    sight = next(sights, None)
    for chain, events in groupby(histories.events(), key=_chain_of):
        while sight is not None and sight.case.id < chain:
            sight = next(sights, None)
        if sight is not None and sight.case.id == chain and access.may_see(actor, sight.case, sight.excluded):
            yield sight, events


def _chain_of(stored: StoredEvent) -> str:
    return stored.chain


def _standings(
    office: Office, chain: str, events: Iterable[StoredEvent], moments: Sequence[Moment]
) -> tuple[Standing, ...]:
    standings = tuple(Standing(chain) for _ in moments)
    ends = [office.times.end_of(one.known, office.pack.zone) for one in moments]
    day_of = days(office)
    for stored in events:
        event = read(stored.data)
        day = day_of(event)
        for standing, one, end in zip(standings, moments, ends, strict=True):
            if event.at < end and day <= one.on.isoformat():
                standing.take(event)
    return standings


def days(office: Office) -> Callable[[Event], str]:
    """Return what says, event after event of one chain, on which day (ISO) each happened.

    Obligations opened or discharged by an act have its day: they stand behind it with the same instant.
    """
    last_at, last_day = "", ""

    def day_of(event: Event) -> str:
        nonlocal last_at, last_day
        if event.type in _FOLLOWS and event.at == last_at:
            return last_day
        last_at, last_day = event.at, _day(office, event)
        return last_day

    return day_of


def _day(office: Office, event: Event) -> str:
    recorded = office.times.day(from_text(event.at)).isoformat()
    told = event.facts.get(_OWN_DAY.get(event.type, "occurred_on"))
    return min(told, recorded) if isinstance(told, str) and told else recorded


def _past(office: Office, number: str, standing: Standing, one: Moment) -> Past:
    there, states, codes = bool(standing.born), standing.states, standing.codes
    clocks = tuple(_clock_then(office, clock, one.on) for clock in standing.running() if there)
    machine = MACHINES.get(standing.kind)
    return Past(
        case=standing.chain, number=number, moment=one, there=there, kind=standing.kind, states=dict(states),
        phase=str(machine.phase(states[standing.kind])) if machine else "", addressee=standing.addressee,
        assignee=standing.assignee, consent=str(codes.get("consent", "")),
        consent_for=tuple(codes.get("consent_for", ())), consent_until=str(codes.get("consent_until", "")),
        excluded=standing.excluded, codes={n: v for n, v in codes.items() if n not in _CONSENT}, clocks=clocks,
        fields=_fields(standing, clocks),
    )  # fmt: skip


def _counted(office: Office, standing: Standing, totals: Totals) -> Mapping[str, Any]:
    if not standing.born:
        return {}
    on = totals.moment.on
    clocks = tuple(_clock_then(office, clock, on) for clock in standing.running())
    totals.add(standing, is_overdue=any(clock.overdue for clock in clocks))
    return _fields(standing, clocks)


def _fields(standing: Standing, clocks: Iterable[ClockThen]) -> Mapping[str, Any]:
    late = {OVERDUE + clock.duty: True for clock in clocks if clock.overdue}
    return {**standing.fields(), **late} if standing.born else {}


def _clock_then(office: Office, clock: Clock, on: date) -> ClockThen:
    return ClockThen(
        clock.obligation, clock.duty, clock.owed_by, clock.due_on, _is_overdue(office, clock, on), clock.suspended_on,
        clock.rule, clock.rule_version,
    )  # fmt: skip


def _is_overdue(office: Office, clock: Clock, on: date) -> bool:
    if clock.suspended_on:
        return False
    if clock.unit == Unit.hours:
        began = office.times.first_hour(date.fromisoformat(clock.started_on), clock.opened_at)
        last = as_text(from_text(began) + timedelta(hours=clock.amount))
        return last < office.times.end_of(on, office.pack.zone)
    return clock.due_on < on.isoformat()
