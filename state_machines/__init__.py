"""The state tables: which moves exist, who may make them, and only if what. Pure: facts in, next state or reasons out.

A case has one substance machine (recommendation or allegation) and an escalation machine; an allegation has two
redress machines besides.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from state_machines.allegation import ALLEGATION
from state_machines.compensation import COMPENSATION
from state_machines.escalation import ESCALATION
from state_machines.facts import Facts
from state_machines.recommendation import RECOMMENDATION
from state_machines.rehabilitation import REHABILITATION
from state_machines.table import UNKNOWN_EVENT, StateTable, TransitionRefused

__all__ = ["MACHINES", "MACHINES_OF", "Facts", "StateTable", "TransitionRefused", "machine_of_event"]

MACHINES: Mapping[str, StateTable[Any, Any]] = MappingProxyType(
    {table.name: table for table in (RECOMMENDATION, ALLEGATION, COMPENSATION, REHABILITATION, ESCALATION)}
)

MACHINES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "recommendation": ("recommendation", "escalation"),
        "allegation": ("allegation", "compensation", "rehabilitation", "escalation"),
    }
)
"""The machines of a case by its kind, the substance machine first."""


def machine_of_event(kind: str, event: str) -> str:
    """Name the one machine of a case of this kind that has the event.

    Raises TransitionRefused with the reason unknown_event where none has it; LookupError for an unknown kind.
    """
    if kind not in MACHINES_OF:
        message = f"no case is of kind {kind!r}: it is one of {', '.join(MACHINES_OF)}"
        raise LookupError(message)
    for name in MACHINES_OF[kind]:
        if event in MACHINES[name].events:
            return name
    raise TransitionRefused(kind, "", event, (UNKNOWN_EVENT,))
