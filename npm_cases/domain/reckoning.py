"""One term on its way to a due date: counting, suspending, extending, rolling, each step written down.

An unlawful extension is written down and moves nothing: what others did is recorded, not refused.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.calendar_parts import OutsideCalendar
from npm_cases.domain.derivation import Step, step_on
from npm_cases.domain.message_values import a_date
from npm_cases.domain.messages import say
from npm_cases.domain.month_ends import add_months, months_with_first_day
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.terms import ExtensionBound, Rule, Term, TermError, Unit
from npm_cases.domain.working_days import ONE_DAY

SUSPENSION_OPEN = "suspension_open"
_MONTHS_IN_YEAR = 12


def last_day(start: date, amount: int, unit: Unit, rule: Rule, calendar: Calendar) -> date:
    """Count a term from its event to its last day, before any rolling.

    Day zero is the day of the event, unless the rule starts on the same day; then it is the day before. Zero units
    end on the day of the event.
    """
    counts_first_day = rule.starts == "same_day" and amount > 0
    if unit is Unit.working_days:
        return calendar.add_working_days(start - ONE_DAY if counts_first_day else start, amount, rule.week)
    if unit is Unit.calendar_days:
        return days_later(start, amount - counts_first_day)
    months = amount * (_MONTHS_IN_YEAR if unit is Unit.years else 1)
    return months_with_first_day(start, months) if counts_first_day else add_months(start, months)


def days_later(day: date, days: int) -> date:
    """Add calendar days. Raises OutsideCalendar for a day that no calendar can name."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise OutsideCalendar(say("days_not_datable", days=days, day=day)) from None


@dataclass(slots=True)
class Reckoning:
    """The state of one reckoning; ``end`` is the last day of the term before rolling.

    ``looked_from`` is the first day on which the answer depends on the calendar; ``counted_in`` is the unit the
    running part of the term is counted in.
    """

    start: date
    rule: Rule
    calendar: Calendar
    first_day: date
    end: date
    counted_in: Unit
    steps: list[Step]
    looked_from: date | None = None
    pauses: list[Pause] = field(default_factory=list)
    extended: int = 0

    def count(self) -> None:
        """Count the rule's own term."""
        rule, unit = self.rule, self.rule.unit
        self.end = last_day(self.start, rule.amount, unit, rule, self.calendar)
        self._note("count", self.first_day, rule.counted)
        if unit is Unit.working_days:
            self.looked_from = self.first_day
            self.steps += self.calendar.skips_between(self.first_day, self.end, rule.week)
        elif unit is not Unit.calendar_days:
            day_zero = self.start - ONE_DAY if rule.starts == "same_day" and rule.amount else self.start
            self._note("month", self.end, "same_day_number" if self.end.day == day_zero.day else "last_day_of_month")

    def take_set_date(self, set_on: date, *, beyond_maximum: bool) -> None:
        """End the term on the date a document sets, within the bounds of the rule."""
        rule = self.rule
        if not rule.set_in_document:
            raise TermError(say("no_date_by_document", rule=rule.id))
        if rule.minimum is not None and set_on < self._bound("minimum", rule.minimum):
            raise TermError(say("date_too_early", rule=rule.id, day=set_on, bound=a_date(self.steps[-1].day)))
        if rule.maximum is not None and set_on > self.roll_from(self._bound("maximum", rule.maximum)):
            if not beyond_maximum:
                raise TermError(say("date_too_late", rule=rule.id, day=set_on, bound=a_date(self.steps[-1].day)))
            self._note("beyond_maximum", set_on, "confirmed")
        if set_on < self.start:
            raise TermError(say("date_before_event", rule=rule.id, day=set_on, event_day=self.start))
        self.end, self.counted_in = set_on, Unit.calendar_days
        self._note("set", set_on, f"in_document week:{rule.week}")

    def suspend(self, pause: Pause) -> None:
        """Leave the days of a suspension uncounted: the end moves by as many, in the unit that is running.

        A suspension that begins after the end moves nothing, but the due date does not roll onto its days.
        """
        self.pauses.append(pause)
        why = f"reason:{pause.reason}{' open' if pause.is_open else ''}"
        first = max(pause.first, self.first_day)
        if first > self.end or pause.last < first:
            self._note("suspend", pause.first, f"{pause.last} days:0 {why}")
            return
        before = self.end
        if self.counted_in is Unit.working_days:
            days = self.calendar.working_days_between(first, pause.last, self.rule.week)
            self.end = self.calendar.add_working_days(before, days, self.rule.week) if days else before
        else:
            days = (pause.last - first).days + 1
            self.end = days_later(before, days)
        self._note("suspend", pause.first, f"{pause.last} days:{days} {why}")
        if self.counted_in is Unit.working_days:
            self.steps += self.calendar.skips_between(before + ONE_DAY, self.end, self.rule.week)

    def extend(self, extension: Extension) -> None:
        """Move the end by an extension, if the rule allows it, as often, as late and as far."""
        self.roll()
        due = self.end
        refusal, end = self._judge(extension, due)
        note = f"{extension} {bound_note(self.rule.extension)}"
        if refusal:
            self._note("not_extended", extension.decided_on, f"{note} why:{refusal}")
            return
        self.extended += 1
        self.end = end
        self.counted_in = extension.by.unit if extension.by is not None else Unit.calendar_days
        self._note("extend", extension.decided_on, note)
        if self.counted_in is Unit.working_days:
            self.looked_from = self.looked_from or due
            self.steps += self.calendar.skips_between(due + ONE_DAY, self.end, self.rule.week)

    def roll(self) -> None:
        """Move an end that is not worked, or lies in a suspension, to the next working day outside of it."""
        if self.rule.rolls_to == "none":
            return
        self.looked_from = self.looked_from or self.end
        day, steps = self.end, []
        while True:
            working = self.calendar.next_working_day(day, self.rule.week)
            if working != day:
                steps += self.calendar.skips_between(day, working - ONE_DAY, self.rule.week)
            last = next((pause.last for pause in self.pauses if pause.first <= working <= pause.last), None)
            if last is None:
                break
            steps.append(step_on(last, "skip", "suspended"))
            day = last + ONE_DAY
        if working != self.end:
            self.steps += steps
            self._note("roll", working, f"from:{self.end}")
            self.end = working

    def roll_from(self, day: date) -> date:
        """Give where a day would roll to, suspensions aside, without moving anything."""
        return day if self.rule.rolls_to == "none" else self.calendar.next_working_day(day, self.rule.week)

    def doubt(self) -> tuple[date, str] | None:
        """Find why the result may still change: an unconfirmed day on the way, or a suspension that still runs."""
        for pause in self.pauses:
            if pause.is_open:
                return pause.last, SUSPENSION_OPEN
        return self.calendar.first_doubt(self.looked_from, self.end) if self.looked_from is not None else None

    def _judge(self, extension: Extension, due: date) -> tuple[str, date]:
        """Give why an extension moves nothing (empty when it moves the end), and the end it asks for."""
        bound = self.rule.extension
        asked = extension.until or self._after(due, extension.by)
        if bound is None:
            return "not_allowed", due
        if self.extended >= bound.times:
            return "too_often", due
        if extension.decided_on > due:
            return "too_late", due
        limit = self._after(due if bound.counted_from == "due_date" else extension.decided_on, bound.term)
        if asked > self.roll_from(limit):
            return "too_long", due
        return ("", asked) if asked > due else ("not_later", due)

    def _after(self, day: date, term: Term | None) -> date:
        return day if term is None else after(day, term, self.calendar, self.rule.week)

    def _bound(self, kind: str, term: Term) -> date:
        day = last_day(self.start, term.amount, term.unit, self.rule, self.calendar)
        self._note(kind, day, f"{term} week:{self.rule.week}")
        return day

    def _note(self, kind: str, day: date, note: str) -> None:
        self.steps.append(step_on(day, kind, note))


def after(day: date, term: Term, calendar: Calendar, week: str) -> date:
    """Count a term from ``day``, which is day zero, to its last day, before any rolling."""
    if term.unit is Unit.working_days:
        return calendar.add_working_days(day, term.amount, week)
    if term.unit is Unit.calendar_days:
        return days_later(day, term.amount)
    return add_months(day, term.amount * (_MONTHS_IN_YEAR if term.unit is Unit.years else 1))


def bound_note(bound: ExtensionBound | None) -> str:
    """Write the bound of an extension as codes, so that a step can be judged without the rule."""
    if bound is None:
        return "bound:none"
    return f"bound:{bound.term} times:{bound.times} from:{bound.counted_from}"
