"""What a look into the histories needs from outside: events in log order by conditions, and who may know of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from npm_cases.domain import access
from npm_cases.domain.records import Actor, Case
from npm_cases.history.event import OFFICE, READS, Event, EventType
from npm_cases.services.reading import Reader

"""The chain of the reads of a case is named by this and the id of the case."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A case with who is shut out of it: what decides who may know of it."""

    case: Case
    excluded: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """One stored event in log order; ``sight`` is None for an event of the office."""

    index: int
    chain: str
    leaf: bytes
    data: bytes
    sight: Sight | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the search copies can decide; empty members do not choose. Instants: from ``since`` on, before ``before``.

    ``event`` names the event of a machine; proposals and refused attempts of any event come along, their facts decide.
    A copy that was changed hides its event here and nowhere else: the verification holds every copy against the bytes.
    """

    chains: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    event: str = ""
    actor: str = ""
    role: str = ""
    region: str = ""
    since: str = ""
    before: str = ""
    after: int = -1


class Histories(Reader, Protocol):
    """One consistent state of all histories. Sights come in the order of the ids of their cases by code point."""

    def sights(self) -> Iterator[Sight]: ...
    def found(self, wanted: Wanted) -> Iterator[FoundEvent]: ...


def may_know(histories: Histories, actor: Actor, found: FoundEvent, event: Event) -> bool:
    """Say whether an event may be shown to somebody.

    What stands in a case follows the case. Who read what, and what the office did, is for auditors, and for the one who
    did it. Nobody is shown an event that names a case kept from them.
    """
    is_own = event.actor == actor.user or "auditor" in actor.roles
    if found.chain == OFFICE:
        return is_own and all(_may_know_case(histories, actor, case) for case in cases_named(event))
    if found.sight is None:
        return "auditor" in actor.roles
    if event.type is EventType.CASE_LINKED and not all(
        _may_know_case(histories, actor, case) for case in linked(event)
    ):
        return False
    beside = found.chain.startswith(READS)
    return (is_own or not beside) and access.may_see(actor, found.sight.case, found.sight.excluded)


def linked(event: Event) -> list[str]:
    """Return the id of the other case of a link."""
    return [str(event.facts[name]) for name in ("to", "by") if event.facts.get(name)]


def cases_named(event: Event) -> list[str]:
    """Return the ids of cases that the facts of an event of the office name."""
    criteria = event.facts.get("criteria", {})
    several, one = event.facts.get("cases", ()), event.facts.get("case", "")
    return [*several, *filter(None, (one, criteria.get("case", "")))]


def _may_know_case(histories: Histories, actor: Actor, case_id: str) -> bool:
    case = histories.find(case_id)
    return case is None or access.may_see(actor, case, histories.excluded(case.id))
