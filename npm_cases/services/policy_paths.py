"""The moves a machine has in one channel, and the shortest ways through them: for proofs, and to tell a way in words.

Guards that ask about the channel alone are asked here, because no act can ever meet them; all others count as met.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain.pack import Channel
from state_machines import guards as g
from state_machines.facts import Facts
from state_machines.table import Role, Row, StateTable

Table = StateTable[Any, Any]
ABOUT_THE_CHANNEL = frozenset({g.approver, g.issuer, g.issued_here, g.issued_elsewhere})


@dataclass(frozen=True)
class Ways:
    """Which moves one machine has in one channel, and the shortest way from its initial state to each other one."""

    table: Table
    moves: Mapping[str, tuple[tuple[str, str], ...]]
    to: Mapping[str, tuple[str, ...]]

    def out_of(self, state: str) -> tuple[str, ...] | None:
        """Return the shortest way from a state to a final one, or None where there is none."""
        ways = shortest(self.moves, state)
        ends = [way for end, way in ways.items() if end in self.table.final]
        return min(ends, key=len) if ends else None

    def circle(self) -> tuple[str, ...]:
        """Return the shortest way that comes back to a state it left, told from the initial state; empty if none."""
        found: list[tuple[str, ...]] = []
        for state, way in self.to.items():
            for event, following in self.moves[state]:
                back = shortest(self.moves, following).get(state)
                if following != state and back is not None:
                    found.append((*way, event, *back))
        return min(found, key=len, default=())


def moves_in(table: Table, channel: Channel) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """List the rows a machine has in a channel, each with the roles the channel lets make it."""
    for row in table.rows:
        roles = tuple(sorted(role.value for role in row.who if _lets(row, role, channel)))
        if roles:
            yield row, roles


def ways_of(table: Table, channel: Channel) -> Ways:
    """Lay out the moves a machine has in a channel."""
    moves: dict[str, dict[str, str]] = {state: {} for state in table.states}
    for row in table.rows:
        if _can_be_made(row, channel):
            moves[row.state][row.event] = row.next
    listed = {state: tuple(events.items()) for state, events in moves.items()}
    return Ways(table, listed, shortest(listed, table.initial))


def shortest(moves: Mapping[str, Iterable[tuple[str, str]]], start: str) -> dict[str, tuple[str, ...]]:
    """Return each state that can be reached from a state with the events of the shortest way, nearest first."""
    ways: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for event, following in moves[state]:
            if following not in ways:
                ways[following] = (*ways[state], event)
                waiting.append(following)
    return ways


def _can_be_made(row: Row, channel: Channel) -> bool:
    return any(_lets(row, role, channel) for role in row.who)


def _lets(row: Row, role: Role, channel: Channel) -> bool:
    facts = Facts(
        role=role.value,
        approver_roles=channel.approvers,
        issuer_roles=channel.issuers,
        channel_issued_here=channel.issued_here,
    )
    return all(guard.holds(facts) for guard in row.guards if guard in ABOUT_THE_CHANNEL)
