"""Words that others publish about recommendations, and what each is in our states.

A word stands on one of three axes: the addressee's reply, how far implementation got, or an end (DOMAIN section 4.3). A
word that says none of these is refused, with the reason.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from state_machines.recommendation_terms import State as R

REPLY, IMPLEMENTATION, END = "reply", "implementation", "end"
# fmt: off
AXES: Mapping[str, frozenset[str]] = {
    REPLY:          frozenset({R.SERVED, R.ACKNOWLEDGED, R.REPLIED, R.ACCEPTED, R.PARTLY_ACCEPTED, R.REJECTED}),
    IMPLEMENTATION: frozenset({R.IN_PROGRESS, R.IMPLEMENTATION_CLAIMED, R.IMPLEMENTED, R.PARTLY_IMPLEMENTED, R.NOT_IMPLEMENTED}),
    END:            frozenset({R.CLOSED, R.WITHDRAWN, R.OBSOLETE}),
}
# fmt: on
"""The states a word of each axis may mean; a superseded case has its successor, which no row of a file can name."""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One published word: how it is spelled, and the state it means; ``refused`` says why it means none, by language."""

    id: str
    word: str
    spellings: tuple[str, ...]
    axis: str
    state: str
    refused: Mapping[str, str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one publisher, in its own order."""

    id: str
    labels: Mapping[str, str]
    source: str
    words: tuple[StatusWord, ...]

    def find(self, text: str) -> StatusWord | None:
        """Return the word a cell holds, in any spelling and case; None where it is no word of this vocabulary."""
        wanted = spelled(text)
        return next((one for one in self.words if wanted in map(spelled, (one.word, *one.spellings))), None)

    def by_id(self, word_id: str) -> StatusWord | None:
        """Return a word by its code."""
        return next((one for one in self.words if one.id == word_id), None)

    def meaning(self, state: str) -> tuple[StatusWord, ...]:
        """Return every word that means a state: one, or none, or several that the state does not tell apart."""
        return tuple(one for one in self.words if one.state == state)

    @property
    def taken(self) -> tuple[str, ...]:
        """The words that are not refused, as published."""
        return tuple(one.word for one in self.words if one.state)


def spelled(text: str) -> str:
    """Return a word as spellings are compared: without case, with single spaces."""
    return " ".join(text.casefold().split())


def fitting(vocabularies: Iterable[Vocabulary], words: Collection[str]) -> tuple[Vocabulary, ...]:
    """Return the vocabularies that know every one of some words; none where there is no word."""
    return tuple(one for one in vocabularies if words and all(one.find(word) for word in words))
