"""A bundled caseload as values: registers, published recommendations, and cases told as steps.

How it is read from files is the work of npm_cases/packs, how it becomes cases that of services/caseload.py.
Times are distances, so that the same caseload can be replayed up to any day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from npm_cases.domain.incoming import ImportedRow


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of one command: plain ones, days counted from the start of its subject, and labels of others.

    ``days`` become legal days in the pack's zone; ``refs`` become the ids of visits or cases of the same caseload.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, timedelta] = field(default_factory=dict)
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedUser:
    """A synthetic user; ``regions`` empty means everywhere."""

    id: str
    name: str
    email: str
    language: str
    roles: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A synthetic visit, recorded by somebody at a distance (negative) from the present."""

    label: str
    by: str
    start: timedelta
    given: Given


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """One act on a case, ``after`` its start; where ``confirmed_by`` is set, a second person confirms the proposal."""

    event: str
    by: str
    after: timedelta
    given: Given
    files: tuple[tuple[str, bytes], ...]
    confirmed_by: str
    confirmed_after: timedelta


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """One case: created at ``start`` (negative, from the present), then its acts in order of time.

    ``note`` says what was simplified or invented.
    """

    label: str
    kind: str
    by: str
    start: timedelta
    given: Given
    acts: tuple[PlannedAct, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Registers:
    """Bodies (a superior before those below it), places of detention, holders of posts, users; synthetic."""

    bodies: tuple[Mapping[str, str], ...]
    places: tuple[Given, ...]
    posts: tuple[Mapping[str, str], ...]
    users: tuple[PlannedUser, ...]


@dataclass(frozen=True, slots=True)
class YearOfVisits:
    """How many visits a mechanism published for a year, and how many of them were special; None: not published."""

    year: int
    visits: int
    special: int
    institutions: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Caseload:
    """Everything a demonstration starts from.

    ``published`` are imported as they stand; ``answered`` are published recommendations whose replies are known, and
    are told as steps; ``synthetic`` are invented recommendations and allegations. ``visits`` are invented too;
    ``years`` are published counts of visits.
    """

    registers: Registers
    visits: tuple[PlannedVisit, ...]
    published: tuple[ImportedRow, ...]
    answered: tuple[PlannedCase, ...]
    synthetic: tuple[PlannedCase, ...]
    years: tuple[YearOfVisits, ...]

    @property
    def cases(self) -> tuple[PlannedCase, ...]:
        """The cases told as steps, real ones first."""
        return (*self.answered, *self.synthetic)

    @property
    def earliest(self) -> timedelta:
        """How far before the present the first step lies: zero or negative."""
        starts = [*(visit.start for visit in self.visits), *(case.start for case in self.cases)]
        return min(starts, default=timedelta())
