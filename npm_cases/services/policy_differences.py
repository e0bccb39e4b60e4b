"""What a changed policy means for the cases that are open: dates, rungs, ladders and permitted acts, old beside new.

Read off the live caseload; nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.errors import BadInput
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Case, Obligation
from npm_cases.domain.terms import TermError
from npm_cases.history.event import OFFICE
from npm_cases.services import obligations
from npm_cases.services.corrections import reminded_of
from npm_cases.services.policy_paths import moves_in
from npm_cases.services.ports import Chain, DueRung, Office, Work
from npm_cases.services.rule_choice import begun_again, ladder_now, rule_now, why_kept
from state_machines import MACHINES, MACHINES_OF

BATCH = 1_000
DATE, RUNG, LADDER, RULE, ACTS = "due_on", "next_rung_at", "ladder", "rule", "permitted"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs for one case or place: what, of which duty (empty for permitted acts), old and new.

    ``kept`` says why its clock stays under the old rule whatever is chosen; ``in_past`` that its new date is over already;
    ``reminded`` which posts were written to about the old date.
    """

    subject: str
    duty: str
    what: str
    old: str
    new: str
    kept: str = ""
    in_past: bool = False
    reminded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an obligation stands under one policy; empty where that policy cannot date it."""

    rule: str
    due_on: str
    ladder: str
    next_rung_at: str
    due_at: str


def under(office: Office, pack: Pack) -> Office:
    """Return the office as it would work by another pack; raises BadInput for a pack of another country."""
    if pack.id != office.pack.id:
        raise BadInput(say("other_country", given=pack.id, country=office.pack.id))
    return replace(office, pack=pack, times=Timetable(pack, office.calendars))


def by_calendar(office: Office, calendar: Calendar) -> Office:
    """Return the office as it would work by another calendar, of the country or of one of its regions, as its id says."""
    pack = office.pack
    regional = {region: calendar if one.id == calendar.id else one for region, one in pack.regional.items()}
    is_regional = calendar in regional.values()
    return under(office, replace(pack, regional=regional, calendar=pack.calendar if is_regional else calendar))


def differences(old: Office, new: Office, now: str, limit: int = BATCH) -> Iterator[Difference]:
    """List what differs for every open case and place between two policies of one country, obligation by obligation."""
    acts_told: set[str] = set()
    with old.open_reading() as work:
        after = ""
        while found := work.open_from(after, limit):
            after = found[-1].obligation.id
            office_chain = work.chain(OFFICE)
            for item in found:
                chain = item.case or office_chain
                yield from _of_clock(work, (old, new), item, chain, now)
                if item.case is not None and item.case.id not in acts_told:
                    acts_told.add(item.case.id)
                    yield from _of_acts(old, new, item.case)


def _of_clock(
    work: Work, offices: tuple[Office, Office], item: DueRung, chain: Case | Chain, now: str
) -> Iterator[Difference]:
    owed, (old, new) = item.obligation, offices
    before, after = _standing(old, owed, chain, now), _standing(new, owed, chain, now)
    subject = item.case.number if item.case is not None else owed.subject_kind
    kept = why_kept(owed, now) if before.rule != after.rule else ""
    for what in (RULE, DATE, LADDER, RUNG):
        was, will_be = getattr(before, what), getattr(after, what)
        if was != will_be:
            is_over = what == DATE and bool(after.due_at) and after.due_at <= now < before.due_at
            reminded = reminded_of(work, owed) if what == DATE else ()
            yield Difference(subject, owed.duty, what, was, will_be, kept, is_over, reminded)


def _standing(office: Office, owed: Obligation, chain: Case | Chain, now: str) -> _Standing:
    rule = rule_now(office, owed)
    if rule is None:
        return _Standing("", "", ladder_now(office, owed), "", "")
    named, ladder = f"{rule.id} {rule.version}", ladder_now(office, owed)
    if (rule.id, rule.version) != (owed.rule, owed.rule_version):
        again = begun_again(office, owed, chain, rule, now)
        if again is None:
            return _Standing(named, "", ladder, "", "")
        obligations.schedule(office, again)
        return _Standing(named, again.due_on, ladder, again.next_rung_at, again.due_at)
    return _counted(office, owed, chain, named, ladder)


def _counted(office: Office, owed: Obligation, chain: Case | Chain, named: str, ladder: str) -> _Standing:
    """Tell how an obligation stands that keeps its rule: counted by this policy's calendar, on this policy's ladder."""
    try:
        due, _ = office.times.of(owed.calendar_version).counted(owed, obligations.rule_of(office, owed), owed.ledger)
    except TermError:
        return _Standing(named, "", ladder, "", "")
    due_at = obligations.due_instant(office, due, obligations.zone_of(office, chain))
    copy = replace(owed, due_on=due.due_on.isoformat(), due_at=due_at, ladder=ladder or owed.ladder)
    obligations.schedule(office, copy)
    return _Standing(named, copy.due_on, ladder, copy.next_rung_at, due_at)


def _of_acts(old: Office, new: Office, case: Case) -> Iterator[Difference]:
    before, after = _acts(old.pack, case), _acts(new.pack, case)
    if before != after:
        lost, won = sorted(before - after), sorted(after - before)
        yield Difference(case.number, "", ACTS, " ".join(lost), " ".join(won))


def _acts(pack: Pack, case: Case) -> frozenset[str]:
    """Return the acts that the case's channel leaves open in its present states, each with the roles that may do it."""
    if case.channel not in pack.channels:
        return frozenset()
    channel = pack.channels[case.channel]
    states = {case.kind: case.state, "escalation": case.escalation, "compensation": case.compensation}
    states["rehabilitation"] = case.rehabilitation
    return frozenset(
        f"{role}:{row.event}"
        for name in MACHINES_OF[case.kind]
        for row, roles in moves_in(MACHINES[name], channel)
        if row.state == states[name]
        for role in roles
    )
