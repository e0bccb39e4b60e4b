"""Proofs over the state tables as they work in each channel: ways there, ways out, something owed, the clock let up."""

from collections.abc import Iterator, Mapping

from npm_cases.domain.duties import AGE_CEILING
from npm_cases.domain.pack import Channel, Pack
from npm_cases.services.policy_bounds import ESCALATION, Place, bound_at, duties_at, places_of
from npm_cases.services.policy_paths import Table, Ways, ways_of
from npm_cases.services.policy_report import Finding
from npm_cases.services.policy_waits import Waits, top_rung
from state_machines import MACHINES_OF
from state_machines.labels import LANGUAGES, Kind, label
from state_machines.table import PLAIN_REFUSALS, Role

TOPS = ("escalate_to_ombudsman", "escalate_again")


def states_not_reached(pack: Pack, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find states that no channel's case can ever come to."""
    for table in machines.values():
        kinds = {kind for kind, names in MACHINES_OF.items() if table.name in names}
        channels = [channel for channel in pack.channels.values() if channel.kind in kinds]
        seen = {state for channel in channels for state in ways_of(table, channel).to}
        for state in table.states:
            if channels and state not in seen:
                yield Finding(
                    f"the state {state} cannot be reached", f"{table.name}:{state}", (f"no event leads to {state}",)
                )


def states_without_a_way_out(pack: Pack, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find open states, of those a channel's case can come to, from which no final state can be reached."""
    for channel in pack.channels.values():
        for place in places_of(channel, machines):
            ways = ways_of(place.table, channel)
            if place.state in ways.to and ways.out_of(place.state) is None:
                yield Finding(
                    f"a case in {place.state} can never be brought to an end",
                    _where(place),
                    (*ways.to[place.state], f"no way leads from {place.state} to a final state"),
                )


def states_without_an_end(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find open states in which nothing is owed, or in which silence never brings the case to the Ombudsman."""
    for channel in waits.pack.channels.values():
        for place in places_of(channel, machines):
            if not place.at_rest:
                yield from _owes_nothing(waits, place)


def _owes_nothing(waits: Waits, place: Place) -> Iterator[Finding]:
    way = _way_to(ways_of(place.table, place.channel), place.state)
    named = {duty.name: duty for running in duties_at(waits.pack, place) for duty in running}
    if any(not running for running in duties_at(waits.pack, place)):
        yield Finding(
            f"nothing is owed while a case is in {place.state}",
            _where(place),
            (*way, f"no duty runs in {place.state}: add a row to the table of duties"),
        )
    elif bound_at(waits, place) is None:
        reasons = [_why_never(waits, place.channel, duty.name, duty.owed_by.value) for duty in named.values()]
        missing = "; ".join(reason for reason in reasons if reason) or f"only {AGE_CEILING} runs, since birth"
        yield Finding(
            f"if nobody acts in {place.state}, nothing of its own ever brings the case to the Ombudsman",
            _where(place),
            (*way, missing),
        )


def _why_never(waits: Waits, channel: Channel, duty: str, owed_by: str) -> str:
    """Say why a duty never escalates; empty when it does."""
    if duty == AGE_CEILING:
        return ""
    if duty not in channel.duties:
        return f"the duty {duty} has no rule in {channel.id}"
    ladder = waits.ladder(channel.id, owed_by, duty)
    if ladder is None:
        return f"no ladder is for the duty {duty} owed by {owed_by}"
    if top_rung(ladder) is None:
        return f"the ladder {ladder.id} of the duty {duty} has no rung that escalates to the Ombudsman"
    return f"the rule {channel.duties[duty]} of the duty {duty} gives no date"


def ages_without_end(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find channels whose cases can be moved about for ever, because no ceiling of age catches them."""
    for channel in waits.pack.channels.values():
        if waits.column(channel, AGE_CEILING, "mechanism") is None:
            circle = ways_of(machines[channel.kind], channel).circle()
            yield Finding(
                "a case of this channel may grow old without end: no ceiling of age escalates it",
                f"channels:{channel.id}:{AGE_CEILING}",
                (*circle, f"and so on for ever: {AGE_CEILING} has no rule, ladder or date in {channel.id}"),
            )


def clock_held_back(machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find states of the escalation machine from which the clock cannot bring a case to the Ombudsman."""
    table = machines[ESCALATION]
    for state in table.states:
        rows = [table.row(state, event, Role.CLOCK) for event in TOPS]
        if not any(row is not None and Role.CLOCK in row.who for row in rows):
            yield Finding(
                f"the clock cannot escalate a case that is in {state}",
                f"{ESCALATION}:{state}",
                (f"{state} has no row for {' or '.join(TOPS)} done by the clock",),
            )


def words_missing(pack: Pack, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find what people read of the pack, and states, events, roles and guards, that cannot be told in a language of it."""
    for language in pack.languages:
        for where, what, labels in _labelled(pack):
            if not labels.get(language, "").strip():
                yield _unsaid(where, what, language)
        if language not in LANGUAGES:
            yield _unsaid("languages", "the words of the state tables", language)
            continue
        for kind, name, machine in _terms(machines):
            try:
                label(kind, name, language, machine)
            except LookupError:
                yield _unsaid(f"labels:{kind}:{name}", f"the {kind} {name}", language)


def _labelled(pack: Pack) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    yield from ((f"posts:{one.id}", f"the post {one.id}", one.labels) for one in pack.posts.values())
    yield from ((f"channels:{one.id}", f"the channel {one.id}", one.labels) for one in pack.channels.values())
    yield from ((f"regions:{name}", f"the region {name}", labels) for name, labels in pack.regions.items())
    bases = pack.erasure_bases.values()
    yield from ((f"erasure_bases:{one.id}", f"the ground {one.id} of erasure", one.labels) for one in bases)
    yield from ((f"bodies:{one.id}", f"the body {one.id}", one.labels) for one in pack.mechanism.bodies)
    yield from ((f"questions:{one.id}", f"the question {one.id}", one.text) for one in pack.mechanism.questions)
    yield "report", "the report", pack.mechanism.report.labels


def _unsaid(where: str, what: str, language: str) -> Finding:
    return Finding(f"{what} has no words in {language}", f"{where}:{language}", (f"a label in {language} is missing",))


def _terms(machines: Mapping[str, Table]) -> Iterator[tuple[str, str, str]]:
    for table in machines.values():
        yield Kind.MACHINE, table.name, table.name
        yield from ((Kind.STATE, state, table.name) for state in table.states)
        yield from ((Kind.EVENT, event, table.name) for event in table.events)
        for code in dict.fromkeys(guard.code for row in table.rows for guard in row.guards):
            yield Kind.GUARD, code, table.name
            yield Kind.REASON, code, table.name
    yield from ((Kind.ROLE, role.value, "") for role in Role)
    yield from ((Kind.REASON, code, "") for code in PLAIN_REFUSALS)


def _way_to(ways: Ways, state: str) -> tuple[str, ...]:
    return ways.to.get(state, (f"a case taken in as {state}",))


def _where(place: Place) -> str:
    return f"{place.table.name}:{place.state}:{place.channel.id}"
