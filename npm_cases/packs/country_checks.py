"""What cannot be seen in one table of a country file alone: names that nothing stands for, gaps, missing words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from npm_cases.domain.duties import DUTIES, OTHER_DUTIES
from npm_cases.domain.mechanism import DRAFT, Dated, first_gap, overlap
from npm_cases.domain.pack import FIXED_POSTS
from npm_cases.packs.country_tables import CountryFile, LadderTable
from npm_cases.packs.located import Where

Wrong = Iterator[tuple[Where, str]]
BODY = "body"
"""The key beside the labels of a region that names the body responsible for it."""
RELATIVE_POSTS = frozenset({"addressee", "superior", "caseworker", "issuer", "representative"})


def wrong_in(written: CountryFile, content: Mapping[str, Any]) -> Wrong:
    """Find everything that does not fit together; ``content`` is the file as it was read, for paths into it."""
    for check in (_rules, _channels, _ladders, _ladder_versions, _posts, _unsaid, _repeated, _regions, _dated):
        yield from check(written)
    yield from _questions(written, content)


def _rules(written: CountryFile) -> Wrong:
    for rule_id, versions in written.rules.items():
        for (_, one), (j, other) in combinations(enumerate(versions), 2):
            if overlap(one, other):
                yield (
                    ("rules", rule_id, j, "valid_from"),
                    f"{rule_id}: versions {one.version} and {other.version} overlap",
                )


def _channels(written: CountryFile) -> Wrong:
    given: Mapping[str, Mapping[str, str]] = {str(kind): duties for kind, duties in written.duties.items()}
    needed = {kind: _duties_of(kind) for kind in ("recommendation", "allegation")}
    for kind, duties in given.items():
        for duty, rule in duties.items():
            yield from _duty(("duties", kind, duty), kind, duty, rule, needed, written)
    for kind, names in needed.items():
        for duty in sorted(names - given.get(kind, {}).keys()):
            yield ("duties", kind), f'duty {duty} of a {kind} has no rule: add {duty} = "..."'
    for i, channel in enumerate(written.channels):
        for duty, rule in channel.duties.items():
            yield from _duty(("channels", i, "duties"), channel.kind, duty, rule, needed, written)
    if written.places.periodic_visit not in written.rules:
        yield ("places", "periodic_visit"), f"there is no rule {written.places.periodic_visit!r}"
    if written.places.channel not in {channel.id for channel in written.channels}:
        yield ("places", "channel"), f"there is no channel {written.places.channel!r}"


def _duty(where: Where, kind: str, duty: str, rule: str, needed: Mapping[str, set[str]], written: CountryFile) -> Wrong:
    if duty not in needed[kind]:
        yield where, f"there is no duty {duty!r} of a {kind}"
    if rule not in written.rules:
        yield where, f"duty {duty} names the rule {rule!r}, which this pack does not have"


def _duties_of(kind: str) -> set[str]:
    machines = {"recommendation"} if kind == "recommendation" else {"allegation", "compensation", "rehabilitation"}
    return {duty.name for duty in DUTIES if duty.machine in machines} | set(OTHER_DUTIES)


def _ladders(written: CountryFile) -> Wrong:
    posts = {post.id for post in written.posts}
    channels = {channel.id for channel in written.channels}
    for i, ladder in enumerate(written.ladders):
        for channel in sorted(set(ladder.channels) - channels):
            yield ("ladders", i, "channels"), f"ladder {ladder.id} names the channel {channel!r}, which there is not"
        for rung in (*ladder.rungs, ladder.after_intake):
            for post in rung.posts:
                if post not in posts:
                    yield (
                        ("ladders", i, "rungs"),
                        f"rung {rung.id} of ladder {ladder.id} names the post {post!r}: add it to posts",
                    )


def _ladder_versions(written: CountryFile) -> Wrong:
    """Find ladders of which no version or more than one is the newest, or whose versions leave days without any."""
    by_id: dict[str, list[tuple[int, LadderTable]]] = {}
    for i, ladder in enumerate(written.ladders):
        by_id.setdefault(ladder.id, []).append((i, ladder))
    for ladder_id, found in by_id.items():
        last = found[-1][0]
        newest = sum(ladder.valid_to is None for _, ladder in found)
        if newest != 1:
            yield ("ladders", last, "id"), f"ladder {ladder_id}: {newest} versions have no valid_to; just one must"
        versions = [ladder.version for _, ladder in found]
        if len(set(versions)) < len(versions):
            yield ("ladders", last, "version"), f"ladder {ladder_id}: two versions have one name"
        yield from _timeline(("ladders", last), f"ladder {ladder_id}", [ladder for _, ladder in found])


def _timeline(where: Where, what: str, entries: Sequence[Dated]) -> Wrong:
    """Find days on which two of the entries are in force, or none of them between the first and the present."""
    if any(overlap(one, other) for one, other in combinations(entries, 2)):
        yield where, f"{what}: two entries are in force at once: end the earlier one with valid_to"
    elif gap := first_gap(entries):
        yield where, f"{what}: none is in force on {gap}"


def _dated(written: CountryFile) -> Wrong:
    yield from _timeline(("models", len(written.models) - 1), "the model of the mechanism", written.models)
    if gap := first_gap(written.bodies):
        yield ("bodies", len(written.bodies) - 1), f"the mechanism has no body on {gap}"
    coordinators = [body for body in written.bodies if body.coordinator]
    if any(overlap(one, other) for one, other in combinations(coordinators, 2)):
        yield ("bodies", 0), "two bodies coordinate the mechanism at once"


def _posts(written: CountryFile) -> Wrong:
    for i, post in enumerate(written.posts):
        if post.relative != (post.id in RELATIVE_POSTS):
            yield ("posts", i, "relative"), f"relative posts are {', '.join(sorted(RELATIVE_POSTS))}"
    for post_id in sorted(set(FIXED_POSTS) - {post.id for post in written.posts}):
        yield (
            ("posts", 0),
            f"there is no post {post_id}: the engine turns to it itself, under whatever name it has here",
        )


def _unsaid(written: CountryFile) -> Wrong:
    """Find what people read that lacks a language."""
    for where, what, labels in _labelled(written):
        for language in sorted(set(written.pack.languages) - {name for name, said in labels.items() if said.strip()}):
            yield where, f"{what} has no label in {language}"


def _labelled(written: CountryFile) -> Iterator[tuple[Where, str, Mapping[str, str]]]:
    for region, labels in written.pack.regions.items():
        yield ("pack", "regions", region), f"region {region}", labels
    lists: Mapping[tuple[str, str], Sequence[Any]] = {
        ("channels", "channel"): written.channels, ("posts", "post"): written.posts,
        ("erasure_bases", "basis"): written.erasure_bases, ("bodies", "body"): written.bodies,
    }  # fmt: skip
    for (name, one), entries in lists.items():
        for i, entry in enumerate(entries):
            yield (name, i, "labels"), f"{one} {entry.id}", entry.labels
    for i, membership in enumerate(written.membership):
        yield ("membership", i, "what"), f"membership {i + 1}", membership.what
    for i, question in enumerate(written.questions):
        yield ("questions", i, "text"), f"question {question.id}", question.text
    yield ("report", "labels"), "the report", written.report.labels


def _repeated(written: CountryFile) -> Wrong:
    lists: dict[str, Iterable[Any]] = {
        "channels": written.channels, "posts": written.posts, "erasure_bases": written.erasure_bases,
        "bodies": written.bodies, "questions": written.questions,
    }  # fmt: skip
    for name, entries in lists.items():
        ids = [entry.id for entry in entries]
        for i, one in enumerate(ids):
            if one in ids[:i]:
                yield (name, i, "id"), f"{name}: {one!r} stands twice"


def _regions(written: CountryFile) -> Wrong:
    bodies = {body.id for body in written.bodies}
    for region, labels in written.pack.regions.items():
        where, body = ("pack", "regions", region), labels.get(BODY)
        if body is None and len(bodies) > 1:
            yield where, f"region {region} names no body responsible for it: add {BODY} = one of {', '.join(bodies)}"
        elif body is not None and body not in bodies:
            yield where, f"region {region}: there is no body {body!r}; there are {', '.join(bodies)}"
    for region in written.pack.regional_calendars.keys() - written.pack.regions.keys():
        known = ", ".join(written.pack.regions)
        yield (
            ("pack", "regional_calendars", region),
            f"there is no region {region!r} to have a calendar; there are {known}",
        )


def _questions(written: CountryFile, content: Mapping[str, Any]) -> Wrong:
    """Find questions about nothing, and a pack that is said to be law while something of it is still asked."""
    for i, question in enumerate(written.questions):
        if not _stands_there(content, question.about.split(".")):
            yield ("questions", i, "about"), f"question {question.id} is about {question.about!r}, which is not there"
    if written.questions and written.pack.status != DRAFT:
        asked = len(written.questions)
        yield ("pack", "status"), f"{asked} questions are open, so the pack is a draft: answer them, or say draft"


def _stands_there(content: Any, path: Sequence[str]) -> bool:
    """Follow a path through tables by their keys, and through lists by the ids of their entries."""
    for part in path:
        if isinstance(content, list):
            content = {entry.get("id"): entry for entry in content if isinstance(entry, Mapping)}
        if not isinstance(content, Mapping) or part not in content:
            return False
        content = content[part]
    return True
