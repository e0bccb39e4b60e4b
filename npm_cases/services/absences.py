"""Absences and deputies: who stands in for whom, on which days; both names stay in the history.

A deputy acts with rights of their own, never with those of the absent: what they may not see, they do not see.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, By, Case
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import answers
from npm_cases.services.committed import insert_committed
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.users import found_user


def record_absence(
    office: Office, user: str, deputy: str, from_on: date, to_on: date, actor: Actor, at: str, key: str = ""
) -> str:
    """Record that a deputy stands in for somebody from one day to another, both included; returns its id.

    Days are of the country's zone. ``key`` makes a repeat of the same command harmless.
    Raises NotAllowed for anybody but the person, a supervisor, or an administrator; NotFound for an
    unknown user; BadInput for days in the wrong order or gone by, and for somebody as their own deputy.
    """
    role = _role(actor, user)
    _check_days(office, from_on, to_on, at)
    by = By(actor, role, at)
    return once_more(lambda: _recorded_once(office, user, deputy, (from_on, to_on), by, key), key)


def _recorded_once(office: Office, user: str, deputy: str, days: tuple[date, date], by: By, key: str) -> str:
    (from_on, to_on), actor, role, at = days, by.actor, by.role, by.at
    body = ["absence", user, deputy, from_on.isoformat(), to_on.isoformat()]
    with office.open_work() as work:
        if done := answers.earlier(work, key, actor.user, body):
            return str(done["absence"])
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        _check_people(work, user, deputy)
        row = {
            "id": office.new_id(), "user": user, "deputy": deputy, "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(), "at": at,
        }  # fmt: skip
        made = insert_committed(work, office, "absences", row)
        facts = {"absence": row["id"], "user": user, "deputy": deputy, "from": row["from_on"], "to": row["to_on"]}
        record(work, office, chain, EventType.ABSENCE_RECORDED, at, actor, role, facts={**facts, "row": made})
        answers.keep(work, key, actor.user, body, {"absence": row["id"]}, at)
        work.commit()
    return row["id"]


def end_absence(office: Office, absence: str, actor: Actor, at: str) -> None:
    """End an absence early.

    Raises NotFound for one that does not run; NotAllowed like ``record_absence``.
    """
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        found = work.rows("absences", {"id": absence, "ended_at": ""})
        if not found:
            raise NotFound(say("no_absence", given=quoted(absence)))
        role, row = _role(actor, found[0]["user"]), found[0]
        work.update("absences", {"ended_at": at}, {"id": absence})
        facts = {"absence": absence, "user": row["user"], "deputy": row["deputy"]}
        record(work, office, chain, EventType.ABSENCE_ENDED, at, actor, role, facts=facts)
        work.commit()


def absences(office: Office, actor: Actor, day: date) -> list[dict[str, Any]]:
    """List the absences that run on a day or begin later: id, user, deputy, from_on, to_on, at; by their first day."""
    access.need(actor, "see absences")
    names = ("id", "user", "deputy", "from_on", "to_on", "at")
    with office.open_reading() as work:
        found = [row for row in work.rows("absences", {"ended_at": ""}) if row["to_on"] >= day.isoformat()]
    return [{name: row[name] for name in names} for row in sorted(found, key=lambda row: (row["from_on"], row["id"]))]


def stands_in_for(work: Work, user: str, day: date) -> frozenset[str]:
    """Return for whom somebody stands in on a day of the country's zone."""
    return frozenset(row["user"] for row in work.rows("absences", {"deputy": user, "ended_at": ""}) if _runs(row, day))


def deputies_of(work: Work, user: str, day: date) -> frozenset[str]:
    """Return who stands in for somebody on a day of the country's zone."""
    return frozenset(row["deputy"] for row in work.rows("absences", {"user": user, "ended_at": ""}) if _runs(row, day))


def acting_for(office: Office, actor: Actor, case: Case, at: str) -> Actor:
    """Return the actor as they act on a case: on behalf of its absent caseworker, if they stand in for them."""
    if not case.assignee or case.assignee == actor.user:
        return actor
    with office.open_reading() as work:
        absent = stands_in_for(work, actor.user, office.times.day(from_text(at)))
    return replace(actor, on_behalf=case.assignee) if case.assignee in absent else actor


def _runs(row: dict[str, Any], day: date) -> bool:
    return bool(row["from_on"] <= day.isoformat() <= row["to_on"])


def _role(actor: Actor, user: str) -> str:
    if actor.user == user:
        return min(actor.roles)
    return access.need(actor, "record the absence of others")


def _check_days(office: Office, from_on: date, to_on: date, at: str) -> None:
    today = office.times.day(from_text(at))
    if to_on < from_on:
        raise BadInput(say("days_out_of_order", field="to_on", last=to_on, first=from_on))
    if to_on < today:
        raise BadInput(say("day_gone_by", field="to_on", day=to_on, today=today))


def _check_people(work: Work, user: str, deputy: str) -> None:
    if user == deputy:
        raise BadInput(say("own_deputy", field="deputy", user=user))
    for one in (user, deputy):
        if found_user(work, one)["disabled_at"] and one == deputy:
            raise NotAllowed(say("deputy_shut_out", user=deputy))
