"""Who signed a checkpoint, which key was in use, and whom the auditor believes."""

from collections.abc import Iterable
from typing import NamedTuple

from tests.audit.second.bundle import Bundle
from tests.audit.second.checkpoints import Checkpoint, checkpoint_ok
from tests.audit.second.events import Finding, of_log
from tests.audit.second.notes import LOG_KEY, WITNESS_KEY, is_signed, key_of, note_parts, seconds_of, signers_of


class Seen(NamedTuple):
    """A checkpoint from the bundle or from the auditor, with the log keys and witnesses that hold."""

    name: str
    at: str
    point: Checkpoint
    logs: list[str]
    witnessed: dict[bytes, int]


class Trusted(NamedTuple):
    """What the auditor holds, and the keys the bundle tells of, which lift nothing."""

    keys: tuple[str, ...]
    witnesses: tuple[str, ...]
    told: tuple[str, ...]


def rotations_of(bundle: Bundle, found: list[Finding]) -> list[tuple[int, str, str]]:
    """Return (index, old key, new key) of every rotation that both keys signed, one following the other."""
    rotations: list[tuple[int, str, str]] = []
    for entry in bundle.entries:
        facts = entry.facts
        if entry.said.get("type") != "key_rotated" or facts.get("which") != "log":
            continue
        try:
            old, new = key_of(str(facts["old_key"])), key_of(str(facts["new_key"]))
            text = f"npm-cases key rotation v1\n{bundle.head['origin']}\n{facts['old_key']}\n{facts['new_key']}\n"
            signatures = ((old, facts["signed_by_old"]), (new, facts["signed_by_new"]))
            held = all(is_signed(key.public, bytes.fromhex(made), text.encode()) for key, made in signatures)
        except (KeyError, ValueError, TypeError):
            held = False
        if not held:
            found.append(entry.find("the change of the log's key is not signed by both keys"))
        elif rotations and rotations[-1][2] != facts["old_key"]:
            found.append(entry.find("the change begins with another key than the one in use"))
        else:
            rotations.append((entry.index, facts["old_key"], facts["new_key"]))
    return rotations


def read_seen(bundle: Bundle, name: str, at: str, note: bytes, trusted: Trusted, found: list[Finding]) -> Seen:
    """Read a checkpoint and who signed it; ValueError when it is none."""
    try:
        point = checkpoint_ok(note_parts(note)[0])
    except ValueError as wrong:
        raise ValueError(f"{name}: {wrong}") from wrong
    if point.origin != bundle.head["origin"]:
        found.append(of_log(f"{name} is of another log, {point.origin}"))
    logs: list[str] = []
    witnessed: dict[bytes, int] = {}
    spoiled = False  # by the false signature of a witness: who put that there may have put more
    for vkey in sorted({*trusted.keys, *trusted.witnesses, *trusted.told}):
        try:
            signers = signers_of(note, [vkey])[0]
        except ValueError as wrong:
            found.append(of_log(f"{name}, size {point.size}: {wrong}"))
            spoiled |= vkey in trusted.witnesses
            continue
        for key, signature in signers:
            if key.algorithm == WITNESS_KEY and vkey in trusted.witnesses:
                witnessed[key.public] = seconds_of(signature)
            elif key.algorithm == LOG_KEY and key.name == point.origin == bundle.head["origin"]:
                logs.append(vkey)
    return Seen(name, at, point, [] if spoiled else logs, witnessed)


def _in_use(rotations: list[tuple[int, str, str]], size: int) -> str:
    """Return the key that signs checkpoints of a size, as the rotations tell; empty when there were none."""
    if not rotations:
        return ""
    return ([rotations[0][1]] + [new for index, _, new in rotations if index < size])[-1]


def _followed_keys(rotations: list[tuple[int, str, str]], keys: Iterable[str]) -> set[str]:
    """Follow the auditor's keys to their successors, never back: who holds a key that was given up proves nothing."""
    trusted = set(keys)
    for _, old, new in rotations:
        trusted |= {new} if old in trusted else set()
    return trusted


def is_believed(
    seen: Seen, rotations: list[tuple[int, str, str]], trusted: Trusted, findings: list[Finding], notes: list[str]
) -> bool:
    """Say whether a key that the auditor trusts, and that was in use, signed a checkpoint."""
    in_use = _in_use(rotations, seen.point.size)
    where, logs = f"{seen.name}, size {seen.point.size}", set(seen.logs)
    if not logs:
        if trusted.keys or trusted.told:
            findings.append(of_log(f"{where}: not signed by any known key of this log"))
        return False
    if in_use and in_use not in logs:
        findings.append(of_log(f"{where}: signed by a key that was not in use"))
        return False
    if trusted.keys and logs.isdisjoint(_followed_keys(rotations, trusted.keys)):
        backwards = [(index, new, old) for index, old, new in reversed(rotations)]
        if logs.isdisjoint(_followed_keys(backwards, trusted.keys)):
            findings.append(of_log(f"{where}: not signed by a key you trust"))
        else:
            what = "a key that was given up for one you trust: it proves nothing to you; if you believe that key, give it too"
            notes.append(f"{where}: signed by {what}")
        return False
    return bool(trusted.keys)
