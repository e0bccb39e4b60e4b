"""The watchers: a stale sweep, a calendar that runs out, events that wait too long for their place in the log."""

import json
from datetime import date, timedelta
from time import monotonic

from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import SweepCounts
from npm_cases.services.erasure import finish_erasures
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Office
from npm_cases.services.recounting import recount
from npm_cases.services.sweep import sweep
from npm_cases.services.zone_data import follow_zone_data


def recorded_sweep(office: Office, now: str, limit: int) -> SweepCounts:
    """Sweep and write down that it was done, so that silence can be noticed; complete erasures and recounts that broke off."""
    begun = monotonic()
    follow_zone_data(office, now)
    recount(office, now)
    counts = sweep(office, now, limit)
    finish_erasures(office)
    note_sweep(office, now, counts, monotonic() - begun)
    return counts


def note_sweep(office: Office, now: str, counts: SweepCounts, seconds: float = 0.0) -> None:
    """Write down a finished sweep: everything due at ``now`` was taken, and it took so many seconds."""
    row = {
        "id": office.new_id(), "started_at": now, "finished_at": as_text(from_text(now) + timedelta(seconds=seconds)),
        "taken": counts.taken, "counts": json.dumps({"late_by_engine": counts.late_by_engine}),
    }  # fmt: skip
    with office.open_work() as work:
        work.insert("sweeps", row)
        work.commit()


def watch(office: Office, now: str, stale_after: int) -> str:
    """Raise an incident when the last sweep is older than ``stale_after`` seconds, or said to lie in the future.

    Returns its id, or an empty text.
    """
    with office.open_work() as work:
        last = work.last_sweep()
        if now >= last > as_text(from_text(now) - timedelta(seconds=stale_after)):
            return ""
        what = f"the last sweep was at {last or 'no time ever'}: check that `npm-cases work` runs"
        if last > now:
            what = f"the last sweep is said to be of {last}, in the future: set the clock right, call the auditor"
        incident = raise_incident(work, office, "stale_sweep", "sweep", what, now)
        work.commit()
    return incident


def check_horizon(office: Office, now: str) -> str:
    """Raise an incident when the last confirmed year of a calendar is nearly over; returns an id of one, or an empty text.

    Due dates beyond the confirmed years are provisional; the next year must be adopted in time, for each region with a
    calendar of its own.
    """
    today, incident = office.times.day(from_text(now)), ""
    for calendar in {one.id: one for one in (*office.pack.regional.values(), office.pack.calendar)}.values():
        last = date(calendar.last_confirmed_year, 12, 31)
        if last - today > _NOTICE:
            continue
        what = f"calendar {calendar.id} is confirmed to {last} only: load and confirm the next year"
        with office.open_work() as work:
            incident = raise_incident(work, office, "calendar_horizon", calendar.id, what, now)
            work.commit()
    return incident


_NOTICE = timedelta(weeks=26)
