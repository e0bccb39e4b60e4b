"""What a chain's events led to, row by row: clocks, rungs, notices, proposals, each with the event that last spoke of it."""

from dataclasses import dataclass

from npm_cases.proving.verdict import Finding


@dataclass(frozen=True, slots=True)
class Mark:
    """The event that last said something about a row: its place in the chain and in the log."""

    seq: int
    index: int | None


def found_at(chain: str, mark: Mark, what: str) -> Finding:
    """Make a finding at the event that last said something about a row."""
    return Finding(chain, mark.seq, mark.index, what)


@dataclass(slots=True)
class Owed:
    """One obligation as the events tell it; the members are those of the record of that name.

    ``first_due_on`` is the due date it was opened with, by ``first_calendar``; ``taken`` how many rungs were taken, or
    passed over, since its due date last moved; ``subject`` what it is about: a case, or a place of detention.
    """

    id: str
    duty: str
    owed_by: str
    rule: str
    rule_version: str
    started_on: str
    amount: int
    unit: str
    due_on: str
    calendar_version: str
    ladder: str
    opened_at: str
    opened_seq: int
    before_intake: tuple[str, ...]
    mark: Mark
    discharged_at: str = ""
    discharged_seq: int = 0
    suspended_on: str = ""
    raised: bool = False
    revision: int = 1
    provisional: bool = False
    first_due_on: str = ""
    first_calendar: str = ""
    taken: int = 0
    subject: str = "case"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung taken, or missed before the obligation was opened; ``act`` is none then."""

    obligation: str
    key: str
    act: str
    due_at: str
    act_at: str
    late_by_engine: bool
    posts: str
    mark: Mark


@dataclass(slots=True)
class Told:
    """One notice: where and when it was queued, for whom, what the last mail event says became of it, and in which mail."""

    obligation: str
    rung: str
    post: str
    due_on: str
    mark: Mark
    at: str
    status: str = ""
    carried_by: str = ""
    came_back: bool = False


@dataclass(slots=True)
class Proposed:
    """One proposal with what became of it, and when."""

    event: str
    digest: str
    proposer: str
    expires_at: str
    proposed_at: str
    mark: Mark
    status: str = "pending"
    decided_by: str = ""
    decided_at: str = ""

    @property
    def is_pending(self) -> bool:
        """Say whether nobody has decided it."""
        return self.status == "pending"
