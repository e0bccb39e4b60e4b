"""An installation looked at from all sides, for the command line, the administrator's page and those who watch from outside.

A check says in a code what was found and what to do; the words stand in npm_cases/web/words/health.toml.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from npm_cases.bootstrap import App
from npm_cases.domain.errors import CaseError
from npm_cases.domain.instants import as_text, from_text
from npm_cases.packs.known import load_pack
from npm_cases.persistence.backup_notes import backup_notes
from npm_cases.persistence.migrate import check_ready, check_triggers
from npm_cases.persistence.roles import loose_rights
from npm_cases.persistence.vitals import SqlVitals
from npm_cases.services.erasure import unfinished_erasures
from npm_cases.services.held_posts import vacant_posts
from npm_cases.services.policy_check import check_policy
from npm_cases.services.vitals import Vitals

LEAST_FREE_BYTES = 200 * 1024 * 1024
MEBIBYTE = 1024 * 1024
FEWEST_BODIES = 3
FOR_OTHERS = 0o077
LATE_SWEEPS, LATE_HEARTBEATS = 2, 2


@dataclass(frozen=True, slots=True)
class Check:
    """One look: ``found`` and ``do`` are codes of words, ``values`` what stands in them.

    The name of a value says what it is: a legal day ends in ``_on``, an instant (UTC text) in ``_at``. ``do`` is empty
    where all is well.
    """

    code: str
    well: bool
    found: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    do: str = ""


def examine(app: App, now: str) -> list[Check]:
    """Return every check, in the order in which they are read."""
    checks: tuple[Callable[[], Check], ...] = (
        lambda: _standing(app), lambda: _calendar(app, now), lambda: _sweep(app, now), lambda: _mail(app), lambda: _returned(app),
        lambda: _incidents(app), lambda: _key(app), lambda: _key_store(app), lambda: _checkpoint(app, now),
        lambda: _signer(app), lambda: _keepers(app), lambda: _backup(app, now), lambda: _rights(app),
        lambda: _disk(app),
    )  # fmt: skip
    return [check() for check in checks]


def readiness(app: App, now: str) -> dict[str, bool]:
    """Say whether requests can be served: the database answers, its revision is ours, and somebody sweeps.

    An installation where nothing was swept yet is ready: its flows have just been started.
    """
    found = dict.fromkeys(("database", "migrations", "sweep"), False)
    try:
        check_ready(app.database)
        found |= {"database": True, "migrations": True}
        with app.office.open_reading() as work:
            last = work.last_sweep()
    except CaseError:
        return found
    return found | {"sweep": not last or not _is_stale(app, last, now)}


def vitals(app: App, now: str) -> Vitals:
    """Return the counts and ages of an installation."""
    late = as_text(from_text(now) - timedelta(seconds=LATE_SWEEPS * app.settings.sweep_seconds))
    notes = backup_notes(app.settings.data_dir)
    return replace(SqlVitals(app.database).vitals(now, late), backup_at=notes.good_at)


def _check(code: str, found: str, *, well: bool, do: str = "do", **values: str | int) -> Check:
    return _checked(code, found, values, well=well, do=do)


def _checked(code: str, found: str, values: Mapping[str, str | int], *, well: bool, do: str = "do") -> Check:
    return Check(code, well, f"{code}_{found}", values, "" if well else f"{code}_{do}")


def _standing(app: App) -> Check:
    try:
        check_ready(app.database)
        check_triggers(app.database)
    except CaseError as wrong:
        return _check("standing", "wrong", well=False, wrong=str(wrong))
    return _check("standing", "found", well=True)


def _calendar(app: App, now: str) -> Check:
    calendar = app.office.pack.calendar
    last, today = date(calendar.last_confirmed_year, 12, 31), app.office.times.day(from_text(now))
    return _check(
        "calendar", "found", well=today <= last, name=calendar.id, version=calendar.version, last_on=last.isoformat()
    )


def policy(app: App, now: str) -> Check:
    """Prove the pack in force again and look whether somebody holds every post its ladders tell.

    It takes seconds, so it is no part of what a page looks at.
    """
    findings = check_policy(app.office.pack, app.office.times.day(from_text(now))).findings
    if findings:
        return _check("policy", "wrong", well=False, n=len(findings))
    vacant = vacant_posts(app.office, now)
    if vacant:
        return _check("policy", "vacant", well=False, do="fill", posts=", ".join(vacant))
    name, version = app.office.pack.id, app.office.pack.version
    brought = load_pack(app.settings.country).version
    if brought != version:
        return _check("policy", "other", well=True, name=name, version=version, brought=brought)
    return _check("policy", "found", well=True, name=name, version=version)


def _is_stale(app: App, last: str, now: str) -> bool:
    return last > now or (from_text(now) - from_text(last)).total_seconds() > app.settings.stale_sweep_seconds


def _sweep(app: App, now: str) -> Check:
    with app.office.open_reading() as work:
        last = work.last_sweep()
    if last > now:
        return _check("sweep", "future", well=False, do="clock", last_at=last)
    well = bool(last) and not _is_stale(app, last, now)
    return _check("sweep", "found", well=well, last_at=last) if last else _check("sweep", "never", well=False)


def _mail(app: App) -> Check:
    counts, settings = SqlVitals(app.database).mail_by_status(), app.settings
    values: dict[str, str | int] = {
        one: counts.get(one, 0) for one in ("waiting", "bundled", "sent", "dead", "withdrawn")
    }
    well = bool(settings.smtp_port) and not counts.get("dead")
    if not settings.smtp_port:
        return _checked("mail", "no_server", values, well=False)
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    return _checked("mail", "found", {**values, "server": server}, well=well)


def _returned(app: App) -> Check:
    """Look whether what comes back of our mail can be read, where that is wanted."""
    try:
        well = app.returned() is not None
    except CaseError as wrong:
        return _check("returned", "wrong", well=False, wrong=str(wrong))
    return _check("returned", "found" if well else "off", well=True, path=str(app.settings.returned_mail_dir or ""))


def _incidents(app: App) -> Check:
    count = len(app.views.open_incidents())
    return _check("incidents", "found", well=False, n=count) if count else _check("incidents", "none", well=True)


def _key(app: App) -> Check:
    path = app.settings.data_dir / "keys" / "wrapping.key"
    private = path.exists() and not path.stat().st_mode & FOR_OTHERS
    return _check("key", "found", well=private, path=str(path))


def _key_store(app: App) -> Check:
    """Look whether the key store is there, opens with the wrapping key, and keeps nothing that was erased."""
    keys = app.key_ring
    if keys is None or not keys.store.at_hand:
        return _check("key_store", "missing", well=False)
    key = keys.store.wrapping
    if not keys.wrapping.holds(key):
        return _check("key_store", "no_key", well=False, do="put_back", key=key)
    left = len(unfinished_erasures(app.office))
    if left:
        return _check("key_store", "left", well=False, do="finish", n=left)
    return _check("key_store", "found", well=True, key=key)


def _checkpoint(app: App, now: str) -> Check:
    """Look how old the newest checkpoint is: silence is a signal."""
    with app.log() as log:
        last = log.last_checkpoint()
    if last is None:
        return _check("checkpoint", "never", well=False, do="sign")
    age = (from_text(now) - from_text(last.at)).total_seconds()
    values: dict[str, str | int] = {"n": last.size, "signed_at": last.at, "cosignatures": len(last.cosignatures)}
    return _checked("checkpoint", "found", values, well=age <= LATE_HEARTBEATS * app.settings.heartbeat_seconds)


def _signer(app: App) -> Check:
    """Ask the signer where it stands: elsewhere than our last checkpoint means a cut log, or a mark set back."""
    try:
        mark = app.signer.mark()
    except CaseError as wrong:
        return _check("signer", "wrong", well=False, do="put_back", wrong=str(wrong))
    with app.log() as log:
        size, last = log.size(), log.last_checkpoint()
    kept = last.size if last else 0
    return _check("signer", "found", well=mark.size == kept, signed=mark.size, kept=kept, size=size)


def _keepers(app: App) -> Check:
    """Look whether enough people in different bodies get the daily checkpoint (AUDIT section 1: at least three)."""
    bodies = {address.rpartition("@")[2].lower() for address in app.keepers}
    return _check("keepers", "found", well=len(bodies) >= FEWEST_BODIES, people=len(app.keepers), bodies=len(bodies))


def _backup(app: App, now: str) -> Check:
    """Look how old the newest backup is in which a check found nothing: a backup nobody checked is a hope."""
    notes = backup_notes(app.settings.data_dir)
    do = "check" if notes.made_at > notes.good_at else "do"
    if not notes.good_at:
        return _check("backup", "unchecked" if notes.made_at else "never", well=False, do=do, made_at=notes.made_at)
    if notes.good_at > now:
        return _check("backup", "future", well=False, do="clock", made_at=notes.good_at)
    age = (from_text(now) - from_text(notes.good_at)).total_seconds()
    return _check("backup", "found", well=age <= app.settings.stale_backup_seconds, do=do, made_at=notes.good_at)


def _rights(app: App) -> Check:
    wrong = loose_rights(app.database)
    return _check("rights", "wrong", well=False, wrong=wrong) if wrong else _check("rights", "found", well=True)


def _disk(app: App) -> Check:
    free = shutil.disk_usage(app.settings.data_dir).free
    return _check("disk", "found", well=free > LEAST_FREE_BYTES, free=free // MEBIBYTE)
