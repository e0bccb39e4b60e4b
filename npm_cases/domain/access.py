"""Who may do what: default deny, one function for the command line, the pages and the jobs."""

from collections.abc import Collection

from npm_cases.domain.errors import NotAllowed, NotFound
from npm_cases.domain.message_values import Words, quoted, role_list
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, Case
from npm_cases.domain.rights import (
    ADMINISTRATORS,
    CASEWORK,
    READERS,
    REGISTRARS,
    RIGHTS,
    SUPERVISORS,
    TEXT_READERS,
)

__all__ = [
    "ADMINISTRATORS", "CASEWORK", "EVERYWHERE", "READERS", "REGISTRARS", "SUPERVISORS", "TEXT_READERS", "may_see", "need",
    "need_role", "need_sight",
]  # fmt: skip

EVERYWHERE = "*"


def need(actor: Actor, what: str) -> str:
    """Return the actor's role that allows something of the table of rights; raises like ``need_role``."""
    return need_role(actor, RIGHTS[what], what)


def need_role(actor: Actor, roles: Collection[str], what: str) -> str:
    """Return the actor's role that allows something.

    ``what`` is a phrase of ``messages_deeds.py``. Raises NotAllowed naming the roles that may.
    """
    for role in sorted(actor.roles):
        if role in roles:
            return role
    raise NotAllowed(say("role_needed", user=actor.user, deed=Words("deed", (what,)), roles=role_list(roles)))


def may_see(actor: Actor, case: Case, excluded: Collection[str]) -> bool:
    """Say whether a case may be known to somebody: role, region, and not named in it or of a unit named in it."""
    if actor.user in excluded or not actor.bodies.isdisjoint(excluded):
        return False
    if "clock" in actor.roles:
        return True
    in_region = EVERYWHERE in actor.regions or not case.region or case.region in actor.regions
    return in_region and not actor.roles.isdisjoint(READERS)


def need_sight(actor: Actor, case: Case, excluded: Collection[str], ref: str) -> None:
    """Let pass who may know the case.

    Raises NotFound, in the words of a case that does not exist: nobody learns that a case is kept from them.
    """
    if not may_see(actor, case, excluded):
        raise NotFound(say("no_case", given=quoted(ref)))
