"""Changes of a user: roles, regions, language, shut out and let in again, a new token; the history commits to each.

Nobody changes their own roles or regions. Giving power takes a second person (services/power.py); taking it never does.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed
from npm_cases.domain.message_values import Words, an_instant, choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, By
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import power
from npm_cases.services.api_tokens import end_all_api_tokens
from npm_cases.services.committed import update_committed
from npm_cases.services.incidents import raise_incident
from npm_cases.services.office_acts import ADD_USER, ENABLE_USER, SET_ROLES, Seconded, carry_change, proposed_event
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.sessions import end_all
from npm_cases.services.shown_once import digest_of, new_token as _new_token
from npm_cases.services.users import check_regions, check_roles, enter_user, found_user, from_proposed, joined
from state_machines.labels import LANGUAGES

Row = Mapping[str, Any]


def set_roles(office: Office, user: str, roles: Collection[str], actor: Actor, at: str) -> str:
    """Give a user other roles, which ends their sessions; returns the id of the proposal where power is given.

    The id is empty where it is done: no power was given, or nobody could confirm it, which raises an incident.
    Raises NotAllowed for anybody but an administrator, and for one's own roles; NotFound; BadInput.
    """
    check_roles(roles)
    by_whom = _administrator(actor, user, at, "change roles")
    with office.open_work() as work:
        chain, by, row = _begin(work, user, by_whom)
        powers = power.given(_roles(row), roles)
        if power.takes_two(work, office, actor.user, user, powers):
            change = {"user": user, "roles": sorted(roles), "was": row["roles"]}
            pending = power.put_forward(work, office, chain, SET_ROLES, by, change)
        else:
            pending = ""
            _write_roles(work, office, chain, row, roles, by)
            power.tell(work, office, by, user, powers)
        work.commit()
    return pending


def set_regions(office: Office, user: str, regions: Collection[str], actor: Actor, at: str) -> None:
    """Give a user other regions, none meaning everywhere; it ends their sessions. Raises like ``set_roles``."""
    check_regions(office, regions)
    by_whom = _administrator(actor, user, at, "change regions")
    with office.open_work() as work:
        chain, by, row = _begin(work, user, by_whom)
        said = {"roles": _roles(row), "regions": sorted(regions)}
        _write(work, office, chain, row, "regions", {"regions": joined(regions) or access.EVERYWHERE}, by, said)
        end_all(work, user, by.at)
        work.commit()


def set_language(office: Office, user: str, language: str, actor: Actor, at: str) -> None:
    """Set the language of a user, none meaning that of the installation; the person themselves or an administrator.

    Raises NotAllowed, NotFound, BadInput.
    """
    if language not in {"", *LANGUAGES}:
        raise BadInput(say("not_one_of", field="language", given=quoted(language), known=choice_list(LANGUAGES)))
    role = _own_role(actor) if actor.user == user else _administers(actor, "change the language of others")
    with office.open_work() as work:
        chain, by, row = _begin(work, user, By(actor, role, at))
        if row["language"] != language:
            _write(work, office, chain, row, "language", {"language": language}, by)
            work.commit()


def disable(office: Office, user: str, actor: Actor, at: str) -> None:
    """Shut a user out at once: sessions and API tokens end, the token file opens nothing.

    Outside a sandbox it raises an incident when somebody with power is shut out. Raises NotAllowed for anybody but an
    administrator, and for oneself; NotFound; Conflict for a user disabled already.
    """
    by_whom = _administrator(actor, user, at, "shut users out")
    with office.open_work() as work:
        chain, by, row = _begin(work, user, by_whom)
        if row["disabled_at"]:
            raise Conflict(say("shut_out_already", user=user, at=an_instant(row["disabled_at"])))
        _write(work, office, chain, row, "disabled", {"disabled_at": by.at}, by)
        end_all(work, user, by.at)
        end_all_api_tokens(work, user, by.at)
        lost = power.given((), _roles(row))
        if lost and not office.sandbox:
            what = f"{actor.user} shut {user} out, who was {', '.join(lost)}: check that others who confirm are left"
            raise_incident(work, office, "power_taken", user, what, by.at)
        work.commit()


def enable(office: Office, user: str, actor: Actor, at: str) -> str:
    """Let a disabled user in again; returns the id of the proposal where that gives power. Raises like ``set_roles``."""
    by_whom = _administrator(actor, user, at, "let users in again")
    with office.open_work() as work:
        chain, by, row = _begin(work, user, by_whom)
        if not row["disabled_at"]:
            raise Conflict(say("not_shut_out", user=user))
        powers = power.given((), _roles(row))
        if power.takes_two(work, office, actor.user, user, powers):
            change = {"user": user, "disabled_at": row["disabled_at"], "was": row["roles"]}
            pending = power.put_forward(work, office, chain, ENABLE_USER, by, change)
        else:
            pending = ""
            _write(work, office, chain, row, "enabled", {"disabled_at": ""}, by)
            power.tell(work, office, by, user, powers, "let in again")
        work.commit()
    return pending


def new_token(office: Office, user: str, actor: Actor, at: str) -> str:
    """Give a user a new token for the command line, shown once; the one before opens nothing any more.

    Outside a sandbox it raises an incident for a user with power. Raises NotAllowed for anybody but an administrator, or
    for a disabled user; NotFound.
    """
    role, token = _administers(actor, "give tokens"), _new_token()
    with office.open_work() as work:
        chain, by, row = _begin(work, user, By(actor, role, at))
        need_enabled(row)
        _write(work, office, chain, row, "token", {"token_hash": digest_of(token)}, by)
        power.tell(work, office, by, user, power.given((), _roles(row)), "gave a token to")
        work.commit()
    return token


def confirm_user_change(office: Office, second: Seconded, at: str) -> str:
    """Make a proposal to give power so (power.EVENTS), exactly as proposed; returns the user.

    Raises NotFound; NotAllowed for the proposer, for the user who gets the power, and for a role that may not confirm;
    Conflict for a proposal that lapsed or was decided, or a user who was changed since.
    """
    event = proposed_event(office, second.approval)
    if event not in _MADE:
        raise BadInput(say("gives_no_power", given=quoted(second.approval)))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        by, change = carry_change(work, office, chain, event, second, instant(chain, at))
        if change["user"] == second.actor.user:
            raise NotAllowed(say("own_power", user=second.actor.user))
        _MADE[event](work, office, chain, change, by, second.actor.user)
        work.commit()
    return str(change["user"])


def need_enabled(row: Row) -> None:
    """Let pass a user who may come in.

    Raises NotAllowed.
    """
    if row["disabled_at"]:
        raise NotAllowed(say("user_shut_out", user=row["id"]))


def _made_user(work: Work, office: Office, chain: Chain, change: Row, by: By, second: str) -> None:
    if work.rows("users", {"id": change["user"]}):
        raise Conflict(say("user_taken", given=quoted(change["user"])))
    enter_user(work, office, chain, from_proposed(change, by), by, approved_by=second)


def _made_roles(work: Work, office: Office, chain: Chain, change: Row, by: By, second: str) -> None:
    row = _as_it_was(work, change)
    _write_roles(work, office, chain, row, change["roles"], by, second)


def _made_enabled(work: Work, office: Office, chain: Chain, change: Row, by: By, second: str) -> None:
    row = _as_it_was(work, change)
    if row["disabled_at"] != change["disabled_at"]:
        raise Conflict(say("shut_out_since", user=row["id"]))
    _write(work, office, chain, row, "enabled", {"disabled_at": ""}, by, event=ENABLE_USER, approved_by=second)


_MADE: Mapping[str, Callable[[Work, Office, Chain, Row, By, str], None]] = {
    ADD_USER: _made_user,
    SET_ROLES: _made_roles,
    ENABLE_USER: _made_enabled,
}


def _as_it_was(work: Work, change: Row) -> dict[str, Any]:
    row = found_user(work, change["user"])
    if row["roles"] != change["was"]:
        raise Conflict(say("roles_changed_since", user=row["id"]))
    return row


def _administrator(actor: Actor, user: str, at: str, what: str) -> By:
    if actor.user == user:
        raise NotAllowed(say("own_account", user=user, deed=Words("deed", (what,))))
    return By(actor, _administers(actor, what), at)


def _administers(actor: Actor, what: str) -> str:
    return access.need(actor, what)


def _own_role(actor: Actor) -> str:
    return min(actor.roles)


def _roles(row: Row) -> list[str]:
    return sorted(filter(None, row["roles"].split(",")))


def _begin(work: Work, user: str, by: By) -> tuple[Chain, By, dict[str, Any]]:
    """Lock the office's chain, and read the user as they are then."""
    chain = work.chain(OFFICE)
    return chain, By(by.actor, by.role, instant(chain, by.at)), found_user(work, user)


def _write_roles(
    work: Work, office: Office, chain: Chain, row: Row, roles: Collection[str], by: By, second: str = ""
) -> None:
    said = {"roles": sorted(roles), "regions": sorted(set(row["regions"].split(",")) - {access.EVERYWHERE})}
    event = SET_ROLES if second else ""
    _write(work, office, chain, row, "roles", {"roles": joined(roles)}, by, said, event, second)
    end_all(work, row["id"], by.at)


def _write(
    work: Work, office: Office, chain: Chain, row: Row, change: str, values: Row, by: By, said: Row | None = None,
    event: str = "", approved_by: str = "",
) -> None:  # fmt: skip
    """Write the row of a user anew and tell what was changed, with the commitment to the row."""
    made = update_committed(work, office, "users", {**row, **values}, "id")
    kind = EventType.ROLE_CHANGED if said else EventType.ACCOUNT_CHANGED
    facts = {"user": row["id"], "change": change, "row": made, **(said or {})}
    record(
        work, office, chain, kind, by.at, by.actor, by.role, facts=facts, event=event, approved_by=approved_by
    )  # fmt: skip
