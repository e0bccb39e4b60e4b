"""Recount a due date by itself, from its derivation and the calendar file alone.

For somebody who does not trust the engine: standard library only, no import of it but the reading of a calendar file
that lies beside this, and another way of counting (day by day, where the engine looks up tables). The inputs are the list
that stands in the history and the calendar file of the version it names, read with ``tomllib``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from npm_cases.history.plain_calendar import LAST_YEAR, FreeDays, Plain, PlainCalendar

_DAY = timedelta(days=1)
_DECEMBER = 12
_LEDGER = ("suspend", "extend", "not_extended")


def check_due_date(derivation: Sequence[Plain], calendar: Plain) -> list[str]:
    """Recount a due date and list what does not hold; an empty list means that every step and the result hold.

    ``calendar`` is the parsed calendar file. A derivation that cannot be read is a finding too, never an error.
    """
    return Recounts(calendar).check(derivation)


class Recounts:
    """Recounts due dates under one calendar file, which must not change: its days are worked out once for all of them."""

    def __init__(self, calendar: Plain) -> None:
        self._calendar = PlainCalendar(calendar)

    def check(self, derivation: Sequence[Plain]) -> list[str]:
        """List what does not hold in a derivation, as ``check_due_date`` does."""
        try:
            return list(_findings(derivation, self._calendar))
        except (KeyError, ValueError, IndexError, TypeError, OverflowError, AttributeError) as wrong:
            return [f"the derivation cannot be read: {type(wrong).__name__}: {wrong}"]

    def due_on(self, derivation: Sequence[Plain]) -> str:
        """Return the due date by this calendar, whichever version of it the derivation was counted with.

        Raises ValueError, KeyError or IndexError for a derivation that cannot be read.
        """
        head, *steps = derivation
        recount = _recount_hours if head["unit"] == "hours" else _recount
        return str(recount(head, steps, self._calendar).head["due_on"])


def _findings(derivation: Sequence[Plain], calendar: PlainCalendar) -> Iterator[str]:
    (head, *steps), tables = derivation, calendar.tables
    if head["amount"] < 0:
        raise ValueError("a term cannot be negative")
    if (head["calendar"], head["calendar_version"]) != (tables["id"], tables["version"]):
        yield (
            f"counted with calendar {head['calendar']} {head['calendar_version']}, "
            f"but this is {tables['id']} {tables['version']}"
        )
    recount = _recount_hours(head, steps, calendar) if head["unit"] == "hours" else _recount(head, steps, calendar)
    if head != recount.head:
        yield f"result: expected {recount.head}, found {dict(head)}"
    for number, (expected, found) in enumerate(zip(recount.steps, steps, strict=False), start=1):
        if expected != found:
            yield f"step {number}: expected {' '.join(expected.values())}, found {dict(found)}"
            return
    if len(recount.steps) != len(steps):
        yield f"expected {len(recount.steps)} steps, found {len(steps)}"


@dataclass
class _Recount:
    """A derivation written anew: its result and its steps, as they ought to stand."""

    head: dict[str, Any]
    calendar: PlainCalendar
    days: FreeDays
    end: date
    unit: str
    steps: list[dict[str, str]] = field(default_factory=list)
    looked_from: date | None = None
    pauses: list[tuple[date, date, bool]] = field(default_factory=list)
    extended: int = 0

    def write(self, kind: str, day: date, note: str) -> None:
        self.steps.append({"kind": kind, "day": day.isoformat(), "note": note})

    def write_skips(self, first: date, last: date) -> None:
        while first <= last:
            if why := self.days.why_free(first):
                self.write("skip", first, why)
            first += _DAY

    def plus(self, day: date, amount: int, unit: str) -> date:
        """Count a term after a day, which is day zero."""
        if unit == "working_days":
            return self._plus_worked(day, amount)
        if unit == "calendar_days":
            return day + amount * _DAY
        return _same_day_number(day, amount * (_DECEMBER if unit == "years" else 1))

    def _plus_worked(self, day: date, amount: int) -> date:
        if not amount:
            return self.days.next_worked(day)
        while amount:
            day += _DAY
            amount -= not self.days.why_free(day)
        return day

    def roll_from(self, day: date) -> date:
        return self.days.next_worked(day) if self.head["roll"] == "next_working_day" else day

    def roll(self) -> None:
        if self.head["roll"] != "next_working_day":
            return
        self.looked_from = self.looked_from or self.end
        day, skipped = self.end, len(self.steps)
        while (free := self.days.why_free(day)) or (last := self._pause_over(day)):
            if free:
                self.write("skip", day, free)
            else:
                day = last or day
                self.write("skip", day, "suspended")
            day += _DAY
        if day == self.end:
            del self.steps[skipped:]
            return
        self.write("roll", day, f"from:{self.end}")
        self.end = day

    def _pause_over(self, day: date) -> date | None:
        return next((last for first, last, _ in self.pauses if first <= day <= last), None)

    def close(self) -> None:
        doubt = self._doubt()
        if doubt:
            self.write("provisional", *doubt)
        self.write("end", self.end, "due")
        self.head |= {"due_on": self.end.isoformat(), "provisional": int(doubt is not None)}

    def _doubt(self) -> tuple[date, str] | None:
        for _, last, is_open in self.pauses:
            if is_open:
                return last, "suspension_open"
        day = self.looked_from
        while day is not None and day <= self.end:
            if code := self.calendar.doubt_on(day):
                return day, code
            day += _DAY
        return None


def _recount(head: Plain, steps: Sequence[Plain], calendar: PlainCalendar) -> _Recount:
    start = date.fromisoformat(steps[0]["day"])
    starts = steps[0]["note"]
    if steps[0]["kind"] != "start" or starts not in {"day_after_receipt", "day_after_event", "same_day"}:
        raise ValueError("the first step must say when the term starts")
    week = _week(steps)
    again = _Recount(dict(head), calendar, calendar.free_days(week), start, head["unit"])
    again.write("start", start, starts)
    counts_start = starts == "same_day"
    first_day = start if counts_start or not head["amount"] else start + _DAY
    again.head["first_day"] = first_day.isoformat()
    again.head.pop("due_at", None)
    if any(step["kind"] == "set" for step in steps):
        _set(again, steps, start, counts_start=counts_start)
    else:
        _count(again, start, first_day, week, counts_start=counts_start)
    _replay_ledger(again, steps, first_day)
    again.roll()
    again.close()
    return again


def _week(steps: Sequence[Plain]) -> str:
    named = [step["note"].partition(" week:")[2] for step in steps if " week:" in step["note"]]
    return str(named[0])


def _count(again: _Recount, start: date, first_day: date, week: str, *, counts_start: bool) -> None:
    amount, unit = again.head["amount"], again.head["unit"]
    again.end = _last_day(again, start, amount, unit, counts_start=counts_start)
    again.write("count", first_day, f"{amount}_{unit} week:{week}")
    if unit == "working_days":
        again.looked_from = first_day
        again.write_skips(first_day, again.end)
    elif unit in {"months", "years"}:
        zero = start - _DAY if counts_start and amount else start
        again.write("month", again.end, "same_day_number" if again.end.day == zero.day else "last_day_of_month")


def _last_day(again: _Recount, start: date, amount: int, unit: str, *, counts_start: bool) -> date:
    if not counts_start or not amount:
        return again.plus(start, amount, unit)
    if unit in {"working_days", "calendar_days"}:
        return again.plus(start - _DAY, amount, unit)
    end = again.plus(start, amount, unit)
    return end if end.day < start.day else end - _DAY  # a shorter month ends with its last day


def _set(again: _Recount, steps: Sequence[Plain], start: date, *, counts_start: bool) -> None:
    """Take the date the document sets, and judge it by the bounds that stand before it."""
    notes = {step["kind"]: step for step in steps}
    set_on = date.fromisoformat(notes["set"]["day"])
    bounds = {}
    for kind in ("minimum", "maximum"):
        if kind in notes:
            term = notes[kind]["note"].partition(" ")[0]
            bounds[kind] = _last_day(again, start, *_term(term), counts_start=counts_start)
            again.write(kind, bounds[kind], f"{term} week:{_week(steps)}")
    if set_on < bounds.get("minimum", start):
        raise ValueError(f"the date set, {set_on}, is before the minimum")
    if "maximum" in bounds and set_on > again.roll_from(bounds["maximum"]):
        again.write("beyond_maximum", set_on, "confirmed")
    again.end, again.unit = set_on, "calendar_days"
    again.write("set", set_on, f"in_document week:{_week(steps)}")


def _replay_ledger(again: _Recount, steps: Sequence[Plain], first_day: date) -> None:
    entries = [step for step in steps if step["kind"] in _LEDGER]
    begun = [step["day"] for step in entries]
    if begun != sorted(begun):
        raise ValueError("suspensions and extensions are not in the order of time")
    for step in entries:
        if step["kind"] == "suspend":
            _suspend(again, step, first_day)
        else:
            _extend(again, step)


def _suspend(again: _Recount, step: Plain, first_day: date) -> None:
    """Count on, over as many days as the suspension took away."""
    first = date.fromisoformat(step["day"])
    last_text, _, reason, *is_open = step["note"].split(" ")
    last = date.fromisoformat(last_text)
    if last < first or any(first <= known[1] for known in again.pauses):
        raise ValueError(f"the suspension of {first} ends before it begins, or overlaps the one before")
    again.pauses.append((first, last, is_open == ["open"]))
    before, day, lost = again.end, max(first, first_day), 0
    while day <= last and max(first, first_day) <= before:
        lost += again.unit != "working_days" or not again.days.why_free(day)
        day += _DAY
    again.write("suspend", first, " ".join([last_text, f"days:{lost}", reason, *is_open]))
    if lost:
        again.end = again.plus(before, lost, "working_days" if again.unit == "working_days" else "calendar_days")
    if again.unit == "working_days":
        again.write_skips(before + _DAY, again.end)


def _extend(again: _Recount, step: Plain) -> None:
    """Judge an extension by the bound in its note, and move the end only if it is lawful."""
    again.roll()
    decided_on, due = date.fromisoformat(step["day"]), again.end
    asked, *bound = step["note"].partition(" why:")[0].split(" ")
    kind, _, value = asked.partition(":")
    unit = _term(value)[1] if kind == "by" else "calendar_days"
    end = again.plus(due, *_term(value)) if kind == "by" else date.fromisoformat(value)
    note = " ".join([asked, *bound])
    why = _why_unlawful(again, decided_on, end, bound)
    if why:
        again.write("not_extended", decided_on, f"{note} why:{why}")
        return
    again.extended += 1
    again.end, again.unit = end, unit
    again.write("extend", decided_on, note)
    if unit == "working_days":
        again.looked_from = again.looked_from or due
        again.write_skips(due + _DAY, end)


def _why_unlawful(again: _Recount, decided_on: date, end: date, bound: Sequence[str]) -> str:
    terms = dict(part.split(":") for part in bound)
    if terms["bound"] == "none":
        return "not_allowed"
    if again.extended >= int(terms["times"]):
        return "too_often"
    if decided_on > again.end:
        return "too_late"
    limit = again.plus(again.end if terms["from"] == "due_date" else decided_on, *_term(terms["bound"]))
    if end > again.roll_from(limit):
        return "too_long"
    return "" if end > again.end else "not_later"


def _recount_hours(head: Plain, steps: Sequence[Plain], calendar: PlainCalendar) -> _Recount:
    """Add hours to an instant, and find the legal day it falls on in the zone of the calendar."""
    if [step["kind"] for step in steps[:4]] != ["start", "count", "from", "until"]:
        raise ValueError("a term in hours must say from which instant until which")
    begins = datetime.fromisoformat(steps[2]["note"]).astimezone(UTC)
    ends = begins + head["amount"] * timedelta(hours=1)
    tables = calendar.tables
    zone = ZoneInfo(tables["zone"])
    start = begins.astimezone(zone).date()
    again = _Recount(dict(head), calendar, calendar.free_days(next(iter(tables["weeks"]))), start, "hours")
    again.end = ends.astimezone(zone).date()
    again.write("start", start, "at_instant")
    again.write("count", start, f"{head['amount']}_hours zone:{tables['zone']}")
    again.write("from", start, begins.isoformat())
    again.write("until", again.end, ends.isoformat())
    again.head |= {"first_day": start.isoformat(), "due_at": ends.isoformat(), "roll": "none"}
    again.close()
    return again


def _same_day_number(day: date, months: int) -> date:
    """Step month by month to the target, then back from the day number until the month has such a day."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1
            if year > LAST_YEAR:
                raise


def _term(text: str) -> tuple[int, str]:
    amount, _, unit = text.partition("_")
    if unit not in {"working_days", "calendar_days", "months", "years"}:
        raise ValueError(f"'{text}' is no term")
    return int(amount), unit
