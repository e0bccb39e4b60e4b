"""Look at an installation from all sides; each check says what was found and what to do."""

import shutil
from collections.abc import Callable
from datetime import date
from typing import Any

from npm_cases.cli.shell import Shell
from npm_cases.domain.errors import CaseError
from npm_cases.domain.instants import from_text

LEAST_FREE_BYTES = 200 * 1024 * 1024
FEWEST_BODIES = 3


def examine(shell: Shell) -> list[dict[str, Any]]:
    """Return every check in order: well or not, what was found, what to do."""
    app = shell.app  # settings, zone data, migrations and triggers are checked by building it
    now = shell.at()
    checks: list[Callable[[], dict[str, Any]]] = [
        lambda: _check("settings, zone data, migrations, triggers", True, "in order", ""),
        lambda: _calendar(app, now), lambda: _sweep(app, now), lambda: _mail(app), lambda: _incidents(app),
        lambda: _key(app), lambda: _key_store(app), lambda: _checkpoint(shell, now), lambda: _signer(app),
        lambda: _keepers(app), lambda: _rights(app), lambda: _disk(app),
    ]  # fmt: skip
    return [check() for check in checks]


def _check(what: str, well: bool, found: str, do: str) -> dict[str, Any]:
    return {"what": what, "well": well, "found": found, "do": "" if well else do}


def _calendar(app: Any, now: str) -> dict[str, Any]:
    calendar = app.office.pack.calendar
    last, today = date(calendar.last_confirmed_year, 12, 31), app.office.times.day(from_text(now))
    well = today <= last
    return _check(
        "calendar", well, f"{calendar.id} {calendar.version}, confirmed to {last}", "load and confirm the next year"
    )


def _sweep(app: Any, now: str) -> dict[str, Any]:
    with app.office.open_reading() as work:
        last = work.last_sweep()
    stale = bool(last) and (from_text(now) - from_text(last)).total_seconds() > app.settings.stale_sweep_seconds
    if last > now:
        found = f"a sweep is said to have been at {last}, which lies in the future: it hides that none is made"
        return _check("sweeps", False, found, "set the clock of the machine right, and call the auditor")
    found = f"last sweep at {last}" if last else "never swept"
    return _check("sweeps", bool(last) and not stale, found, "run `npm-cases work`, or `npm-cases tick` once")


def _mail(app: Any) -> dict[str, Any]:
    counts = app.views.counts()["mail"]
    server = f"{app.settings.smtp_host}:{app.settings.smtp_port}" if app.settings.smtp_port else "no mail server set"
    found = f"{server}; " + (", ".join(f"{count} {status}" for status, count in counts.items()) or "no mail yet")
    well = bool(app.settings.smtp_port) and not counts.get("dead")
    return _check("mail", well, found, "set NPM_CASES_SMTP_HOST and _PORT; look at the incidents for dead mail")


def _incidents(app: Any) -> dict[str, Any]:
    found = app.views.open_incidents()
    listed = "; ".join(f"{row['kind']} ({row['at'][:10]}): {row['what']}" for row in found[:5])
    return _check(
        "incidents",
        not found,
        f"{len(found)} open. {listed}" if found else "none open",
        "deal with each, then `npm-cases incident close ID`",
    )


def _key(app: Any) -> dict[str, Any]:
    path = app.settings.data_dir / "keys" / "wrapping.key"
    private = path.exists() and not path.stat().st_mode & 0o077
    return _check("wrapping key", private, str(path), f"put the key back from its backup; chmod 600 {path}")


def _key_store(app: Any) -> dict[str, Any]:
    """Look whether the key store is there, opens with the wrapping key, and keeps nothing that was erased."""
    from npm_cases.services.erasure import unfinished_erasures

    keys = app.key_ring
    if not keys.store.at_hand:
        return _check("key store", False, "missing", "put it back from its backup, or set NPM_CASES_KEY_STORE_URL")
    if not keys.wrapping.holds(keys.store.wrapping):
        return _check("key store", False, f"wrapped with {keys.store.wrapping}, which is not here", "put that key back")
    left = unfinished_erasures(app.office)
    found = f"{len(left)} erased cases still have their key" if left else f"wrapped with {keys.store.wrapping}"
    return _check("key store", not left, found, "run `npm-cases tick`, which completes the erasures")


def _checkpoint(shell: Shell, now: str) -> dict[str, Any]:
    """Look how old the newest checkpoint is: silence is a signal."""
    app = shell.app
    with app.log() as log:
        last = log.last_checkpoint()
    if last is None:
        return _check(
            "checkpoint", False, "nothing was signed yet", "run `npm-cases work`, or `npm-cases audit checkpoint`"
        )
    age = (from_text(now) - from_text(last.at)).total_seconds()
    found = f"{last.size} entries, signed {shell.local(last.at)}, {len(last.cosignatures)} cosignatures"
    return _check(
        "checkpoint", age <= 2 * app.settings.heartbeat_seconds, found, "run `npm-cases work`; see the incidents"
    )


def _signer(app: Any) -> dict[str, Any]:
    """Ask the signer where it stands: elsewhere than our last checkpoint means a cut log, or a mark set back."""
    try:
        mark = app.signer.mark()
    except CaseError as wrong:
        return _check("signer", False, str(wrong), "put its key and mark back, or set NPM_CASES_SIGNER_COMMAND")
    with app.log() as log:
        size, last = log.size(), log.last_checkpoint()
    kept = last.size if last else 0
    found = f"has signed {mark.size} entries; our last checkpoint is of {kept}, the log has {size}"
    return _check("signer", mark.size == kept, found, "keep everything, call the auditor; a restore is declared")


def _keepers(app: Any) -> dict[str, Any]:
    """Look whether enough people in different bodies get the daily checkpoint (AUDIT section 1: at least three)."""
    bodies = {address.rpartition("@")[2].lower() for address in app.keepers}
    found = f"{len(app.keepers)} keepers of checkpoints in {len(bodies)} bodies"
    return _check(
        "keepers", len(bodies) >= FEWEST_BODIES, found, "set NPM_CASES_CHECKPOINT_KEEPERS: people in three bodies"
    )


def _rights(app: Any) -> dict[str, Any]:
    from npm_cases.persistence.roles import loose_rights

    wrong = loose_rights(app.database)
    return _check(
        "rights on the history", not wrong, wrong or "it can be added to, and nothing else", "docs/postgresql.md"
    )


def _disk(app: Any) -> dict[str, Any]:
    free = shutil.disk_usage(app.settings.data_dir).free
    return _check("disk", free > LEAST_FREE_BYTES, f"{free // 2**20} MiB free", "make room")
