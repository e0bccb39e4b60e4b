"""The row of a user written anew, always with the event that commits to it."""

from collections.abc import Collection, Mapping
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say
from npm_cases.domain.records import By
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.committed import update_committed
from npm_cases.services.office_acts import SET_ROLES
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.sessions import end_all
from npm_cases.services.users import found_user, joined

Row = Mapping[str, Any]


def begin(work: Work, user: str, by: By) -> tuple[Chain, By, dict[str, Any]]:
    """Lock the office's chain, and read the user as they are then; raises NotFound."""
    chain = work.chain(OFFICE)
    return chain, By(by.actor, by.role, instant(chain, by.at)), found_user(work, user)


def need_enabled(row: Row) -> None:
    """Let pass a user who may come in.

    Raises NotAllowed.
    """
    if row["disabled_at"]:
        raise NotAllowed(say("user_shut_out", user=row["id"]))


def roles_in(row: Row) -> list[str]:
    """Return the roles of a user, by name."""
    return sorted(filter(None, row["roles"].split(",")))


def write_roles(
    work: Work, office: Office, chain: Chain, row: Row, roles: Collection[str], by: By, second: str = ""
) -> None:
    """Write other roles and end the sessions; ``second`` is who confirmed it."""
    said = {"roles": sorted(roles), "regions": sorted(set(row["regions"].split(",")) - {access.EVERYWHERE})}
    event = SET_ROLES if second else ""
    write(work, office, chain, row, "roles", {"roles": joined(roles)}, by, said, event, second)
    end_all(work, row["id"], by.at)


def write(
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
