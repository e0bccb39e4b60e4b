"""Calendar files: the TOML of ``config/calendars/`` read into a Calendar. The format is docs/calendars.md."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from npm_cases.domain.calendar import Calendar, transfer_problem
from npm_cases.domain.calendar_parts import (
    FIRST_YEAR,
    FIVE_DAY,
    LAST_YEAR,
    DayOff,
    Doubt,
    Holiday,
    MonthDay,
    Substitute,
    Transfer,
    Validity,
)
from npm_cases.packs.located import BadPack, LocatedToml, Problem, Where, parse_toml, read_toml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEAP_YEAR = 2000
_ALWAYS_FROM = date(FIRST_YEAR, 1, 1)


def _month_day(text: str) -> str:
    found = re.fullmatch(r"(\d\d)-(\d\d)", text)
    if found is None:
        raise ValueError(f"'{text}' must be a month and a day, for example 07-06 for 6 July")
    try:
        date(_LEAP_YEAR, int(found.group(1)), int(found.group(2)))
    except ValueError:
        raise ValueError(f"'{text}' is no day of any year: write the month first, then the day") from None
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name}' is no time zone: use a name such as Asia/Almaty") from None
    return name


Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Day = Annotated[date, Field(ge=_ALWAYS_FROM, le=date(LAST_YEAR, 12, 31))]
MonthDayText = Annotated[str, AfterValidator(_month_day)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Table(BaseModel):
    """A table of the file: an unknown key is a mistake, a text is not taken for a date or a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _InForce(_Table):
    valid_from: Day = _ALWAYS_FROM
    valid_to: Day | None = None
    source: Text

    @model_validator(mode="after")
    def _in_order(self) -> "_InForce":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    @property
    def validity(self) -> Validity:
        return Validity(self.valid_from, self.valid_to)


class _Named(_InForce):
    id: Code
    names: dict[str, Text] = Field(default_factory=dict)


class _Holiday(_Named):
    days: list[MonthDayText] = Field(min_length=1)


class _DayOff(_Named):
    days: list[MonthDayText] = Field(default_factory=list)
    dates: list[Day] = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_when(self) -> "_DayOff":
        if not self.days and not self.dates:
            raise ValueError("give days (each year) or dates (one by one)")
        return self


class _Substitute(_InForce):
    pass


class _Transfer(_Table):
    off: Day
    worked: Day
    weeks: list[str] = Field(min_length=1, default_factory=lambda: [FIVE_DAY])
    source: Text


class _Doubt(_Table):
    id: Code
    first: Day
    last: Day
    reason: Text
    source: Text

    @model_validator(mode="after")
    def _in_order(self) -> "_Doubt":
        if self.last < self.first:
            raise ValueError(f"last {self.last} is before first {self.first}")
        return self


class _Year(_Table):
    year: Year
    source: Text


class CalendarFile(_Table):
    """One calendar file, as it is written."""

    id: Code
    version: Text
    zone: Annotated[str, AfterValidator(_zone)]
    first_confirmed_year: Year
    last_confirmed_year: Year
    weeks: dict[Code, list[Weekday]] = Field(min_length=1)
    years: list[_Year] = Field(min_length=1)
    holidays: list[_Holiday] = Field(default_factory=list)
    substitutes: list[_Substitute] = Field(default_factory=list)
    days_off: list[_DayOff] = Field(default_factory=list)
    transfers: list[_Transfer] = Field(default_factory=list)
    doubts: list[_Doubt] = Field(default_factory=list)


def load_calendar(path: Path) -> Calendar:
    """Read a calendar file. Raises BadPack, which names every wrong line and what to do about it."""
    return calendar_from(read_toml(path))


def parse_calendar(text: str, file: str) -> Calendar:
    """Read the text of a calendar file; ``file`` is what to call it in complaints. Raises BadPack."""
    return calendar_from(parse_toml(text, file))


def calendar_from(toml: LocatedToml) -> Calendar:
    """Build the calendar, once its tables fit together. Raises BadPack."""
    written = toml.checked(CalendarFile)
    _refuse_any(toml, _years_wrong(written), _weeks_wrong(written), _repeated(written))
    calendar = _build(written)
    bare = replace(calendar, transfers=())
    wrong = ((i, transfer_problem(transfer, bare)) for i, transfer in enumerate(calendar.transfers))
    _refuse_any(toml, ((("transfers", i, _first_word(reason)), reason) for i, reason in wrong if reason))
    return calendar


def names_in(path: Path) -> dict[str, dict[str, str]]:
    """Give the names of the holidays and days off of a calendar file: by id, then by language."""
    written = read_toml(path).checked(CalendarFile)
    named: list[_Named] = [*written.holidays, *written.days_off]
    return {entry.id: dict(entry.names) for entry in named}


def _refuse_any(toml: LocatedToml, *findings: Iterable[tuple[Where, str]]) -> None:
    problems = [Problem(toml.line_of(where), reason) for found in findings for where, reason in found]
    if problems:
        raise BadPack.of(toml.file, problems)


def _years_wrong(written: CalendarFile) -> Iterator[tuple[Where, str]]:
    listed = [entry.year for entry in written.years]
    for i, (year, following) in enumerate(pairwise(listed), start=1):
        if following != year + 1:
            yield ("years", i, "year"), f"years must follow each other without a gap: {following} comes after {year}"
    first, last = written.first_confirmed_year, written.last_confirmed_year
    if last < first:
        yield ("last_confirmed_year",), f"last_confirmed_year {last} is before first_confirmed_year {first}"
    for key, year in (("first_confirmed_year", first), ("last_confirmed_year", last)):
        if not listed[0] <= year <= listed[-1]:
            yield (key,), f"{key} {year} is not among the years listed under [[years]]: list it with its source"
    for i, transfer in enumerate(written.transfers):
        for key, day in (("off", transfer.off), ("worked", transfer.worked)):
            if not listed[0] <= day.year <= listed[-1]:
                yield ("transfers", i, key), f"{key}: the year of {day} is not listed under [[years]]"


def _weeks_wrong(written: CalendarFile) -> Iterator[tuple[Where, str]]:
    for week, days in written.weeks.items():
        if not days:
            yield ("weeks", week), f"the {week} week has no working day"
        if len(set(days)) < len(days):
            yield ("weeks", week), f"the {week} week names a day twice"
    for i, transfer in enumerate(written.transfers):
        for week in set(transfer.weeks) - set(written.weeks):
            yield ("transfers", i, "weeks"), f"there is no week '{week}': it must be one of {', '.join(written.weeks)}"


def _repeated(written: CalendarFile) -> Iterator[tuple[Where, str]]:
    """Find what is said twice: a holiday under one id in overlapping periods, a day moved twice in one kind of week."""
    groups: tuple[tuple[str, Sequence[_Named]], ...] = (("holidays", written.holidays), ("days_off", written.days_off))
    for name, entries in groups:
        for (_, one), (j, other) in combinations(enumerate(entries), 2):
            if one.id == other.id and _overlap(one, other):
                yield (name, j, "id"), f"'{other.id}' is in force twice: end the earlier one with valid_to"
    seen: set[tuple[str, date]] = set()
    for i, transfer in enumerate(written.transfers):
        for key, day in (("off", transfer.off), ("worked", transfer.worked)):
            moved = {(week, day) for week in transfer.weeks}
            if seen & moved:
                yield ("transfers", i, key), f"{key}: {day} is moved twice"
            seen |= moved


def _overlap(one: _InForce, other: _InForce) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _build(written: CalendarFile) -> Calendar:
    return Calendar(
        id=written.id,
        version=written.version,
        zone=written.zone,
        first_confirmed_year=written.first_confirmed_year,
        last_confirmed_year=written.last_confirmed_year,
        weeks={week: frozenset(WEEKDAYS.index(day) for day in days) for week, days in written.weeks.items()},
        holidays=tuple(Holiday(h.id, _pairs(h.days), h.validity, h.source) for h in written.holidays),
        substitutes=tuple(Substitute(s.validity, s.source) for s in written.substitutes),
        days_off=tuple(
            DayOff(d.id, _pairs(d.days), frozenset(d.dates), d.validity, d.source) for d in written.days_off
        ),
        transfers=tuple(Transfer(t.off, t.worked, frozenset(t.weeks), t.source) for t in written.transfers),
        doubts=tuple(Doubt(d.id, d.first, d.last, d.reason) for d in written.doubts),
        names={entry.id: dict(entry.names) for entry in (*written.holidays, *written.days_off)},
    )


def _pairs(days: Iterable[str]) -> tuple[MonthDay, ...]:
    return tuple((int(day[:2]), int(day[3:])) for day in days)


def _first_word(reason: str) -> str:
    return reason.partition(":")[0]
