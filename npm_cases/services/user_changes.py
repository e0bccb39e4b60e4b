"""Changes of a user: roles, regions, language, shut out and let in again; the history commits to each.

Nobody changes their own roles or regions. Giving power takes a second person (services/power.py); taking it never does.
"""

from collections.abc import Collection

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed
from npm_cases.domain.message_values import Words, an_instant, choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, By
from npm_cases.services import power
from npm_cases.services.api_tokens import end_all_api_tokens
from npm_cases.services.incidents import raise_incident
from npm_cases.services.office_acts import ENABLE_USER, SET_ROLES
from npm_cases.services.ports import Office
from npm_cases.services.sessions import end_all
from npm_cases.services.user_rows import begin, roles_in, write, write_roles
from npm_cases.services.users import check_regions, check_roles, joined
from state_machines.labels import LANGUAGES


def set_roles(office: Office, user: str, roles: Collection[str], actor: Actor, at: str) -> str:
    """Give a user other roles, which ends their sessions; returns the id of the proposal where power is given.

    The id is empty where it is done: no power was given, or nobody could confirm it, which raises an incident.
    Raises NotAllowed for anybody but an administrator, and for one's own roles; NotFound; BadInput.
    """
    check_roles(roles)
    by_whom = _administrator(actor, user, at, "change roles")
    with office.open_work() as work:
        chain, by, row = begin(work, user, by_whom)
        powers = power.given(roles_in(row), roles)
        if power.takes_two(work, office, actor.user, user, powers):
            change = {"user": user, "roles": sorted(roles), "was": row["roles"]}
            pending = power.put_forward(work, office, chain, SET_ROLES, by, change)
        else:
            pending = ""
            write_roles(work, office, chain, row, roles, by)
            power.tell(work, office, by, user, powers)
        work.commit()
    return pending


def set_regions(office: Office, user: str, regions: Collection[str], actor: Actor, at: str) -> None:
    """Give a user other regions, none meaning everywhere; it ends their sessions. Raises like ``set_roles``."""
    check_regions(office, regions)
    by_whom = _administrator(actor, user, at, "change regions")
    with office.open_work() as work:
        chain, by, row = begin(work, user, by_whom)
        said = {"roles": roles_in(row), "regions": sorted(regions)}
        write(work, office, chain, row, "regions", {"regions": joined(regions) or access.EVERYWHERE}, by, said)
        end_all(work, user, by.at)
        work.commit()


def set_language(office: Office, user: str, language: str, actor: Actor, at: str) -> None:
    """Set the language of a user, none meaning that of the installation; the person themselves or an administrator.

    Raises NotAllowed, NotFound, BadInput.
    """
    if language not in {"", *LANGUAGES}:
        raise BadInput(say("not_one_of", field="language", given=quoted(language), known=choice_list(LANGUAGES)))
    role = min(actor.roles) if actor.user == user else access.need(actor, "change the language of others")
    with office.open_work() as work:
        chain, by, row = begin(work, user, By(actor, role, at))
        if row["language"] != language:
            write(work, office, chain, row, "language", {"language": language}, by)
            work.commit()


def disable(office: Office, user: str, actor: Actor, at: str) -> None:
    """Shut a user out at once: sessions and API tokens end, the token file opens nothing.

    Outside a sandbox it raises an incident when somebody with power is shut out. Raises NotAllowed for anybody but an
    administrator, and for oneself; NotFound; Conflict for a user disabled already.
    """
    by_whom = _administrator(actor, user, at, "shut users out")
    with office.open_work() as work:
        chain, by, row = begin(work, user, by_whom)
        if row["disabled_at"]:
            raise Conflict(say("shut_out_already", user=user, at=an_instant(row["disabled_at"])))
        write(work, office, chain, row, "disabled", {"disabled_at": by.at}, by)
        end_all(work, user, by.at)
        end_all_api_tokens(work, user, by.at)
        lost = power.given((), roles_in(row))
        if lost and not office.sandbox:
            what = f"{actor.user} shut {user} out, who was {', '.join(lost)}: check that others who confirm are left"
            raise_incident(work, office, "power_taken", user, what, by.at)
        work.commit()


def enable(office: Office, user: str, actor: Actor, at: str) -> str:
    """Let a disabled user in again; returns the id of the proposal where that gives power. Raises like ``set_roles``."""
    by_whom = _administrator(actor, user, at, "let users in again")
    with office.open_work() as work:
        chain, by, row = begin(work, user, by_whom)
        if not row["disabled_at"]:
            raise Conflict(say("not_shut_out", user=user))
        powers = power.given((), roles_in(row))
        if power.takes_two(work, office, actor.user, user, powers):
            change = {"user": user, "disabled_at": row["disabled_at"], "was": row["roles"]}
            pending = power.put_forward(work, office, chain, ENABLE_USER, by, change)
        else:
            pending = ""
            write(work, office, chain, row, "enabled", {"disabled_at": ""}, by)
            power.tell(work, office, by, user, powers, "let in again")
        work.commit()
    return pending


def _administrator(actor: Actor, user: str, at: str, what: str) -> By:
    if actor.user == user:
        raise NotAllowed(say("own_account", user=user, deed=Words("deed", (what,))))
    return By(actor, access.need(actor, what), at)
