"""Accounts: a password and a second factor for each person, set by themselves by way of an invitation used once.

No secret leaves by mail: whoever makes the invitation sees the link once (services/ways_in.py), and hands it over in person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.domain.errors import BadInput, NotAllowed
from npm_cases.domain.messages import say
from npm_cases.domain.records import By
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import second_factor
from npm_cases.services.api_tokens import end_all_api_tokens
from npm_cases.services.committed import insert_committed, update_committed
from npm_cases.services.password_rules import check_password
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.sessions import Session, end_all
from npm_cases.services.shown_once import digest_of
from npm_cases.services.sign_in import REFUSED, account_of, attempt, sealed_secret, settle
from npm_cases.services.users import actor_of

LAPSED = say("invitation_shut")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs to set up their second factor; nothing of it is stored until they prove that it works.

    ``totp_secret`` is base32, ``otpauth_uri`` the same for a QR code.
    """

    user: str
    name: str
    totp_secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)


def begin_enrolment(office: Office, token: str, at: str, shown: str = "") -> Enrolment:
    """Return a new second factor for the person an invitation is for, or the one ``shown`` before once more.

    Raises NotAllowed, in one wording, for an invitation that is unknown, used, or lapsed.
    """
    with office.open_reading() as work:
        user = _invited(work, token, at)
    if shown:
        second_factor.check_secret(shown)
    secret, issuer = shown or second_factor.new_secret(), "npm-cases sandbox" if office.sandbox else "npm-cases"
    return Enrolment(user["id"], user["name"], secret, second_factor.uri(secret, user["id"], issuer))


def enrol(office: Office, token: str, password: str, totp_secret: str, code: str, at: str) -> None:
    """Set password and second factor by an invitation, which is used up; every session and API token of before ends.

    Raises NotAllowed like ``begin_enrolment``; BadInput for a password against the rules or a code that is not right.
    """
    with office.open_reading() as work:
        user = _invited(work, token, at)
    second_factor.check_secret(totp_secret)
    step = second_factor.step_of(totp_secret, code, at)
    if step == second_factor.NO_STEP:
        raise BadInput(say("code_wrong", field="code"))
    hashed = office.passwords.hash(check_password(password, (user["id"], user["name"])))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        user = _invited(work, token, at)  # again: of two who use it at once, one does
        work.update("invitations", {"used_at": at}, {"id": digest_of(token)})
        values = {"password_hash": hashed, "totp_secret": sealed_secret(office, user["id"], totp_secret)}
        made = _write(work, office, user["id"], {**values, "last_step": step, "failures": 0, "locked_until": ""}, at)
        actor = actor_of(work, user)
        _told(work, office, chain, user["id"], "enrolled", By(actor, min(actor.roles), at), account=made)
        end_all(work, user["id"], at)
        end_all_api_tokens(work, user["id"], at)
        work.commit()


def change_password(office: Office, session: Session, old: str, new: str, code: str, at: str) -> None:
    """Change one's own password with both factors; every other session of the person ends.

    Raises NotAllowed for a wrong password or code, which count like those of signing in; BadInput for a new password
    against the rules.
    """
    tried = attempt(office, session.user, old, code, at)
    hashed = office.passwords.hash(check_password(new, (session.user, session.name)))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        is_right = settle(work, office, chain, tried, at) is not None
        if is_right:
            made = _write(work, office, session.user, {"password_hash": hashed}, at)
            by = By(session.actor, min(session.actor.roles), at)
            _told(work, office, chain, session.user, "password", by, account=made)
            end_all(work, session.user, at, but=session.id_hash)
        work.commit()
    if not is_right:
        raise NotAllowed(REFUSED)


def _invited(work: Work, token: str, at: str) -> dict[str, Any]:
    for row in work.rows("invitations", {"id": digest_of(token), "used_at": ""}):
        users = work.rows("users", {"id": row["user"], "disabled_at": ""})
        if users and at < row["expires_at"]:
            return users[0]
    raise NotAllowed(LAPSED)


def _write(work: Work, office: Office, user: str, values: Mapping[str, Any], at: str) -> str:
    """Write the account of somebody anew, or for the first time; returns the commitment to it."""
    row = account_of(work, user)
    if row is None:
        return insert_committed(work, office, "accounts", {"user": user, **values, "made_at": at, "changed_at": at})
    return update_committed(work, office, "accounts", {**row, **values, "changed_at": at}, "user")


def _told(work: Work, office: Office, chain: Chain, user: str, change: str, by: By, **rows: str) -> None:
    facts = {"user": user, "change": change, **rows}
    record(work, office, chain, EventType.ACCOUNT_CHANGED, by.at, by.actor, by.role, facts=facts)
