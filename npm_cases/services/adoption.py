"""Taking on changed rules of the country, or a changed calendar: proposed by one person, put in force by another.

What was adopted is kept word for word under its digest, and the history names that digest. A version, once in force,
never changes: going back is a new version too. Open clocks are looked at afterwards, by the recount.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.calendar import Calendar, changed_days
from npm_cases.domain.errors import BadInput, Conflict, RefusedByRule
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Actor, By, Receipt
from npm_cases.history.event import OFFICE, EventType, read
from npm_cases.services import office_acts, recounting
from npm_cases.services.office_acts import ADOPT_CALENDAR, ADOPT_PACK, Seconded
from npm_cases.services.policy_check import check_policy
from npm_cases.services.policy_differences import DATE, differences, under
from npm_cases.services.policy_kept import CALENDAR, PACK, calendar_of_region, digest_of, keep, put_in_force
from npm_cases.services.policy_loss import losses
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.rule_choice import MOVE, Choice

TEXT = "text"
_TYPES = {PACK: EventType.PACK_ADOPTED, CALENDAR: EventType.CALENDAR_ADOPTED}
_ACTS = {PACK: ADOPT_PACK, CALENDAR: ADOPT_CALENDAR}
_FIRST, _LAST = 1, 12


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was put in force: a pack or a calendar, its version, and the one before."""

    what: str
    version: str
    before: str


def propose_calendar(office: Office, text: str, calendar: Calendar, actor: Actor, at: str) -> tuple[str, Receipt]:
    """Propose a calendar; ``calendar`` is what ``text`` says. Returns the id of the proposal and the receipt.

    Raises NotAllowed; BadInput for one of another country or zone, or without a kind of week that rules count in;
    Conflict for a version that was in force before.
    """
    access.need(actor, "propose an act of the office")
    present = calendar_present(office, calendar)
    missing = sorted(present.weeks.keys() - calendar.weeks.keys())
    if missing:
        raise BadInput(say("calendar_lacks_week", given=calendar.version, week=missing[0]))
    if calendar.version in {one.version for one in office.calendars}:
        raise Conflict(say("version_used", what=CALENDAR, version=quoted(calendar.version)))
    days = _days_changed(present, calendar, office)
    change = {"version": calendar.version, "before": present.version, "days": days, "of": calendar.id}
    return _proposed(office, CALENDAR, text, change, actor, at)


def propose_pack(office: Office, text: str, pack: Pack, choice: Choice, actor: Actor, at: str) -> tuple[str, Receipt]:
    """Propose changed rules of the country; ``pack`` is what ``text`` says, ``choice`` which rule open clocks follow.

    Raises NotAllowed; BadInput for another country, or where something in force before is gone or was changed in place;
    RefusedByRule for a pack that policy check does not pass, a draft outside a sandbox, or one that would put the date
    of a running clock into the past; Conflict for a version that was in force before.
    """
    access.need(actor, "propose an act of the office")
    other = under(office, pack)
    if pack.version == office.pack.version or pack.version in _versions(office, PACK):
        raise Conflict(say("version_used", what=PACK, version=quoted(pack.version)))
    _nothing_lost(office.pack, pack)
    _lawful(office, pack, at)
    if choice.for_all == MOVE or choice.otherwise:
        _not_into_the_past(office, other, choice, at)
    change = {"version": pack.version, "before": office.pack.version, **choice.as_json()}
    return _proposed(office, PACK, text, change, actor, at)


def adopt(office: Office, second: Seconded, at: str) -> Adopted:
    """Put a proposed pack or calendar in force, by a second person; the recount of open clocks begins with it.

    The office goes on with the old one until it is opened anew. What an earlier adoption left to be counted is counted
    first, by its own choice. Raises NotFound, NotAllowed, and Conflict for a proposal that lapsed, was decided, or was made
    while another version was in force, and for rules adopted while others are still being followed.
    """
    event = office_acts.proposed_event(office, second.approval)
    what = next((what for what, act in _ACTS.items() if act == event), "")
    if not what:
        raise BadInput(say("adopts_no_policy", given=quoted(second.approval)))
    office_acts.check(office, event, second, at)
    recounting.recount(office, at)
    with office.open_work() as work:
        if recounting.in_first_round(work) and what == PACK:
            raise Conflict(say("recount_under_way"))
        chain = work.chain(OFFICE)
        carried = office_acts.carry_change(work, office, chain, event, second, instant(chain, at))
        change, by = carried.change, carried.by
        name, present = _in_force_as(office, what, change)
        if change["before"] != present:
            raise Conflict(say("policy_changed_since", present=present, before=change["before"]))
        facts = {what: change["version"], **{name: change[name] for name in _SAID if name in change}}
        record(
            work, office, chain, _TYPES[what], by.at, by.actor, by.role, facts=facts,
            approved_by=second.actor.user,
        )  # fmt: skip
        _keep_present(work, office, what, name)
        put_in_force(work, name, keep(work, what, change[TEXT]))
        recounting.begin(work, Choice.from_json(change) if what == PACK else None, by.at)
        office.at_point("adoption.before_commit")
        work.commit()
    return Adopted(what, change["version"], change["before"])


_SAID = ("before", "digest", "days", "of", "open", "otherwise")


def _keep_present(work: Work, office: Office, what: str, name: str) -> None:
    """Keep the text in force until now, where it came with the program: histories go on naming it."""
    if not work.rows("meta", {"name": name}):
        keep(work, what, office.policy_texts()[name])


def _in_force_as(office: Office, what: str, change: Mapping[str, Any]) -> tuple[str, str]:
    """Return under which name what is adopted is in force, and the version that is in force there now."""
    if what == PACK:
        return PACK, office.pack.version
    present = _of_id(office, change["of"])
    return (CALENDAR if present is office.pack.calendar else calendar_of_region(present.id)), present.version


def calendar_present(office: Office, calendar: Calendar) -> Calendar:
    """Return the calendar in force that another would replace; raises BadInput where there is none of its id and zone."""
    present = _of_id(office, calendar.id)
    if (calendar.id, calendar.zone) != (present.id, present.zone):
        raise BadInput(say("other_calendar", given=calendar.id, zone=calendar.zone, present=present.id))
    return present


def _of_id(office: Office, calendar_id: str) -> Calendar:
    """Return the calendar in force of that id: of a region, else that of the country."""
    regional = (one for one in office.pack.regional.values() if one.id == calendar_id)
    return next(regional, office.pack.calendar)


def _proposed(
    office: Office, what: str, text: str, change: Mapping[str, Any], actor: Actor, at: str
) -> tuple[str, Receipt]:
    role = access.need(actor, "propose an act of the office")
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        exact = {**change, "digest": digest_of(text), TEXT: text}
        by = By(actor, role, instant(chain, at))
        approval, line = office_acts.put_forward(work, office, chain, _ACTS[what], by, exact)
        work.commit()
    return approval, Receipt(OFFICE, line.event.seq, line.leaf.hex())


def _days_changed(old: Calendar, new: Calendar, office: Office) -> int:
    """Count the days that one of them works and the other does not, in the years either confirms."""
    first = date(min(old.first_confirmed_year, new.first_confirmed_year), _FIRST, _FIRST)
    last = date(max(old.last_confirmed_year, new.last_confirmed_year), _LAST, 31)
    return sum(1 for _ in changed_days(old, new, first, last, office.pack.week))


def _versions(office: Office, what: str) -> frozenset[str]:
    """Return every version that was adopted here before."""
    with office.open_reading() as work:
        rows = work.rows("case_events", {"chain": OFFICE, "type": _TYPES[what].value})
    events = [read(bytes(row["data"])) for row in rows]
    return frozenset(str(event.facts[name]) for event in events for name in (what, "before") if name in event.facts)


def _nothing_lost(old: Pack, new: Pack) -> None:
    found = list(losses(old, new))
    if found:
        raise BadInput(say("pack_loses", version=new.version, what="; ".join(one.reason for one in found)))


def _lawful(office: Office, pack: Pack, at: str) -> None:
    if pack.status == "draft" and not office.sandbox:
        raise RefusedByRule(say("draft_not_adopted", version=pack.version), ("draft_not_adopted",))
    report = check_policy(pack, office.times.day(from_text(at)))
    if report.findings:
        first = report.findings[0]
        said = say(
            "policy_does_not_hold", version=pack.version, count=len(report.findings), what=first.what,
            where=first.where, example=" -> ".join(first.counter_example),
        )  # fmt: skip
        raise RefusedByRule(said, ("policy_does_not_hold",))


def _not_into_the_past(office: Office, other: Office, choice: Choice, at: str) -> None:
    with office.open_reading() as work:
        numbers = {work.number_of(chain) for chain in choice.otherwise}
    for one in differences(office, other, at):
        moves = (one.subject in numbers) != (choice.for_all == MOVE)
        if one.what == DATE and one.in_past and moves and not one.kept:
            said = say("date_into_the_past", number=one.subject, duty=one.duty, due_on=one.new, was=one.old)
            raise RefusedByRule(said, ("date_into_the_past",))
