"""The board of the Ombudsman: decisions that wait, implementation over time, late answers, repeats; no small cell is told."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import from_text
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.domain.small_cells import ALL, SMALL, with_totals, withheld, withheld_of_list
from npm_cases.services.finding import COUNTED, Sight, sight_of
from npm_cases.services.ports import Office

By = Literal["body", "region", "place_kind", "theme", "channel"]
ROWS: tuple[str, ...] = ("body", "region", "place_kind", "theme", "channel")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An escalation that waits for a decision; ``age`` in calendar days since raised, ``last_answer`` a day or empty."""

    number: str
    title: str
    kind: str
    body: str
    region: str
    raised_on: str
    age: int
    last_answer: str


@dataclass(frozen=True, slots=True)
class WaitingCell:
    """How many wait for one body in one region, and the age of the oldest; None where the cell is too small to tell."""

    body: str
    region: str
    count: int | None
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """Implemented among issued; both None where suppressed, which is never the same as 0."""

    implemented: int | None
    issued: int | None

    @property
    def percent(self) -> int | None:
        """Whole percent implemented; None where it is suppressed or nothing was issued."""
        if self.implemented is None or not self.issued:
            return None
        return round(100 * self.implemented / self.issued)


@dataclass(frozen=True, slots=True)
class Rates:
    """A table: rows by ``by``, columns by quarter of issue ("2026-Q1"), with totals of rows, of columns, and of all.

    A recommendation of several themes counts in the row of each, so the totals by theme count themes.
    """

    by: str
    rows: tuple[str, ...]
    quarters: tuple[str, ...]
    cells: Mapping[tuple[str, str], Rate]
    row_totals: Mapping[str, Rate]
    quarter_totals: Mapping[str, Rate]
    total: Rate


@dataclass(frozen=True, slots=True)
class LateAnswers:
    """Of one body: recommendations answered, those whose last answer came late, the median of these in calendar days.

    An answer counts from when it was recorded. None where suppressed; no median where nothing was late.
    """

    body: str
    answered: int | None
    late: int | None
    median_days_late: float | None


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many recommendations to one body repeat an earlier one; None where suppressed."""

    body: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on one page; ``names`` gives the names of the bodies by id."""

    waiting: tuple[Waiting, ...]
    waiting_count: int
    waiting_is_capped: bool
    waiting_cells: tuple[WaitingCell, ...]
    rates: Rates
    late: tuple[LateAnswers, ...]
    repeats: tuple[Repeats, ...]
    names: Mapping[str, str]


class BoardViews(Protocol):
    """What the database answers; `App.views` does. Counts are of the cases in sight alone."""

    def waiting(self, sight: Sight, limit: int, most: int) -> tuple[list[dict[str, Any]], int]: ...
    def waiting_by_body(self, sight: Sight) -> list[tuple[str, str, int, str]]: ...
    def issued(self, by: str, sight: Sight) -> list[tuple[str, str, int, int]]: ...
    def answers(self, sight: Sight) -> list[tuple[str, int, int]]: ...
    def repeats(self, sight: Sight) -> list[tuple[str, int]]: ...
    def names_of_bodies(self) -> dict[str, str]: ...
    def kinds_of_places(self) -> dict[str, str]: ...


def board(office: Office, views: BoardViews, actor: Actor, at: str, *, by: str = "body", first: int = 50) -> Board:
    """Put the board together for the cases an actor may know; ``by`` names the rows of the implementation rates.

    Raises NotAllowed for a role that lists no cases; BadInput for rows there are none of.
    """
    sight = sight_of(actor)
    table = rates(views, actor, by=by)
    if sight is None:
        return Board((), 0, False, (), table, (), (), {})
    rows, count = views.waiting(sight, first, COUNTED + 1)
    return Board(
        waiting=tuple(_waiting(office.times, row, at) for row in rows),
        waiting_count=min(count, COUNTED),
        waiting_is_capped=count > COUNTED,
        waiting_cells=_waiting_cells(office.times, views.waiting_by_body(sight), at),
        rates=table,
        late=_late(views.answers(sight)),
        repeats=tuple(Repeats(body, None if count < SMALL else count) for body, count in views.repeats(sight)),
        names=views.names_of_bodies(),
    )


def rates(views: BoardViews, actor: Actor, *, by: str) -> Rates:
    """Tell how much of what was issued in each quarter is implemented, or was when it was closed; small cells suppressed.

    Raises BadInput for rows there are none of.
    """
    if by not in ROWS:
        raise BadInput(say("not_one_of", field="by", given=quoted(by), known=choice_list(ROWS)))
    sight = sight_of(actor)
    counted = views.issued(by, sight) if sight is not None else []
    kinds = views.kinds_of_places() if by == "place_kind" else {}
    cells: dict[tuple[str, str], tuple[int, int]] = {}
    for value, month, issued, implemented in counted:
        for row in _rows_of(by, value, kinds):
            had = cells.get((row, _quarter(month)), (0, 0))
            cells[row, _quarter(month)] = (had[0] + implemented, had[1] + issued - implemented)
    return _told(by, cells)


def _rows_of(by: str, value: str, kinds: Mapping[str, str]) -> Iterable[str]:
    if by == "theme":
        return value.split() or [""]
    return [kinds.get(value, "")] if by == "place_kind" else [value]


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _told(by: str, cells: Mapping[tuple[str, str], tuple[int, int]]) -> Rates:
    rows, quarters = (tuple(sorted({place[side] for place in cells})) for side in (0, 1))
    table = with_totals(cells, rows, quarters, 2)
    hidden = withheld(table)

    def rate(row: str, quarter: str) -> Rate:
        implemented, others = table[row, quarter]
        return Rate(None, None) if (row, quarter) in hidden else Rate(implemented, implemented + others)

    return Rates(
        by, rows, quarters, {(row, quarter): rate(row, quarter) for row in rows for quarter in quarters},
        {row: rate(row, ALL) for row in rows}, {quarter: rate(ALL, quarter) for quarter in quarters}, rate(ALL, ALL),
    )  # fmt: skip


def _age(times: Timetable, since: str, at: str) -> int:
    return (times.day(from_text(at)) - times.day(from_text(since))).days


def _waiting(times: Timetable, row: Mapping[str, Any], at: str) -> Waiting:
    answered = row["last_answer"]
    return Waiting(
        number=row["number"], title=row["title"], kind=row["kind"], body=row["addressee"], region=row["region"],
        raised_on=times.day(from_text(row["escalated_at"])).isoformat(), age=_age(times, row["escalated_at"], at),
        last_answer=times.day(from_text(answered)).isoformat() if answered else "",
    )  # fmt: skip


def _waiting_cells(times: Timetable, counted: list[tuple[str, str, int, str]], at: str) -> tuple[WaitingCell, ...]:
    names = {f"{body}\x00{region}": count for body, region, count, _ in counted}
    hidden = withheld_of_list(names)
    return tuple(
        WaitingCell(body, region, None, None)
        if f"{body}\x00{region}" in hidden
        else WaitingCell(body, region, count, _age(times, since, at))
        for body, region, count, since in sorted(counted)
    )


def _late(counted: list[tuple[str, int, int]]) -> tuple[LateAnswers, ...]:
    by_body: dict[str, Counter[int]] = {}
    for body, days, count in counted:
        by_body.setdefault(body, Counter())[days] += count
    return tuple(_of_body(body, days) for body, days in sorted(by_body.items()))


def _of_body(body: str, days: Counter[int]) -> LateAnswers:
    answered, late = days.total(), days.total() - days[0]
    if answered < SMALL:
        return LateAnswers(body, None, None, None)
    if 0 < late < SMALL or 0 < answered - late < SMALL:
        return LateAnswers(body, answered, None, None)
    return LateAnswers(body, answered, late, _median(days) if late else None)


def _median(days: Counter[int]) -> float:
    """Return the median of the days above 0, each counted as often as it occurs."""
    counted = sorted((day, count) for day, count in days.items() if day)
    total = sum(count for _, count in counted)
    low, high = _nth(counted, (total - 1) // 2), _nth(counted, total // 2)
    return (low + high) / 2


def _nth(counted: list[tuple[int, int]], place: int) -> int:
    for day, count in counted:
        if place < count:
            return day
        place -= count
    raise ValueError("there is no such place")
