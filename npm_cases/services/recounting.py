"""Every open due date counted again under the policy in force, in batches: moved with an event, or put before a person.

Begun by an adoption, carried on by the sweep until all are through; killed in between, it goes on where it was. What a
person or a body outside missed already, or would have missed, is never decided by the clock (FAULTS F34).
"""

import json
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from npm_cases.domain.due_dates import DueDate
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.ladders import plan
from npm_cases.domain.records import CLOCK, By, Case, Obligation
from npm_cases.domain.terms import Unit
from npm_cases.history.event import OFFICE, EventType, read
from npm_cases.services import obligations
from npm_cases.services.corrections import Told, tell_of_correction
from npm_cases.services.incidents import raise_incident
from npm_cases.services.once_more import once_more
from npm_cases.services.policy_kept import RECOUNT, set_value, stamp_of
from npm_cases.services.ports import Chain, DueRung, Office, Work
from npm_cases.services.recording import record
from npm_cases.services.rule_choice import Choice, renewed

BATCH = 500
QUESTIONED = "date_questioned"
FIRST, SECOND = 1, 2
SETTLED = timedelta(minutes=1)
"""By then every program works by what was adopted (bootstrap/app.py)."""
Derivation = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """One open date that a recount touched: ``what`` is moved, renewed or questioned; ``corrected`` who was told wrongly."""

    subject: str
    duty: str
    what: str
    was: str
    due_on: str
    corrected: tuple[str, ...] = ()


@dataclass(slots=True)
class Recounted:
    """What a recount did: obligations looked at, dates moved, dates no longer provisional, clocks under a new rule.

    ``questioned`` wait for a person, ``kept`` stay under the rule they began with, ``notices`` tell of a wrong reminder.
    ``dates`` lists what was moved, renewed or questioned, one by one.
    """

    looked_at: int = 0
    moved: int = 0
    confirmed: int = 0
    renewed: int = 0
    kept: int = 0
    questioned: int = 0
    notices: int = 0
    dates: list[Moved] = field(default_factory=list)

    def add(self, other: "Recounted") -> None:
        """Add the counts of another batch to these."""
        for one in fields(self):  # numbers and the list of dates alike
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def begin(work: Work, choice: Choice | None, at: str) -> None:
    """Have every open obligation looked at, from the first on; what was under way begins anew.

    None stands for no new choice: that of a recount still under way holds. Other programs go on by the old policy for a
    moment: everything is looked at in a second round, for what they opened, extended or placed meanwhile.
    """
    state = _state(work)
    chosen = choice or (Choice.from_json(state) if state else Choice())
    set_value(work, RECOUNT, json.dumps({"after": "", "not_before": "", "round": FIRST, "at": at, **chosen.as_json()}))


def in_first_round(work: Work) -> bool:
    """Say whether some obligations were not looked at even once since the last adoption; holds recounts up until the end."""
    work.alone(RECOUNT)
    return _state(work).get("round") == FIRST


def _state(work: Work) -> dict[str, Any]:
    """Return how far the recount is, empty where none is under way."""
    rows = work.rows("meta", {"name": RECOUNT})
    return dict(json.loads(rows[0]["value"])) if rows and rows[0]["value"] else {}


def recount(office: Office, now: str, limit: int = BATCH) -> Recounted:
    """Look at every open obligation that the last adoption may concern; nothing where none waits to be looked at.

    An office that works by a policy no longer in force leaves it to those who work by the present one.
    """
    total = Recounted()
    while (batch := once_more(lambda: _batch(office, now, limit), "an obligation is looked at once")) is not None:
        total.add(batch)
    return total


def _batch(office: Office, now: str, limit: int) -> Recounted | None:
    with office.open_work() as work:
        work.alone(RECOUNT)
        state, counts = _state(work), Recounted()
        if not state or now < state["not_before"] or stamp_of(work, office.pack) != office.policy_stamp:
            return None
        found, choice = work.open_from(state["after"], limit), Choice.from_json(state)
        office.at_point("recount.after_read")
        for item in found:
            _look_at(_Looking(work, office, now, choice, counts), item)
        set_value(work, RECOUNT, _how_far(state, found))
        office.at_point("recount.before_commit")
        work.commit()
    return counts


def _how_far(state: dict[str, Any], found: list[DueRung]) -> str:
    """Write how far a recount has come: after the last one looked at, then a second round, then nothing."""
    if found:
        return json.dumps({**state, "after": found[-1].obligation.id})
    if state.get("round") == SECOND:
        return ""
    settled = as_text(from_text(state["at"]) + SETTLED)
    return json.dumps({**state, "after": "", "round": SECOND, "not_before": settled})


@dataclass(frozen=True, slots=True)
class _Looking:
    work: Work
    office: Office
    now: str
    choice: Choice
    counts: Recounted

    def note(
        self, what: str, owed: Obligation, chain: Case | Chain, days: tuple[str, str], told: tuple[str, ...]
    ) -> None:
        """Count one date, from its old day to its new one, with the posts a correction goes to."""
        setattr(self.counts, what, getattr(self.counts, what) + 1)
        self.counts.notices += len(told)
        subject = chain.number if isinstance(chain, Case) else owed.subject_kind
        self.counts.dates.append(Moved(subject, owed.duty, what, *days, told))


def _look_at(looking: _Looking, item: DueRung) -> None:
    """Let one obligation follow the policy; a clock that stands is counted again when it goes on."""
    work, office, owed = looking.work, looking.office, item.obligation
    looking.counts.looked_at += 1
    chain = item.case or work.chain(OFFICE)
    now = max(looking.now, chain.last_at)
    chosen = renewed(work, office, item, chain, looking.choice, now)
    if isinstance(chosen, Obligation):
        told = tell_of_correction(work, office, chosen, chain, Told(owed.id, owed.due_on), now)
        looking.note("renewed", owed, chain, (owed.due_on, chosen.due_on), told)
        return
    looking.counts.kept += chosen is False
    if owed.unit == Unit.hours:
        _place_anew(looking, owed)
    elif not owed.suspended_on:
        _count_again(looking, owed, chain, now)


def _count_again(looking: _Looking, owed: Obligation, chain: Case | Chain, now: str) -> None:
    work, office = looking.work, looking.office
    due, derivation = office.times.of(owed.calendar_version).counted(
        owed, obligations.rule_of(office, owed), owed.ledger
    )
    due_on, due_at = due.due_on.isoformat(), obligations.due_instant(office, due, obligations.zone_of(office, chain))
    if due_on == owed.due_on:
        _same_day(looking, owed, chain, due, derivation, now, due_at)
    elif owed.due_at <= now or due_at <= now:
        if not _asked_already(work, owed, due_on):
            looking.note("questioned", owed, chain, (owed.due_on, due_on), ())
            _question(work, office, owed, chain, due, now)
        _place_anew(looking, owed)
    else:
        was = owed.due_on
        move_date(work, office, owed, chain, due, derivation, By(CLOCK, "clock", now))
        told = tell_of_correction(work, office, owed, chain, Told(owed.id, was), now)
        looking.note("moved", owed, chain, (was, due_on), told)


def _same_day(
    looking: _Looking,
    owed: Obligation,
    chain: Case | Chain,
    due: DueDate,
    derivation: Derivation,
    now: str,
    due_at: str,
) -> None:
    """Keep the due date: say that it is no longer provisional, and place its end and its rungs anew in time."""
    if due.provisional != owed.provisional:
        looking.counts.confirmed += 1
        move_date(looking.work, looking.office, owed, chain, due, derivation, By(CLOCK, "clock", now))
        return
    _place_anew(looking, owed, due_at)


def _place_anew(looking: _Looking, owed: Obligation, due_at: str = "") -> None:
    """Place the next rung of a date that stays anew among the working days, and its end in the zone as it is by now."""
    before = owed.next_rung_at, owed.due_at
    owed.due_at = due_at or owed.due_at
    obligations.schedule(looking.office, owed)
    if (owed.next_rung_at, owed.due_at) != before:
        looking.work.save_obligation(owed)


def move_date(
    work: Work, office: Office, owed: Obligation, chain: Case | Chain, due: DueDate, derivation: Derivation, by: By,
    reason: str = "",
) -> None:  # fmt: skip
    """Give an obligation the date counted for it, with its event; a date that moved begins its ladder anew.

    Reminders before the date whose time is over on that day are passed over: the correction itself tells of the date. Where
    the date is over as well, so is what the ladder did about the old one.
    """
    was, behind = owed.due_on, owed.rung_no if owed.rung_no >= 0 else -owed.rung_no - 1
    owed.due_on, owed.derivation, owed.provisional = due.due_on.isoformat(), derivation, due.provisional
    owed.calendar_version = due.calendar_version
    owed.due_at = obligations.due_instant(office, due, obligations.zone_of(office, chain))
    facts: dict[str, Any] = {
        "obligation": owed.id, "duty": owed.duty, "was": was, "due_on": owed.due_on, "calendar": owed.calendar_version,
    }  # fmt: skip
    if owed.due_on != was:
        owed.revision += 1
        owed.rung_no = _passed(office, owed, by.at, behind)
        facts |= {"passed": owed.rung_no} if owed.rung_no else {}
    if due.provisional:
        facts["provisional"] = True
    obligations.schedule(office, owed)
    record(work, office, chain, EventType.OBLIGATION_MOVED, by.at, by.actor, by.role, facts=facts, reason=reason)
    work.save_obligation(owed)


def _passed(office: Office, owed: Obligation, now: str, behind: int) -> int:
    """Count the rungs whose working day is over: those before the due date, and of later ones what lay behind already."""
    ladder, times, number = office.pack.ladder(owed.ladder), office.times.of(owed.calendar_version), 0
    today = office.times.opening(office.times.day(from_text(now)))
    while planned := plan(times, ladder, owed.due_on, owed.opened_at, number, owed.revision):
        if planned.due_at >= today or (planned.rung.offset >= 0 and number >= behind):
            break
        number = planned.next_no
    return number


def _asked_already(work: Work, owed: Obligation, would_be: str) -> bool:
    """Say whether these very two dates were put before a person before: what was decided, or waits, is not asked again."""
    rows = work.rows("case_events", {"chain": owed.chain, "type": EventType.OBLIGATION_QUESTIONED.value})
    asked = [read(bytes(row["data"])).facts for row in sorted(rows, key=lambda row: row["seq"])]
    dates = [(facts["due_on"], facts["would_be"]) for facts in asked if facts["obligation"] == owed.id]
    return dates[-1:] == [(owed.due_on, would_be)]


def _question(work: Work, office: Office, owed: Obligation, chain: Case | Chain, due: DueDate, now: str) -> None:
    """Record that the policy in force gives another date to what was missed, or would be; a person decides."""
    would_be, calendar = due.due_on.isoformat(), due.calendar_version
    facts = {
        "obligation": owed.id, "duty": owed.duty, "due_on": owed.due_on, "would_be": would_be, "calendar": calendar,
    }  # fmt: skip
    record(work, office, chain, EventType.OBLIGATION_QUESTIONED, now, CLOCK, "clock", facts=facts)
    what = (
        f"{owed.duty} was due on {owed.due_on}; by the calendar {calendar} it is due on {would_be}: "
        "decide whether the new date holds"
    )
    raise_incident(work, office, QUESTIONED, questioned_subject(owed), what, now)


def questioned_subject(owed: Obligation) -> str:
    """Return what an incident about a date is about: its case, so that nobody kept from that sees it; else the clock."""
    return owed.chain if owed.chain != OFFICE else owed.id
