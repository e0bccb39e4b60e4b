"""Create a case: a recommendation in draft or an allegation as received, with its first obligations."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import a_machine, choice_list, field_list, labelled, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, RECOMMENDATION, Actor, By, Case, Receipt
from npm_cases.history.event import EventType
from npm_cases.services import answers, obligations
from npm_cases.services.clock_guard import need_clock_not_behind
from npm_cases.services.committed import parties, titled
from npm_cases.services.given_codes import a_code
from npm_cases.services.given_days import a_day_gone_by
from npm_cases.services.moves import born
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record
from state_machines import MACHINES, MACHINES_OF

SERIES = {RECOMMENDATION: "R", ALLEGATION: "A"}
CODES = ("symbol", "paragraph", "session", "recommended_by", "qualification", "theme")
TEXTS = ("text", "alleged_victim", "source", "statement")
PLAIN = ("channel", "region", "addressee", "place", "title", "received_on", "assignee")
ACCEPTED = (*PLAIN, *CODES, *TEXTS, "excluded")


@dataclass(frozen=True, slots=True)
class CreateCase:
    """Ask for a new case; ``fields`` are those of ACCEPTED, texts among them are sealed."""

    kind: str
    actor: Actor
    at: str
    fields: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    """The new case with the receipt of its first event."""

    id: str
    number: str
    receipt: Receipt


def create_case(office: Office, command: CreateCase) -> Created:
    """Create a case and open what is owed on it from its first day.

    Raises BadInput naming the field; NotFound for an unknown body or place; NotAllowed for a role that may not.
    """
    role = access.need(command.actor, "create a case")
    _check(office, command)
    seen = _in_their_region(command)
    _of_one_body(office, seen)
    return once_more(lambda: _created_once(office, seen, role), seen.key)


def _created_once(office: Office, command: CreateCase, role: str) -> Created:
    body = ["new", command.kind, dict(command.fields)]
    with office.open_work() as work:
        answered = answers.earlier(work, command.key, command.actor.user, body)
        if answered is not None:
            return Created(answered["id"], answered["number"], Receipt(**answered["receipt"]))
        need_clock_not_behind(work, office, command.at)
        case = _new_case(work, office, command)
        start = _start(office, command)
        work.add_case(case)
        excluded = _excluded(work, office, command)
        line = record(
            work, office, case, EventType.CASE_CREATED, command.at, command.actor, role,
            facts=birth_facts(case), sealed=_protected(command),
        )  # fmt: skip
        for name in excluded:
            work.exclude(case.id, name, command.at)
        if excluded:
            facts = {"count": len(excluded), "parties": parties(case, excluded)}
            record(work, office, case, EventType.PARTY_EXCLUDED, command.at, command.actor, role, facts=facts)
        open_first_obligations(work, office, case, start, By(command.actor, role, command.at))
        receipt = {"case": case.id, "seq": line.event.seq, "leaf": line.leaf.hex()}
        answer = {"id": case.id, "number": case.number, "receipt": receipt}
        answers.keep(work, command.key, command.actor.user, body, answer, command.at)
        work.commit()
        return Created(case.id, case.number, Receipt(case.id, line.event.seq, line.leaf.hex()))


def _check(office: Office, command: CreateCase) -> None:
    if command.kind not in SERIES:
        raise BadInput(say("no_case_kind", field="KIND", given=quoted(command.kind)))
    unknown = sorted(set(command.fields) - set(ACCEPTED))
    if unknown:
        raise BadInput(say("not_for_new_case", field=unknown[0], known=field_list(ACCEPTED)))
    channels = {c.id: c.labels for c in office.pack.channels.values() if c.kind == command.kind}
    if command.fields.get("channel") not in channels:
        given = command.fields.get("channel", "")
        raise BadInput(
            say(
                "no_channel", field="channel", given=quoted(given), kind=a_machine(command.kind),
                known=labelled(channels),
            )
        )  # fmt: skip
    region = command.fields.get("region", "")
    if region and region not in office.pack.regions:
        raise BadInput(say("not_one_of", field="region", given=quoted(region), known=labelled(office.pack.regions)))
    if command.kind == RECOMMENDATION and not command.fields.get("title", "").strip():
        raise BadInput(say("title_needed", field="title"))
    if command.kind == ALLEGATION and "title" in command.fields:
        raise BadInput(say("no_title_for_allegation", field="title"))


def _of_one_body(office: Office, command: CreateCase) -> None:
    """Have every case belong to one body where several share a mechanism, so that no other body's people come upon it.

    What is published belongs to all. Raises BadInput.
    """
    bodies = set(office.pack.mechanism.region_bodies.values())
    published = office.pack.channel(command.fields["channel"]).public
    if len(bodies) > 1 and not published and not command.fields.get("region"):
        raise BadInput(say("region_of_body_needed", field="region", known=labelled(office.pack.regions)))


def _in_their_region(command: CreateCase) -> CreateCase:
    """Keep a case inside the regions of who makes it; somebody of one region need not name it.

    Raises BadInput where several are possible; NotAllowed for a region that is not theirs.
    """
    theirs, given = sorted(command.actor.regions), command.fields.get("region", "")
    if access.EVERYWHERE in theirs or given in theirs:
        return command
    if given:
        raise NotAllowed(
            say("other_regions", user=command.actor.user, theirs=choice_list(theirs), given=choice_list((given,)))
        )
    if len(theirs) != 1:
        raise BadInput(say("region_needed", field="region", theirs=choice_list(theirs)))
    return replace(command, fields={**command.fields, "region": theirs[0]})


def _excluded(work: Work, office: Office, command: CreateCase) -> list[str]:
    """Read who is named in the allegation, each once.

    Raises NotFound for a name nobody has: a slip of the pen would let the one who is named look in.
    """
    names = [name.strip() for name in command.fields.get("excluded", "").split(",") if name.strip()]
    for name in names:
        if name not in office.pack.posts and not any(work.rows(table, {"id": name}) for table in ("bodies", "users")):
            raise NotFound(say("nobody_named_so", field="excluded", given=quoted(name)))
    return sorted(set(names))


def _new_case(work: Work, office: Office, command: CreateCase) -> Case:
    given = command.fields
    facts: dict[str, Any] = {name: a_code(f"field {name}", given[name]) for name in CODES if given.get(name)}
    addressee, place, assignee = (given.get(name, "") for name in ("addressee", "place", "assignee"))
    facts |= _zone_of(work, office, addressee)
    if place and not work.rows("places", {"id": place}):
        raise NotFound(say("no_place", field="place", given=quoted(place)))
    series = f"{SERIES[command.kind]}-{office.times.day(from_text(command.at)).year}"
    number = f"{series}-{work.next_number(series):06d}"
    return new_case(
        office, command.kind, given["channel"], number, command.at,
        region=given.get("region", ""), addressee=addressee, place=place, title=given.get("title", "") or number,
        assignee=a_code("field assignee", assignee) if assignee else "", facts=facts,
    )  # fmt: skip


def _zone_of(work: Work, office: Office, addressee: str) -> dict[str, str]:
    if not addressee:
        return {}
    found = work.rows("bodies", {"id": addressee})
    if not found:
        raise NotFound(say("no_body", field="addressee", given=quoted(addressee)))
    zone = str(found[0]["zone"])
    return {"zone": zone} if zone and zone != office.pack.zone else {}


def new_case(office: Office, kind: str, channel: str, number: str, at: str, **members: Any) -> Case:
    """Build a case in the first state of each of its machines; nothing is written yet."""
    case = Case(
        id=office.new_id(), number=number, kind=kind, channel=channel, state="", escalation="", compensation="",
        rehabilitation="", version=1, seq=0, head=b"", opened_at=at, last_at="", closed_at="",
        blind=office.new_blind(), **members,
    )  # fmt: skip
    return born(case, {name: MACHINES[name].initial for name in MACHINES_OF[kind]})


def birth_facts(case: Case) -> dict[str, Any]:
    """Return what the birth event says: codes and ids, the rest as a commitment; for an allegation no place, no region."""
    facts: dict[str, Any] = {
        "number": case.number, "kind": case.kind, "channel": case.channel, "state": case.state,
        "escalation": case.escalation, "compensation": case.compensation, "rehabilitation": case.rehabilitation,
        "assignee": case.assignee, "titled": titled(case),
    }  # fmt: skip
    if case.kind == RECOMMENDATION:
        facts |= {"region": case.region, "addressee": case.addressee, "place": case.place}
    facts |= {name: value for name, value in case.facts.items() if name != "zone"}
    if "zone" in case.facts:
        facts["zone"] = case.facts["zone"]
    return {name: value for name, value in facts.items() if value != ""}


def _protected(command: CreateCase) -> dict[str, str]:
    sealed = {name: command.fields[name] for name in TEXTS if command.fields.get(name)}
    if command.kind == RECOMMENDATION:
        sealed["title"] = command.fields["title"]
    else:
        sealed |= {name: command.fields[name] for name in ("region", "place") if command.fields.get(name)}
    return sealed


def _start(office: Office, command: CreateCase) -> date:
    today = office.times.day(from_text(command.at))
    return a_day_gone_by("field received_on", command.fields.get("received_on", ""), today) or today


def open_first_obligations(work: Work, office: Office, case: Case, start: date, by: By) -> None:
    """Open every duty the states of a new case call for, from a day."""
    for duty, owed_by in obligations.running_duties(office, case).items():
        obligations.open_obligation(work, office, case, duty, owed_by, start, by)
