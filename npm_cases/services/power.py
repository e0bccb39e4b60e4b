"""Power over others: roles that confirm their acts, look after people, or open every sealed text; giving it takes two."""

from collections.abc import Collection, Mapping
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.records import By
from npm_cases.services import office_acts
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Chain, Office, Work

POWER = access.SUPERVISORS | access.ADMINISTRATORS | {"secretariat", "auditor"}
FOUNDER = "init"


def given(before: Collection[str], after: Collection[str]) -> tuple[str, ...]:
    """Return the roles with power that somebody gets who had others before."""
    return tuple(sorted((set(after) - set(before)) & POWER))


def takes_two(work: Work, office: Office, actor: str, user: str, powers: Collection[str]) -> bool:
    """Say whether a second person must confirm: power is given, in earnest, and there is somebody who could.

    In the first days of an installation there is nobody; then it is done, and an incident lets people see it.
    """
    if not powers or office.sandbox or actor == FOUNDER:
        return False
    return any(row["id"] not in {actor, user} and _could_confirm(work, row) for row in work.rows("users"))


def _could_confirm(work: Work, row: Mapping[str, Any]) -> bool:
    gets_in = bool(row["token_hash"]) or bool(work.rows("accounts", {"user": row["id"]}))
    return gets_in and not row["disabled_at"] and not office_acts.CONFIRMING.isdisjoint(row["roles"].split(","))


def put_forward(work: Work, office: Office, chain: Chain, event: str, by: By, change: Mapping[str, Any]) -> str:
    """Record the proposal to give power; returns its id."""
    return office_acts.put_forward(work, office, chain, event, by, change)[0]


def tell(work: Work, office: Office, by: By, user: str, powers: Collection[str], how: str = "made") -> None:
    """Let people see that somebody may now confirm the acts of others: one administrator must not become two persons."""
    if not powers or office.sandbox or by.actor.user in {FOUNDER, user}:
        return
    named = ", ".join(sorted(powers))
    done = f"made {user} {named}" if how == "made" else f"{how} {user}, who is {named}"
    what = f"{by.actor.user} {done}: check with {user} that it is them"
    raise_incident(work, office, "power_given", user, what, by.at)
