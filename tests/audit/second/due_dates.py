"""Due dates counted anew: every step of a derivation as it must stand, from rule and calendar alone."""

import calendar
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.audit.second.canonical import Members

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
LEDGER = frozenset({"suspend", "extend", "not_extended"})
HEAD = (
    ("rule", "rule"), ("rule_version", "rule_version"), ("amount", "amount"), ("unit", "unit"), ("roll", "rolls_to"),
    ("calendar_version", "calendar"),
)  # fmt: skip


class NotRecounted(Exception):
    """A derivation has steps this program does not know how to count."""


def _days_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _in_force(entry: Members, day: date) -> bool:
    return str(entry.get("valid_from", "1900-01-01")) <= day.isoformat() <= str(entry.get("valid_to", "9999-12-31"))


def _named(entries: Iterable[Members], day: date) -> str:
    for entry in entries:
        if day.isoformat() in entry.get("dates", ()):
            return str(entry["id"])
        if day.strftime("%m-%d") in entry.get("days", ()) and _in_force(entry, day):
            return str(entry["id"])
    return ""


@lru_cache(512)
def _free(text: str, week: str, year: int) -> dict[date, str]:
    """Return why each free day of a year is free; substitutes are found in the order of time, then transfers move days."""
    plain = json.loads(text)
    worked = {WEEKDAYS.index(day) for day in plain["weeks"][week]}
    free: dict[date, str] = {}
    days = list(_days_between(date(year - 1, 12, 1), date(year + 1, 1, 31)))
    holidays = {day: name for day in days if (name := _named(plain.get("holidays", ()), day))}
    for day in days:
        off = _named(plain.get("days_off", ()), day)
        if day in holidays or off or day.weekday() not in worked:
            free[day] = f"holiday:{holidays[day]}" if day in holidays else f"day_off:{off}" if off else "weekend"
    for day, name in holidays.items():
        if day.weekday() not in worked and any(_in_force(rule, day) for rule in plain.get("substitutes", ())):
            while day in free:
                day += ONE_DAY  # noqa: PLW2901 - the substitute is looked for from the holiday on
            free[day] = f"substitute:{name}"
    for transfer in plain.get("transfers", ()):
        if week in transfer.get("weeks", ["five_day"]):
            free[date.fromisoformat(transfer["off"])] = f"transfer:{transfer['worked']}"
            free.pop(date.fromisoformat(transfer["worked"]), None)
    return {day: why for day, why in free.items() if day.year == year}


@dataclass(frozen=True)
class Count:
    """What a recount needs: the calendar as text, the kind of week, the terms, the first step's day and note."""

    calendar: str
    week: str
    amount: int
    unit: str
    rolls: bool
    start: date
    starts: str


def _why_free(count: Count, day: date) -> str:
    return _free(count.calendar, count.week, day.year).get(day, "")


def _step(kind: str, day: date, note: str) -> Members:
    return {"day": day.isoformat(), "kind": kind, "note": note}


def _months_later(start: date, months: int) -> tuple[date, str]:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    note = "same_day_number" if start.day <= last else "last_day_of_month"
    return date(year, month + 1, min(start.day, last)), note


def _first_day(count: Count) -> date:
    """A term of no days is due on the day of the event itself."""
    return count.start + ONE_DAY * bool(count.amount)


def _working_days(count: Count) -> tuple[date, list[Members]]:
    steps: list[Members] = []
    day, left = _first_day(count), max(count.amount, 1)
    while True:
        why = _why_free(count, day)
        left -= not why
        if not left:
            return day, steps
        steps += [_step("skip", day, why)] if why else []
        day += ONE_DAY


def _last_day(count: Count) -> tuple[date, list[Members]]:
    """Return the last day of the term before it rolls, with the steps that lead there."""
    if count.unit == "working_days":
        return _working_days(count)
    if count.unit == "calendar_days":
        return count.start + timedelta(days=count.amount), []
    if count.unit in {"months", "years"}:
        day, note = _months_later(count.start, count.amount * (12 if count.unit == "years" else 1))
        return day, [_step("month", day, note)]
    raise ValueError(f"nothing is counted in {count.unit}")


def _rolled(count: Count, last: date) -> tuple[date, list[Members]]:
    day, steps = last, []
    while count.rolls and (why := _why_free(count, day)):
        steps.append(_step("skip", day, why))
        day += ONE_DAY
    return day, steps + ([_step("roll", day, f"from:{last}")] if day != last else [])


def _doubt(count: Count, first: date, last: date) -> list[Members]:
    plain = json.loads(count.calendar)
    for day in _days_between(first, last):
        if not plain["first_confirmed_year"] <= day.year <= plain["last_confirmed_year"]:
            return [_step("provisional", day, "year_not_confirmed")]
        for doubt in plain.get("doubts", ()):
            if doubt["first"] <= day.isoformat() <= doubt["last"]:
                return [_step("provisional", day, doubt["id"])]
    return []


def _counted(count: Count) -> list[Members]:
    """Count a term from its rule: every step of it, as it must stand in the derivation."""
    first = _first_day(count)
    steps = [
        _step("start", count.start, count.starts),
        _step("count", first, f"{count.amount}_{count.unit} week:{count.week}"),
    ]
    last, more = _last_day(count)
    due, rolled = _rolled(count, last)
    depends_from = first if count.unit == "working_days" else last
    doubt = _doubt(count, depends_from, due) if count.rolls or count.unit == "working_days" else []
    return [*steps, *more, *rolled, *doubt, _step("end", due, "due")]


def _set(count: Count, rule: Members, derivation: list[Members]) -> list[Members]:
    """Count a date that a document set: its bounds by the rule, and the working day it rolls to."""
    chosen = next(date.fromisoformat(step["day"]) for step in derivation if step["kind"] == "set")
    steps = [_step("start", count.start, count.starts)]
    beyond = False
    for bound in ("minimum", "maximum"):
        if bound in rule:
            term = replace(count, amount=rule[bound]["amount"], unit=rule[bound]["unit"])
            day, _ = _last_day(term)
            steps.append(_step(bound, day, f"{term.amount}_{term.unit} week:{count.week}"))
            if bound == "minimum" and chosen < day:
                raise ValueError(f"the date set, {chosen}, lies before the minimum {day}")
            beyond = bound == "maximum" and chosen > day
    steps += [_step("beyond_maximum", chosen, "confirmed")] if beyond else []
    steps.append(_step("set", chosen, f"in_document week:{count.week}"))
    due, rolled = _rolled(count, chosen)
    doubt = _doubt(count, chosen, due) if count.rolls else []
    return [*steps, *rolled, *doubt, _step("end", due, "due")]


def _hours(count: Count, derivation: list[Members], begun: Iterable[str]) -> list[Members]:
    """Count hours from the instant of the event that opened the obligation, in the zone the derivation names."""
    named = next(step["note"].rpartition("zone:")[2] for step in derivation if step["kind"] == "count")
    since = next(datetime.fromisoformat(step["note"]) for step in derivation if step["kind"] == "from")
    if since not in {datetime.fromisoformat(at) for at in begun}:
        raise ValueError(f"the hours run from {since.isoformat()}, when nothing was opened")
    until, zone = since + timedelta(hours=count.amount), ZoneInfo(named)
    first, due = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [
        _step("start", count.start, count.starts),
        _step("count", first, f"{count.amount}_hours zone:{named}"),
        _step("from", first, since.isoformat()),
        _step("until", due, until.isoformat()),
        _step("end", due, "due"),
    ]


def _expected(count: Count, rule: Members, steps: list[Members], begun: Iterable[str]) -> list[Members]:
    if count.unit == "hours":
        return _hours(count, steps, begun)
    if not count.starts.startswith("day_after_"):
        raise NotRecounted(f"a term that starts {count.starts}")
    return _set(count, rule, steps) if any(step["kind"] == "set" for step in steps) else _counted(count)


def recount(line: Members, facts: Members, rules: Members, calendars: list[Members], begun: Iterable[str]) -> str:
    """Say what is wrong with the derivation of one obligation, empty for nothing; NotRecounted, ValueError."""
    head, *steps = line["derivation"]
    rule = rules.get(facts["rule"], {}).get(facts["rule_version"])
    if rule is None:
        return f"the rule {facts['rule']} {facts['rule_version']} is not published"
    differs = [name for name in ("amount", "unit", "starts", "rolls_to") if rule[name] != facts[name]]
    differs += [name for name, fact in HEAD if head[name] != facts[fact]]
    differs += [name for name in ("rule", "rule_version") if line[name] != facts[name]]
    if head["kind"] != "due" or differs:
        return f"rule, event and derivation differ: {', '.join(differs) or 'kind'}"
    kinds = {step["kind"] for step in steps}
    stated = (head["due_on"], bool(head["provisional"]))
    if stated != (steps[-1]["day"], "provisional" in kinds) or steps[0] != _step(
        "start", date.fromisoformat(facts["start"]), facts["starts"]
    ):
        return "the derivation contradicts itself or the event"
    if kinds & LEDGER:
        raise NotRecounted("suspensions and extensions")
    plain = [c for c in calendars if (c["id"], c["version"]) == (head["calendar"], head["calendar_version"])]
    if not plain:
        raise NotRecounted(f"calendar {head['calendar']} {head['calendar_version']}, which the bundle does not have")
    count = Count(
        json.dumps(plain[0], sort_keys=True), facts["week"], facts["amount"], facts["unit"],
        facts["rolls_to"] == "next_working_day", date.fromisoformat(facts["start"]), facts["starts"],
    )  # fmt: skip
    expected = _expected(count, rule, steps, begun)
    if expected != steps:
        return f"the due date {head['due_on']} is wrong: recounted, it is {expected[-1]['day']} with other steps"
    if head["first_day"] != (count.start if count.unit == "hours" else _first_day(count)).isoformat():
        return "the first day is wrong"
    return ""
