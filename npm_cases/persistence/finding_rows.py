"""Finding cases in the database: one page by a keyset, and a count that stops early.

Each kind of search is one statement, built once. PostgreSQL plans by its statistics. SQLite keeps none here, so its plan is
chosen by counting: few cases with the words are gathered by them, few matches by their filter, and both are sorted; of many
the order itself is walked, because a page of them is met soon.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql import ClauseElement

from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.schema import bodies, case_texts, cases, exclusions
from npm_cases.persistence.search_index import theme_word
from npm_cases.services.finding import Search, Sight
from state_machines import MACHINES_OF

SHOWN = (
    "id", "number", "kind", "channel", "state", "escalation", "region", "addressee", "place", "title", "assignee",
    "version", "next_due_on", "next_due_at", "next_owed_by",
)  # fmt: skip
ORDERS = {"number": "number", "due": "next_due_on", "opened": "opened_at", "title": "title_key"}
BEFORE = {
    "number": frozenset({"kind", "channel", "state", "escalation", "region", "addressee", "place", "assignee"}),
    "due": frozenset({"region", "assignee"}),
    "opened": frozenset[str](),
    "title": frozenset({"kind"}),
}
"""The columns that stand before the order in an index of their own."""
NARROWEST = ("place", "addressee", "assignee", "escalation", "state", "region", "channel", "kind")
"""Which filter leaves the fewest cases by its nature: SQLite keeps no statistics here that would tell."""
FEW = 1_000
GATHERED = 7_000
"""So many of a million are gathered and sorted about as fast as a page of 50 is met on the way through the order."""
MOST_HITS = 4_000
"""So many cases with the words are gathered; of more, a page is met soon on the way through the order."""


class Drive(Enum):
    """What SQLite begins with: the cases that have the words, those a filter names, or the order."""

    WORDS = "words"
    FILTER = "filter"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of a search, without its values: searches of one kind share their statements."""

    equals: tuple[str, ...]
    regions: int
    excludes: int
    states: tuple[tuple[str, int], ...]
    words: int
    due_from: bool
    due_to: bool
    is_open: bool
    is_overdue: bool
    order: str
    descending: bool
    backwards: bool
    has_place: bool
    is_sqlite: bool
    drive: Drive

    @property
    def lead(self) -> str:
        """The one filter whose index is used, empty where none has one."""
        return next((name for name in NARROWEST if name in self._filtered), "")

    @property
    def walked(self) -> str:
        """The filter behind which the order stands in an index, empty where the order stands alone."""
        return next((name for name in NARROWEST if name in self._filtered & BEFORE[self.order]), "")

    @property
    def has_region(self) -> bool:
        """Whether the cases of some regions only are asked for."""
        return "region" in self._filtered

    @property
    def _filtered(self) -> frozenset[str]:
        return frozenset({*self.equals, "region"} if self.regions else self.equals)

    @property
    def is_direct(self) -> bool:
        """Whether what matches stands in order in one index: then a page is read from it, however many there are."""
        narrows = self.words or self.is_open or self.is_overdue or self.due_from or self.due_to or self.states
        return (not narrows and len(self.equals) < 2 and not self.regions) or self.lead in BEFORE[self.order]  # noqa: PLR2004

    @property
    def falls(self) -> bool:
        """Whether the rows are read from the greatest to the least."""
        return self.descending != self.backwards


class FindingRows:
    """The lists of one database."""

    _database: Database

    def found(self, search: Search, most: int) -> tuple[list[dict[str, Any]], int]:
        """Return one page and one row more, and how many cases match, counted no further than one above ``most``."""
        with self._database.reading() as tx:
            hides = hides_any(tx, search.sight)
            search = _of_one_kind(tx, search)
            values = _values(search, most, hides=hides, is_sqlite=self._database.is_sqlite)
            shape = _shape(search, hides=hides, is_sqlite=self._database.is_sqlite)
            plan = _gathering if shape.words and shape.is_sqlite else _counted
            shape, total = plan(tx, shape, values, most)
            rows = tx.tuples(_paging(shape), values)
        names = (*SHOWN, "addressee_name", "sort_value")
        return [dict(zip(names, row, strict=True)) for row in rows], total


def _of_one_kind(tx: Transaction, search: Search) -> Search:
    """Name the kind a channel belongs to where titles are walked: those of the other kind stand all in one place."""
    if search.order != "title" or "channel" not in search.equals or "kind" in search.equals:
        return search
    row = tx.one(_KIND_OF_CHANNEL, {"b_channel": search.equals["channel"]})
    return replace(search, equals={**search.equals, "kind": row[0]}) if row else search


def _counted(tx: Transaction, shape: Shape, values: dict[str, Any], most: int) -> tuple[Shape, int]:
    """Count what matches, and choose by it whether to gather or to walk."""
    few = max(FEW, most) if shape.is_direct or not shape.is_sqlite else GATHERED
    total = int(tx.one(_counting(shape), {**values, "b_most": max(few, most) + 1})[0])
    return (replace(shape, drive=Drive.ORDER) if total > few else shape), total


def _gathering(tx: Transaction, shape: Shape, values: dict[str, Any], most: int) -> tuple[Shape, int]:
    """Ask the index of words once; where it names too many cases, count among the first of them, else among all."""
    hits = [row[0] for row in tx.tuples(_HITS, values)]
    values["b_hits"] = json.dumps(hits)
    total = int(tx.one(_counting(shape), values)[0])
    if len(hits) <= MOST_HITS:
        return shape, total
    shape = replace(shape, drive=Drive.FILTER)
    return _counted(tx, shape, values, most) if total <= most else (replace(shape, drive=Drive.ORDER), total)


# -- what somebody may know, for every list


def hides_any(tx: Transaction, sight: Sight) -> bool:
    """Say whether any case at all is kept from somebody: mostly none is, and then no list looks each case up."""
    return tx.one(_any_kept(len(sight.excluded_for)), sight_values(sight)) is not None


def sight_values(sight: Sight) -> dict[str, Any]:
    """Return the values of the conditions of ``in_sight``."""
    regions = {f"b_region_{n}": region for n, region in enumerate(sight.regions)}
    return regions | {f"b_name_{n}": name for n, name in enumerate(sight.excluded_for)}


def in_sight(regions: int, excludes: int, region: ColumnElement[str] = cases.c.region) -> list[ColumnElement[bool]]:
    """Return the conditions under which somebody may know a case: it is of their regions, and not kept from them."""
    conditions: list[ColumnElement[bool]] = []
    if regions:
        conditions.append(region.in_([given(f"region_{n}") for n in range(regions)]))
    if excludes:
        conditions.append(cases.c.id.not_in(_kept_from(excludes)))
    return conditions


@lru_cache(64)
def _any_kept(names: int) -> Select[Any]:
    return _kept_from(names).limit(1)


def _kept_from(names: int) -> Select[Any]:
    return select(exclusions.c.chain).where(exclusions.c.post.in_([given(f"name_{n}") for n in range(names)]))


def given(name: str) -> ColumnElement[str]:
    """Name a text that is given with each run."""
    return bindparam(f"b_{name}", type_=Text)


# -- the kind of a search, and its values


def _shape(search: Search, *, hides: bool, is_sqlite: bool) -> Shape:
    words = len(search.words) + bool(search.theme)
    return Shape(
        equals=tuple(sorted(search.equals)), regions=len(search.sight.regions),
        excludes=len(search.sight.excluded_for) if hides else 0,
        states=tuple((kind, len(states)) for kind, states in search.states.items()), words=words,
        due_from=bool(search.due_from), due_to=bool(search.due_to), is_open=search.open_only,
        is_overdue=bool(search.overdue_at), order=search.order, descending=search.descending,
        backwards=search.backwards, has_place=search.after is not None, is_sqlite=is_sqlite,
        drive=Drive.WORDS if words else Drive.FILTER,
    )  # fmt: skip


def _values(search: Search, most: int, *, hides: bool, is_sqlite: bool) -> dict[str, Any]:
    values: dict[str, Any] = {f"b_{name}": value for name, value in search.equals.items()}
    values |= sight_values(search.sight if hides else replace(search.sight, excluded_for=()))
    for kind, states in search.states.items():
        values |= {f"b_{kind}": kind} | {f"b_{kind}_{n}": state for n, state in enumerate(states)}
    if search.words or search.theme:
        values |= _word_values(search, is_sqlite=is_sqlite)
    if search.overdue_at:
        values |= {"b_at": search.overdue_at, "b_latest": _day_after(search.overdue_at)}
    if search.after:
        values |= {"b_after": search.after[0], "b_after_number": search.after[1]}
    return values | {
        "b_due_from": search.due_from, "b_due_to": search.due_to, "b_most": most + 1, "b_size": search.size + 1
    }  # fmt: skip


def _day_after(instant: str) -> str:
    """Return the last legal day, anywhere, of what is over at an instant: east of Greenwich it may be the next one."""
    return (date.fromisoformat(instant[:10]) + timedelta(days=1)).isoformat()


def _word_values(search: Search, *, is_sqlite: bool) -> dict[str, str]:
    words = [*search.words, *([(theme_word(search.theme), False)] if search.theme else [])]
    parts = {f"b_word_{n}": f" {word}" if begins else f" {word} " for n, (word, begins) in enumerate(words)}
    if is_sqlite:
        return {"b_match": " AND ".join(f'"{word}"*' if begins else f'"{word}"' for word, begins in words), **parts}
    return {"b_match": " & ".join(f"'{word}':*" if begins else f"'{word}'" for word, begins in words)}


# -- statements

_WORDS = table("case_words", column("rowid"))
_MATCH = text("case_words MATCH :b_match")
_HITS = select(_WORDS.c.rowid).where(_MATCH).limit(MOST_HITS + 1)
_AMONG_HITS = select(func.json_each(bindparam("b_hits", type_=Text)).table_valued("value").c.value)
_KIND_OF_CHANNEL = select(cases.c.kind).where(cases.c.channel == bindparam("b_channel", type_=Text)).limit(1)
_VECTOR = func.array_to_tsvector(func.string_to_array(func.btrim(case_texts.c.words), literal_column("' '")))
_ASKED = cast(bindparam("b_match", type_=Text), TSQUERY)


@lru_cache(512)
def _counting(shape: Shape) -> ClauseElement:
    matches: Select[Any] = select(literal_column("1")).select_from(cases).where(*_conditions(shape, ()))
    return select(func.count()).select_from(matches.limit(bindparam("b_most")).subquery())


@lru_cache(512)
def _paging(shape: Shape) -> ClauseElement:
    """Build one page; where several regions or states are asked for, each gives a page of its own, and they are merged."""
    lead, branches = _branches(shape)
    if len(branches) < 2:  # noqa: PLR2004 - one page need not be merged
        return _page(shape, (), [])
    pages = [_page(shape, (lead,), branch).subquery() for branch in branches]
    merged = union_all(*[select(page) for page in pages]).subquery()
    return _in_order(shape, select(merged), merged.c.sort_value, merged.c.number)


def _branches(shape: Shape) -> tuple[str, list[list[ColumnElement[bool]]]]:
    """Return what is left out of each branch, and the conditions that stand in its place: one value of an index each."""
    if shape.drive is not Drive.ORDER:
        return "", []
    if shape.walked == "region" and "region" not in shape.equals:
        return "regions", [[cases.c.region == given(f"region_{n}")] for n in range(shape.regions)]
    if shape.states and shape.order == "number" and not shape.walked:
        return "states", [
            [cases.c.state == given(f"{kind}_{n}"), cases.c.kind == given(kind)]
            for kind, count in shape.states
            for n in range(count)
        ]
    if "kind" not in shape.equals and (shape.order == "title" or shape.walked == "state"):
        return "kind", [[cases.c.kind == literal_column(f"'{kind}'", Text)] for kind in MACHINES_OF]
    return "", []


def _page(shape: Shape, without: Sequence[str], more: Sequence[ColumnElement[bool]]) -> Select[Any]:
    value, number = _column(shape, ORDERS[shape.order]), _column(shape, "number")
    shown = [*[cases.c[name] for name in SHOWN], bodies.c.name.label("addressee_name")]
    query = (
        select(*shown, cases.c[ORDERS[shape.order]].label("sort_value"))
        .select_from(cases.outerjoin(bodies, bodies.c.id == cases.c.addressee))
        .where(*more, *_conditions(shape, without))
    )
    if shape.has_place:
        query = query.where(_behind(shape, value, number))
    return _in_order(shape, query, value, number)


def _in_order(shape: Shape, query: Select[Any], value: ColumnElement[str], number: ColumnElement[str]) -> Select[Any]:
    keys = [number] if shape.order == "number" else [value, number]
    return query.order_by(*[key.desc() if shape.falls else key for key in keys]).limit(bindparam("b_size"))


def _behind(shape: Shape, value: ColumnElement[str], number: ColumnElement[str]) -> ColumnElement[bool]:
    if shape.order == "number":
        place = given("after_number")
        return number < place if shape.falls else number > place
    here, there = tuple_(value, number), tuple_(given("after"), given("after_number"))
    return here < there if shape.falls else here > there


def _column(shape: Shape, name: str) -> ColumnElement[str]:
    """Return a column of a condition or an order; on SQLite a sign before it keeps its index out of the plan."""
    if not shape.is_sqlite or _is_free(shape, name):
        return cases.c[name]
    return literal_column(f"+cases.{name}", Text)


def _is_free(shape: Shape, name: str) -> bool:
    if shape.drive is Drive.FILTER:
        beside = "region" if shape.has_region else "kind"  # either stands in an index with the state
        is_lead = name == shape.lead or (name == beside and shape.lead == "state")
        return is_lead or (name in {"next_due_on", "state"} and not shape.lead)
    if shape.drive is Drive.ORDER:
        is_beside = name == "kind" and shape.walked == "state"  # these two stand in one index
        return is_beside or name in {"number", ORDERS[shape.order], shape.walked}
    return False


def _conditions(shape: Shape, without: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions = [_column(shape, name) == given(name) for name in shape.equals]
    conditions += in_sight(0 if "regions" in without else shape.regions, shape.excludes, _column(shape, "region"))
    if shape.states and "states" not in without:
        conditions += _of_phase(shape)
    conditions += _due_conditions(shape)
    if shape.is_open:
        conditions.append(cases.c.closed_at == literal_column("''"))
    if shape.words:
        conditions += _word_conditions(shape)
    return conditions


def _of_phase(shape: Shape) -> list[ColumnElement[bool]]:
    """Ask for the states, by which an index can be used, and again for each with its kind: some names are common."""
    of_kind = {kind: [given(f"{kind}_{n}") for n in range(count)] for kind, count in shape.states}
    every = [state for states in of_kind.values() for state in states]
    kinds = [
        and_(cases.c.kind.concat("") == given(kind), cases.c.state.concat("").in_(states))
        for kind, states in of_kind.items()
    ]
    return [_column(shape, "state").in_(every), or_(*kinds)]


def _due_conditions(shape: Shape) -> list[ColumnElement[bool]]:
    day = _column(shape, "next_due_on")
    conditions = []
    if shape.due_from:
        conditions.append(day >= given("due_from"))
    if shape.due_from or shape.due_to:
        conditions.append(day < literal_column("'9999'"))
    if shape.due_to:
        conditions.append(day <= given("due_to"))
    if shape.is_overdue:
        conditions += [day <= given("latest"), cases.c.next_due_at <= given("at")]
    return conditions


def _word_conditions(shape: Shape) -> list[ColumnElement[bool]]:
    if not shape.is_sqlite:
        found = select(case_texts.c.chain).where(_VECTOR.op("@@")(_ASKED))
        return [cases.c.id.in_(found)]
    if shape.drive is Drive.WORDS:
        return [case_texts.c.row.in_(_AMONG_HITS), cases.c.id == case_texts.c.chain]
    holds = [func.instr(case_texts.c.words, given(f"word_{n}")) > literal_column("0") for n in range(shape.words)]
    return [exists().where(case_texts.c.chain == cases.c.id, *holds)]
