"""What a check of the policy says: what is wrong, with the way there, and how long the Ombudsman may have to wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

AGE_CEILING_ROW = "age_ceiling"
INTAKE_ROW = "overdue_at_intake"
SUSPENDED_ROW = "suspended"

_HEAD = """\
# Days to the Ombudsman

If nobody acts, the case is escalated to the Ombudsman at the latest so many calendar days after the day on which it
entered the state; the day of entry is day zero. The number is the longest over every day of the calendar's confirmed
years on which all duties of the state have a rule, and over every qualification, with the latest date a document may
set and the longest lawful extension the state can be entered with. Duty and rung are those that escalate on that day.

Three rows stand for the case as a whole: `age_ceiling` counts from its birth, whatever the state and whoever moves it;
`overdue_at_intake` from the day a case that is overdue already is taken in, or an act of long ago is recorded;
`suspended` from the day a clock was stopped.
"""
_COLUMNS = ("Machine", "State", "Channel", "Days", "Duty", "Rung")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: ``counter_example`` is the shortest way there, event by event, and what is missing.

    ``where`` names the part of the pack or of a table, outermost first, parted by colons.
    """

    what: str
    where: str
    counter_example: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """The most calendar days from entering a state (day zero) to the Ombudsman, if nobody acts.

    ``duty`` and ``rung`` are those that escalate on the worst day.
    """

    machine: str
    state: str
    channel: str
    days: int
    duty: str
    rung: str


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """The findings, none of them when the policy is sound, and the bounds in the order of the tables."""

    findings: tuple[Finding, ...]
    bounds: tuple[Bound, ...]


def longest_of(reports: Sequence[Sequence[Bound]]) -> tuple[Bound, ...]:
    """Return for each state and channel the longest of its bounds, in the order in which they are first met."""
    found: dict[tuple[str, str, str], Bound] = {}
    for bound in (one for report in reports for one in report):
        known = found.setdefault((bound.machine, bound.state, bound.channel), bound)
        if bound.days > known.days:
            found[bound.machine, bound.state, bound.channel] = bound
    return tuple(found.values())


def bounds_as_markdown(report: PolicyReport) -> str:
    """Print the bounds as a table for people; ends with a newline."""
    return _HEAD + "\n" + "\n".join(_lines(report)) + "\n"


def _lines(report: PolicyReport) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "| --- | --- | --- | ---: | --- | --- |"
    for bound in report.bounds:
        names = f"| `{bound.machine}` | `{bound.state}` | `{bound.channel}` "
        yield f"{names}| {bound.days} | `{bound.duty}` | `{bound.rung}` |"
