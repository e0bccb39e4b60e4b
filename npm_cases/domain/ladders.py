"""When each rung of a ladder is due, and what an obligation opened late has already missed.

A rung is named for ever by its key: the rung's id, the number of the repetition, and the revision of the due date.
Rungs count working days of the addressee's calendar from the due date and fall at the start of working time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.due_dates import DueDate, derivation_as_json, due_date
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.pack import Ladder, Pack, Rung
from npm_cases.domain.pauses import Extension, Pause
from npm_cases.domain.reckoning import after
from npm_cases.domain.records import Obligation
from npm_cases.domain.terms import Rule, Unit
from npm_cases.domain.zones import end_of_day, legal_day, start_of_working_time

AFTER_INTAKE = "overdue_at_intake"
_MEMORY = 65_536
_DATES_HELD = 8_192
"""Due dates with their derivations are large, some 3 KB each; so many are 25 MB at most."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A rung with its key, when it is due (UTC text), and how many rungs lie behind once it is taken."""

    rung: Rung
    key: str
    due_at: str
    next_no: int


class Timetable:
    """The times of one pack: remembers what it computed, because many obligations share a due date.

    A region with a calendar of its own has times of its own. ``earlier`` are calendars in force before: what was counted by
    one of a region goes on in the times of that region.
    """

    def __init__(self, pack: Pack, earlier: Iterable[Calendar] = ()) -> None:
        self.pack = pack
        self._regional = {one.id: Timetable(replace(pack, calendar=one, regional={})) for one in pack.regional.values()}
        versions = {one.version: one.id for one in (*earlier, *pack.regional.values())}
        self._by_version = {name: self._regional[of] for name, of in versions.items() if of in self._regional}
        self.opening = lru_cache(_MEMORY)(self._opening)
        self.step = lru_cache(_MEMORY)(self._step)
        self._due_by_day = lru_cache(_DATES_HELD)(self._due)
        self.next_working_time = lru_cache(_MEMORY)(self._next_working_time)
        self.end_of = lru_cache(_MEMORY)(self._end_of)
        self.ladder_for = lru_cache(_MEMORY)(pack.ladder_for)
        self.planned: dict[tuple[str, str, str, int, int], Planned | None] = {}
        self.intakes: dict[tuple[str, str, str, int], Intake] = {}

    def in_region(self, region: str) -> "Timetable":
        """Return the times that what begins now in a region is counted in."""
        calendar = self.pack.regional.get(region)
        return self if calendar is None else self._regional[calendar.id]

    def of(self, calendar_version: str) -> "Timetable":
        """Return the times of what was counted by a calendar, this version of it or a later one."""
        return self._by_version.get(calendar_version, self) if self._by_version else self

    def day(self, instant: datetime) -> date:
        """Return the legal day of an instant in the pack's zone."""
        return legal_day(instant, self.pack.zone)

    def _opening(self, day: date) -> str:
        return as_text(start_of_working_time(day, self.pack.zone, self.pack.opens))

    def _next_working_time(self, instant: str) -> str:
        """Return the instant itself inside working time, else the start of the next working time."""
        moment = from_text(instant)
        day = self.day(moment)
        calendar, week = self.pack.calendar, self.pack.week
        if calendar.is_working(day, week):
            opens = self.opening(day)
            if instant <= opens:
                return opens
            if instant < as_text(start_of_working_time(day, self.pack.zone, self.pack.closes)):
                return instant
        return self.opening(calendar.add_working_days(day, 1, week))

    def _step(self, due_on: str, offset: int) -> str:
        calendar, week, day = self.pack.calendar, self.pack.week, date.fromisoformat(due_on)
        if offset == 0:
            return self.opening(calendar.next_working_day(day, week))
        return self.opening(calendar.add_working_days(day, offset, week))

    def due(
        self, start: date, rule: Rule, set_on: date | None, started_at: str
    ) -> tuple[DueDate, list[dict[str, Any]]]:
        """Return a due date with its derivation. A term in hours is never asked for twice, so it is not remembered."""
        return self._due(start, rule, set_on, started_at) if started_at else self._due_by_day(start, rule, set_on, "")

    def _due(
        self, start: date, rule: Rule, set_on: date | None, started_at: str
    ) -> tuple[DueDate, list[dict[str, Any]]]:
        instant = from_text(self.first_hour(start, started_at)) if started_at else None
        due = due_date(start, rule, self.pack.calendar, set_on=set_on, started_at=instant, beyond_maximum=True)
        return due, derivation_as_json(due)

    def first_hour(self, start: date, at: str) -> str:
        """Return the instant a term in hours runs from: ``at`` on its day, else the opening of the day it started on.

        What is entered on a later day than it happened keeps no hour; the day's first working hour wins nobody time.
        """
        return at if self.day(from_text(at)) == start else self.opening(start)

    def latest_set_date(self, start: date, rule: Rule) -> date | None:
        """Return the latest date a document may set under a rule, or None where the rule has no maximum."""
        if rule.maximum is None:
            return None
        return after(start, rule.maximum, self.pack.calendar, rule.week)

    def counted(
        self, owed: Obligation, rule: Rule, ledger: Sequence[Mapping[str, Any]]
    ) -> tuple[DueDate, list[dict[str, Any]]]:
        """Count the due date of an obligation under a ledger; an unlawful extension is written down and moves nothing."""
        set_on = date.fromisoformat(owed.set_on) if owed.set_on else None
        start = date.fromisoformat(owed.started_on)
        instant = from_text(self.first_hour(start, owed.opened_at)) if rule.unit is Unit.hours else None
        entries = [entry_from_json(entry) for entry in ledger]
        due = due_date(
            start, rule, self.pack.calendar, set_on=set_on, ledger=entries, started_at=instant, beyond_maximum=True
        )
        return due, derivation_as_json(due)

    def latest_extension(self, owed: Obligation, rule: Rule, decided_on: date) -> date | None:
        """Return the latest day one more extension may run to, or None where the rule allows none."""
        bound = rule.extension
        if bound is None:
            return None
        origin = decided_on if bound.counted_from == "decision" else date.fromisoformat(owed.due_on)
        return after(origin, bound.term, self.pack.calendar, rule.week)

    def _end_of(self, day: date, zone: str) -> str:
        """Return the end of a legal day in a zone as UTC text."""
        return as_text(end_of_day(day, zone))


def entry_from_json(entry: Mapping[str, Any]) -> Pause | Extension:
    """Read one entry of an obligation's ledger."""
    if entry["kind"] == "extension":
        return Extension(date.fromisoformat(entry["decided_on"]), until=date.fromisoformat(entry["until"]))
    return Pause(date.fromisoformat(entry["first"]), date.fromisoformat(entry["last"]), entry["reason"])


def rung_key(rung: Rung, repetition: int, revision: int) -> str:
    """Return the name a rung is taken under, once for ever."""
    key = f"{rung.id}:{repetition}" if rung.every else rung.id
    return key if revision == 1 else f"{key}~{revision}"


def plan(times: Timetable, ladder: Ladder, due_on: str, opened_at: str, rung_no: int, revision: int) -> Planned | None:
    """Return the rung that comes after ``rung_no`` rungs, or None when the ladder has ended.

    A negative ``rung_no`` of -(m+1) means: m rungs were missed before intake, the one rung after intake comes next.
    Remembered: many obligations share ladder, due date and place on it.
    """
    waits_for_opening = rung_no < 0 or (rung_no < len(ladder.rungs) and ladder.rungs[rung_no].at_once)
    known = (ladder.key, due_on, opened_at if waits_for_opening else "", rung_no, revision)
    if known not in times.planned:
        if len(times.planned) > _MEMORY:
            times.planned.clear()
        times.planned[known] = _plan(times, ladder, due_on, opened_at, rung_no, revision)
    return times.planned[known]


def _plan(times: Timetable, ladder: Ladder, due_on: str, opened_at: str, rung_no: int, revision: int) -> Planned | None:
    if rung_no < 0:
        return _after_intake(times, ladder, due_on, opened_at, -rung_no - 1, revision)
    rung, repetition = _numbered(ladder, rung_no)
    if rung is None:
        return None
    due_at = opened_at if rung.at_once else times.step(due_on, rung.offset + rung.every * (repetition - 1))
    return Planned(rung, rung_key(rung, repetition, revision), due_at, rung_no + 1)


def _numbered(ladder: Ladder, rung_no: int) -> tuple[Rung | None, int]:
    if rung_no < len(ladder.rungs):
        return ladder.rungs[rung_no], 1
    last = ladder.rungs[-1]
    if not last.every:
        return None, 0
    return last, rung_no - len(ladder.rungs) + 2


def _after_intake(times: Timetable, ladder: Ladder, due_on: str, opened_at: str, missed: int, revision: int) -> Planned:
    """Return the one rung after intake: it does the highest escalation that was missed, else it reminds.

    It comes after the ladder's days of grace, but never later than the next rung of the ladder's own.
    """
    rung = ladder.after_intake
    escalations = [r for r in ladder.rungs[:missed] if r.act == "escalate"]
    if escalations:
        top = escalations[-1]
        rung = Rung(AFTER_INTAKE, "escalate", rung.offset, tuple(dict.fromkeys((*rung.posts, *top.posts))), top.event)
    due_at = _grace_ends(times, ladder, opened_at)
    if missed < len(ladder.rungs):
        due_at = min(due_at, times.step(due_on, ladder.rungs[missed].offset))
    return Planned(rung, rung_key(rung, 1, revision), due_at, missed)


def _grace_ends(times: Timetable, ladder: Ladder, opened_at: str) -> str:
    day = times.day(from_text(opened_at)).isoformat()
    return times.step(day, ladder.after_intake.offset)


@dataclass(frozen=True, slots=True)
class Intake:
    """What an obligation opened at an instant has behind it: the missed keys with their times, and where it goes on."""

    missed: tuple[tuple[str, str], ...]
    rung_no: int


def intake(times: Timetable, ladder: Ladder, due_on: str, opened_at: str, revision: int = 1) -> Intake:
    """Find the rungs whose time had passed when the obligation was opened: they are recorded and never sent.

    When one at or after the due date is among them, a single rung after intake follows; repetitions that fall into its
    days of grace are passed over. Remembered: an import opens many obligations alike.
    """
    known = (ladder.key, due_on, opened_at, revision)
    if known not in times.intakes:
        if len(times.intakes) > _MEMORY:
            times.intakes.clear()
        times.intakes[known] = _intake(times, ladder, due_on, opened_at, revision)
    return times.intakes[known]


def _intake(times: Timetable, ladder: Ladder, due_on: str, opened_at: str, revision: int) -> Intake:
    missed: list[tuple[str, str]] = []
    overdue = False
    number = 0
    today = times.opening(times.day(from_text(opened_at)))  # what was due earlier on the very day is taken at once
    while (planned := plan(times, ladder, due_on, opened_at, number, revision)) and planned.due_at < min(
        today, opened_at
    ):
        missed.append((planned.key, planned.due_at))
        overdue = overdue or planned.rung.offset >= 0
        number = planned.next_no
        if number >= len(ladder.rungs) and ladder.rungs[-1].every:
            until = _grace_ends(times, ladder, opened_at)
            number += _repetitions_missed(times, ladder.rungs[-1], due_on, until, number - len(ladder.rungs))
            break
    return Intake(tuple(missed), -number - 1 if overdue else number)


def _repetitions_missed(times: Timetable, rung: Rung, due_on: str, until: str, done: int) -> int:
    """Count further repetitions before the instant without walking through each of them."""
    low, high = 0, 1
    while times.step(due_on, rung.offset + rung.every * (done + high)) < until:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if times.step(due_on, rung.offset + rung.every * (done + middle + 1)) < until:
            low = middle + 1
        else:
            high = middle
    return low
