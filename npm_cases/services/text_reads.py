"""Who opened what protected text, when, in what role and why: for auditors, and for everybody what they read themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import EventType
from npm_cases.services.histories import Histories
from npm_cases.services.history_search import Criteria, Line, search
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.ports import Office

TEXT, DOCUMENT, NAME, EXPORT = "text", "document", "name", "export"


@dataclass(frozen=True, slots=True)
class TextRead:
    """One opening: ``what`` is text, document, name or export; ``event_seq`` the event whose text it was (0: none).

    ``fields`` name what was opened, of an export its kind and how it took texts; ``cases`` counts the cases a name was
    found in.
    """

    index: int
    at: str
    actor: str
    role: str
    on_behalf: str
    what: str
    case: str
    number: str
    event_seq: int
    fields: tuple[str, ...]
    document: str
    cases: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reads:
    """Some reads in log order, the index to go on after (None at the end), and the newest checkpoint."""

    lines: tuple[TextRead, ...]
    next: int | None
    checkpoint: StoredCheckpoint | None


def reads(office: Office, histories: Histories, wanted: Criteria, actor: Actor) -> Reads:
    """Return who opened protected text, looked a name up, or exported; others than auditors see their own alone.

    Of the criteria, actor, case, days and paging count. Raises NotAllowed for asking after somebody else; like ``search``.
    """
    access.need(actor, "see who read protected text")
    if "auditor" not in actor.roles:
        if wanted.actor not in {"", actor.user}:
            raise NotAllowed(say("own_reads_only", user=actor.user))
        wanted = replace(wanted, actor=actor.user)
    page = search(office, histories, replace(wanted, types=(EventType.TEXT_READ, EventType.EXPORTED)), actor)
    return Reads(tuple(map(_read, page.lines)), page.next, page.checkpoint)


def _read(line: Line) -> TextRead:
    facts = line.facts
    return TextRead(
        index=line.index, at=line.at, actor=line.actor, role=line.role, on_behalf=line.on_behalf, what=_what(line, facts),
        case=line.case, number=line.number, event_seq=int(facts.get("event_seq", 0)),
        fields=_fields(line, facts), document=str(facts.get("document", "")),
        cases=len(facts.get("cases", ())), reason=line.reason,
    )  # fmt: skip


def _fields(line: Line, facts: Mapping[str, Any]) -> tuple[str, ...]:
    if line.type == EventType.EXPORTED:
        return tuple(str(facts[name]) for name in ("what", "text", "format") if name in facts)
    return tuple(facts.get("fields", ()))


def _what(line: Line, facts: Mapping[str, Any]) -> str:
    if line.type == EventType.EXPORTED:
        return EXPORT
    if "document" in facts:
        return DOCUMENT
    return TEXT if "event_seq" in facts else NAME
