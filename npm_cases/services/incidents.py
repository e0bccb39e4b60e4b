"""Incidents: what went wrong and needs a person, as rows people can see, each once while it is open."""

from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.errors import NotAllowed, NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import CLOCK, Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

OF_POWER = frozenset({"power_given", "power_taken"})


def raise_incident(work: Work, office: Office, kind: str, subject: str, what: str, at: str) -> str:
    """Raise an incident unless the same one is open already; returns its id."""
    chain = work.chain(OFFICE)  # locked before the look, so that two who find the same thing raise it once
    for row in work.rows("incidents", {"kind": kind, "subject": subject, "closed_at": ""}):
        return str(row["id"])
    incident, at = office.new_id(), max(at, chain.last_at)
    work.insert("incidents", {"id": incident, "kind": kind, "subject": subject, "at": at, "what": what})
    record(
        work, office, chain, EventType.INCIDENT_RAISED, at, CLOCK, "clock",
        facts={"incident": incident, "kind": kind},
    )  # fmt: skip
    return incident


def close_incident(office: Office, incident: str, actor: Actor, at: str) -> None:
    """Close an incident a person has dealt with.

    Raises NotFound; NotAllowed for a role that may not.
    """
    role = access.need(actor, "close an incident")
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        _need_another_eye(work, incident, actor)
        values = {"closed_at": at, "closed_by": actor.user}
        if not work.update("incidents", values, {"id": incident, "closed_at": ""}):
            raise NotFound(say("no_incident", given=quoted(incident)))
        record(work, office, chain, EventType.INCIDENT_CLOSED, at, actor, role, facts={"incident": incident})
        work.commit()


def _need_another_eye(work: Work, incident: str, actor: Actor) -> None:
    """Keep an administrator from closing what tells of the power administrators gave; a sandbox's one for all may."""
    for row in work.rows("incidents", {"id": incident}):
        if row["kind"] in OF_POWER and actor.roles <= access.ADMINISTRATORS:
            raise NotAllowed(say("power_closed_by_others"))


class OpenIncidents(Protocol):
    """Reads the incidents nobody has closed."""

    def open_incidents(self) -> list[dict[str, Any]]: ...


def open_incidents(views: OpenIncidents, actor: Actor) -> list[dict[str, Any]]:
    """Return the open incidents, oldest first.

    Raises NotAllowed for a role that looks after neither cases nor the installation.
    """
    access.need(actor, "see incidents")
    return views.open_incidents()
