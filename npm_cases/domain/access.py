"""Who may do what: default deny, one function for the command line, the pages and the jobs."""

from collections.abc import Collection

from npm_cases.domain.errors import NotAllowed, NotFound
from npm_cases.domain.records import Actor, Case

EVERYWHERE = "*"
REGISTRARS = frozenset({"caseworker", "secretariat", "participant", "group_leader", "representative", "commissioner"})
READERS = REGISTRARS | {"council", "delegate", "auditor"}
SUPERVISORS = frozenset({"delegate", "commissioner", "group_leader", "council"})
ADMINISTRATORS = frozenset({"administrator"})
CASEWORK = frozenset({"caseworker", "secretariat", "delegate", "commissioner"})
TEXT_READERS = frozenset({"caseworker", "secretariat", "delegate", "commissioner", "participant", "auditor"})


def need_role(actor: Actor, roles: Collection[str], what: str) -> str:
    """Return the actor's role that allows something.

    Raises NotAllowed naming the roles that may.
    """
    for role in sorted(actor.roles):
        if role in roles:
            return role
    raise NotAllowed(f"{actor.user} may not {what}: it takes one of the roles {', '.join(sorted(roles))}")


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
        raise NotFound(f"there is no case {ref!r}; `npm-cases case list` shows the numbers you may see")
