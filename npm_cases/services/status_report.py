"""How many recommendations stand where, in the words somebody else publishes.

A case that was imported with a word of the vocabulary, and has not moved since, counts under that very word. Any other
counts under the word that means its state. Where several words mean it, or none, that is said, and nothing is guessed.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from npm_cases.domain import access
from npm_cases.domain.records import RECOMMENDATION, Actor
from npm_cases.domain.vocabulary import StatusWord, Vocabulary


@dataclass(frozen=True, slots=True)
class Asked:
    """Which recommendations to count; empty members do not filter, both days are included.

    The day of a case is that of the publication it was imported from, else the day it was issued, else it was entered.
    """

    channel: str = ""
    region: str = ""
    first: date | None = None
    last: date | None = None

    def takes(self, day: str) -> bool:
        """Say whether a day, as ISO text, lies within the days asked for."""
        after = self.first is None or day >= self.first.isoformat()
        return after and (self.last is None or day <= self.last.isoformat())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one case stands, the published word it remembers, and whether it has moved since it was entered."""

    state: str
    vocabulary: str
    word: str
    has_moved: bool
    day: str


class Standings(Protocol):
    """Reads the standings of cases an actor may know of."""

    def standings(
        self, kind: str, asked: Asked, regions: Collection[str], excluded_for: Collection[str]
    ) -> Iterable[Standing]: ...


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The counts: total = by word + not told apart + without a word.

    ``by_word`` has every word of the vocabulary that means a state, in its order. ``not_told_apart`` holds a state with the
    words that all mean it, ``without_word`` a state for which the vocabulary has no word.
    """

    vocabulary: Vocabulary
    total: int
    by_word: tuple[tuple[StatusWord, int], ...]
    not_told_apart: tuple[tuple[str, tuple[StatusWord, ...], int], ...]
    without_word: tuple[tuple[str, int], ...]


def report_status(views: Standings, vocabulary: Vocabulary, asked: Asked, actor: Actor) -> StatusReport:
    """Count the recommendations an actor may know of in the words of a vocabulary. Raises NotAllowed."""
    access.need(actor, "list cases")
    regions = () if access.EVERYWHERE in actor.regions else sorted(actor.regions)
    found: Iterable[Standing] = ()
    if not actor.roles.isdisjoint(access.READERS):
        found = views.standings(RECOMMENDATION, asked, regions, {actor.user, *actor.bodies})
    return counted(vocabulary, (one for one in found if asked.takes(one.day)))


def counted(vocabulary: Vocabulary, standings: Iterable[Standing]) -> StatusReport:
    """Count standings by word, those that no word tells apart by state."""
    words: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for one in standings:
        if word := _word_of(vocabulary, one):
            words[word.id] += 1
        else:
            states[one.state] += 1
    meant = [(state, vocabulary.meaning(state), states[state]) for state in sorted(states)]
    return StatusReport(
        vocabulary,
        words.total() + states.total(),
        tuple((word, words[word.id]) for word in vocabulary.words if word.state),
        tuple((state, several, count) for state, several, count in meant if several),
        tuple((state, count) for state, several, count in meant if not several),
    )


def _word_of(vocabulary: Vocabulary, one: Standing) -> StatusWord | None:
    remembered = vocabulary.by_id(one.word) if one.vocabulary == vocabulary.id and not one.has_moved else None
    if remembered and remembered.state == one.state:
        return remembered
    meaning = vocabulary.meaning(one.state)
    return meaning[0] if len(meaning) == 1 else None
