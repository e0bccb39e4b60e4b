"""The policy in force, for people: every rule with its source and what it dates, the calendar, and who adopted them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from npm_cases.domain import access
from npm_cases.domain.calendar import Calendar
from npm_cases.domain.instants import from_text
from npm_cases.domain.pack import Ladder, Pack
from npm_cases.domain.records import Actor
from npm_cases.domain.terms import Rule
from npm_cases.history.event import EventType, read
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader

_ADOPTIONS = {EventType.PACK_ADOPTED.value: "pack", EventType.CALENDAR_ADOPTED.value: "calendar"}


@dataclass(frozen=True, slots=True)
class RuleUsed:
    """One version of a rule: the duties it dates, by name, each with its channels; whether it is in force on the day."""

    rule: Rule
    duties: Mapping[str, tuple[str, ...]]
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Adoption:
    """One adoption that stands in the history: ``what`` is pack or calendar, ``version`` as the event names it.

    ``of`` is the id of the calendar, ``digest`` the SHA-256 of the text, ``open`` what was chosen for running clocks, and
    ``otherwise`` how many cases do the opposite.
    """

    what: str
    version: str
    at: str
    actor: str
    role: str
    approved_by: str
    seq: int
    of: str
    digest: str
    open: str
    otherwise: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The pack and the calendar this installation works by. Rules stand by id, then by the first day they are in force."""

    pack: Pack
    calendar: Calendar
    rules: tuple[RuleUsed, ...]
    ladders: tuple[Ladder, ...]
    adoptions: tuple[Adoption, ...]


def policy(office: Office, reader: Reader, actor: Actor, at: str) -> Policy:
    """Return the policy at an instant; who adopted it is nobody's secret among those who may look into the log.

    Raises NotAllowed.
    """
    access.need(actor, "look into the log")
    pack, today = office.pack, office.times.day(from_text(at))
    return Policy(pack, pack.calendar, tuple(_rules(pack, today)), pack.ladders, tuple(_adoptions(reader)))


def _rules(pack: Pack, today: date) -> Iterator[RuleUsed]:
    used: dict[str, dict[str, tuple[str, ...]]] = {}
    for channel in pack.channels.values():
        for duty, named in channel.duties.items():
            duties = used.setdefault(named, {})
            duties[duty] = (*duties.get(duty, ()), channel.id)
    for name in sorted(pack.rules):
        for rule in sorted(pack.rules[name], key=lambda one: one.valid_from):
            yield RuleUsed(rule, used.get(name, {}), rule.is_in_force(today))


def _adoptions(reader: Reader) -> Iterator[Adoption]:
    for stored in reader.office_events(frozenset(_ADOPTIONS)):
        event = read(stored.data)
        what, facts = _ADOPTIONS[stored.type], event.facts
        yield Adoption(
            what, str(facts.get(what, "")), event.at, event.actor, event.role, event.approved_by, event.seq,
            of=str(facts.get("of", "")), digest=str(facts.get("digest", "")), open=str(facts.get("open", "")),
            otherwise=len(facts.get("otherwise", ())),
        )  # fmt: skip
