"""Where somebody is signed in: their sessions that still open something, and ending them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.ports import Office
from npm_cases.services.recording import instant, record
from npm_cases.services.sessions import end_all
from npm_cases.services.users import found_user


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session: when it began, was last used, and was last confirmed by a second factor (UTC text)."""

    id_hash: str
    made_at: str
    seen_at: str
    fresh_at: str


def open_sessions(office: Office, user: str, actor: Actor, at: str) -> list[OpenSession]:
    """List the sessions of somebody that still open something, newest first.

    Raises NotAllowed for the sessions of others, unless an administrator asks.
    """
    _need_right(actor, user)
    with office.open_reading() as work:
        rows = [row for row in work.rows("sessions", {"user": user, "ended_at": ""}) if _is_open(office, row, at)]
    found = [OpenSession(row["id"], row["made_at"], row["seen_at"], row["fresh_at"]) for row in rows]
    return sorted(found, key=lambda one: (one.made_at, one.id_hash), reverse=True)


def end_session(office: Office, id_hash: str, actor: Actor, at: str) -> None:
    """End one session of one's own.

    Raises NotFound, also for a session that is another's.
    """
    with office.open_work() as work:
        if not work.update("sessions", {"ended_at": at}, {"id": id_hash, "user": actor.user, "ended_at": ""}):
            raise NotFound(say("no_session"))
        work.commit()


def end_sessions(office: Office, user: str, actor: Actor, at: str, *, but: str = "") -> None:
    """End every session of somebody, save one of one's own if named; the history tells who did it.

    Raises NotFound; NotAllowed for anybody but the person and administrators.
    """
    role = _need_right(actor, user)
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        found_user(work, user)
        end_all(work, user, at, but=but)
        facts = {"user": user, "change": "sessions_ended"}
        record(work, office, chain, EventType.ACCOUNT_CHANGED, at, actor, role, facts=facts)
        work.commit()


def _need_right(actor: Actor, user: str) -> str:
    if actor.user == user:
        return min(actor.roles)
    return access.need(actor, "end the sessions of others")


def _is_open(office: Office, row: Mapping[str, Any], at: str) -> bool:
    now = from_text(at)
    idle, age = ((now - from_text(row[name])).total_seconds() for name in ("seen_at", "made_at"))
    return idle < office.limits.idle_seconds and age < office.limits.absolute_seconds
