"""Two factors tried: both are always worked out, wrong tries are counted, and a lock is told once.

What is slow happens before the transaction; what counts is decided inside it, so that many tries at once are still
counted one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import CLOCK
from npm_cases.history.event import EventType
from npm_cases.services import second_factor
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import record

Row = Mapping[str, Any]
REFUSED = say("sign_in_failed")
NOBODY = ""
"""The account that counts tries under names without one, so that they take the same work."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try came to before anything is decided: the account as it was, whether the password fits, which code."""

    user: str
    account: Row | None = field(repr=False)
    fits: bool
    step: int


def attempt(office: Office, user: str, password: str, code: str, at: str, *, needs_password: bool = True) -> Tried:
    """Work out both factors of a try; takes as long for a name that has no account."""
    name = user.strip() if user.isascii() and user.isprintable() else NOBODY
    with office.open_reading() as work:
        account = account_of(work, name)
    of_nobody = office.passwords.of_nobody()
    fits = office.passwords.verify(account["password_hash"] if account else of_nobody, password)
    secret = opened_secret(office, account) if account else _as_long(office)
    step = second_factor.step_of(secret, code, at)
    return Tried(name, account, account is not None and (fits or not needs_password), step)


def settle(work: Work, office: Office, chain: Chain, tried: Tried, at: str) -> dict[str, Any] | None:
    """Return the row of the user whose try was right, with its code used up; count a wrong one and return None.

    ``chain`` is that of the office, locked. The caller commits either way.
    """
    account, users = account_of(work, tried.user), work.rows("users", {"id": tried.user})
    if account and users and _is_right(tried, account, users[0], at):
        values = {"failures": 0, "locked_until": "", "last_step": tried.step}
        work.update("accounts", values, {"user": tried.user})
        return users[0]
    _count(work, office, chain, account or _nobody(work), at)
    return None


def account_of(work: Work, user: str) -> dict[str, Any] | None:
    """Return the account of somebody, or None."""
    found = work.rows("accounts", {"user": user})
    return found[0] if found and user != NOBODY else None


def sealed_secret(office: Office, user: str, secret: str) -> bytes:
    """Seal the secret of somebody's second factor for their account alone."""
    return office.sealer.seal_secret(_place(user), secret.encode())


def opened_secret(office: Office, account: Row) -> str:
    """Open the secret of somebody's second factor.

    Raises IntegrityBroken for one that was changed, or is of another account.
    """
    return office.sealer.open_secret(_place(account["user"]), bytes(account["totp_secret"])).decode()


def _place(user: str) -> str:
    return f"accounts/{user}"


def _as_long(office: Office) -> str:
    """Take as long as opening a secret, and return one that is nobody's."""
    secret = second_factor.new_secret()
    sealed_secret(office, NOBODY, secret)
    return secret


def _is_right(tried: Tried, account: Row, user: Row, at: str) -> bool:
    same = tried.account is not None and tried.account["password_hash"] == account["password_hash"]
    is_new = tried.step > account["last_step"]  # a code opens once (RFC 6238, section 5.2)
    return tried.fits and same and is_new and account["locked_until"] <= at and not user["disabled_at"]


def _nobody(work: Work) -> dict[str, Any]:
    found = work.rows("accounts", {"user": NOBODY})
    if not found:
        work.insert("accounts", {"user": NOBODY, "totp_secret": b"", "blind": b""})
        found = work.rows("accounts", {"user": NOBODY})
    return found[0]


def _count(work: Work, office: Office, chain: Chain, account: Row, at: str) -> None:
    """Count a wrong try, and lock the account at the last one allowed; while it is locked, nothing more is told.

    A row is written in every case: a try that writes nothing would be over sooner.
    """
    limits, until = office.limits, account["locked_until"]
    is_locked = until > at
    failures = account["failures"] if is_locked else 1 if until else account["failures"] + 1
    if not is_locked:
        until = _after(at, limits.lock_seconds) if failures >= limits.failures else ""
    work.update("accounts", {"failures": failures, "locked_until": until}, {"user": account["user"]})
    if until and not is_locked:
        named = {"user": account["user"]} if account["user"] else {}
        facts = {**named, "tries": failures, "locked_until": until}
        record(work, office, chain, EventType.SIGN_IN_REFUSED, at, CLOCK, "clock", facts=facts)


def _after(at: str, seconds: int) -> str:
    return as_text(from_text(at) + timedelta(seconds=seconds))
