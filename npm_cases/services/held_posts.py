"""The posts of the pack with who holds them: now, later, and before; a post nobody holds is shown as vacant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.ports import Office, Work

NOT_SHOWN = frozenset({"blind"})


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post and the rows of its holders: ``now`` those of today, ``later`` those to come, ``before`` those of the past."""

    id: str
    now: tuple[Mapping[str, Any], ...]
    later: tuple[Mapping[str, Any], ...]
    before: tuple[Mapping[str, Any], ...]

    @property
    def is_vacant(self) -> bool:
        """Whether nobody holds it today: what is written to it then goes to the secretariat."""
        return not self.now


def posts(office: Office, actor: Actor, at: str) -> list[PostSeen]:
    """List the posts that people are named for, in the order of the pack; addresses for administrators alone.

    Raises NotAllowed.
    """
    fixed = [post.id for post in office.pack.posts.values() if not post.relative]
    access.need(actor, "list a register")
    with office.open_reading() as work:
        return [_seen(work, office, post, actor, at) for post in fixed]


def vacant_posts(office: Office, at: str) -> list[str]:
    """List the posts inside the mechanism that a ladder tells and nobody holds, in the order of the pack."""
    told = {
        post for ladder in office.pack.ladders for rung in (*ladder.rungs, ladder.after_intake) for post in rung.posts
    }
    today = office.times.day(from_text(at)).isoformat()
    with office.open_reading() as work:
        held = {row["post"] for row in work.rows("holders") if row["valid_from"] <= today <= (row["valid_to"] or today)}
    posts_told = [post for post in office.pack.posts.values() if post.id in told]
    return [post.id for post in posts_told if not post.relative and not post.outside and post.id not in held]


def one_post(office: Office, post: str, actor: Actor, at: str) -> PostSeen:
    """Show one post.

    Raises NotFound for a post people are not named for; NotAllowed.
    """
    for found in posts(office, actor, at):
        if found.id == post:
            return found
    raise NotFound(say("no_post", given=quoted(post)))


def _seen(work: Work, office: Office, post: str, actor: Actor, at: str) -> PostSeen:
    today = office.times.day(from_text(at)).isoformat()
    hidden = NOT_SHOWN if not actor.roles.isdisjoint(access.ADMINISTRATORS) else NOT_SHOWN | {"email"}
    now, later, before = [], [], []
    for row in work.rows("holders", {"post": post}):
        shown = {name: value for name, value in row.items() if name not in hidden}
        if row["valid_from"] > today:
            later.append(shown)
        elif row["valid_to"] and row["valid_to"] < today:
            before.append(shown)
        else:
            now.append(shown)
    return PostSeen(post, tuple(now), tuple(later), tuple(reversed(before)))
