"""What the history of one case tells of another: a link to a case that is kept from the reader names none."""

from dataclasses import replace

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import Event, EventType
from npm_cases.services.ports import Work

ENDS = ("to", "by")
"""The facts of a link that name the other case, in the histories of the one and of the other."""


def is_seen(work: Work, case_id: str, actor: Actor) -> bool:
    """Say whether an actor may know of a case that another one is tied to."""
    try:
        other = work.read_case(case_id)
    except NotFound:
        return True
    return access.may_see(actor, other, work.excluded(other.id))


def without_kept(work: Work, event: Event, actor: Actor) -> Event:
    """Return an event of a case as somebody may read it."""
    if event.type is not EventType.CASE_LINKED:
        return event
    kept = {name for name in ENDS if name in event.facts and not is_seen(work, str(event.facts[name]), actor)}
    told = {name: "" if name in kept else value for name, value in event.facts.items()}
    return replace(event, facts=told) if kept else event
