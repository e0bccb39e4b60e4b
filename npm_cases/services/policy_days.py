"""Proofs over time: no day of the mechanism without a model, a body, or the one newest version of a ladder; no day with two."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from npm_cases.domain.mechanism import Dated, first_gap, overlap
from npm_cases.domain.pack import Pack
from npm_cases.services.policy_report import Finding


def days_not_covered(pack: Pack) -> Iterator[Finding]:
    """Find days on which the mechanism has no model or two, no body, two coordinators, or a ladder no version or two."""
    mechanism = pack.mechanism
    yield from _without("the mechanism has no model", "models", mechanism.models)
    yield from _twice("the mechanism is of two models", "models", mechanism.models)
    yield from _without("the mechanism has no body", "bodies", mechanism.bodies)
    coordinators = [body for body in mechanism.bodies if body.coordinator]
    yield from _twice("two bodies coordinate the mechanism", "bodies", coordinators)
    for ladder_id in dict.fromkeys(ladder.id for ladder in pack.ladders):
        versions = [ladder for ladder in pack.ladders if ladder.id == ladder_id]
        yield from _without(f"the ladder {ladder_id} has no version", f"ladders:{ladder_id}", versions)
        yield from _twice(f"the ladder {ladder_id} has two versions", f"ladders:{ladder_id}", versions)


def _without(what: str, where: str, entries: Sequence[Dated]) -> Iterator[Finding]:
    gap = first_gap(entries)
    if gap or not entries:
        yield Finding(what, where, (f"on {gap}, {what}" if gap else what,))


def _twice(what: str, where: str, entries: Sequence[Dated]) -> Iterator[Finding]:
    for one, other in combinations(entries, 2):
        if overlap(one, other):
            days = [day for day in (one.valid_from, other.valid_from) if day]
            yield Finding(what, where, (f"on {max(days)}, {what}" if days else f"on every day, {what}",))
            return
