"""Ways in that an administrator gives: a link to set password and second factor, a token for the command line.

Whoever holds one can become that person, so that for somebody with power over others it takes two (services/power.py). The
secret is shown once: to the one who gave it, or to the one who confirmed it, who hands it over in person.
"""

from collections.abc import Callable
from datetime import timedelta

from npm_cases.domain import access
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import Actor, By
from npm_cases.history.event import EventType
from npm_cases.services import power
from npm_cases.services.office_acts import GIVE_TOKEN, INVITE_USER
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import record
from npm_cases.services.shown_once import WayIn, digest_of, new_token as random_token
from npm_cases.services.user_rows import Row, begin, need_enabled, roles_in, write

Maker = Callable[[Work, Office, Chain, Row, By], str]
"""Writes a way in and tells of it in the history; returns the secret that opens it."""


def invite(office: Office, user: str, actor: Actor, at: str) -> WayIn:
    """Invite somebody by a link, shown once, by which they set password and second factor, or set them anew.

    An earlier link of theirs opens nothing any more; what they sign in with now stays until they used the new one.
    Raises NotFound; NotAllowed for anybody but an administrator, or for a disabled user.
    """
    by = By(actor, access.need(actor, "invite users"), at)
    return _give(office, user, by, INVITE_USER, make_invitation, "invited")


def new_token(office: Office, user: str, actor: Actor, at: str) -> WayIn:
    """Give a user a new token for the command line, shown once; the one before opens nothing any more.

    Raises NotFound; NotAllowed for anybody but an administrator, or for a disabled user.
    """
    by = By(actor, access.need(actor, "give tokens"), at)
    return _give(office, user, by, GIVE_TOKEN, make_token, "gave a token to")


def _give(office: Office, user: str, by: By, event: str, make: Maker, done: str) -> WayIn:
    """Make a way in, or propose the event that makes it where it takes two; ``done`` says in an incident what was done."""
    with office.open_work() as work:
        chain, by, row = begin(work, user, by)
        need_enabled(row)
        if pending := _put_forward(work, office, chain, event, by, row):
            return WayIn(pending=pending)
        token = make(work, office, chain, row, by)
        power.tell(work, office, by, user, _powers(row), done)
        work.commit()
    return WayIn(token)


def make_invitation(
    work: Work, office: Office, chain: Chain, row: Row, by: By, event: str = "", second: str = ""
) -> str:
    """Write an invitation in the place of any before, and tell of it; returns its token."""
    token, user = random_token(), row["id"]
    work.update("invitations", {"used_at": by.at}, {"user": user, "used_at": ""})
    until = as_text(from_text(by.at) + timedelta(seconds=office.limits.invitation_seconds))
    work.insert("invitations", {"id": digest_of(token), "user": user, "made_at": by.at, "expires_at": until})
    facts = {"user": user, "change": "invited"}
    record(
        work, office, chain, EventType.ACCOUNT_CHANGED, by.at, by.actor, by.role, facts=facts, event=event,
        approved_by=second,
    )  # fmt: skip
    return token


def make_token(work: Work, office: Office, chain: Chain, row: Row, by: By, event: str = "", second: str = "") -> str:
    """Write a token in the place of the one before, and tell of it; returns it."""
    token = random_token()
    values = {"token_hash": digest_of(token)}
    write(work, office, chain, row, "token", values, by, event=event, approved_by=second)
    return token


def _put_forward(work: Work, office: Office, chain: Chain, event: str, by: By, row: Row) -> str:
    """Propose it where it takes two, and return the id of the proposal; one's own way in gives nobody anything."""
    user = row["id"]
    if user == by.actor.user or not power.takes_two(work, office, by.actor.user, user, _powers(row)):
        return ""
    pending = power.put_forward(work, office, chain, event, by, {"user": user, "was": row["roles"]})
    work.commit()
    return pending


def _powers(row: Row) -> tuple[str, ...]:
    return power.given((), roles_in(row))
