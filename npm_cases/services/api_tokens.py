"""Tokens for programs: each of one person, for some scopes, until a day; the person's rights bound it at every use."""

import contextlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound, TryAgain
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.committed import insert_committed
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.shown_once import digest_of, new_token
from npm_cases.services.users import actor_of

OPENS_NOTHING = say("api_token_shut")
TOUCH_SECONDS = 60
LONGEST_NAME = 100
_SCOPE = re.compile(r"[a-z][a-z_:]{0,63}")


class Scope(StrEnum):
    """What a token may be for; the rights of its person bound it at every use."""

    READ = "read"
    ACT = "act"
    TEXT = "text"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whom an API token speaks for, and what for; roles and regions are those of the register at this moment."""

    id_hash: str
    actor: Actor
    scopes: frozenset[str]


def make_api_token(office: Office, name: str, scopes: Collection[str], expires_on: date, actor: Actor, at: str) -> str:
    """Make a token for oneself and return it, shown once; it holds until the end of its last day in the country's zone.

    Raises BadInput for an empty name, a scope that is none, or a day gone by.
    """
    _check(office, name, scopes, expires_on, at)
    token = new_token()
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        row = {
            "id": digest_of(token), "user": actor.user, "name": name, "scopes": ",".join(sorted(set(scopes))),
            "made_at": at, "expires_at": office.times.end_of(expires_on, office.pack.zone),
        }  # fmt: skip
        made = insert_committed(work, office, "api_tokens", row)
        facts = {"user": actor.user, "change": "api_token_made", "token": row["id"], "made": made}
        record(work, office, chain, EventType.ACCOUNT_CHANGED, at, actor, min(actor.roles), facts=facts)
        work.commit()
    return token


def by_api_token(office: Office, token: str, at: str) -> TokenHolder:
    """Return whom a token speaks for, and note once a minute that it is in use.

    Raises NotAllowed, in one wording, for a token that is unknown, ended or lapsed, or whose user was disabled.
    """
    with office.open_reading() as work:
        row, actor = _live(work, token, at)
    if not row["used_at"] or (from_text(at) - from_text(row["used_at"])).total_seconds() >= TOUCH_SECONDS:
        # A call is answered even while somebody writes for long: the next one notes that the token is in use.
        with contextlib.suppress(TryAgain), office.open_work() as work:
            work.update("api_tokens", {"used_at": at}, {"id": row["id"]})
            work.commit()
    return TokenHolder(row["id"], actor, frozenset(row["scopes"].split(",")))


def end_api_token(office: Office, id_hash: str, actor: Actor, at: str) -> None:
    """End a token of one's own, or as an administrator anybody's.

    Raises NotFound, also for a token that is another's.
    """
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        found = work.rows("api_tokens", {"id": id_hash, "ended_at": ""})
        if not found or (found[0]["user"] != actor.user and actor.roles.isdisjoint(access.ADMINISTRATORS)):
            raise NotFound(say("no_api_token"))
        work.update("api_tokens", {"ended_at": at}, {"id": id_hash})
        facts = {"user": found[0]["user"], "change": "api_token_ended", "token": id_hash}
        record(work, office, chain, EventType.ACCOUNT_CHANGED, at, actor, min(actor.roles), facts=facts)
        work.commit()


def api_tokens_of(office: Office, user: str, actor: Actor) -> list[dict[str, str]]:
    """List the tokens of somebody: id_hash, name, scopes, made_at, expires_at, ended_at, used_at; newest last.

    Raises NotAllowed for the tokens of others, unless an administrator asks.
    """
    if user != actor.user:
        access.need(actor, "see the tokens of others")
    names = ("name", "scopes", "made_at", "expires_at", "ended_at", "used_at")
    with office.open_reading() as work:
        found = sorted(work.rows("api_tokens", {"user": user}), key=lambda row: (row["made_at"], row["id"]))
    return [{"id_hash": row["id"], **{name: row[name] for name in names}} for row in found]


def end_all_api_tokens(work: Work, user: str, at: str) -> None:
    """End every API token of somebody; the event the caller writes at this instant says so."""
    work.update("api_tokens", {"ended_at": at}, {"user": user, "ended_at": ""})


def _check(office: Office, name: str, scopes: Collection[str], expires_on: date, at: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise BadInput(say("name_too_long", field="name", most=LONGEST_NAME))
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise BadInput(say("no_scope", field="scopes", given=quoted(scope)))
    if not scopes:
        raise BadInput(say("scope_needed", field="scopes"))
    today = office.times.day(from_text(at))
    if unknown := sorted(set(scopes) - set(Scope)):
        raise BadInput(say("unknown_scopes", field="scopes", given=quoted(unknown[0]), known=", ".join(sorted(Scope))))
    if (expires_on - today).total_seconds() > office.limits.api_token_seconds:
        raise BadInput(say("token_too_long", field="expires_on"))
    if expires_on < today:
        raise BadInput(say("day_gone_by", field="expires_on", day=expires_on, today=today))


def _live(work: Work, token: str, at: str) -> tuple[dict[str, Any], Actor]:
    for row in work.rows("api_tokens", {"id": digest_of(token), "ended_at": ""}):
        users = work.rows("users", {"id": row["user"], "disabled_at": ""})
        if users and at < row["expires_at"]:
            return row, actor_of(work, users[0])
    raise NotAllowed(OPENS_NOTHING)
