"""Acts of the office on the command line: proposed by one person, made by the confirmation of another."""

from collections.abc import Callable
from typing import Any

from npm_cases.cli.shell import Shell, receipt_of
from npm_cases.services.office_acts import (
    DECLARE_RESTORE,
    OF_POLICY,
    OF_POWER,
    ROTATE_LOG_KEY,
    ROTATE_WRAPPING_KEY,
    Seconded,
    propose,
)

MOST_TOLD = 200


def propose_office_act(shell: Shell, event: str) -> None:
    """Propose an act of the office and print the id the second person needs."""
    approval, receipt = propose(shell.office, event, shell.actor(), shell.at())
    answer = {"pending": approval, "receipt": receipt_of(receipt)}
    said = f"{event} is proposed; another person makes it so with\n  npm-cases case confirm {approval}"
    shell.out(answer, lambda where: where.print(said))


def confirm_office_act(shell: Shell, event: str, approval: str) -> None:
    """Make a proposed act of the office so, and print what was done."""
    answer, said = _MADE[event](shell.app, Seconded(approval, shell.actor()), shell.at())
    shell.out(answer, lambda where: where.print(said, soft_wrap=True))


def _log_key(app: Any, second: Seconded, at: str) -> tuple[dict[str, Any], str]:
    from npm_cases.services.checkpoints import rotate_log_key

    app.checkpoint(at)
    signed = dict(rotate_log_key(app.office, app.signer, second, at))
    made = app.checkpoint(at)
    said = (
        f"old key: {signed['old_key']}\nnew key: {signed['new_key']}\n"
        "give the new key to auditors and witnesses; the history shows that the old one signed it"
    )
    return {**signed, "checkpoint": made.size}, said


def _wrapping_key(app: Any, second: Seconded, at: str) -> tuple[dict[str, Any], str]:
    from npm_cases.services.key_rotation import rotate_wrapping_key

    done = rotate_wrapping_key(app.office, app.wrapping_rotation, second, at)
    said = (
        f"{done.keys} keys are wrapped anew: {done.old} is destroyed, {done.new} is in use\n"
        "Keep the new wrapping key in its own safe place, and back the key store up now: older backups do not open with it."
    )
    return {"old": done.old, "new": done.new, "keys": done.keys}, said


def _restore(app: Any, second: Seconded, at: str) -> tuple[dict[str, Any], str]:
    from npm_cases.services.checkpoints import declare_restore

    app.sequence()
    lost = declare_restore(app.office, app.log, app.signer, second, at)
    made = app.checkpoint(at)
    said = f"the history says that {lost.size} entries had been signed before; it goes on from {made.size}"
    return {"lost_size": lost.size, "goes_on_from": made.size}, said


def _power(app: Any, second: Seconded, at: str) -> tuple[dict[str, Any], str]:
    from npm_cases.services.confirmed_power import confirm_power

    done = confirm_power(app.office, second, at)
    answer, said = {"user": done.user}, f"done for {done.user}"
    if done.invitation:
        path = answer["path"] = f"/invitations/{done.invitation}"
        said += f"; hand this over in person, shown once; it opens once, below the address of the pages: {path}"
    if done.token:
        answer["token"] = done.token
        said += f"; hand this token over in person, shown once: {done.token}"
    return answer, said


def _policy(app: Any, second: Seconded, at: str) -> tuple[dict[str, Any], str]:
    """Put a policy in force and count the open clocks again at once; a sweep would do it as well."""
    from dataclasses import asdict

    from npm_cases.services.adoption import adopt
    from npm_cases.services.recounting import recount

    done = adopt(app.office, second, at)
    app.looked_at = 0.0
    app.renew()
    counted = recount(app.office, at)
    said = (
        f"{done.what} {done.version} is in force, before it was {done.before}; of {counted.looked_at} open clocks "
        f"{counted.moved} moved, {counted.renewed} follow the new rule, {counted.kept} keep the old one, "
        f"{counted.confirmed} are no longer provisional; {counted.questioned} wait for a person "
        f"(npm-cases incident list); {counted.notices} corrections are queued"
    )
    for one in counted.dates[:MOST_TOLD]:
        said += f"\n{one.subject} {one.duty}: {one.was} -> {one.due_on}, {one.what}"
        said += f"; corrected: {', '.join(one.corrected)}" if one.corrected else ""
    if len(counted.dates) > MOST_TOLD:
        said += f"\nthese are the first {MOST_TOLD} of {len(counted.dates)}; all of them with --json"
    return {"adopted": done.what, "version": done.version, "before": done.before, **asdict(counted)}, said


_MADE: dict[str, Callable[[Any, Seconded, str], tuple[dict[str, Any], str]]] = {
    ROTATE_LOG_KEY: _log_key,
    ROTATE_WRAPPING_KEY: _wrapping_key,
    DECLARE_RESTORE: _restore,
    **dict.fromkeys(OF_POWER, _power),
    **dict.fromkeys(OF_POLICY, _policy),
}
