"""A calendar proposed from a public list of holidays: what the list frees and the file works is added, the rest is told.

The list proposes, the file decides. What is written is a whole calendar file of a new version, for people to hold against
the official calendar before two of them adopt it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.calendar_parts import FIVE_DAY
from npm_cases.domain.working_days import ONE_DAY
from npm_cases.packs.calendar_file import parse_calendar

_SUBSTITUTED = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")
_ESTIMATED = "estimated"
_VERSION = re.compile(r'^version = "[^"\n]*"$', re.MULTILINE)
_LAST = re.compile(r"^last_confirmed_year = \d+$", re.MULTILINE)
_NO_CODE = re.compile(r"[^a-z0-9]+")
WORKED = "worked"


@dataclass(frozen=True, slots=True)
class PublicList:
    """What a public list says of some years: free days by their English names, weekend days that are worked, its source.

    ``names`` says what the names are in other languages.
    """

    free: Mapping[date, str]
    worked: frozenset[date]
    source: str
    names: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A day on which list and file differ and the file stays: why it is free there, or that it is worked."""

    day: date
    file: str
    listed: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed file, the days it frees that were worked, the transfers it adds, and what is left to a person."""

    text: str
    freed: tuple[date, ...]
    transfers: tuple[tuple[date, date], ...]
    disagreements: tuple[Disagreement, ...]


def blank(calendar_id: str, zone: str, first_year: int, last_year: int) -> str:
    """Return a calendar file of weeks alone, for a country that has none yet."""
    return (
        f"# Working days, {first_year} to {last_year}. The format is explained in docs/calendars.md.\n"
        f'id = "{calendar_id}"\nversion = "0"\nzone = "{zone}"\nfirst_confirmed_year = {first_year}\n'
        f"last_confirmed_year = {last_year}\n\n[weeks]\n"
        'five_day = ["mon", "tue", "wed", "thu", "fri"]\nsix_day = ["mon", "tue", "wed", "thu", "fri", "sat"]\n'
        + "".join(
            f'\n[[years]]\nyear = {year}\nsource = "no law was read yet"\n' for year in range(first_year, last_year + 1)
        )
    )


def propose(text: str, listed: PublicList, first_year: int, last_year: int, version: str) -> Proposal:
    """Propose a calendar file with some years taken from a public list, the last of them confirmed to by its adoption.

    Raises BadPack where the file cannot be used, before or after.
    """
    calendar = parse_calendar(text, "the calendar")
    days = tuple(_days(first_year, last_year))
    transfers = tuple(sorted(_transfers(calendar, listed, days)))
    moved = {day for pair in transfers for day in pair}
    freed = tuple(day for day in days if day not in moved and _frees(calendar, listed, day))
    proposed = _headed(text, version, last_year)
    for part in (
        _years(text, listed, first_year, last_year),
        _free(listed, freed),
        _moved(listed, transfers),
        _doubts(listed, freed),
    ):
        proposed += "".join(part)
    made = parse_calendar(proposed, "the proposed calendar")
    return Proposal(proposed, freed, transfers, tuple(_left(made, listed, days)))


def _days(first_year: int, last_year: int) -> Iterator[date]:
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += ONE_DAY


def _frees(calendar: Calendar, listed: PublicList, day: date) -> bool:
    """Say whether the list frees a day that the file works."""
    return day in listed.free and calendar.is_working(day)


def _transfers(calendar: Calendar, listed: PublicList, days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Find the pairs of a day off and the weekend day that is worked instead, which the file does not have."""
    for day in days:
        named = _SUBSTITUTED.search(listed.free.get(day, ""))
        if named and _frees(calendar, listed, day):
            worked = date(int(named.group(3)), int(named.group(1)), int(named.group(2)))
            if worked in listed.worked and calendar.why_not_working(worked) == "weekend":
                yield day, worked


def _headed(text: str, version: str, last_year: int) -> str:
    text = _VERSION.sub(f'version = "{version}"', text, count=1)
    return _LAST.sub(f"last_confirmed_year = {last_year}", text, count=1).rstrip() + "\n"


def _years(text: str, listed: PublicList, first_year: int, last_year: int) -> Iterator[str]:
    for year in range(first_year, last_year + 1):
        if not re.search(rf"^year = {year}$", text, re.MULTILINE):
            yield f'\n[[years]]\nyear = {year}\nsource = "{listed.source}"\n'


def _free(listed: PublicList, freed: Iterable[date]) -> Iterator[str]:
    by_name: dict[str, list[date]] = {}
    for day in freed:
        by_name.setdefault(_plain_name(listed.free[day]), []).append(day)
    for name in sorted(by_name):
        dates = ", ".join(day.isoformat() for day in by_name[name])
        named = ", ".join(f'{lang} = "{word}"' for lang, word in {"en": name, **listed.names.get(name, {})}.items())
        yield (
            f'\n[[days_off]]\nid = "{_code(name)}"\nnames = {{ {named} }}\ndates = [{dates}]\n'
            f'source = "{listed.source}"\n'
        )


def _moved(listed: PublicList, transfers: Iterable[tuple[date, date]]) -> Iterator[str]:
    for off, worked in transfers:
        yield f'\n[[transfers]]\noff = {off}\nworked = {worked}\nsource = "{listed.source}"\n'


def _doubts(listed: PublicList, freed: Iterable[date]) -> Iterator[str]:
    """Doubt the days that the list itself calls estimated."""
    for day in freed:
        if _ESTIMATED in listed.free[day]:
            yield (
                f'\n[[doubts]]\nid = "estimated_{day:%Y_%m_%d}"\nfirst = {day}\nlast = {day}\n'
                f'reason = "The day of the feast is an estimate"\nsource = "{listed.source}"\n'
            )


def _plain_name(name: str) -> str:
    """Return the name of a free day without what is said beside it, one of several where a day has several."""
    return re.sub(r"\s*\([^)]*\)", "", name.partition(";")[0]).strip().replace('"', "'") or "Day off"


def _code(name: str) -> str:
    return "listed_" + _NO_CODE.sub("_", name.lower()).strip("_")


def _left(calendar: Calendar, listed: PublicList, days: Iterable[date]) -> Iterator[Disagreement]:
    """List the days on which the proposed file and the list still differ."""
    for day in days:
        why, is_weekend = calendar.why_not_working(day, FIVE_DAY), day.weekday() not in calendar.weeks[FIVE_DAY]
        is_free = (day in listed.free or is_weekend) and day not in listed.worked
        if (why is not None) != is_free:
            yield Disagreement(day, why or WORKED, listed.free.get(day, "weekend" if is_free else WORKED))
