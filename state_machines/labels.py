"""What people read for every term of the tables, in Kazakh, Russian and English; the Kazakh is not reviewed yet."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from state_machines import labels_events, labels_guards, labels_states, labels_words
from state_machines.label import Label

LANGUAGES: Final = ("kk", "ru", "en")


class Kind(StrEnum):
    """Which kind of term a label is for.

    A guard has two: `GUARD` is the condition as the printed table states it, `REASON` what to do when it refuses.
    """

    MACHINE = "machine"
    PHASE = "phase"
    STATE = "state"
    EVENT = "event"
    ROLE = "role"
    GUARD = "guard"
    REASON = "reason"
    FIELD = "field"
    CHOICE = "choice"
    REASON_CODE = "reason_code"
    HEAD = "head"


LABELS: Mapping[str, Mapping[str, Label]] = {
    Kind.MACHINE: labels_words.MACHINES,
    Kind.PHASE: labels_words.PHASES,
    Kind.STATE: labels_states.STATES,
    Kind.EVENT: labels_events.EVENTS,
    Kind.ROLE: labels_words.ROLES,
    Kind.GUARD: labels_guards.CONDITIONS,
    Kind.REASON: labels_guards.REASONS,
    Kind.FIELD: labels_words.FIELDS,
    Kind.CHOICE: labels_words.CHOICES,
    Kind.REASON_CODE: labels_words.REASON_CODES,
    Kind.HEAD: labels_words.HEADS,
}


def label(kind_of_term: str, name: str, lang: str, machine: str | None = None) -> str:
    """Say a term to a person; with `machine`, in that machine's own wording where it has one.

    `lang` is kk, ru or en. Raises LookupError, naming what is missing.
    """
    if lang not in LANGUAGES:
        message = f"no labels in language {lang!r}: use one of {', '.join(LANGUAGES)}"
        raise LookupError(message)
    text: str = getattr(find(kind_of_term, name, machine), lang)
    return text


def is_reviewed(kind_of_term: str, name: str, lang: str, machine: str | None = None) -> bool:
    """Tell whether a speaker of the language has checked the label."""
    return lang != "kk" or find(kind_of_term, name, machine).kk_reviewed


def find(kind_of_term: str, name: str, machine: str | None = None) -> Label:
    """Return the label with all its languages; raise LookupError where there is none."""
    labels = LABELS.get(kind_of_term, {})
    found = labels.get(f"{machine}.{name}") or labels.get(name)
    if found is None:
        message = f"no label for {kind_of_term} {name!r}: add it to state_machines/labels_*.py"
        raise LookupError(message)
    return found
