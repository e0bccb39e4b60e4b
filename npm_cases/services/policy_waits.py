"""How long the Ombudsman can be kept waiting for one duty, counted for every day on which the duty can begin.

The engine's own arithmetic is used throughout; what is short enough to begin overdue goes through the engine's intake.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from npm_cases.domain.calendar_parts import OutsideCalendar
from npm_cases.domain.due_dates import due_on
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.ladders import AFTER_INTAKE, Timetable, intake, plan
from npm_cases.domain.pack import Channel, Ladder, Pack, Rung
from npm_cases.domain.reckoning import after, last_day
from npm_cases.domain.terms import Rule, Unit
from npm_cases.domain.working_days import ONE_DAY
from npm_cases.domain.zones import end_of_day, legal_day

TO_OMBUDSMAN = "escalate_to_ombudsman"
NO_RULE = -1
_LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Column:
    """For each day on which a duty may begin, the days to the Ombudsman; NO_RULE where no rule is in force."""

    duty: str
    rung: str
    days: Sequence[int]

    @property
    def longest(self) -> int:
        return max(self.days)


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest wait, with the duty and the rung that end it on the worst day."""

    days: int
    duty: str
    rung: str


def longest_wait(columns: Sequence[Column]) -> Longest | None:
    """Find the worst day to begin several duties at once: the first to escalate ends the wait.

    Days on which one of them has no rule do not count, because nobody can begin it then. None where no day is left.
    """
    first = list(map(min, zip(*(column.days for column in columns), strict=True)))
    worst = max(first, default=NO_RULE)
    if worst == NO_RULE:
        return None
    day = first.index(worst)
    column = next(column for column in columns if column.days[day] == worst)
    return Longest(worst, column.duty, column.rung)


class Waits:
    """The columns of one pack, each counted once."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.times = Timetable(pack)
        calendar = pack.calendar
        self.days = tuple(
            _every_day(date(calendar.first_confirmed_year, 1, 1), date(calendar.last_confirmed_year, 12, 31))
        )
        self._counted: dict[tuple[str, str, bool], Sequence[int] | None] = {}
        self._intakes: dict[str, Longest | None] = {}

    def column(self, channel: Channel, duty: str, owed_by: str, *, extended: bool = False) -> Column | None:
        """Return the waits for a duty; None where it has no rule or ladder, or no day ever escalates it.

        ``extended`` counts the longest lawful extension in.
        """
        rule_id = channel.duties.get(duty)
        ladder = self.ladder(channel.id, owed_by, duty)
        rung = top_rung(ladder) if ladder else None
        if rule_id is None or ladder is None or rung is None:
            return None
        key = rule_id, ladder.key, extended
        if key not in self._counted:
            self._counted[key] = self._count(rule_id, ladder, rung, extended=extended)
        days = self._counted[key]
        return None if days is None else Column(duty, rung.id, days)

    def ladder(self, channel: str, owed_by: str, duty: str) -> Ladder | None:
        """Return the ladder of a duty, or None where the pack has none."""
        try:
            return self.pack.ladder_for(channel, owed_by, duty)
        except ConfigurationError:
            return None

    def after_intake(self, ladder: Ladder, duty: str) -> Longest | None:
        """Return the longest wait for what is taken in overdue; None where the ladder never reaches the top."""
        if ladder.key not in self._intakes:
            self._intakes[ladder.key] = self._count_intake(ladder, duty)
        return self._intakes[ladder.key]

    def _count(self, rule_id: str, ladder: Ladder, rung: Rung, *, extended: bool) -> Sequence[int] | None:
        counted = [NO_RULE] * len(self.days)
        try:
            for rule in self.pack.rules.get(rule_id, ()):
                for index, day in enumerate(self.days):
                    if counted[index] == NO_RULE and rule.is_in_force(day):
                        counted[index] = self._wait(day, rule, ladder, rung, extended=extended)
        except OutsideCalendar:
            return None
        return counted

    def _wait(self, day: date, rule: Rule, ladder: Ladder, rung: Rung, *, extended: bool) -> int:
        if rung.at_once:
            return 0
        due = latest_due_on(day, rule, self.pack, extended=extended)
        if due > day:  # no rung at or after the due date can have been missed
            return (self._working_day(due, rung.offset) - day).days
        return max(self._simulated(day, due, ladder, moment) for moment in _both_ends(day, self.pack.zone))

    def _simulated(self, day: date, due: date, ladder: Ladder, opened_at: str) -> int:
        """Let the engine take the rungs in their order, each not before the one ahead of it."""
        number, taken_at = intake(self.times, ladder, due.isoformat(), opened_at).rung_no, ""
        while planned := plan(self.times, ladder, due.isoformat(), opened_at, number, 1):
            taken_at = max(taken_at, planned.due_at)
            if planned.rung.event == TO_OMBUDSMAN:
                break
            number = planned.next_no
        return (self.times.day(from_text(taken_at)) - day).days

    def _count_intake(self, ladder: Ladder, duty: str) -> Longest | None:
        """Count the two ways of what is overdue: the missed escalation after intake, or the one just not missed."""
        top = top_rung(ladder)
        if top is None:
            return None
        if top.at_once:
            return Longest(0, duty, top.id)
        first = next(rung for rung in ladder.rungs if rung.offset >= 0 or rung is top)
        longest = Longest(NO_RULE, duty, AFTER_INTAKE)
        for day in self.days:
            waited = (self._working_day(day, ladder.after_intake.offset) - day).days
            if waited > longest.days:
                longest = Longest(waited, duty, AFTER_INTAKE if first is top else top.id)
            if first is not top:
                just_missed = self.pack.calendar.add_working_days(day + ONE_DAY, -max(first.offset, 1), self.pack.week)
                waited = (self._working_day(just_missed - ONE_DAY * bool(first.offset), top.offset) - day).days
                if waited > longest.days:
                    longest = Longest(waited, duty, top.id)
        return longest

    def _working_day(self, day: date, offset: int) -> date:
        return self.pack.calendar.add_working_days(day, offset, self.pack.week)


def top_rung(ladder: Ladder) -> Rung | None:
    """Return the first rung that reaches the Ombudsman, or None."""
    return next((rung for rung in ladder.rungs if rung.event == TO_OMBUDSMAN), None)


def latest_due_on(start: date, rule: Rule, pack: Pack, *, extended: bool) -> date:
    """Return the latest due date of a term that starts on a day: set as late as a document may, if it may."""
    calendar = pack.calendar
    if rule.unit is Unit.hours:
        ends = end_of_day(start, calendar.zone) - _LAST_MOMENT + timedelta(hours=rule.amount)
        return legal_day(ends, calendar.zone)
    due = due_on(start, rule, calendar)
    if rule.set_in_document and rule.maximum is not None:
        due = max(due, _rolled(last_day(start, rule.maximum.amount, rule.maximum.unit, rule, calendar), rule, pack))
    if extended and rule.extension is not None:
        for _ in range(rule.extension.times):
            origin = due if rule.extension.counted_from == "due_date" else start
            due = max(due, _rolled(after(origin, rule.extension.term, calendar, rule.week), rule, pack))
    return due


def _rolled(day: date, rule: Rule, pack: Pack) -> date:
    return day if rule.rolls_to == "none" else pack.calendar.next_working_day(day, rule.week)


def _every_day(first: date, last: date) -> Iterable[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _both_ends(day: date, zone: str) -> tuple[str, str]:
    """Return the first and the last instant of a legal day: within it, only what has been missed can differ."""
    return as_text(end_of_day(day - ONE_DAY, zone)), as_text(end_of_day(day, zone) - _LAST_MOMENT)
