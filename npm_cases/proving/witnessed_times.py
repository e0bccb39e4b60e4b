"""Event times held between the times at which witnesses signed: the only times here that are not the log's own word.

An entry below a checkpoint's size was there when a witness signed it, so it cannot be of a later time. An entry at or
after it was not there when the checkpoint was made; a witness may sign long after that, so the earlier of the two
times bounds it, and an event dated before it was dated back.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint's size, when a trusted witness signed it, and when the log says it made it (POSIX seconds)."""

    size: int
    at: int
    made_at: float | None


class TimeBounds:
    """Between which instants the event of an index may lie; ``clock_minutes`` are allowed to honest clocks."""

    def __init__(self, witnessed: Iterable[Witnessed], clock_minutes: int) -> None:
        grace = timedelta(minutes=clock_minutes)
        in_order = sorted(witnessed, key=lambda seen: seen.size)
        self._sizes = [seen.size for seen in in_order]
        self._latest: list[str] = []
        self._earliest: list[str] = []
        latest, earliest = "", ""
        for seen in reversed(in_order):
            limit = _text(seen.at, grace)
            latest = min(latest, limit) if latest else limit
            self._latest.append(latest)
        self._latest.reverse()
        for seen in in_order:
            if seen.made_at is not None:
                earliest = max(earliest, _text(min(seen.at, seen.made_at), -grace))
            self._earliest.append(earliest)

    def wrong(self, index: int, at: str) -> str:
        """Say in words why the event of an index cannot be of this instant; empty when it can."""
        place = bisect_right(self._sizes, index)
        if place < len(self._sizes) and at > self._latest[place]:
            told = f"a witness signed a checkpoint that holds it by {self._latest[place]}"
            return f"it is dated forward: it says {at}, but {told}"
        if place and at < self._earliest[place - 1]:
            told = f"the checkpoint of {self._sizes[place - 1]} entries, which a witness signed, does not hold it yet"
            return f"it is dated back: it says {at}, but {told} and is of {self._earliest[place - 1]} or later"
        return ""


def _text(seconds: float, shifted: timedelta) -> str:
    try:
        instant = datetime.fromtimestamp(seconds, UTC) + shifted
    except (ValueError, OverflowError, OSError):
        return "9999"
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
