"""Clocks beside the one the machine shows: that of the database server, and the count of seconds since the machine started."""

import json
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from npm_cases.domain.instants import as_text, from_text
from npm_cases.persistence.database import Database

BOOT = Path("/proc/sys/kernel/random/boot_id")
_SERVER_NOW = select(func.clock_timestamp())


class ServerClock:
    """The clock of the database server; it is the same clock where the server runs on this machine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def says(self) -> str:
        """Return the server's present instant; raises TryAgain."""
        with self._database.reading() as tx:
            return as_text(tx.one(_SERVER_NOW)[0])

    def believe(self, now: str) -> None:
        """Keep nothing: the server knows by itself."""


class CountSinceStart:
    """An instant believed before, and the seconds the machine has counted since, asleep or awake; setting the clock leaves them.

    It knows nothing after a restart of the machine, or without the file, and never more than the file says.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def says(self) -> str:
        """Return the instant believed last, moved on by what was counted since; empty after a restart."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            boot, count = _counted()
            if boot and kept["boot"] == boot:
                return as_text(from_text(kept["at"]) + timedelta(seconds=count - float(kept["count"])))
        return ""

    def believe(self, now: str) -> None:
        """Keep an instant that was found right, as well as it goes: without it only this clock has nothing to say."""
        boot, count = _counted()
        beside = self._file.with_suffix(".part")
        with suppress(OSError):
            beside.write_text(json.dumps({"at": now, "boot": boot, "count": count}), encoding="utf-8")
            beside.replace(self._file)


def _counted() -> tuple[str, float]:
    """Return which start of the machine this is, and the seconds since; empty where the machine does not tell."""
    with suppress(OSError, AttributeError):
        return BOOT.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME)
    return "", 0.0
