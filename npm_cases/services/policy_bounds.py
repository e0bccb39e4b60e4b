"""The bounds of a pack: for every open state in every channel, how long the Ombudsman can be kept waiting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain.duties import (
    AGE_CEILING,
    DUTIES,
    EXTENDED_BY,
    OTHER_DUTIES,
    REVIEW_SUSPENSION,
    Circumstances,
    Duty,
    duties_in,
)
from npm_cases.domain.pack import Channel, Pack
from npm_cases.services.policy_paths import Table, shortest
from npm_cases.services.policy_report import AGE_CEILING_ROW, INTAKE_ROW, SUSPENDED_ROW, Bound
from npm_cases.services.policy_waits import Column, Longest, Waits, longest_wait
from state_machines import MACHINES_OF

ESCALATION = "escalation"


def variants(pack: Pack) -> tuple[dict[str, Any], ...]:
    """Return what duties may depend on besides the channel: who investigates, under which article, and whether again."""
    inquiry = {"qualification": min(pack.inquiry_qualifications, default="")}
    misrouted, again = {"misrouted": True}, {"reopened": True}
    return ({}, inquiry, misrouted, inquiry | misrouted, again, again | misrouted)


@dataclass(frozen=True, slots=True)
class Place:
    """One open state of one machine in one channel."""

    table: Table
    state: str
    channel: Channel

    @property
    def at_rest(self) -> bool:
        """Whether this is a redress machine that has not begun: the allegation's own duties run beside it."""
        return self.table.name != self.channel.kind and self.state == self.table.initial

    @property
    def at_birth(self) -> bool:
        return self.table.name == self.channel.kind and self.state == self.table.initial


def places_of(channel: Channel, machines: Mapping[str, Table]) -> Iterator[Place]:
    """List the open states of a channel's machines; the escalation machine is what they lead to."""
    for name in MACHINES_OF[channel.kind]:
        table = machines[name]
        if name != ESCALATION:
            yield from (Place(table, state, channel) for state in table.states if state not in table.final)


def duties_at(pack: Pack, place: Place) -> Iterator[list[Duty]]:
    """List the duties that run at a place, once for every variant of the circumstances."""
    for facts in variants(pack):
        circumstances = Circumstances(place.channel.issued_here, facts, pack.inquiry_qualifications)
        yield duties_in(place.table.name, place.state, circumstances)


def own_columns(waits: Waits, place: Place, running: list[Duty]) -> list[Column]:
    """Return the waits for what runs at a place; the ceiling of age counts only where the case is born."""
    found = [
        waits.column(place.channel, duty.name, duty.owed_by.value, extended=may_come_extended(place, duty))
        for duty in running
        if duty.name != AGE_CEILING or place.at_birth
    ]
    return [column for column in found if column is not None]


def bound_at(waits: Waits, place: Place) -> Bound | None:
    """Return the bound of a place over all circumstances; None where one of them is bounded by nothing of its own."""
    longest: list[Longest] = []
    for running in duties_at(waits.pack, place):
        waited = longest_wait(own_columns(waits, place, running))
        if waited is None:
            return None
        longest.append(waited)
    worst = max(longest, key=lambda one: one.days)
    return Bound(place.table.name, place.state, place.channel.id, worst.days, worst.duty, worst.rung)


def may_come_extended(place: Place, duty: Duty) -> bool:
    """Say whether the state can be entered with the duty's term extended already: carried over, or begun before it."""
    table, state = place.table, place.state
    extending = {event for event, names in EXTENDED_BY.items() if duty.name in names}
    reached = {row.state for row in table.rows if row.event in extending and row.state in duty.states}
    if not reached:
        return False
    if any(row.event in duty.carried_on and row.next == state for row in table.rows):
        return True
    inside = {
        one: [(row.event, row.next) for row in table.rows if row.state == one and row.next in duty.states]
        for one in duty.states
    }
    return any(one != state and state in shortest(inside, one) for one in reached)


def bounds_of_case(waits: Waits, channel: Channel) -> Iterator[Bound]:
    """Give the bounds of a case as a whole, whatever its state."""
    for row, duty, owed_by in (
        (AGE_CEILING_ROW, AGE_CEILING, "mechanism"),
        (SUSPENDED_ROW, REVIEW_SUSPENSION, OTHER_DUTIES[REVIEW_SUSPENSION].value),
    ):
        column = waits.column(channel, duty, owed_by)
        longest = longest_wait([column]) if column else None
        if longest is not None:
            yield Bound(channel.kind, row, channel.id, longest.days, longest.duty, longest.rung)
    taken_in = [
        found
        for duty, owed_by in owed_in(channel)
        if (ladder := waits.ladder(channel.id, owed_by, duty)) and (found := waits.after_intake(ladder, duty))
    ]
    if taken_in:
        worst = max(taken_in, key=lambda one: one.days)
        yield Bound(channel.kind, INTAKE_ROW, channel.id, worst.days, worst.duty, worst.rung)


def owed_in(channel: Channel) -> Iterator[tuple[str, str]]:
    """List everything that may be owed in a channel with who owes it, in the order of the table of duties."""
    for duty in DUTIES:
        if duty.machine in MACHINES_OF[channel.kind]:
            yield duty.name, duty.owed_by.value
    for name, owed_by in OTHER_DUTIES.items():
        yield name, owed_by.value


def all_bounds(pack: Pack, waits: Waits, machines: Mapping[str, Table]) -> Iterator[Bound]:
    """List the bounds, machine by machine in the order of the tables, then those of the case."""
    places = [place for channel in pack.channels.values() for place in places_of(channel, machines)]
    order = [(table.name, state) for table in machines.values() for state in table.states]
    for place in sorted(places, key=lambda one: order.index((one.table.name, one.state))):
        if not place.at_rest and (bound := bound_at(waits, place)):
            yield bound
    for channel in pack.channels.values():
        yield from bounds_of_case(waits, channel)
