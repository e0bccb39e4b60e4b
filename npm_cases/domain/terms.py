"""Terms and the rules of time: how long, in which unit, from when, rolling where. Values only, no counting."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, get_args

from npm_cases.domain.calendar_parts import FIVE_DAY
from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say


class TermError(BadInput, ValueError):
    """A term, a rule or a date set under it contradicts itself or its bounds; the message says which and what to do."""


class Unit(StrEnum):
    """What a term is counted in."""

    working_days = "working_days"
    calendar_days = "calendar_days"
    months = "months"
    years = "years"
    hours = "hours"


Starts = Literal["day_after_receipt", "day_after_event", "same_day", "at_instant"]
RollsTo = Literal["next_working_day", "none"]
CountedFrom = Literal["due_date", "decision"]

_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*\Z")


def check_code(code: str, what: str) -> None:
    """Refuse anything but a short code: it goes into the history, which holds no free text."""
    if not _CODE.match(code):
        raise TermError(say("not_a_code_of_terms", what=what, given=quoted(code)))


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: a whole number of units. Zero means the very day of the event."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise TermError(say("term_negative", amount=self.amount, unit=choice_list((str(self.unit),))))

    def __str__(self) -> str:
        return f"{self.amount}_{self.unit}"


@dataclass(frozen=True, slots=True)
class ExtensionBound:
    """How far an extension may go: at most ``term``, at most ``times`` times, told to us within ``notice``.

    ``counted_from`` is where ``term`` begins: at the due date it moves, or on the day of the decision
    (APPC art. 76(3) counts two months from the decision).
    """

    term: Term
    times: int
    notice: Term | None = None
    counted_from: CountedFrom = "due_date"

    def __post_init__(self) -> None:
        if self.times < 1:
            raise TermError("an extension bound needs times = 1 or more: leave the extension out to allow none")
        if Unit.hours in (self.term.unit, self.notice.unit if self.notice else self.term.unit):
            raise TermError("extensions and their notice are counted in days, months or years, not in hours")
        if self.counted_from not in get_args(CountedFrom):
            raise TermError(f"counted_from '{self.counted_from}' must be one of {', '.join(get_args(CountedFrom))}")


@dataclass(frozen=True, slots=True)
class RuleStamp:
    """What a due date keeps of the rule it was counted under."""

    id: str
    version: str
    amount: int
    unit: Unit
    roll: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of time, as one version of the law (or of a stated policy) has it.

    ``starts``: with ``day_after_receipt`` and ``day_after_event`` the day of the event is day zero (APPC art. 76(2));
    with ``same_day`` it is day one; ``at_instant`` goes with hours and with nothing else. ``rolls_to`` says what
    becomes of a last day that is not worked (APPC art. 76(5)). ``set_in_document`` lets a document set its own date,
    not earlier than ``minimum`` and not later than ``maximum``. ``source`` cites the provision; only a rule with
    ``policy`` may do without.
    """

    id: str
    version: str
    amount: int
    unit: Unit
    starts: Starts
    rolls_to: RollsTo
    valid_from: date
    valid_to: date | None = None
    minimum: Term | None = None
    maximum: Term | None = None
    set_in_document: bool = False
    extension: ExtensionBound | None = None
    source: str | None = None
    policy: bool = False
    week: str = FIVE_DAY
    note: str = ""
    stamp: RuleStamp = field(init=False, repr=False, compare=False)
    counted: str = field(init=False, repr=False, compare=False)
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        stamp = RuleStamp(self.id, self.version, self.amount, self.unit, self.rolls_to)
        object.__setattr__(self, "stamp", stamp)  # made once: a sweep derives a hundred thousand due dates
        object.__setattr__(self, "is_plain", self.unit is Unit.working_days and self.starts != "same_day")
        object.__setattr__(self, "counted", f"{self.amount}_{self.unit.value} week:{self.week}")
        check_code(self.id, "rule id")
        check_code(self.week, f"{self.id}: week")
        if self.amount < 0:
            raise TermError(f"{self.id}: amount cannot be negative: {self.amount}")
        if not self.source and not self.policy:
            raise TermError(f"{self.id}: give the source of the rule, or say policy = true")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise TermError(f"{self.id}: valid_to {self.valid_to} is before valid_from {self.valid_from}")
        self._check_words()
        self._check_hours()

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def _check_words(self) -> None:
        for name, value, allowed in (
            ("starts", self.starts, get_args(Starts)),
            ("rolls_to", self.rolls_to, get_args(RollsTo)),
        ):
            if value not in allowed:
                raise TermError(f"{self.id}: {name} '{value}' must be one of {', '.join(allowed)}")

    def _check_hours(self) -> None:
        in_hours = self.unit is Unit.hours
        if in_hours != (self.starts == "at_instant"):
            raise TermError(f"{self.id}: unit = hours and starts = at_instant go together")
        if in_hours and (self.rolls_to != "none" or self.extension or self.set_in_document):
            raise TermError(f"{self.id}: hours run without stopping: use rolls_to = none, no extension, no set date")
        if any(term is not None and term.unit is Unit.hours for term in (self.minimum, self.maximum)):
            raise TermError(f"{self.id}: minimum and maximum are counted in days, months or years, not in hours")
