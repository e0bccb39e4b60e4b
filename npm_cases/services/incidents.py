"""Incidents: what went wrong and needs a person, as rows people can see, each once while it is open."""

from collections.abc import Collection
from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import CLOCK, Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.exclusion import names_of
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
    """Close an incident a person has dealt with; one about power, not by those who give it.

    Raises NotFound; NotAllowed for a role that may not.
    """
    access.need(actor, "close an incident")
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        found = work.rows("incidents", {"id": incident, "closed_at": ""})
        if not found or not work.excluded(found[0]["subject"]).isdisjoint(names_of(actor)):
            raise NotFound(say("no_incident", given=quoted(incident)))
        about_power = found[0]["kind"] in OF_POWER
        role = access.need(actor, "close an incident about power" if about_power else "close an incident")
        work.update("incidents", {"closed_at": at, "closed_by": actor.user}, {"id": incident})
        record(work, office, chain, EventType.INCIDENT_CLOSED, at, actor, role, facts={"incident": incident})
        work.commit()


class OpenIncidents(Protocol):
    """Reads the incidents nobody has closed."""

    def open_incidents(self, kept_from: Collection[str] = ()) -> list[dict[str, Any]]: ...


def open_incidents(views: OpenIncidents, actor: Actor) -> list[dict[str, Any]]:
    """Return the open incidents, oldest first, without those about a case kept from the actor.

    Raises NotAllowed for a role that looks after neither cases nor the installation.
    """
    access.need(actor, "see incidents")
    return views.open_incidents(names_of(actor))
