"""What will be sent, escalated and missed if nobody acts, for one person: of what a simulation found, what they may know."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.records import Actor
from npm_cases.services.ports import Office, Work

ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The acts of the engine in order of time; ``by_month`` counts them by month and act; ``raised`` are the cases raised."""

    until: str
    acts: tuple[Mapping[str, Any], ...]
    by_month: Mapping[tuple[str, str], int]
    raised: tuple[str, ...]


def forecast(office: Office, until: str, acts: Iterable[Mapping[str, Any]], actor: Actor) -> Forecast:
    """Keep of a simulation what an actor may know; nothing else is counted. Raises NotAllowed."""
    access.need(actor, "list cases")
    found = list(acts)
    with office.open_reading() as work:
        seen = frozenset(_in_sight(work, dict.fromkeys(str(act["case"]) for act in found), actor))
    kept = tuple(act for act in found if act["case"] in seen)
    months = Counter((str(act["due_at"])[:7], str(act["act"])) for act in kept)
    raised = tuple(dict.fromkeys(str(act["case"]) for act in kept if act["act"] == ESCALATE))
    return Forecast(until, kept, months, raised)


def _in_sight(work: Work, numbers: Iterable[str], actor: Actor) -> Iterator[str]:
    for number in numbers:
        try:
            case = work.read_case(number)
        except NotFound:
            continue  # the clock of a place of detention, which is no case
        if access.may_see(actor, case, work.excluded(case.id)):
            yield number
