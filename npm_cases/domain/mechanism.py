"""What a mechanism is: its model, its bodies, to whom it reports, and what of its law is not known yet.

None of this moves a clock; it is what people must know of a pack before they take it on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from npm_cases.domain.working_days import ONE_DAY

Labels = Mapping[str, str]
ADOPTED, REVIEWED, DRAFT = "adopted", "reviewed", "draft"


class Dated(Protocol):
    """Anything that is in force from a day (None: always was) to a day (None: until further notice), both inside."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Model:
    """Which of the four models the mechanism is of, and when.

    1 an existing institution, 2 "Ombudsman+", 3 several bodies, 4 a new body. ``source`` is empty where it is policy.
    """

    number: int
    source: str
    note: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the mechanism itself; where there are several, one may coordinate the others."""

    id: str
    labels: Labels
    coordinator: bool
    source: str
    note: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Membership:
    """What binds the members of the mechanism: a term of office, an incompatibility, a duty."""

    what: Labels
    source: str


@dataclass(frozen=True, slots=True)
class Report:
    """To whom the annual report of the mechanism goes."""

    labels: Labels
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something of the law that is not known: ``about`` is the entry of the pack that rests on the answer."""

    id: str
    about: str
    text: Labels


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The mechanism of a pack. ``region_bodies`` names the body responsible for a region, where there are several."""

    models: tuple[Model, ...]
    official_languages: tuple[str, ...]
    zones: tuple[str, ...]
    bodies: tuple[Body, ...]
    region_bodies: Mapping[str, str]
    report: Report
    membership: tuple[Membership, ...]
    questions: tuple[Question, ...]

    def model_on(self, day: date) -> Model | None:
        """Return the model the mechanism is of on a day, or None on a day nothing is said of."""
        return next((model for model in self.models if is_in_force(model, day)), None)


def is_in_force(one: Dated, day: date) -> bool:
    """Say whether something is in force on a day."""
    return (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day <= one.valid_to)


def overlap(one: Dated, other: Dated) -> bool:
    """Say whether two are in force on the same day."""
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
        one.valid_to or date.max
    )


def first_gap(entries: Iterable[Dated]) -> date | None:
    """Return the first day from the earliest entry on that none covers, or None."""
    covered_to = None
    for one in sorted(entries, key=lambda entry: entry.valid_from or date.min):
        if covered_to is not None and (one.valid_from or date.min) > covered_to + ONE_DAY:
            return covered_to + ONE_DAY
        if one.valid_to is None:
            return None
        covered_to = max(covered_to or one.valid_to, one.valid_to)
    return None if covered_to is None else covered_to + ONE_DAY
