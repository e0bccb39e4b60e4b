"""A person's day: what hurts first comes first; counts are capped, and nothing kept from the person is counted."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from npm_cases.domain import access
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor
from npm_cases.domain.rights import RIGHTS
from npm_cases.services import erasure
from npm_cases.services.finding import COUNTED, NO_DAY, Sight, sight_of
from npm_cases.services.ports import Office
from state_machines import MACHINES, TransitionRefused, machine_of_event

SECTIONS = (
    "reprisals", "overdue_ours", "overdue_theirs", "escalated_unanswered", "mail_dead", "to_confirm", "due_today",
    "due_this_week", "provisional", "unassigned",
)  # fmt: skip
"""In the order of what hurts: a person in danger, what is late and by whom, what nobody hears, then what comes."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One thing to do: the case, the duty and who owes it; days late are calendar days, 0 when not late.

    In to_confirm ``approval`` and ``event`` say what waits, and ``due_on`` is the day it lapses; in mail_dead ``duty`` is the
    kind of letter; in unassigned and escalated_unanswered it is empty, and ``due_on`` is the next day of the case.
    """

    number: str
    title: str
    kind: str
    duty: str
    owed_by: str
    due_on: str
    days_late: int
    assignee: str
    escalation: str
    provisional: bool = False
    approval: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its code of SECTIONS, its count (1,000 and ``is_capped`` when there are more), its first rows."""

    code: str
    count: int
    is_capped: bool
    rows: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The sections in order, with the day (YYYY-MM-DD, zone of the pack) and the Sunday its week ends on."""

    day: str
    week_ends: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class DayAsked:
    """What the database is asked for: one section, of cases in sight, assigned to ``users`` unless these are empty."""

    code: str
    sight: Sight
    users: tuple[str, ...]
    me: str
    at: str
    today: str
    tomorrow: str
    sunday: str


class DayViews(Protocol):
    """What the database answers; `App.views` does.

    The rows of a section come in its order, no more than ``limit``; what is counted is counted no further than ``most``.
    """

    def day_section(self, asked: DayAsked, limit: int, most: int) -> tuple[list[dict[str, Any]], int]: ...


def my_day(
    office: Office, views: DayViews, actor: Actor, at: str, *, mine: bool, users: Collection[str] = (), first: int = 10
) -> Day:
    """Put an actor's day together, as it stands at an instant.

    ``mine`` keeps what is assigned to the actor or to ``users``, those they stand in for; what waits for a second person is
    shown whoever the case is assigned to. Raises NotAllowed for a role that lists no cases.
    """
    sections = tuple(
        _section(views, asked, actor, first) for asked in _asked(office, actor, at, mine=mine, users=users)
    )
    today = office.times.day(from_text(at))
    return Day(today.isoformat(), _sunday(today).isoformat(), sections)


def next_case(
    office: Office, views: DayViews, actor: Actor, at: str, *, mine: bool, users: Collection[str] = (), after: str = ""
) -> str:
    """Return the number that follows ``after`` in the order of the day; the first when it is not there, "" at the end.

    Each case comes once, where it hurts most; of every section as many are looked through as are counted.
    """
    numbers = _numbers(office, views, actor, at, mine=mine, users=users)
    first = next(numbers, "")
    if not after or first == after:
        return next(numbers, "") if after else first
    for number in numbers:
        if number == after:
            return next(numbers, "")
    return first


def _numbers(
    office: Office, views: DayViews, actor: Actor, at: str, *, mine: bool, users: Collection[str]
) -> Iterator[str]:
    seen: set[str] = set()
    for asked in _asked(office, actor, at, mine=mine, users=users):
        for row in _section(views, asked, actor, COUNTED).rows:
            if row.number not in seen:
                seen.add(row.number)
                yield row.number


def _asked(office: Office, actor: Actor, at: str, *, mine: bool, users: Collection[str]) -> Iterator[DayAsked]:
    """Yield what to ask for, section by section; nothing for somebody who need not know of any case."""
    sight = sight_of(actor)
    if sight is None:
        return
    today = office.times.day(from_text(at))
    theirs = tuple(sorted({actor.user, *users})) if mine else ()
    for code in SECTIONS:
        if code == "unassigned" and mine:
            continue
        yield DayAsked(
            code, sight, () if code == "to_confirm" else theirs, actor.user, at, today.isoformat(),
            (today + ONE_DAY).isoformat(), _sunday(today).isoformat(),
        )  # fmt: skip


def _sunday(day: date) -> date:
    return date.fromordinal(day.toordinal() + 7 - day.isoweekday())


def _section(views: DayViews, asked: DayAsked, actor: Actor, first: int) -> Section:
    if asked.code == "to_confirm":
        waiting, _ = views.day_section(asked, COUNTED + 1, COUNTED + 1)
        rows = [row for row in waiting if may_confirm(actor, row["kind"], row["state"], row["event"])]
        count = len(rows)
    else:
        rows, count = views.day_section(asked, first, COUNTED + 1)
    told = tuple(_row(row, asked) for row in rows[:first])
    return Section(asked.code, min(count, COUNTED), count > COUNTED, told)


def may_confirm(actor: Actor, kind: str, state: str, event: str) -> bool:
    """Say whether an actor's roles let them confirm an act another person proposed; the act itself is judged when they do."""
    if event == erasure.EVENT:
        return not actor.roles.isdisjoint(RIGHTS["confirm an erasure"])
    return not actor.roles.isdisjoint(access.SUPERVISORS | {"caseworker"} | _who(kind, state, event))


def _who(kind: str, state: str, event: str) -> frozenset[str]:
    try:
        table = MACHINES[machine_of_event(kind, event)]
    except TransitionRefused:
        return frozenset()
    rows = [row for row in table.rows if row.event == event and (table.name != kind or row.state == state)]
    return frozenset(str(role) for row in rows for role in row.who)


def _row(row: dict[str, Any], asked: DayAsked) -> DayRow:
    due_on = "" if row["due_on"].startswith(NO_DAY) else row["due_on"]
    is_late = bool(due_on) and asked.code != "to_confirm"
    late = (date.fromisoformat(asked.today) - date.fromisoformat(due_on)).days if is_late else 0
    return DayRow(
        number=row["number"], title=row["title"], kind=row["kind"], duty=row["duty"], owed_by=row["owed_by"],
        due_on=due_on, days_late=max(late, 0), assignee=row["assignee"], escalation=row["escalation"],
        provisional=bool(row["provisional"]), approval=row["approval"], event=row["event"],
    )  # fmt: skip
