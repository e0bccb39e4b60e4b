"""How far a verification reaches: which level, which entries it covers, and what of the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

from npm_cases.proving.checkpoint_check import CheckpointCheck
from npm_cases.proving.trust import Trust


@dataclass(frozen=True, slots=True)
class Reached:
    """The level, how many entries from index 0 it covers, and the rest in words."""

    level: int
    covers: int
    notes: tuple[str, ...]


def reached(check: CheckpointCheck, trust: Trust, *, are_entries_proven: bool) -> Reached:
    """Say which level was reached, and over which entries of the log."""
    inside = max(check.fitting, default=0)
    kept = max(check.kept_fitting, default=0)
    newest = max(inside, kept)
    if not check.keys.is_trusted or not newest or not are_entries_proven:
        return Reached(0, 0, tuple(_why_nothing(check, are_entries_proven=are_entries_proven)))
    signed_by = len(check.cosigners.get(newest, ()))
    if not kept or check.kept_misfits:
        return Reached(1, newest, tuple(_after(check, newest, _why_not_kept(check, trust))))
    if not trust.quorum or signed_by < trust.quorum:
        why = f"{signed_by} of your witnesses signed the newest checkpoint; level 3 needs {trust.quorum}"
        notes = [why] if trust.quorum else []
        if newest > kept:
            notes.append(f"the entries {kept} to {newest - 1} are at level 1: no checkpoint you kept holds them")
        return Reached(2, kept, tuple(_after(check, newest, notes)))
    return Reached(3, newest, tuple(_after(check, newest, [])))


def _why_nothing(check: CheckpointCheck, *, are_entries_proven: bool) -> Iterator[str]:
    if not are_entries_proven:
        yield "not every event is proven to stand in the log, so no checkpoint speaks for them: the level is 0"
    elif check.keys.is_trusted:
        yield "no checkpoint that your keys signed fits the entries, so nothing outside the bundle speaks for it"
    if check.before_trust:
        yield _old_keys(check)
    if check.end:
        yield f"all entries, 0 to {check.end - 1}, are at level 0"


def _why_not_kept(check: CheckpointCheck, trust: Trust) -> list[str]:
    if check.kept_misfits:
        if not check.faults:
            return [
                "your checkpoint is of the time of a key you did not give, so level 2 is not reached: give that key too"
            ]
        return ["a checkpoint you kept does not hold, so level 2 is not reached: see the findings"]
    return (
        []
        if trust.kept
        else ["no checkpoint you kept yourself was given (--kept): a log rewritten as a whole is not seen"]
    )


def _after(check: CheckpointCheck, newest: int, notes: list[str]) -> list[str]:
    if check.before_trust:
        notes = [*notes, _old_keys(check)]
    if check.end > newest:
        notes = [*notes, f"the entries {newest} to {check.end - 1}, after the last checkpoint, are at level 0"]
    return notes


def _old_keys(check: CheckpointCheck) -> str:
    return (
        f"{check.before_trust} checkpoints are of the time of a key you did not give, before the one you did: they prove "
        "nothing to you; give that key too if you have reason to believe it"
    )
