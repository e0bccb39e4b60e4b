"""From instants to legal days and back. An instant is aware, and UTC when it comes from here; a legal day is a date.

Zone data comes from the system or from the tzdata package; data that does not know the change of 1 March 2024 in
Kazakhstan puts every later event into the wrong hour, so it is checked at the start.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.calendar_parts import FIVE_DAY
from npm_cases.domain.working_days import ONE_DAY

OffsetAt = Callable[[datetime], timedelta | None]

# Government Decree of 19.01.2024 No. 20: clocks in Almaty go back from UTC+6 to UTC+5 at 00:00 on 1 March 2024.
_LAST_INSTANT_BEFORE = datetime(2024, 2, 29, 17, 59, 59, tzinfo=UTC)
_KNOWN_OFFSETS = (
    (_LAST_INSTANT_BEFORE, timedelta(hours=6)),
    (_LAST_INSTANT_BEFORE + timedelta(seconds=1), timedelta(hours=5)),
)


_MARKED_YEARS = range(2000, 2061)


class StaleZoneData(RuntimeError):
    """The time zone data of this machine is too old to place events on legal days; the message says what to install."""


def legal_day(instant: datetime, zone: str) -> date:
    """Give the date that the wall clocks of the zone show at an instant.

    Raises ValueError for a datetime without an offset: nobody can say which instant it is.
    """
    return _aware(instant).astimezone(ZoneInfo(zone)).date()


def start_of_working_time(day: date, zone: str, opens: time) -> datetime:
    """Give the UTC instant at which offices of the zone open; if the hour happens twice, the first time."""
    return datetime.combine(day, opens, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """Give the UTC instant at which a legal day is over: the first instant of the next day, itself not included."""
    return datetime.combine(day + ONE_DAY, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def registered_on(received_at: datetime, calendar: Calendar, closes: time, week: str = FIVE_DAY) -> date:
    """Count what arrives after the end of working time, or on a day off, as received on the next working day.

    ``closes`` is the local end of working time; at that very minute it is still in time. Source: APPC art. 64(3).
    """
    local = _aware(received_at).astimezone(ZoneInfo(calendar.zone))
    if local.time() <= closes:
        return calendar.next_working_day(local.date(), week)
    return calendar.add_working_days(local.date(), 1, week)


@lru_cache(8)
def zone_marks(zones: tuple[str, ...]) -> str:
    """Return what tells this machine's data of some zones from other data of them: a digest of their offsets by the month."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in _MARKED_YEARS for month in range(1, 13)]
    told = ((zone, [str(one.astimezone(ZoneInfo(zone)).utcoffset()) for one in months]) for zone in zones)
    return hashlib.sha256(repr(list(told)).encode()).hexdigest()


def almaty_offset(instant: datetime) -> timedelta | None:
    """Ask this machine's zone data for the offset of Almaty."""
    return instant.astimezone(ZoneInfo("Asia/Almaty")).utcoffset()


def check_zone_data(offset_at: OffsetAt = almaty_offset) -> None:
    """Refuse to start on zone data that does not know the known offsets of Almaty around 1 March 2024.

    Raises StaleZoneData.
    """
    for instant, expected in _KNOWN_OFFSETS:
        found = offset_at(instant)
        if found != expected:
            raise StaleZoneData(
                f"the time zone data of this machine puts Asia/Almaty at UTC+{found} on {instant.isoformat()}, but it "
                f"was at UTC+{expected}: install tzdata 2024a or newer (the system's package, or the Python package "
                "tzdata with PYTHONTZPATH set to nothing) and start again"
            )


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no offset: say which instant it is, for example ...+05:00")
    return instant
