"""Users: who may act, with which roles, in which regions; found by name in a sandbox, by token elsewhere."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.committed import insert_committed
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record
from state_machines.table import Role

HUMAN_ROLES = tuple(str(role) for role in Role if role is not Role.CLOCK)
SANDBOX_USER = "demo"
FOUNDER = "init"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class AddUser:
    """Ask for a new user or for new roles of one; ``regions`` empty means everywhere."""

    user: str
    roles: tuple[str, ...]
    actor: Actor
    at: str
    name: str = ""
    email: str = ""
    language: str = ""
    regions: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


def add_user(office: Office, command: AddUser) -> str:
    """Add a user and return their token, which is shown once and never stored.

    Raises BadInput for an unknown role or region; NotAllowed for anybody but an administrator; Conflict for a name
    already taken.
    """
    role = access.need_role(command.actor, access.ADMINISTRATORS, "add users")
    _check(office, command)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with office.open_work() as work:
        if work.rows("users", {"id": command.user}):
            raise Conflict(f"there is a user {command.user!r} already")
        row = insert_user(work, office, command, token)
        chain = work.chain(OFFICE)
        facts: dict[str, Any] = {"user": command.user, "row": row}
        facts |= {"roles": sorted(command.roles), "regions": sorted(command.regions)}
        record(work, office, chain, EventType.ROLE_CHANGED, command.at, command.actor, role, facts=facts)
        _tell_of_power(work, office, command)
        work.commit()
    return token


def _tell_of_power(work: Work, office: Office, command: AddUser) -> None:
    """Let people see that somebody may now confirm the acts of others: one administrator must not become two persons."""
    powers = sorted(set(command.roles) & (access.SUPERVISORS | access.ADMINISTRATORS))
    if powers and not office.sandbox and command.actor.user != FOUNDER:
        what = (
            f"{command.actor.user} made {command.user} {', '.join(powers)}: check with {command.user} that it is them"
        )
        raise_incident(work, office, "power_given", command.user, what, command.at)


def insert_user(work: Work, office: Office, command: AddUser, token: str) -> str:
    """Write the row of a user, of whose token only the hash is kept; returns the commitment to the row."""
    return insert_committed(
        work,
        office,
        "users",
        {
            "id": command.user, "name": command.name, "email": command.email, "language": command.language,
            "roles": ",".join(sorted(command.roles)), "regions": ",".join(sorted(command.regions)) or access.EVERYWHERE,
            "bodies": ",".join(sorted(command.bodies)), "token_hash": _hash(token),
        },
    )  # fmt: skip


def _check(office: Office, command: AddUser) -> None:
    if not command.user.isascii() or not command.user.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise BadInput(f"user {command.user!r}: use Latin letters, digits, - _ and .")
    if command.user == "clock":
        raise BadInput("user 'clock' is the engine itself; choose another name")
    for role in command.roles:
        if role not in HUMAN_ROLES:
            raise BadInput(f"role {role!r} is not one of {', '.join(HUMAN_ROLES)}")
    if not command.roles:
        raise BadInput(f"give at least one --role of {', '.join(HUMAN_ROLES)}")
    for region in command.regions:
        if region not in office.pack.regions:
            raise BadInput(f"region {region!r} is not one of {', '.join(sorted(office.pack.regions))}")


def sandbox_user(office: Office, user: str) -> Actor:
    """Return a user by name, or the one who may do everything where none is named; in a sandbox only.

    Raises NotFound.
    """
    if not user:
        return Actor(SANDBOX_USER, frozenset(HUMAN_ROLES))
    with office.open_reading() as work:
        found = work.rows("users", {"id": user})
        posts = _posts_held(work, found)
    if not found:
        raise NotFound(f"there is no user {user!r}; `npm-cases user list` shows them, `npm-cases user add` adds one")
    return as_actor(found[0], posts)


def by_token(office: Office, token: str) -> Actor:
    """Return the user a token belongs to.

    Raises NotAllowed, in the same words whether the token is unknown or its user disabled.
    """
    with office.open_reading() as work:
        found = [row for row in work.rows("users", {"token_hash": _hash(token)}) if not row["disabled_at"]]
        posts = _posts_held(work, found)
    if not found:
        raise NotAllowed("this token opens nothing; ask an administrator for a new one")
    return as_actor(found[0], posts)


def _posts_held(work: Work, found: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(held["post"] for row in found for held in work.rows("holders", {"user": row["id"]}))


def as_actor(row: Mapping[str, Any], posts: Collection[str] = ()) -> Actor:
    """Read an actor from the row of a user; a post once held shuts out of cases that name it, as a unit does.

    Raises NotAllowed for a user who was disabled.
    """
    if row["disabled_at"]:
        raise NotAllowed(f"the user {row['id']} was disabled")
    return Actor(
        row["id"], frozenset(filter(None, row["roles"].split(","))), frozenset(filter(None, row["regions"].split(","))),
        frozenset(filter(None, row["bodies"].split(","))) | frozenset(posts),
    )  # fmt: skip


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
