"""What a changed pack may never do to the one before: take away, or change in place, what histories name.

A rule, a ladder, a channel, a post or a region that was in force once stands in the history of cases. It is ended by a
date; a changed one is a new version beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from npm_cases.domain.pack import Ladder, Pack
from npm_cases.domain.terms import Rule

_NO_DAY = date.min


@dataclass(frozen=True, slots=True)
class Loss:
    """Something in force before that is gone, or another under its name: where it stood, and what to do."""

    where: str
    reason: str


def losses(old: Pack, new: Pack) -> Iterator[Loss]:
    """List what a pack takes away from the one before it, or changes under the same version."""
    if new.zone != old.zone:
        yield Loss("pack:zone", f"the zone was {old.zone}: every running date ends with a day of it; leave it as it is")
    if new.calendar.id != old.calendar.id:
        where = "pack:calendar"
        yield Loss(where, f"the calendar was {old.calendar.id}: adopt a changed one under its id with `calendar adopt`")
    yield from _rules(old, new)
    yield from _ladders(old, new)
    for name, before, after in (
        ("channels", old.channels, new.channels), ("posts", old.posts, new.posts), ("regions", old.regions, new.regions),
    ):  # fmt: skip
        for one in _gone(before, after):
            yield Loss(f"{name}:{one}", f"{name}: {one} is gone, and cases name it; put it back, and end it by a date")
    for name, channel in old.channels.items():
        if name in new.channels and new.channels[name].kind != channel.kind:
            yield Loss(f"channels:{name}", f"channel {name} was for a {channel.kind}: give the other kind another id")


def _gone(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return sorted(set(before) - set(after))


def _rules(old: Pack, new: Pack) -> Iterator[Loss]:
    for name, versions in old.rules.items():
        present = {rule.version: rule for rule in new.rules.get(name, ())}
        for rule in versions:
            where = f"rules:{name}:{rule.version}"
            if rule.version not in present:
                yield Loss(where, f"rule {name}: version {rule.version} is gone; put it back, and end it with valid_to")
            elif _terms(rule) != _terms(present[rule.version]):
                yield Loss(
                    where,
                    f"rule {name}: version {rule.version} was changed in place; put it back as it was, end it with "
                    "valid_to, and write the changed rule as a new version",
                )


def _terms(rule: Rule) -> Rule:
    """Return what of a rule counts: when it ends may be said later, and its words may be mended."""
    return replace(rule, valid_to=None, source="", note="", policy=True)


def _ladders(old: Pack, new: Pack) -> Iterator[Loss]:
    present = {ladder.key: ladder for ladder in new.ladders}
    for ladder in old.ladders:
        where = f"ladders:{ladder.id}:{ladder.version}"
        if ladder.key not in present:
            yield Loss(where, f"ladder {ladder.id}: version {ladder.version} is gone; put it back, ended with valid_to")
        elif _steps(ladder) != _steps(present[ladder.key]):
            yield Loss(
                where,
                f"ladder {ladder.id}: the rungs of version {ladder.version} were changed in place; put them back, end "
                "the version with valid_to, and write the changed ladder as a new version",
            )


def _steps(ladder: Ladder) -> Ladder:
    return replace(ladder, valid_from=None, valid_to=None)
