"""What a case keeps beside its states, as its events tell it: commitments, version, consents, links, rows of imports.

Taken event by event with the replay of the machines (services/replay.py), and held against the tables by verify_beside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from npm_cases.history.event import Event, EventType
from npm_cases.services.replayed import Mark

ERASE = "erase"
_CHANGES = frozenset(
    {
        EventType.MOVED, EventType.CASE_AMENDED, EventType.CASE_ASSIGNED, EventType.CASE_LINKED,
        EventType.DOCUMENT_ADDED, EventType.OBLIGATION_SUSPENDED, EventType.OBLIGATION_RESUMED,
        EventType.CONSENT_GIVEN, EventType.CONSENT_LIMITED, EventType.CONSENT_WITHDRAWN, EventType.ERASED,
    }
)  # fmt: skip
"""Each is one change a person would want to know of before acting, and so one version more."""


@dataclass(slots=True)
class Consented:
    """One consent given or limited, with when it was withdrawn (empty: it stands); the members are columns of its row."""

    status: str
    purpose: str
    recipient: str
    form: str
    expires_on: str
    at: str
    mark: Mark
    withdrawn_at: str = ""


@dataclass(slots=True)
class Paper:
    """One document: when the history first named it, and its size in bytes where an event says it."""

    added_at: str
    size: int | None


@dataclass(slots=True)
class Beside:
    """What stands beside the states of a case after the last event taken.

    ``titled`` and ``parties`` are the commitments in force, empty in a history from before they were made. ``untold``
    counts consents of which the history names no row.
    """

    titled: str = ""
    parties: str = ""
    excluded: int = 0
    excluded_at: str = ""
    version: int = 0
    untold: int = 0
    consents: dict[str, Consented] = field(default_factory=dict)
    links: dict[tuple[str, str], tuple[str, Mark]] = field(default_factory=dict)
    imported: dict[str, tuple[str, Mark]] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)

    def take(self, event: Event, mark: Mark) -> None:
        """Take the next event; raises KeyError or TypeError for facts that cannot be read."""
        if event.type in _CHANGES:
            self.version += 1
        for document in event.docs:
            self.papers.setdefault(document, Paper(event.at, event.facts.get("size")))
        take = _TAKEN_BY.get(event.type)
        if take is not None:
            take(self, event, mark)


def _born(beside: Beside, event: Event, mark: Mark) -> None:
    beside.version = 1
    beside.titled = event.facts.get("titled", "")
    _imported(beside, event, mark)


def _imported(beside: Beside, event: Event, mark: Mark) -> None:
    if "row" in event.facts:
        beside.imported[event.facts["row"]] = (event.facts["batch"], mark)


def _linked(beside: Beside, event: Event, mark: Mark) -> None:
    if "to" in event.facts:
        beside.links[event.facts["to"], event.facts["kind"]] = (event.at, mark)


def _consented(beside: Beside, event: Event, mark: Mark) -> None:
    facts = event.facts
    if "consent" not in facts:
        beside.untold += 1
        return
    beside.consents[facts["consent"]] = Consented(
        facts["status"], facts["purpose"], facts.get("recipient", ""), facts["form"], facts.get("expires_on", ""),
        event.at, mark,
    )  # fmt: skip


def _withdrawn(beside: Beside, event: Event, mark: Mark) -> None:
    for consent in beside.consents.values():
        if not consent.withdrawn_at:
            consent.withdrawn_at, consent.mark = event.at, mark


def _excluded(beside: Beside, event: Event, _: Mark) -> None:
    beside.parties = event.facts.get("parties", "")
    beside.excluded, beside.excluded_at = event.facts["count"], event.at


def _proposed(beside: Beside, event: Event, _: Mark) -> None:
    beside.version += event.facts["event"] == ERASE


def _erased(beside: Beside, event: Event, _: Mark) -> None:
    """Take the new commitments: the random bytes of those before went with what they could have told."""
    beside.titled, beside.parties = event.facts.get("titled", ""), event.facts.get("parties", "")


_TAKEN_BY: Mapping[EventType, Callable[[Beside, Event, Mark], None]] = {
    EventType.CASE_CREATED: _born,
    EventType.CASE_IMPORTED: _born,
    EventType.CASE_AMENDED: _imported,
    EventType.CASE_LINKED: _linked,
    EventType.CONSENT_GIVEN: _consented,
    EventType.CONSENT_LIMITED: _consented,
    EventType.CONSENT_WITHDRAWN: _withdrawn,
    EventType.PARTY_EXCLUDED: _excluded,
    EventType.ACT_PROPOSED: _proposed,
    EventType.ERASED: _erased,
}
