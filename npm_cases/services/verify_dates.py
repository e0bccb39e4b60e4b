"""Every due date counted again from its stored derivation, by a recount that shares nothing with the engine."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from npm_cases.domain.due_dates import from_json
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.instants import as_text
from npm_cases.domain.ladders import Timetable, intake, plan, rung_key
from npm_cases.domain.pack import Ladder
from npm_cases.domain.records import Obligation
from npm_cases.domain.terms import Rule, TermError
from npm_cases.history.due_date_check import Recounts
from npm_cases.history.due_date_rule_check import check_rule
from npm_cases.services.plain_terms import calendar_as_plain, rule_as_plain
from npm_cases.services.ports import Office
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Owed

_MEMORY = 50_000
_LEDGER_STEPS = frozenset({"suspend", "extend", "not_extended"})


class Recount:
    """Recounts due dates under one pack and every calendar it ever counted with; equal derivations are recounted once.

    A derivation under a calendar version that was never adopted here is judged by its rule and its row alone.
    """

    def __init__(self, office: Office) -> None:
        self._pack, self.times = office.pack, office.times
        self._recounts = {one.version: Recounts(calendar_as_plain(one)) for one in office.calendars}
        self._times = {one.version: Timetable(replace(office.pack, calendar=one)) for one in office.earlier_calendars}
        self._times |= {one.version: office.times.of(one.version) for one in office.pack.regional.values()}
        self._times[office.pack.calendar.version] = office.times
        self._recounted: dict[bytes, tuple[str, ...]] = {}

    def _times_of(self, version: str) -> Timetable:
        """Return the times as they were counted with one version of the calendar."""
        return self._times.get(version, self.times)

    def missed_at(self, owed: Owed, key: str) -> str:
        """Return when a rung was due that was missed before its obligation was opened; empty where it was not."""
        try:
            ladder = self._pack.ladder(owed.ladder)
            times = self._times_of(owed.first_calendar)
            missed = intake(times, ladder, owed.first_due_on, owed.opened_at).missed
        except (ConfigurationError, ValueError):  # what is wrong with ladder and dates is said of the obligation
            return ""
        return next((due_at for name, due_at in missed if name == key), "")

    def wrong(self, row: Obligation, replay: Replay) -> Iterator[str]:
        """Say what does not hold in an obligation's dates."""
        yield from _head_differs(row)
        yield from self._once(row)
        yield from self._ledger_differs(row)
        yield from self._instant_differs(row, replay)
        yield from self._rungs_differ(row, replay)

    def _once(self, row: Obligation) -> tuple[str, ...]:
        written = json.dumps([row.rule, row.rule_version, row.derivation], sort_keys=True)
        key = sha256(written.encode()).digest()
        if key not in self._recounted:
            if len(self._recounted) >= _MEMORY:
                self._recounted.clear()
            self._recounted[key] = tuple(self._recount(row))
        return self._recounted[key]

    def _recount(self, row: Obligation) -> Iterator[str]:
        steps = row.derivation
        if steps and (known := self._recounts.get(str(steps[0].get("calendar_version")))):
            yield from known.check(steps)
        rule = self._rule(row.rule, row.rule_version)
        if rule is None:
            yield f"the pack has no version {row.rule_version} of the rule {row.rule}"
        else:
            yield from check_rule(steps, rule_as_plain(rule))

    def _rule(self, rule_id: str, version: str) -> Rule | None:
        return next((rule for rule in self._pack.rules.get(rule_id, ()) if rule.version == version), None)

    def _ledger_differs(self, row: Obligation) -> Iterator[str]:
        """Compare the ledger of suspensions and extensions with the derivation that says it counted them."""
        rule = self._rule(row.rule, row.rule_version)
        if not row.ledger:
            if any(step.get("kind") in _LEDGER_STEPS for step in row.derivation):
                yield "its derivation counts suspensions or extensions that its ledger does not have"
        elif rule is not None and row.calendar_version in self._times:
            try:
                counted = self._times_of(row.calendar_version).counted(row, rule, row.ledger)[1]
            except (TermError, ValueError, KeyError, TypeError) as wrong:
                yield f"its ledger cannot be read: {wrong}"
                return
            if counted != row.derivation:
                yield "its ledger leads to another derivation"

    def _instant_differs(self, row: Obligation, replay: Replay) -> Iterator[str]:
        """Compare the instant at which the due date is over: the end of the day, or the hour of a term in hours."""
        try:
            due = from_json(row.derivation)
            zone = str(replay.facts.get("zone", self._pack.zone))
            expected = as_text(due.due_at) if due.due_at else self.times.end_of(due.due_on, zone)
        except (TermError, ValueError) as wrong:
            yield f"its derivation cannot be read: {wrong}"
            return
        if row.due_at != expected:
            yield f"due_at is {row.due_at}, but the due date is over at {expected}"

    def _rungs_differ(self, row: Obligation, replay: Replay) -> Iterator[str]:
        """Compare the index of the sweep with the ladder: a rung moved out of sight is a reminder never sent."""
        try:
            ladder = self._pack.ladder(row.ladder)
        except ConfigurationError as wrong:
            yield str(wrong)
            return
        try:
            behind = self._rungs_behind(replay.owed[row.id], ladder)
            if row.rung_no != behind:
                missed = (key for key in _behind(ladder, row) if (row.id, key) not in replay.rungs)
                passed_over = next((f"the rung {key} was never taken" for key in missed), "")
                yield f"rung_no is {row.rung_no}, but {passed_over or f'its history leads to {behind}'}"
                return
            expected = self._next_rung_at(row, ladder)
        except ValueError as wrong:
            yield f"its dates cannot be read: {wrong}"
            return
        if row.next_rung_at != expected:
            yield f"next_rung_at is {row.next_rung_at or 'empty'}, but the next rung is due at {expected or 'no time'}"

    def _rungs_behind(self, owed: Owed, ladder: Ladder) -> int:
        """Count the rungs behind an obligation from its events; a due date that moved begins its ladder anew."""
        times = self._times_of(owed.first_calendar)
        start = intake(times, ladder, owed.first_due_on, owed.opened_at).rung_no if owed.revision == 1 else 0
        if start < 0 and owed.taken:  # the one rung after intake goes on where the missed ones ended
            return -start - 2 + owed.taken
        return start + owed.taken

    def _next_rung_at(self, row: Obligation, ladder: Ladder) -> str:
        if row.discharged_at or row.suspended_on:
            return ""
        planned = plan(
            self.times.of(row.calendar_version), ladder, row.due_on, row.opened_at, row.rung_no, row.revision
        )
        return planned.due_at if planned else ""


def _behind(ladder: Ladder, row: Obligation) -> Iterator[str]:
    """Name the rungs the obligation says lie behind it; repetitions missed before intake were never named."""
    behind = row.rung_no if row.rung_no >= 0 else -row.rung_no - 1
    for rung in ladder.rungs[:behind]:
        yield rung_key(rung, 1, row.revision)


def _head_differs(row: Obligation) -> Iterator[str]:
    head = row.derivation[0] if row.derivation else {}
    for name, expected in (
        ("due_on", row.due_on), ("rule", row.rule), ("rule_version", row.rule_version), ("amount", row.amount),
        ("unit", row.unit), ("calendar_version", row.calendar_version), ("provisional", int(row.provisional)),
    ):  # fmt: skip
        if head.get(name) != expected:
            yield f"{name} is {expected}, but its derivation says {head.get(name)}"
    days = {step.get("kind"): step.get("day", "") for step in row.derivation[1:]}
    if days.get("start") != row.started_on:
        yield f"started_on is {row.started_on}, but its derivation starts on {days.get('start')}"
    if days.get("set", "") != row.set_on:
        yield f"set_on is {row.set_on or 'empty'}, but its derivation sets {days.get('set') or 'no date'}"
