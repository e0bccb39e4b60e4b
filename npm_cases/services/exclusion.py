"""Nobody named in an allegation, no unit named in it, and nobody who holds such a post is told of it."""

from collections.abc import Sequence

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import ALLEGATION, Actor, Case
from npm_cases.services.ports import Office, Work

UNASSIGNED_GOES_TO = "secretariat"


def shut_posts(work: Work, office: Office, case: Case, at: str) -> frozenset[str]:
    """Return the posts that must not learn of a case: named themselves, or held today by a person or unit that is."""
    if case.kind != ALLEGATION:
        return frozenset()
    excluded = work.excluded(case.id)
    if not excluded:
        return frozenset()
    day = office.times.day(from_text(at)).isoformat()
    held = {
        row["post"]
        for row in work.rows("holders")
        if row["valid_from"] <= day <= (row["valid_to"] or day)
        and not excluded.isdisjoint({row["user"], row["unit"]} - {""})
    }
    shut = excluded | held
    if not case.assignee and UNASSIGNED_GOES_TO in shut:
        shut |= {"caseworker"}
    return shut


def is_kept_from(work: Work, actor: Actor) -> bool:
    """Say whether any case is kept from somebody: it names them, a unit of theirs, or a post they hold or held."""
    return any(work.rows("exclusions", {"post": name}) for name in names_of(actor))


def names_of(actor: Actor) -> tuple[str, ...]:
    """Return the names under which somebody is excluded: their own, and those of their units and posts."""
    return (actor.user, *sorted(actor.bodies))


def told_posts(office: Office, case: Case | None, posts: Sequence[str], shut: frozenset[str]) -> list[str]:
    """Return which of some posts are told: about an allegation those of the Commissioner's office, never an excluded one.

    Where none is left the next independent post is; an empty list then means that there is nobody.
    """
    if case is None or case.kind != ALLEGATION:
        return list(posts)
    told = [post for post in posts if office.pack.posts[post].commissioners_office and post not in shut]
    other = "" if told else independent_post(office, shut)
    return told or [other] * bool(other)


def independent_post(office: Office, shut: frozenset[str]) -> str:
    """Return the next post that may be told where a whole ladder is excluded: of the Commissioner's office first.

    An empty text means that nobody is left inside the mechanism.
    """
    fixed = [
        post for post in office.pack.posts.values() if not post.relative and not post.outside and post.id not in shut
    ]
    return min(fixed, key=lambda post: not post.commissioners_office).id if fixed else ""
