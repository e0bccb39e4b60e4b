"""When the newest backup was made, and the newest that was checked: a note in the data folder (decision 22).

It stands in no history, and in no database: after a restore elsewhere nothing was backed up there yet, and the note says so.
Losing it costs a warning.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE = "backups.json"


@dataclass(frozen=True, slots=True)
class BackupNotes:
    """When the newest backup was made, and the newest one in which a check found nothing; empty where there is none."""

    made_at: str = ""
    good_at: str = ""


def backup_notes(data: Path) -> BackupNotes:
    """Return what is noted in a data folder; what cannot be read counts as nothing."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        kept = json.loads((data / FILE).read_text(encoding="utf-8"))
        return BackupNotes(str(kept.get("made_at", "")), str(kept.get("good_at", "")))
    return BackupNotes()


def note_made(data: Path, at: str) -> None:
    """Note that a backup was made."""
    _keep(data, replace(backup_notes(data), made_at=at))


def note_good(data: Path, made_at: str, now: str) -> None:
    """Note that a backup was checked; that of an older one does not make the newest older, unless that lies in the future."""
    kept = backup_notes(data)
    newest = kept.good_at if kept.good_at <= now else ""
    _keep(data, replace(kept, good_at=max(newest, made_at)))


def _keep(data: Path, notes: BackupNotes) -> None:
    """Write the note in one step, as well as it goes: a backup is none the worse for a note that cannot be kept."""
    beside = data / f"{FILE}.part"
    with suppress(OSError):
        beside.write_text(json.dumps(asdict(notes)), encoding="utf-8")
        beside.replace(data / FILE)
