"""How far a verification reaches: which level, which entries it covers, and what of the rest.

Level 1: a checkpoint fits that a key of the auditor signed. Level 2: one fits that the auditor kept, and none that the
auditor kept contradicts. Level 3: besides, enough of the auditor's witnesses signed one that fits and is no smaller than
the largest kept one; an export signs a newer one that no witness has seen yet, so it need not be the newest.
"""

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
    kept = max(check.kept_fitting, default=0)
    newest = max(*check.fitting, kept, 0)
    if not check.keys.is_trusted or not newest or not are_entries_proven:
        notes = [*_why_nothing(check, are_entries_proven=are_entries_proven), *_old_keys(check)]
        return Reached(0, 0, (*notes, *_beyond(check, 0)))
    rest = (*_old_keys(check), *_beyond(check, newest))
    if not kept or check.kept_misfits:
        return Reached(1, newest, (*_why_not_kept(check, trust), *rest))
    witnessed = _witnessed(check, trust)
    if witnessed >= kept:
        why = "no checkpoint that holds them was signed by enough of your witnesses"
        return Reached(3, witnessed, (*_at_level_1(witnessed, newest, why), *rest))
    notes = [*_why_not_witnessed(check, trust, kept), *_at_level_1(kept, newest, "no checkpoint you kept holds them")]
    return Reached(2, kept, (*notes, *rest))


def _witnessed(check: CheckpointCheck, trust: Trust) -> int:
    """Return the size of the largest checkpoint that fits and enough witnesses signed; 0: there is none."""
    if not trust.quorum:
        return 0
    return max((size for size, signers in check.cosigners.items() if len(signers) >= trust.quorum), default=0)


def _why_nothing(check: CheckpointCheck, *, are_entries_proven: bool) -> Iterator[str]:
    if not are_entries_proven:
        yield "not every event is proven to stand in the log, so no checkpoint speaks for them: the level is 0"
    elif check.keys.is_trusted:
        yield "no checkpoint that your keys signed fits the entries, so nothing outside the bundle speaks for it"


def _why_not_kept(check: CheckpointCheck, trust: Trust) -> Iterator[str]:
    if check.kept_misfits:
        yield "a checkpoint you kept does not fit, so level 2 is not reached: see the findings"
    elif trust.kept:
        yield "no checkpoint you kept could be counted, so level 2 is not reached"
    else:
        yield f"no checkpoint you kept yourself was given (--kept), which level 2 needs: {_without_kept(check, trust)}"


def _without_kept(check: CheckpointCheck, trust: Trust) -> str:
    witnessed = _witnessed(check, trust)
    if not witnessed:
        few = f", and fewer than {trust.quorum} of your witnesses signed one that fits" if trust.quorum else ""
        return f"a log rewritten as a whole is not seen{few}"
    return (
        f"{len(check.cosigners[witnessed])} of your witnesses signed the checkpoint of {witnessed} entries, so rewriting "
        "those as a whole after they signed would have needed them too; a rewriting of what follows is not seen"
    )


def _why_not_witnessed(check: CheckpointCheck, trust: Trust, kept: int) -> Iterator[str]:
    if not trust.quorum:
        return
    most = max((len(signers) for size, signers in check.cosigners.items() if size >= kept), default=0)
    yield (
        f"{most} of your witnesses signed one and the same checkpoint of {kept} entries or more, as many as the largest "
        f"you kept holds; level 3 needs {trust.quorum}"
    )


def _at_level_1(first: int, newest: int, why: str) -> Iterator[str]:
    if newest > first:
        yield f"the entries {first} to {newest - 1} are at level 1: {why}"


def _beyond(check: CheckpointCheck, newest: int) -> Iterator[str]:
    if check.end > newest:
        after = ", after the last checkpoint," if newest else ""
        yield f"the entries {newest} to {check.end - 1}{after} are at level 0"


def _old_keys(check: CheckpointCheck) -> Iterator[str]:
    for where in check.kept_before_trust:
        yield (
            f"{where} fits, but is of the time of a key you did not give, before the one you did: it lifts nothing; give "
            "that key too (repeat --key)"
        )
    if check.before_trust:
        yield (
            f"{check.before_trust} checkpoints are of the time of a key you did not give, before the one you did: they "
            "prove nothing to you; give that key too if you have reason to believe it"
        )
