"""One person as an administrator sees them: rights, posts, how they get in, and for how many places they are signed in."""

from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor
from npm_cases.services.open_sessions import open_sessions
from npm_cases.services.ports import Office
from npm_cases.services.sign_in import account_of
from npm_cases.services.users import found_user


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody holds, from one day to another (empty: until somebody else does)."""

    post: str
    valid_from: str
    valid_to: str
    region: str


@dataclass(frozen=True, slots=True)
class Person:
    """A user: ``invited_until`` is set while an invitation opens, ``locked_until`` while too many tries lock them out.

    ``units`` are bodies and units they belong to, which shut them out of cases that name one. Empty ``regions`` mean
    everywhere.
    """

    id: str
    name: str
    email: str
    language: str
    roles: tuple[str, ...]
    regions: tuple[str, ...]
    units: tuple[str, ...]
    disabled_at: str
    has_account: bool
    has_token: bool
    locked_until: str
    invited_until: str
    posts: tuple[HeldPost, ...]
    sessions: int


def one_person(office: Office, user: str, actor: Actor, at: str) -> Person:
    """Show a user.

    Raises NotFound; NotAllowed for anybody but an administrator.
    """
    access.need(actor, "see users")
    today = office.times.day(from_text(at)).isoformat()
    with office.open_reading() as work:
        row, account = found_user(work, user), account_of(work, user)
        held = [one for one in work.rows("holders", {"user": user}) if not one["valid_to"] or one["valid_to"] >= today]
        invited = [one["expires_at"] for one in work.rows("invitations", {"user": user, "used_at": ""})]
    locked = str(account["locked_until"]) if account else ""
    return Person(
        id=row["id"], name=row["name"], email=row["email"], language=row["language"], roles=_names(row["roles"]),
        regions=tuple(one for one in _names(row["regions"]) if one != access.EVERYWHERE), units=_names(row["bodies"]),
        disabled_at=row["disabled_at"], has_account=account is not None, has_token=bool(row["token_hash"]),
        locked_until=locked if locked > at else "",
        invited_until=max((one for one in invited if one > at), default=""),
        posts=tuple(HeldPost(one["post"], one["valid_from"], one["valid_to"], one["region"]) for one in held),
        sessions=len(open_sessions(office, user, actor, at)),
    )  # fmt: skip


def colleagues(office: Office, actor: Actor) -> list[tuple[str, str]]:
    """Return id and name of everybody who may come in, by id, for those who choose a deputy or a holder of a post.

    Raises NotAllowed.
    """
    access.need(actor, "list a register")
    with office.open_reading() as work:
        return [(row["id"], row["name"] or row["id"]) for row in work.rows("users") if not row["disabled_at"]]


def _names(joined: str) -> tuple[str, ...]:
    return tuple(sorted(filter(None, joined.split(","))))
