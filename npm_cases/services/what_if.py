"""The future under a changed policy, on a copy: open clocks follow it as its adoption would have them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from npm_cases.domain.pack import Pack
from npm_cases.services.policy_differences import under
from npm_cases.services.policy_kept import stamp_of
from npm_cases.services.ports import Office
from npm_cases.services.recounting import begin, recount
from npm_cases.services.rule_choice import Choice


def under_changed(copy: Office, pack: Pack, choice: Choice, at: str) -> Office:
    """Return a copy of the office as it would go on by another pack of its country; raises BadInput for another one's."""
    there = under(copy, pack)
    with there.open_work() as work:
        there = replace(there, policy_stamp=stamp_of(work, pack))
        begin(work, choice, at)
        work.commit()
    recount(there, at)
    return there


def apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the acts that only one of two simulated futures has, each in its order of time."""
    return {"only_in_force": _without(one["acts"], other["acts"]), "only_changed": _without(other["acts"], one["acts"])}


def _without(acts: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left = Counter(_named(act) for act in others)
    found = []
    for act in acts:
        if left[_named(act)]:
            left[_named(act)] -= 1
        else:
            found.append(act)
    return found


def _named(act: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(act[name] for name in sorted(act))
