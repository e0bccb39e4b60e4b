"""Compare the terms of a derived due date with the published rule it names. Standard library only, like the recount."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Plain = Mapping[str, Any]


def check_rule(derivation: Sequence[Plain], rule: Plain) -> list[str]:
    """List where a derivation departs from the published rule it names; ``rule`` is its table in the rules file.

    ``check_due_date`` finds what does not follow from the derivation's own terms; this finds terms that are not the
    rule's. What neither can know are the facts: the day of the event, the days of suspensions and of decisions.
    """
    try:
        return list(_departures(derivation, rule))
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as wrong:
        return [f"the derivation or the rule cannot be read: {type(wrong).__name__}: {wrong}"]


def _departures(derivation: Sequence[Plain], rule: Plain) -> Iterator[str]:
    head, *steps = derivation
    said = {"amount": head["amount"], "unit": head["unit"], "rolls_to": head["roll"], "starts": steps[0]["note"]}
    for key, value in said.items():
        if rule[key] != value:
            yield f"{key}: the rule says {rule[key]}, the derivation {value}"
    extension = rule.get("extension")
    bound = "bound:none"
    if extension:
        counted_from = extension.get("counted_from", "due_date")
        bound = f"bound:{extension['amount']}_{extension['unit']} times:{extension['times']} from:{counted_from}"
    for step in steps:
        if step["kind"] in {"extend", "not_extended"} and step["note"].partition(" ")[2].partition(" why:")[0] != bound:
            yield f"extension of {step['day']}: the rule says {bound}, the derivation {step['note']}"
    if any(step["kind"] == "set" for step in steps):
        yield from _departures_of_set_date(steps, rule)


def _departures_of_set_date(steps: Sequence[Plain], rule: Plain) -> Iterator[str]:
    if not rule.get("set_in_document"):
        yield "the rule lets no document set a date"
    for kind in ("minimum", "maximum"):
        term = rule.get(kind)
        expected = [f"{term['amount']}_{term['unit']}"] if term else []
        found = [step["note"].partition(" ")[0] for step in steps if step["kind"] == kind]
        if found != expected:
            yield f"{kind}: the rule says {expected or 'none'}, the derivation {found or 'none'}"
