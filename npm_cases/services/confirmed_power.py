"""Proposals to give power, or a way in for somebody who has it, made so by a second person exactly as proposed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.domain.errors import BadInput, Conflict, NotAllowed
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.history.event import OFFICE
from npm_cases.services.office_acts import (
    ADD_USER,
    ENABLE_USER,
    GIVE_TOKEN,
    INVITE_USER,
    SET_ROLES,
    Carried,
    Seconded,
    carry_change,
    proposed_event,
)
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant
from npm_cases.services.user_rows import need_enabled, write, write_roles
from npm_cases.services.users import enter_user, found_user, from_proposed
from npm_cases.services.ways_in import make_invitation, make_token


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The user it was done for, and the secret to hand over to them in person: of an invitation, or a token; or neither."""

    user: str
    invitation: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def confirm_power(office: Office, second: Seconded, at: str) -> Confirmed:
    """Make a proposal to give power so (power.EVENTS); who confirms a new user or an invitation is shown its link.

    Raises NotFound; NotAllowed for the proposer, for the user it is about, and for a role that may not confirm; Conflict
    for a proposal that lapsed or was decided, or a user who was changed since.
    """
    event = proposed_event(office, second.approval)
    if event not in _MADE:
        raise BadInput(say("gives_no_power", given=quoted(second.approval)))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        carried = carry_change(work, office, chain, event, second, instant(chain, at))
        if carried.change["user"] == second.actor.user:
            raise NotAllowed(say("own_power", user=second.actor.user))
        done = _MADE[event](work, office, chain, carried)
        work.commit()
    return done


def _user(work: Work, office: Office, chain: Chain, carried: Carried) -> Confirmed:
    change, second = carried.change, carried.second
    if work.rows("users", {"id": change["user"]}):
        raise Conflict(say("user_taken", given=quoted(change["user"])))
    enter_user(work, office, chain, from_proposed(change, carried.by), carried.by, approved_by=second.actor.user)
    row = found_user(work, change["user"])
    return Confirmed(row["id"], make_invitation(work, office, chain, row, second))


def _roles(work: Work, office: Office, chain: Chain, carried: Carried) -> Confirmed:
    row = _as_it_was(work, carried.change)
    write_roles(work, office, chain, row, carried.change["roles"], carried.by, carried.second.actor.user)
    return Confirmed(row["id"])


def _enabled(work: Work, office: Office, chain: Chain, carried: Carried) -> Confirmed:
    row, second = _as_it_was(work, carried.change), carried.second.actor.user
    if row["disabled_at"] != carried.change["disabled_at"]:
        raise Conflict(say("shut_out_since", user=row["id"]))
    values = {"disabled_at": ""}
    write(work, office, chain, row, "enabled", values, carried.by, event=ENABLE_USER, approved_by=second)
    return Confirmed(row["id"])


def _invitation(work: Work, office: Office, chain: Chain, carried: Carried) -> Confirmed:
    row = _as_it_was(work, carried.change)
    need_enabled(row)
    second = carried.second.actor.user
    return Confirmed(row["id"], make_invitation(work, office, chain, row, carried.by, INVITE_USER, second))


def _token(work: Work, office: Office, chain: Chain, carried: Carried) -> Confirmed:
    row = _as_it_was(work, carried.change)
    need_enabled(row)
    second = carried.second.actor.user
    return Confirmed(row["id"], token=make_token(work, office, chain, row, carried.by, GIVE_TOKEN, second))


_MADE: Mapping[str, Callable[[Work, Office, Chain, Carried], Confirmed]] = {
    ADD_USER: _user,
    SET_ROLES: _roles,
    ENABLE_USER: _enabled,
    INVITE_USER: _invitation,
    GIVE_TOKEN: _token,
}


def _as_it_was(work: Work, change: Mapping[str, Any]) -> dict[str, Any]:
    row = found_user(work, change["user"])
    if row["roles"] != change["was"]:
        raise Conflict(say("roles_changed_since", user=row["id"]))
    return row
