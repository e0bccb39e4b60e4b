"""From an event and a rule to the day by which something must be done, with the way there written down.

The rules of counting: the day of the event is day zero (APPC art. 76(2)); a last day that is not worked moves to the
next working day (APPC art. 76(5)); a term in months ends on the same day number. That art. 76 also governs terms of
the Constitutional Law on the Commissioner is an inference, not a quotation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from npm_cases.domain.calendar import Calendar, CalendarStamp
from npm_cases.domain.derivation import Step, step_on
from npm_cases.domain.messages import say
from npm_cases.domain.pauses import Extension, Pause, in_order
from npm_cases.domain.reckoning import Reckoning, after, last_day
from npm_cases.domain.terms import Rule, RuleStamp, TermError, Unit
from npm_cases.domain.working_days import ONE_DAY
from npm_cases.domain.zones import legal_day

__all__ = ["DueDate", "Step", "derivation_as_json", "due_date", "due_on", "from_json", "notice_due_on"]

PlainStep = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day on which something is done in time, and how it was found.

    ``due_at`` is the UTC instant for a rule in hours, and None otherwise: then the whole of ``due_on`` is in time.
    ``provisional`` says that an unconfirmed day, or a suspension still running, may move the date.
    ``first_day`` is the first day that the term counts, worked or not.
    """

    due_on: date
    due_at: datetime | None
    provisional: bool
    first_day: date
    derivation: tuple[Step, ...]
    calendar: CalendarStamp
    rule: RuleStamp

    @property
    def calendar_version(self) -> str:
        return self.calendar.version

    @property
    def rule_id(self) -> str:
        return self.rule.id

    @property
    def rule_version(self) -> str:
        return self.rule.version

    @property
    def amount(self) -> int:
        return self.rule.amount

    @property
    def unit(self) -> Unit:
        return self.rule.unit

    @property
    def roll(self) -> str:
        return self.rule.roll

    @property
    def unlawful_extensions(self) -> tuple[tuple[date, str], ...]:
        """The extensions that moved nothing, in order: the day of each decision and the code of what is wrong."""
        return tuple(
            (date.fromisoformat(step.day), step.note.rpartition("why:")[2])
            for step in self.derivation
            if step.kind == "not_extended"
        )


def due_on(start: date, rule: Rule, calendar: Calendar) -> date:
    """Give the due date alone, the fast way; it is always the one that ``due_date`` derives without a ledger.

    Raises TermError for a rule in hours, which needs an instant; OutsideCalendar.
    """
    if rule.is_plain:
        return calendar.add_working_days(start, rule.amount, rule.week)
    if rule.unit is Unit.hours:
        raise TermError(say("hours_need_instant", rule=rule.id))
    end = last_day(start, rule.amount, rule.unit, rule, calendar)
    return end if rule.rolls_to == "none" else calendar.next_working_day(end, rule.week)


def due_date(
    start: date,
    rule: Rule,
    calendar: Calendar,
    *,
    set_on: date | None = None,
    ledger: Sequence[Pause | Extension] = (),
    started_at: datetime | None = None,
    beyond_maximum: bool = False,
) -> DueDate:
    """Find the due date of a term that starts with an event on the legal day ``start``, and derive it.

    ``set_on`` is the date a document sets, where the rule lets it; past the rule's maximum only with
    ``beyond_maximum``, which a second person has confirmed. Days of suspensions are not counted; a term in months is
    shifted by them. A lawful extension moves the date, an unlawful one is only written down. A rule in hours needs
    ``started_at``, with an offset. Raises TermError; OutsideCalendar; UnknownWeek.
    """
    if rule.is_plain and set_on is None and not ledger:
        return _plain_working_days(start, rule, calendar)
    if rule.unit is Unit.hours:
        return _due_in_hours(start, rule, calendar, started_at, is_plain=set_on is None and not ledger)
    first_day = start if rule.starts == "same_day" or not rule.amount else start + ONE_DAY
    steps = [step_on(start, "start", rule.starts)]
    reckoning = Reckoning(start, rule, calendar, first_day, start, rule.unit, steps)
    if set_on is None:
        reckoning.count()
    else:
        reckoning.take_set_date(set_on, beyond_maximum=beyond_maximum)
    for entry in in_order(ledger) if ledger else ():
        if isinstance(entry, Pause):
            reckoning.suspend(entry)
        else:
            reckoning.extend(entry)
    reckoning.roll()
    return _finish(reckoning)


def notice_due_on(extension: Extension, rule: Rule, calendar: Calendar) -> date | None:
    """Give the day by which we must be told of an extension; None if the rule asks for no notice.

    Counted from the decision, day zero, and rolled to a working day (three working days in C.L. art. 15(2)).
    """
    if rule.extension is None or rule.extension.notice is None:
        return None
    day = after(extension.decided_on, rule.extension.notice, calendar, rule.week)
    return calendar.next_working_day(day, rule.week)


def derivation_as_json(due: DueDate) -> list[PlainStep]:
    """Write a due date as small dicts of text and whole numbers: first the result, then its steps in order.

    Canonical as it stands (no floats, no null), and everything an independent check needs beside the calendar file.
    """
    head: PlainStep = {
        "kind": "due",
        "due_on": due.due_on.isoformat(),
        "provisional": int(due.provisional),
        "first_day": due.first_day.isoformat(),
        "calendar": due.calendar.id,
        "calendar_version": due.calendar_version,
        "rule": due.rule_id,
        "rule_version": due.rule_version,
        "amount": due.amount,
        "unit": due.unit.value,
        "roll": due.roll,
    }
    if due.due_at is not None:
        head["due_at"] = due.due_at.isoformat()
    return [head, *({"kind": step.kind, "day": step.day, "note": step.note} for step in due.derivation)]


def from_json(plain: Sequence[Mapping[str, Any]]) -> DueDate:
    """Read back what ``derivation_as_json`` wrote. Raises TermError when it is something else."""
    try:
        head, *steps = plain
        return DueDate(
            due_on=date.fromisoformat(str(head["due_on"])),
            due_at=datetime.fromisoformat(str(head["due_at"])) if "due_at" in head else None,
            provisional=bool(head["provisional"]),
            first_day=date.fromisoformat(str(head["first_day"])),
            derivation=tuple(Step(str(s["kind"]), str(s["day"]), str(s["note"])) for s in steps),
            calendar=CalendarStamp(str(head["calendar"]), str(head["calendar_version"])),
            rule=RuleStamp(
                id=str(head["rule"]),
                version=str(head["rule_version"]),
                amount=int(head["amount"]),
                unit=Unit(head["unit"]),
                roll=str(head["roll"]),
            ),
        )
    except (KeyError, ValueError) as wrong:
        raise TermError(say("no_derivation", wrong=wrong)) from wrong


def _plain_working_days(start: date, rule: Rule, calendar: Calendar) -> DueDate:
    """Derive the commonest term without a reckoning: nothing happened to it, and its end is worked by itself."""
    day = calendar.add_working_days(start, rule.amount, rule.week)
    first_day = start + ONE_DAY if rule.amount else start
    doubt = calendar.first_doubt(first_day, day)
    steps = (
        step_on(start, "start", rule.starts),
        step_on(first_day, "count", rule.counted),
        *calendar.skips_between(first_day, day, rule.week),
        *((step_on(doubt[0], "provisional", doubt[1]),) if doubt else ()),
        step_on(day, "end", "due"),
    )
    return DueDate(day, None, doubt is not None, first_day, steps, calendar.stamp, rule.stamp)


def _due_in_hours(
    start: date, rule: Rule, calendar: Calendar, started_at: datetime | None, *, is_plain: bool
) -> DueDate:
    """Count hours from an instant, through nights, days off and changes of the clock."""
    if started_at is None or started_at.utcoffset() is None:
        raise TermError(say("hours_need_instant", rule=rule.id))
    if not is_plain:
        raise TermError(say("hours_run_through", rule=rule.id))
    if legal_day(started_at, calendar.zone) != start:
        raise TermError(
            say("instant_on_other_day", rule=rule.id, instant=started_at.isoformat(), day=start, zone=calendar.zone)
        )
    begins = started_at.astimezone(UTC)
    ends = begins + timedelta(hours=rule.amount)
    day = legal_day(ends, calendar.zone)
    steps = [
        step_on(start, "start", rule.starts),
        step_on(start, "count", f"{rule.amount}_hours zone:{calendar.zone}"),
        Step("from", start.isoformat(), begins.isoformat()),
        Step("until", day.isoformat(), ends.isoformat()),
    ]
    reckoning = Reckoning(start, rule, calendar, start, day, rule.unit, steps)
    return _finish(reckoning, ends)


def _finish(reckoning: Reckoning, due_at: datetime | None = None) -> DueDate:
    rule, calendar, steps, day = reckoning.rule, reckoning.calendar, reckoning.steps, reckoning.end
    doubt = reckoning.doubt()
    if doubt is not None:
        steps.append(step_on(doubt[0], "provisional", doubt[1]))
    steps.append(step_on(day, "end", "due"))
    return DueDate(day, due_at, doubt is not None, reckoning.first_day, tuple(steps), calendar.stamp, rule.stamp)
