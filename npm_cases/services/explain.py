"""Why a case stands where it stands, and what comes next: told from its history alone, at any instant of the past."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from npm_cases.domain import access
from npm_cases.domain.duties import OUTSIDERS
from npm_cases.domain.errors import BadInput, IntegrityBroken, NotFound
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.ladders import Planned, intake, plan
from npm_cases.domain.message_values import an_instant, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Rung
from npm_cases.domain.records import ALLEGATION, Actor, Case
from npm_cases.domain.terms import Unit
from npm_cases.domain.zones import legal_day
from npm_cases.history.event import Event, EventType, read
from npm_cases.services.filling import facts_for
from npm_cases.services.moves import ESCALATION, REST, machines_of, state_of
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader
from npm_cases.services.replay import ESCALATE, Replay
from npm_cases.services.replayed import Owed
from state_machines import MACHINES
from state_machines.table import Role


@dataclass(frozen=True, slots=True)
class Move:
    """One move as it was made."""

    machine: str
    event: str
    frm: str
    to: str
    at: str
    actor: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One obligation that runs. ``days_overdue`` are calendar days after ``due_on``; ``ours`` says who is late."""

    obligation: str
    duty: str
    owed_by: str
    due_on: str
    overdue: bool
    days_overdue: int
    ours: bool
    suspended_on: str
    rule: str
    rule_version: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the case was raised: the obligation, the rung that was due and taken, and whether the engine was late."""

    obligation: str
    duty: str
    owed_by: str
    due_on: str
    rung: str
    due_at: str
    taken_at: str
    late_by_engine: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """The next rung of one obligation, if nobody acts: what is done, when (UTC), and which posts it names."""

    obligation: str
    duty: str
    rung: str
    act: str
    event: str
    due_at: str
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MayDo:
    """A move a role may make now, with the guards it still has to meet by what it brings."""

    role: str
    machine: str
    event: str
    next: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MayNot:
    """A move the table gives a role here, and the reasons that stand against it now."""

    role: str
    machine: str
    event: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An attempt that was refused, with the reasons given then."""

    at: str
    actor: str
    role: str
    event: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One case at one instant; codes throughout, ``sentences`` makes words of them.

    ``escalated_by`` are the moves that raised it since it was last at rest; ``causes`` what was late, for the rungs
    among them. Clocks stand by due date, coming rungs by the time they are due.
    """

    case: str
    number: str
    kind: str
    at: str
    zone: str
    states: Mapping[str, str]
    phase: str
    last_move: Move | None
    clocks: tuple[Clock, ...]
    escalated_by: tuple[Move, ...]
    causes: tuple[Cause, ...]
    coming: tuple[Coming, ...]
    permitted: tuple[MayDo, ...]
    not_permitted: tuple[MayNot, ...]
    refused: tuple[Refused, ...]
    posts: Mapping[str, Mapping[str, str]]


def explain(office: Office, reader: Reader, ref: str, at: str, actor: Actor) -> Explanation:
    """Explain a case as it stood at an instant (UTC text), from its events up to then.

    Raises NotFound, also for a case that is kept from the actor; BadInput for an instant before its first event;
    IntegrityBroken where its history does not hold.
    """
    found = reader.find(ref)
    if found is None:
        raise NotFound(say("no_case", given=quoted(ref)))
    excluded = reader.excluded(found.id)
    access.need_sight(actor, found, excluded, ref)
    past = _Past(Replay(found.id), [], [])
    for stored in reader.events_of(found.id):
        if stored.at > at:
            break
        past.take(read(stored.data), stored.index)
    if not past.replay.born:
        raise BadInput(
            say(
                "not_there_yet", field="--at", at=an_instant(at, office.pack.zone), number=found.number,
                opened_at=an_instant(found.opened_at, office.pack.zone),
            )
        )  # fmt: skip
    return _told(office, past, excluded, at)


@dataclass(slots=True)
class _Past:
    replay: Replay
    moves: list[Move]
    refused: list[Refused]

    def take(self, event: Event, index: int | None) -> None:
        wrong = self.replay.take(event, index)
        if wrong:
            raise IntegrityBroken(say("history_does_not_hold", seq=event.seq, wrong=wrong))
        if event.type is EventType.MOVED:
            self.moves.append(_move(event))
        elif event.type is EventType.ACT_REFUSED:
            reasons = tuple(event.facts.get("reasons", ()))
            self.refused.append(Refused(event.at, event.actor, event.role, event.facts.get("event", ""), reasons))

    def escalated_by(self) -> tuple[Move, ...]:
        """Return the moves of the escalation since it was last at rest."""
        raised: list[Move] = []
        for move in self.moves:
            if move.machine == ESCALATION:
                raised = [] if move.to == REST else [*raised, move]
        return tuple(raised)


def _move(event: Event) -> Move:
    return Move(event.machine, event.event, event.frm, event.to, event.at, event.actor, event.role, event.reason)


def _told(office: Office, past: _Past, excluded: frozenset[str], at: str) -> Explanation:
    replay, case = past.replay, past.replay.as_case()
    running = sorted((owed for owed in replay.owed.values() if not owed.discharged_at), key=lambda owed: owed.due_on)
    zone = str(case.facts.get("zone", office.pack.zone))
    coming = sorted(
        (c for owed in running for c in _coming(office, replay, owed, excluded, at)), key=lambda one: one.due_at
    )
    permitted, not_permitted = _what_now(office, case, at)
    return Explanation(
        case=case.id, number=case.number, kind=case.kind, at=at, zone=zone, states=dict(replay.states),
        phase=MACHINES[case.kind].phase(case.state), last_move=past.moves[-1] if past.moves else None,
        clocks=tuple(_clock(office, owed, zone, at) for owed in running),
        escalated_by=past.escalated_by(), causes=tuple(_causes(replay, running)), coming=tuple(coming),
        permitted=permitted, not_permitted=not_permitted, refused=tuple(past.refused),
        posts={name: office.pack.posts[name].labels for one in coming for name in one.posts if name in office.pack.posts},
    )  # fmt: skip


def _clock(office: Office, owed: Owed, zone: str, at: str) -> Clock:
    overdue = _due_at(office, owed, zone) <= at and not owed.suspended_on
    late = (legal_day(from_text(at), zone) - date.fromisoformat(owed.due_on)).days
    return Clock(
        owed.id, owed.duty, owed.owed_by, owed.due_on, overdue, max(late, 0) if overdue else 0,
        owed.owed_by not in OUTSIDERS, owed.suspended_on, owed.rule, owed.rule_version,
    )  # fmt: skip


def _due_at(office: Office, owed: Owed, zone: str) -> str:
    """Return the instant at which the due date is over, to the hour for a term in hours."""
    if owed.unit == Unit.hours:
        began = office.times.first_hour(date.fromisoformat(owed.started_on), owed.opened_at)
        return as_text(from_text(began) + timedelta(hours=owed.amount))
    return office.times.end_of(date.fromisoformat(owed.due_on), zone)


def _causes(replay: Replay, running: list[Owed]) -> Iterator[Cause]:
    for owed in running:
        if owed.raised:
            for rung in replay.rungs.values():
                if rung.obligation == owed.id and rung.act == ESCALATE:
                    yield Cause(
                        owed.id, owed.duty, owed.owed_by, owed.due_on, rung.key, rung.due_at, rung.act_at,
                        rung.late_by_engine,
                    )  # fmt: skip


def _coming(office: Office, replay: Replay, owed: Owed, excluded: frozenset[str], at: str) -> Iterator[Coming]:
    """Return the next rung; one that is due already is taken by the next sweep, so it comes now."""
    planned = None if owed.suspended_on else next_rung(office, replay, owed)
    if planned is not None:
        rung = planned.rung
        posts = _told_posts(office, replay, rung, excluded)
        yield Coming(owed.id, owed.duty, planned.key, rung.act, rung.event, max(planned.due_at, at), posts)


def _told_posts(office: Office, replay: Replay, rung: Rung, excluded: frozenset[str]) -> tuple[str, ...]:
    """Leave out who is not told of an allegation: posts outside the Commissioner's office, and those named in it."""
    if replay.kind != ALLEGATION:
        return rung.posts
    return tuple(p for p in rung.posts if office.pack.posts[p].commissioners_office and p not in excluded)


def next_rung(office: Office, replay: Replay, owed: Owed) -> Planned | None:
    """Return the first rung of an obligation's ladder that was not taken, or None where the ladder has ended.

    Raises ConfigurationError when the pack no longer has the ladder.
    """
    ladder = office.pack.ladder(owed.ladder)
    times = office.times.of(owed.calendar_version)
    number = intake(times, ladder, owed.due_on, owed.opened_at).rung_no if owed.revision == 1 else 0
    while planned := plan(times, ladder, owed.due_on, owed.opened_at, number, owed.revision):
        if (owed.id, planned.key) not in replay.rungs:
            return planned
        number = planned.next_no
    return None


def _what_now(office: Office, case: Case, at: str) -> tuple[tuple[MayDo, ...], tuple[MayNot, ...]]:
    """Split what the tables give each role here: a guard that the act itself can meet does not stand against it."""
    permitted: list[MayDo] = []
    refused: list[MayNot] = []
    today = office.times.day(from_text(at))
    for role in Role:
        if role is Role.CLOCK:  # what the clock does next is told by the coming rungs
            continue
        for machine in machines_of(case):
            table, state = MACHINES[machine], state_of(case, machine)
            for move in table.permitted(state, role):
                row = table.row(state, move.event, role)
                own = frozenset(g.code for g in row.guards if g.fields or g.second_person) if row else frozenset[str]()
                facts = facts_for(office, case, role.value, {}, today, move.event)
                reasons = table.reasons(state, move.event, role, facts)
                if own.issuperset(reasons):
                    permitted.append(MayDo(role.value, machine, move.event, move.next, reasons))
                else:
                    refused.append(MayNot(role.value, machine, move.event, reasons))
    return tuple(permitted), tuple(refused)
