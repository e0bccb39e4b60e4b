"""Every due date of the history counted again, from the derivations, rules and calendars of the bundle."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from npm_cases.history.due_date_check import Recounts
from npm_cases.history.due_date_rule_check import check_rule
from npm_cases.history.replayed_rows import DueMoved, OwedThen
from npm_cases.proving.bundle_reading import BundleWrong

Record = Mapping[str, Any]
Steps = Sequence[Record]

_REMEMBERED = 50_000
_DATED = frozenset({"valid_from", "valid_to", "off", "worked", "first", "last", "dates"})
_BEYOND_ANY_TERM = re.compile(r"[0-9]{7}")  # counting so far would only keep the reader waiting
_NEXT_DAY = timedelta(days=1)
_EXTENSIONS = frozenset({"extend", "not_extended"})


class DueDates:
    """Recounts due dates; equal derivations are counted once, because many cases share them.

    ``not_counted`` gathers the calendar versions that derivations name and the bundle does not have.
    """

    def __init__(self, rules: Any, calendars: Any) -> None:
        self._rules = _rules(rules)
        self._recounts = {name: Recounts(calendar) for name, calendar in _calendars(calendars).items()}
        self._counted: dict[bytes, tuple[str, ...] | None] = {}
        self.not_counted: set[str] = set()

    def wrong(self, owed: OwedThen, written: str, moved: Iterable[DueMoved]) -> Iterator[str]:
        """Say in words what does not hold in the dates of an obligation.

        ``written`` is its line of derivations.jsonl, ``moved`` what the chain tells of pauses and extensions.
        """
        row = json.loads(written)
        steps = row["derivation"]
        counted = self._once(row, steps)
        if counted is None:
            yield "its derivation is no list of steps that can be counted"
            return
        yield from _unequal(owed, row, steps)
        yield from _ledger_differs(owed, steps[1:], tuple(moved))
        yield from counted

    def _once(self, row: Record, steps: Any) -> tuple[str, ...] | None:
        """Say what does not hold in a derivation by itself; None when it is no list of steps that can be counted."""
        key = sha256(json.dumps([row["rule"], row["rule_version"], steps], sort_keys=True).encode()).digest()
        if key not in self._counted:
            if len(self._counted) >= _REMEMBERED:
                self._counted.clear()
            self._counted[key] = tuple(self._recount(row, steps)) if _is_derivation(steps) else None
        return self._counted[key]

    def _recount(self, row: Record, steps: Steps) -> Iterator[str]:
        head = steps[0]
        name = head.get("calendar"), head.get("calendar_version")
        if name in self._recounts:
            yield from self._recounts[name].check(steps)
        else:
            self.not_counted.add(f"{name[0]} {name[1]}")
        terms = self._rules.get((row["rule"], row["rule_version"]))
        if terms is None:
            yield f"the rules have no version {row['rule_version']} of {row['rule']}"
        else:
            yield from check_rule(steps, terms)


def _rules(rules: Any) -> dict[tuple[str, str], Record]:
    try:
        return {(name, version): terms for name, versions in rules.items() for version, terms in versions.items()}
    except AttributeError as wrong:
        raise BundleWrong("rules.json: not the terms of rules by name and version") from wrong


def _calendars(calendars: Any) -> dict[tuple[Any, Any], Record]:
    try:
        found = [_with_dates(calendar) for calendar in calendars]
        for moved in (moved for calendar in found for moved in calendar.get("transfers", [])):
            date.toordinal(moved["off"]), date.toordinal(moved["worked"])
        return {(calendar["id"], calendar["version"]): calendar for calendar in found}
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BundleWrong(f"calendars.json: not a list of calendars ({type(wrong).__name__}: {wrong})") from wrong


def _with_dates(value: Any, name: str = "") -> Any:
    """Read the days of a calendar, which are text here, as the dates they are in its file."""
    if isinstance(value, dict):
        return {key: _with_dates(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_dates(item, name) for item in value]
    return date.fromisoformat(value) if name in _DATED and isinstance(value, str) else value


def _is_derivation(steps: Any) -> bool:
    if not isinstance(steps, list) or len(steps) <= 1 or not all(isinstance(step, dict) for step in steps):
        return False
    values = (value for step in steps for value in step.values())
    return all(isinstance(value, (str, int)) and not _BEYOND_ANY_TERM.search(str(value)) for value in values)


def _unequal(owed: OwedThen, row: Record, steps: Steps) -> Iterator[str]:
    """Compare what the derivation says it counts with what the events say is owed."""
    head, start = steps[0], steps[1]
    for name, said, found in (
        ("rule", owed.rule, row["rule"]), ("rule_version", owed.rule_version, row["rule_version"]),
        ("rule", owed.rule, head.get("rule")), ("rule_version", owed.rule_version, head.get("rule_version")),
        ("due_on", owed.due_on, head.get("due_on")), ("amount", owed.amount, head.get("amount")),
        ("unit", owed.unit, head.get("unit")), ("calendar_version", owed.calendar_version, head.get("calendar_version")),
        ("started_on", owed.started_on, start.get("day")),
    ):  # fmt: skip
        if said != found:
            yield f"{name} is {said}, but its derivation says {found}"


def _ledger_differs(owed: OwedThen, steps: Steps, moved: Sequence[DueMoved]) -> Iterator[str]:
    """Compare the pauses and extensions a derivation counts with the events that record them.

    A clock that goes on from an earlier one of the same duty keeps what that one counted.
    """
    extensions = {(step["day"], _until(step)) for step in steps if step.get("kind") in _EXTENSIONS}
    pauses = {(step["day"], _day_after(step)) for step in steps if step.get("kind") == "suspend"}
    of_duty = [entry for entry in moved if entry.duty == owed.duty]
    known = {(entry.first, entry.until) for entry in of_duty if not entry.is_pause}
    begins = {entry.first for entry in of_duty if entry.is_pause}
    ends = {entry.until for entry in of_duty if entry.is_pause}
    for first, until in sorted(extensions - known):
        yield f"its derivation counts an extension of {first} until {until}, which no event records"
    for first, until in sorted(pauses):
        if first not in begins or until not in ends:
            yield f"its derivation counts a suspension from {first} until {until}, which no event records"
    for entry in of_duty:
        if entry.obligation == owed.id and not _is_counted(entry, extensions, pauses):
            yield f"its derivation does not count what was recorded from {entry.first} until {entry.until}"


def _is_counted(entry: DueMoved, extensions: set[tuple[str, str]], pauses: set[tuple[str, str]]) -> bool:
    if not entry.is_pause:
        return (entry.first, entry.until) in extensions
    return any(first <= entry.first and entry.until <= until for first, until in pauses)


def _until(step: Record) -> str:
    return str(step.get("note")).partition(" ")[0].removeprefix("until:")


def _day_after(step: Record) -> str:
    last = str(step.get("note")).partition(" ")[0]
    try:
        return (date.fromisoformat(last) + _NEXT_DAY).isoformat()
    except (ValueError, OverflowError):
        return last
