"""What a person's day is made of: running clocks by who is late, escalations, dead mail, proposals, cases of nobody.

Where everybody's clocks are asked for, the clocks are walked in the order of their due date; where somebody's, their cases.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal_column, or_, select, union_all
from sqlalchemy.sql import ClauseElement

from npm_cases.domain.duties import OUTSIDERS, PROTECT, OwedBy
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.finding_rows import given, hides_any, in_sight, sight_values
from npm_cases.persistence.schema import approvals, cases, incidents, obligations, outbox
from npm_cases.services.finding import Sight
from npm_cases.services.my_day import DayAsked

NOTHING = literal_column("''", Text)
REST = literal_column("'not_escalated'", Text)
THEIRS = tuple(sorted(map(str, OUTSIDERS)))
OURS = tuple(sorted(str(one) for one in OwedBy if one not in OUTSIDERS))
WAITING_LEVELS = ("at_superior_body", "escalated_to_ombudsman")
NAMES = (
    "number", "title", "kind", "duty", "owed_by", "due_on", "assignee", "escalation", "provisional", "approval", "event",
    "state",
)  # fmt: skip
UNBOUNDED = frozenset({"reprisals", "provisional"})
"""Sections of few clocks, whose cases may be due first at any time."""
BY_DAY = frozenset({"due_today", "due_this_week"})
SELECTED = (*NAMES, "at", "chain")


class DayRows:
    """The days of one database."""

    _database: Database

    def day_section(self, asked: DayAsked, limit: int, most: int) -> tuple[list[dict[str, Any]], int]:
        """Return the first rows of a section in its order, and how many there are, counted no further than ``most``."""
        with self._database.reading() as tx:
            return _section(tx, asked, limit, most, is_sqlite=self._database.is_sqlite)


def _section(
    tx: Transaction, asked: DayAsked, limit: int, most: int, *, is_sqlite: bool
) -> tuple[list[dict[str, Any]], int]:
    hides = hides_any(tx, asked.sight)
    values = sight_values(asked.sight if hides else Sight(asked.sight.regions, ()))
    values |= {f"b_user_{n}": user for n, user in enumerate(asked.users)} | {
        "b_at": asked.at, "b_today": asked.today, "b_sunday": asked.sunday, "b_limit": limit, "b_most": most,
        "b_me": asked.me, "b_until": {"due_this_week": asked.sunday}.get(asked.code, asked.tomorrow),
    }  # fmt: skip
    excludes = len(asked.sight.excluded_for) if hides else 0
    kind = (asked.code, len(asked.users), len(asked.sight.regions), excludes, is_sqlite)
    rows = [dict(zip(SELECTED, row, strict=True)) for row in tx.tuples(_rows(*kind), values)] if limit else []
    return rows, int(tx.one(_count(*kind), values)[0])


@lru_cache(256)
def _rows(code: str, users: int, regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    branches = [
        branch.order_by(*_order(code, branch, is_sqlite=is_sqlite, sorted_here=bool(users))).limit(bindparam("b_limit"))
        for branch in _branches(code, users, regions, excludes, is_sqlite=is_sqlite, cases_first=bool(users))
    ]
    if len(branches) == 1:
        return branches[0]
    merged = union_all(*[select(branch.subquery()) for branch in branches]).subquery()
    return select(merged).order_by(merged.c.at, merged.c.chain).limit(bindparam("b_limit"))


@lru_cache(256)
def _count(code: str, users: int, regions: int, excludes: int, is_sqlite: bool) -> ClauseElement:
    first = bool(
        users or regions
    )  # a count has no order to walk: it begins with the few cases of somebody, or of a region
    branches = _branches(code, users, regions, excludes, is_sqlite=is_sqlite, cases_first=first)
    if code in UNBOUNDED and not users:  # on SQLite the order alone brings their own small index into the plan
        branches = [branch.order_by(branch.selected_columns["at"]) for branch in branches]
    found: list[Select[Any]] = [
        select(literal_column("1")).select_from(branch.limit(bindparam("b_most")).subquery()) for branch in branches
    ]
    every = union_all(*found).subquery() if len(found) > 1 else found[0].subquery()
    return select(func.count()).select_from(every)


def _order(code: str, branch: Select[Any], *, is_sqlite: bool, sorted_here: bool) -> Sequence[ColumnElement[str]]:
    at, chain = branch.selected_columns["at"], branch.selected_columns["chain"]
    if is_sqlite and sorted_here and code not in _OF_CASES:
        return literal_column("+obligations.due_at", Text), literal_column("+obligations.chain", Text)
    return at, chain


def _branches(
    code: str, users: int, regions: int, excludes: int, *, is_sqlite: bool, cases_first: bool
) -> list[Select[Any]]:
    """Return the rows of a section in parts, each of which stands in order in one index."""
    by_region = cases_first and not users and code not in _OF_CASES
    region = cases.c.region if by_region or not is_sqlite else literal_column("+cases.region", Text)
    conditions = in_sight(regions, excludes, region)
    if users:
        is_walked = code in {"mail_dead", "to_confirm", "escalated_unanswered", "reprisals"} and is_sqlite
        assignee = literal_column("+cases.assignee", Text) if is_walked else cases.c.assignee
        conditions.append(assignee.in_([given(f"user_{n}") for n in range(users)]))
    if code in _OF_CASES:
        return [branch.where(*conditions) for branch in _OF_CASES[code]]
    if cases_first and code not in UNBOUNDED:
        conditions.append(cases.c.next_due_on <= given("until"))
    first = code != "reprisals" and ((cases_first and code not in UNBOUNDED) or bool(users))
    joined = _clocks(
        obligations.c.due_on if code in BY_DAY else obligations.c.due_at, is_sqlite=is_sqlite, cases_first=first
    )
    return [joined.where(*part, *conditions) for part in _parts(code, "+" if first and is_sqlite else "")]


def _shown(**given_columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a row in their order: those given, those of the case, empty ones."""
    plain = {name: cases.c[name] for name in ("number", "title", "kind", "assignee", "escalation", "state")}
    empty = dict.fromkeys(("duty", "owed_by", "due_on", "approval", "event"), NOTHING)
    columns = {**empty, "provisional": literal_column("0"), **plain, **given_columns}
    return [columns[name].label(name) for name in SELECTED]


def _clocks(at: ColumnElement[str], *, is_sqlite: bool, cases_first: bool) -> Select[Any]:
    """Return the running clocks with their cases; on SQLite a sign says which of the two is read first."""
    o = obligations.c
    shown = _shown(duty=o.duty, owed_by=o.owed_by, due_on=o.due_on, provisional=o.provisional, at=at, chain=o.chain)
    case, chain = ("+cases.id", "obligations.chain") if cases_first else ("cases.id", "+obligations.chain")
    same = literal_column(case, Text) == literal_column(chain, Text) if is_sqlite else cases.c.id == o.chain
    return select(*shown).select_from(obligations.join(cases, same)).where(o.discharged_at == NOTHING)


def _parts(code: str, sign: str) -> list[list[ColumnElement[bool]]]:
    """Return the conditions of a section of clocks, part by part; a sign keeps an index out of the plan."""
    owed_by, due_at, due_on = (
        literal_column(f"{sign}obligations.{name}", Text) if sign else obligations.c[name]
        for name in ("owed_by", "due_at", "due_on")
    )
    not_protect = obligations.c.duty != literal_column(f"'{PROTECT}'", Text)
    over, still = due_at <= given("at"), obligations.c.due_at > given("at")
    if code == "reprisals":
        return [[obligations.c.duty == literal_column(f"'{PROTECT}'", Text)]]
    if code in {"overdue_ours", "overdue_theirs"}:
        owing = OURS if code == "overdue_ours" else THEIRS
        if sign:
            return [[owed_by.in_([literal_column(f"'{one}'") for one in owing]), over, not_protect]]
        return [[owed_by == literal_column(f"'{one}'", Text), over, not_protect] for one in owing]
    if code == "due_today":
        return [[due_on == given("today"), still, not_protect]]
    if code == "due_this_week":
        return [[due_on > given("today"), due_on <= given("sunday"), still, not_protect]]
    return [[obligations.c.provisional == literal_column("1")]]


def _case_rows(*conditions: ColumnElement[bool], at: ColumnElement[str]) -> Select[Any]:
    shown = _shown(owed_by=cases.c.next_owed_by, due_on=cases.c.next_due_on, at=at, chain=cases.c.number)
    return select(*shown).select_from(cases).where(*conditions)


def _mail_of(incident: str) -> Select[Any]:
    """Return what did not arrive and nobody has dealt with: its incident is open."""
    shown = _shown(duty=outbox.c.template, due_on=outbox.c.due_on, at=incidents.c.at, chain=cases.c.number)
    carried = or_(outbox.c.id == incidents.c.subject, outbox.c.carried_by == incidents.c.subject)
    joined = incidents.join(outbox, carried).join(cases, cases.c.id == outbox.c.chain)
    of_kind = incidents.c.kind == literal_column(f"'{incident}'", Text)
    return select(*shown).select_from(joined).where(of_kind, incidents.c.closed_at == NOTHING)


def _proposals() -> Select[Any]:
    a = approvals.c
    shown = _shown(approval=a.id, event=a.event, due_on=func.substr(a.expires_at, 1, 10), at=a.expires_at, chain=a.id)
    pending = [a.status == literal_column("'pending'", Text), a.expires_at > given("at"), a.proposer != given("me")]
    return select(*shown).select_from(approvals.join(cases, cases.c.id == a.chain)).where(*pending)


_OF_CASES: dict[str, list[Select[Any]]] = {
    "escalated_unanswered": [
        _case_rows(
            cases.c.escalation == literal_column(f"'{level}'", Text),
            cases.c.escalation != REST,
            at=cases.c.escalated_at,
        )
        for level in WAITING_LEVELS
    ],
    "mail_dead": [_mail_of("dead_mail"), _mail_of("returned_mail")],
    "to_confirm": [_proposals()],
    "unassigned": [_case_rows(cases.c.assignee == NOTHING, cases.c.closed_at == NOTHING, at=cases.c.next_due_on)],
}
