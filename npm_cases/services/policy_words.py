"""A counter-example as a person reads it: each event by its label, and at the end what is missing."""

from collections.abc import Sequence

from state_machines.labels import Kind, label


def in_words(counter_example: Sequence[str], lang: str = "en") -> str:
    """Tell a way in one sentence; what is no event is a sentence already, and is said as it stands."""
    return ", then ".join(_said(step, lang) for step in counter_example)


def _said(step: str, lang: str) -> str:
    if not step.isidentifier():
        return step
    try:
        return label(Kind.EVENT, step, lang)
    except LookupError:
        return step.replace("_", " ")
