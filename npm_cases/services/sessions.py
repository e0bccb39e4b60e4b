"""Sessions of people in the browser: begun with two factors, ended by time, by the person, or by losing their rights.

The cookie holds 256 random bits; the table holds their SHA-256, so that whoever reads the table cannot sign in. Its row
bears a mark made with a key from outside the database, so that whoever writes to the table cannot either.
"""

import contextlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.domain.errors import NotAllowed, TryAgain
from npm_cases.domain.instants import from_text
from npm_cases.domain.limits import Limits as Limits  # noqa: PLC0414 - offered here to those who ask for sessions
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.shown_once import digest_of, new_token
from npm_cases.services.sign_in import REFUSED, account_of, attempt, settle
from npm_cases.services.users import SANDBOX_USER, actor_of, everybody, found_user

Row = Mapping[str, Any]
OVER = say("session_over")
TOUCH_SECONDS = 60
TWO_FACTORS, RENEWED, SANDBOX = "two_factors", "renewed", "sandbox"


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands now: roles and regions of ``actor`` are those of the register at this moment.

    ``language`` is empty where the person chose none. Instants are UTC text; ``fresh_at`` is of the last second factor.
    """

    id_hash: str
    user: str
    name: str
    language: str
    actor: Actor
    csrf: str
    fresh_at: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just begun; ``token`` goes into the cookie, once, and is stored nowhere."""

    token: str = field(repr=False)
    session: Session


def sign_in(office: Office, user: str, password: str, code: str, at: str) -> Opened:
    """Begin a session with password and second factor.

    Raises NotAllowed, in one wording and after the same work, for an unknown user, a wrong password or code, a code used
    before, a disabled user, one without an account, and one who is locked.
    """
    tried = attempt(office, user, password, code, at)
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        row = settle(work, office, chain, tried, at)
        opened = _begin(work, office, chain, row, TWO_FACTORS, at) if row else None
        work.commit()
    return _allowed(opened)


def enter_sandbox(office: Office, user: str, at: str) -> Opened:
    """Begin a session as anybody, without a password; an empty user is the one who may do everything.

    Raises NotAllowed outside a sandbox, or for a disabled user; NotFound for an unknown one.
    """
    if not office.sandbox:
        raise NotAllowed(say("no_sandbox"))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        row = found_user(work, user) if user else everybody()
        opened = _begin(work, office, chain, row, SANDBOX, instant(chain, at))
        work.commit()
    return opened


def resume(office: Office, token: str, at: str, *, touch: bool = True) -> Session:
    """Return the session of a cookie, and note once a minute that it is in use, unless no person asked.

    Raises NotAllowed when it is unknown, ended, idle for too long, too old, or its user was disabled meanwhile.
    """
    with office.open_reading() as work:
        row = _live(work, office, token, at)
        session = _session(work, row, _owner(work, office, row))
    if touch and _age(row["seen_at"], at) >= TOUCH_SECONDS:
        # A page is read even while somebody writes for long: the next one notes that the session is in use.
        with contextlib.suppress(TryAgain), office.open_work() as work:
            work.update("sessions", {"seen_at": at}, {"id": row["id"], "ended_at": ""})
            work.commit()
    return session


def renew(office: Office, token: str, password_or_empty: str, code: str, at: str) -> Opened:
    """Put a session with a fresh second factor in the place of another, which ends; its age goes on.

    A session of a sandbox without an account is asked for nothing. Raises NotAllowed like ``sign_in`` and ``resume``.
    """
    before = resume(office, token, at)
    tried = attempt(office, before.user, password_or_empty, code, at, needs_password=bool(password_or_empty))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        is_free = office.sandbox and account_of(work, before.user) is None
        row = _owner(work, office, {"user": before.user}) if is_free else settle(work, office, chain, tried, at)
        opened = None
        if row and work.update("sessions", {"ended_at": at}, {"id": before.id_hash, "ended_at": ""}):
            opened = _begin(work, office, chain, row, SANDBOX if is_free else RENEWED, at, before.made_at)
        work.commit()
    return _allowed(opened)


def is_fresh(office: Office, session: Session, at: str) -> bool:
    """Say whether the second factor was given recently enough for the gravest acts."""
    return _age(session.fresh_at, at) < office.limits.fresh_seconds


def sign_out(office: Office, token: str, at: str) -> None:
    """End a session; one that is unknown or ended stays so."""
    with office.open_work() as work:
        work.update("sessions", {"ended_at": at}, {"id": digest_of(token), "ended_at": ""})
        work.commit()


def end_all(work: Work, user: str, at: str, *, but: str = "") -> None:
    """End every session of somebody, save one if named: they were disabled, or their rights or password changed."""
    for row in work.rows("sessions", {"user": user, "ended_at": ""}):
        if row["id"] != but:
            work.update("sessions", {"ended_at": at}, {"id": row["id"]})


def _begin(work: Work, office: Office, chain: Chain, user: Row, how: str, at: str, made_at: str = "") -> Opened:
    """Write a session and tell that somebody signed in; ``made_at`` is that of the session it takes the place of."""
    token, actor = new_token(), actor_of(work, user)
    row = {"id": digest_of(token), "user": user["id"], "made_at": made_at or at, "seen_at": at, "fresh_at": at}
    row |= {"csrf": _mark(office, row), "ended_at": ""}
    work.insert("sessions", row)
    facts = {"user": user["id"], "how": how}
    record(work, office, chain, EventType.SIGNED_IN, at, actor, min(actor.roles), facts=facts)
    return Opened(token, _session(work, row, user))


def _allowed(opened: Opened | None) -> Opened:
    if opened is None:
        raise NotAllowed(REFUSED)
    return opened


def _live(work: Work, office: Office, token: str, at: str) -> Row:
    for row in work.rows("sessions", {"id": digest_of(token), "ended_at": ""}):
        limits = office.limits
        is_idle = _age(row["seen_at"], at) >= limits.idle_seconds
        is_old = _age(row["made_at"], at) >= limits.absolute_seconds
        if not is_idle and not is_old and hmac.compare_digest(row["csrf"].encode(), _mark(office, row).encode()):
            return row
    raise NotAllowed(OVER)


def _mark(office: Office, row: Row) -> str:
    """Make the token a form carries: it vouches for the row, and is another for each session."""
    return office.sealer.mark("|".join(("session", row["id"], row["user"], row["made_at"], row["fresh_at"])))


def _owner(work: Work, office: Office, session: Row) -> Row:
    if office.sandbox and session["user"] == SANDBOX_USER and not work.rows("users", {"id": SANDBOX_USER}):
        return everybody()
    found = work.rows("users", {"id": session["user"], "disabled_at": ""})
    if not found:
        raise NotAllowed(OVER)
    return found[0]


def _session(work: Work, row: Row, user: Row) -> Session:
    return Session(
        row["id"], user["id"], user["name"], user["language"], actor_of(work, user), row["csrf"], row["fresh_at"],
        row["made_at"],
    )  # fmt: skip


def _age(since: str, at: str) -> float:
    return (from_text(at) - from_text(since)).total_seconds()
