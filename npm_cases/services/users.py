"""Users: who may act, with which roles, in which regions; found by name in a sandbox, by token elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound
from npm_cases.domain.message_values import labelled, quoted, role_list
from npm_cases.domain.messages import say
from npm_cases.domain.records import CLOCK, Actor, By
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import power
from npm_cases.services.committed import insert_committed
from npm_cases.services.office_acts import ADD_USER
from npm_cases.services.ports import Chain, Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.shown_once import WayIn, digest_of, new_token
from state_machines.table import Role

HUMAN_ROLES = tuple(str(role) for role in Role if role is not Role.CLOCK)
SANDBOX_USER = "demo"
FOUNDER = power.FOUNDER
_PROPOSED = ("user", "roles", "name", "email", "language", "regions", "bodies")


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


def add_user(office: Office, command: AddUser) -> WayIn:
    """Add a user; their token is shown once and never stored. Somebody with power takes a second person to add.

    Raises BadInput for an unknown role or region; NotAllowed for anybody but an administrator; Conflict for a name
    already taken.
    """
    role = access.need(command.actor, "add users")
    _check(office, command)
    powers = power.given((), command.roles)
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        by = By(command.actor, role, instant(chain, command.at))
        if work.rows("users", {"id": command.user}):
            raise Conflict(say("user_taken", given=quoted(command.user)))
        if power.takes_two(work, office, command.actor.user, command.user, powers):
            pending = power.put_forward(work, office, chain, ADD_USER, by, as_proposed(command))
            work.commit()
            return WayIn(pending=pending)
        token = new_token()
        enter_user(work, office, chain, command, by, token)
        power.tell(work, office, by, command.user, powers)
        work.commit()
    return WayIn(token)


def enter_user(
    work: Work, office: Office, chain: Chain, command: AddUser, by: By, token: str = "", approved_by: str = ""
) -> None:
    """Write the row of a user and tell of it; without a token they get in by an invitation, or by a new token."""
    row = insert_committed(
        work,
        office,
        "users",
        {
            "id": command.user, "name": command.name, "email": command.email, "language": command.language,
            "roles": joined(command.roles), "regions": joined(command.regions) or access.EVERYWHERE,
            "bodies": joined(command.bodies), "token_hash": digest_of(token) if token else "",
        },
    )  # fmt: skip
    facts = {"user": command.user, "row": row, "roles": sorted(command.roles), "regions": sorted(command.regions)}
    event = ADD_USER if approved_by else ""
    record(
        work, office, chain, EventType.ROLE_CHANGED, by.at, by.actor, by.role, facts=facts, event=event,
        approved_by=approved_by,
    )  # fmt: skip


def as_proposed(command: AddUser) -> dict[str, Any]:
    """Return what a proposal to add a user is bound to; ``from_proposed`` reads it."""
    return {name: getattr(command, name) for name in _PROPOSED}


def from_proposed(exact: Mapping[str, Any], by: By) -> AddUser:
    """Read a proposal to add a user."""
    lists: dict[str, Any] = {name: tuple(value) for name, value in exact.items() if isinstance(value, list | tuple)}
    return AddUser(actor=by.actor, at=by.at, **{**exact, **lists})


def joined(names: Collection[str]) -> str:
    """Write roles, regions or bodies as the register keeps them."""
    return ",".join(sorted(set(names)))


def _check(office: Office, command: AddUser) -> None:
    if not command.user.isascii() or not command.user.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise BadInput(say("user_letters", field="user", given=quoted(command.user)))
    if command.user in {CLOCK.user, FOUNDER}:
        raise BadInput(say("user_reserved", field="user"))
    check_roles(command.roles)
    check_regions(office, command.regions)


def check_roles(roles: Collection[str]) -> None:
    """Let pass roles people have, at least one; raises BadInput."""
    for role in roles:
        if role not in HUMAN_ROLES:
            raise BadInput(say("not_one_of", field="role", given=quoted(role), known=role_list(HUMAN_ROLES)))
    if not roles:
        raise BadInput(say("role_missing", field="--role", known=role_list(HUMAN_ROLES)))


def check_regions(office: Office, regions: Collection[str]) -> None:
    """Let pass regions of the pack; raises BadInput."""
    for region in regions:
        if region not in office.pack.regions:
            raise BadInput(say("not_one_of", field="region", given=quoted(region), known=labelled(office.pack.regions)))


def sandbox_user(office: Office, user: str) -> Actor:
    """Return a user by name, or the one who may do everything where none is named; in a sandbox only.

    Raises NotFound; NotAllowed for a user who was disabled.
    """
    if not user:
        return Actor(SANDBOX_USER, frozenset(HUMAN_ROLES))
    with office.open_reading() as work:
        return actor_of(work, found_user(work, user))


def sandbox_people(office: Office) -> list[dict[str, Any]]:
    """Return whom one may be in a sandbox: id, roles, regions; elsewhere nobody is named to people not signed in."""
    if not office.sandbox:
        return []
    with office.open_reading() as work:
        rows = [row for row in work.rows("users") if not row["disabled_at"]]
    return [{"id": row["id"], "roles": row["roles"].split(","), "regions": row["regions"]} for row in rows]


def by_token(office: Office, token: str) -> Actor:
    """Return the user a token belongs to.

    Raises NotAllowed, in the same words whether the token is unknown or its user disabled.
    """
    with office.open_reading() as work:
        for row in work.rows("users", {"token_hash": digest_of(token)}):
            if not row["disabled_at"]:
                return actor_of(work, row)
    raise NotAllowed(say("token_shut"))


def found_user(work: Work, user: str) -> dict[str, Any]:
    """Return the row of a user.

    Raises NotFound.
    """
    found = work.rows("users", {"id": user})
    if not found:
        raise NotFound(say("no_user", given=quoted(user)))
    return found[0]


def everybody() -> dict[str, str]:
    """Return the row of the one who may do everything in a sandbox, as if there were one."""
    names = dict.fromkeys(("name", "email", "language", "bodies", "token_hash", "disabled_at"), "")
    return {**names, "id": SANDBOX_USER, "roles": joined(HUMAN_ROLES), "regions": access.EVERYWHERE}


def actor_of(work: Work, row: Mapping[str, Any]) -> Actor:
    """Read an actor with the posts they hold or held; raises like ``as_actor``."""
    return as_actor(row, frozenset(held["post"] for held in work.rows("holders", {"user": row["id"]})))


def as_actor(row: Mapping[str, Any], posts: Collection[str] = ()) -> Actor:
    """Read an actor from the row of a user; a post once held shuts out of cases that name it, as a unit does.

    Raises NotAllowed for a user who was disabled.
    """
    if row["disabled_at"]:
        raise NotAllowed(say("user_shut_out", user=row["id"]))
    return Actor(
        row["id"], frozenset(filter(None, row["roles"].split(","))), frozenset(filter(None, row["regions"].split(","))),
        frozenset(filter(None, row["bodies"].split(","))) | frozenset(posts),
    )  # fmt: skip
