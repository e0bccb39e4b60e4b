"""Proofs over the pack alone: rules without gaps, set dates with a maximum, ladders to the top, posts that exist."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from npm_cases.domain.duties import DUTIES, OTHER_DUTIES
from npm_cases.domain.pack import Channel, Ladder, Pack, Post, Rung
from npm_cases.domain.records import ALLEGATION
from npm_cases.domain.terms import Rule
from npm_cases.domain.working_days import ONE_DAY
from npm_cases.services.policy_bounds import owed_in
from npm_cases.services.policy_paths import Table, ways_of
from npm_cases.services.policy_report import Finding
from npm_cases.services.policy_waits import Waits, top_rung

# To whom the engine turns when everybody a rung names is outside the Commissioner's office or excluded (sweep.py).
LAST_RESORTS = ("commissioner", "board")


def duties_without_rules(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find duties a channel gives no rule, rules the pack does not have, and days on which no version is in force."""
    for channel in waits.pack.channels.values():
        for duty, _ in owed_in(channel):
            rule_id = channel.duties.get(duty)
            missing = _missing_rule(waits.pack, channel, duty, rule_id)
            if missing:
                yield Finding(
                    f"the duty {duty} cannot be dated in {channel.id}",
                    f"channels:{channel.id}:{duty}",
                    (*way_to_duty(channel, duty, machines), missing),
                )


def _missing_rule(pack: Pack, channel: Channel, duty: str, rule_id: str | None) -> str:
    if rule_id is None:
        return f"the duty {duty} has no rule in {channel.id}"
    versions = pack.rules.get(rule_id, ())
    if not versions:
        return f"the rule {rule_id} is not in the pack"
    weeks = [rule.week for rule in versions if rule.week not in pack.calendar.weeks]
    if weeks:
        return f"the calendar {pack.calendar.id} has no week {weeks[0]!r}, in which {rule_id} is counted"
    gap = first_gap(versions)
    return f"on {gap} no version of the rule {rule_id} is in force" if gap else ""


def first_gap(versions: Sequence[Rule]) -> date | None:
    """Return the first day from the earliest version on that no version covers, or None."""
    covered_to = None
    for rule in sorted(versions, key=lambda one: one.valid_from):
        if covered_to is not None and rule.valid_from > covered_to + ONE_DAY:
            return covered_to + ONE_DAY
        if rule.valid_to is None:
            return None
        covered_to = max(covered_to or rule.valid_to, rule.valid_to)
    return None if covered_to is None else covered_to + ONE_DAY


def dates_without_maximum(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find duties whose date a document may set as late as it likes."""
    for channel in waits.pack.channels.values():
        for duty, _ in owed_in(channel):
            for rule in waits.pack.rules.get(channel.duties.get(duty, ""), ()):
                if rule.set_in_document and rule.maximum is None:
                    way = way_to_duty(channel, duty, machines)
                    yield Finding(
                        f"the date of {duty} may be set without a latest one",
                        f"rules:{rule.id}:{rule.version}",
                        (*way, f"a date in {date.max.year} is set", f"the rule {rule.id} has no maximum"),
                    )


def duties_without_ladders(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find duties of a channel that no ladder is for."""
    for channel in waits.pack.channels.values():
        for duty, owed_by in owed_in(channel):
            if waits.ladder(channel.id, owed_by, duty) is None:
                yield Finding(
                    f"nobody is told when {duty} is late in {channel.id}",
                    f"channels:{channel.id}:{duty}",
                    (*way_to_duty(channel, duty, machines), f"no ladder is for {duty} owed by {owed_by}"),
                )


def ladders_that_end(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find ladders that stop below the Ombudsman, or fall silent after their last rung."""
    for ladder, channel, duty in used_ladders(waits):
        way = way_to_duty(channel, duty, machines)
        if top_rung(ladder) is None:
            yield Finding(
                f"the ladder {ladder.id} never reaches the Ombudsman",
                f"ladders:{ladder.id}",
                (*way, f"{duty} is overdue", "no rung has the event escalate_to_ombudsman"),
            )
        if not ladder.rungs or not ladder.rungs[-1].every:
            last = ladder.rungs[-1].id if ladder.rungs else "none"
            yield Finding(
                f"the ladder {ladder.id} falls silent",
                f"ladders:{ladder.id}",
                (*way, f"{duty} is overdue", f"after the last rung, {last}, nothing follows: it does not repeat"),
            )


def rungs_to_nobody(waits: Waits, on: date, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find rungs to a post that is missing or not filled by law on the day, or that leave a day without any post."""
    since = min((rule.valid_from for versions in waits.pack.rules.values() for rule in versions), default=on)
    for ladder, channel, duty in used_ladders(waits):
        way = way_to_duty(channel, duty, machines)
        for rung in (*ladder.rungs, ladder.after_intake):
            where = f"ladders:{ladder.id}:{rung.id}"
            reasons = [reason for post in rung.posts if (reason := _why_nobody(waits.pack, post, on))]
            uncovered = first_day_without([waits.pack.posts[p] for p in rung.posts if p in waits.pack.posts], since, on)
            if not reasons and uncovered:
                reasons = [f"on {uncovered} none of the posts {', '.join(rung.posts)} was in being"]
            for reason in reasons:
                yield Finding(
                    f"the rung {rung.id} of {ladder.id} tells nobody", where, (*way, f"{duty} is late", reason)
                )


def _why_nobody(pack: Pack, post_id: str, on: date) -> str:
    post = pack.posts.get(post_id)
    if post is None:
        return f"the post {post_id} is not in the pack"
    if post.valid_from > on:
        return f"the post {post_id} begins only on {post.valid_from}"
    if post.valid_to is not None and post.valid_to < on:
        return f"the post {post_id} ended on {post.valid_to}"
    return ""


def first_day_without(posts: Sequence[Post], since: date, on: date) -> date | None:
    """Return the first day, from one to another, both included, on which none of the posts is in being; else None."""
    day = since
    for post in sorted(posts, key=lambda one: one.valid_from):
        if post.valid_from <= day:
            if post.valid_to is None:
                return None
            day = max(day, post.valid_to + ONE_DAY)
    return day if day <= on else None


def allegations_told_outside(waits: Waits, machines: Mapping[str, Table]) -> Iterator[Finding]:
    """Find rungs about an allegation that would leave nobody of the Commissioner's office to be told."""
    for ladder, channel, duty in used_ladders(waits, ALLEGATION):
        for rung in (*ladder.rungs, ladder.after_intake):
            if not any(_is_inside(waits.pack, post) for post in rung.posts):
                yield Finding(
                    f"the rung {rung.id} of {ladder.id} tells nobody of the Commissioner's office of an allegation",
                    f"ladders:{ladder.id}:{rung.id}",
                    (*way_to_duty(channel, duty, machines), f"{duty} is late", _outside(rung)),
                )
    if any(channel.kind == ALLEGATION for channel in waits.pack.channels.values()):
        for post in LAST_RESORTS:
            if not _is_inside(waits.pack, post):
                yield Finding(
                    f"there is no post {post} of the Commissioner's office to turn to when others are excluded",
                    f"posts:{post}",
                    ("everybody a rung names is named in the allegation", f"the post {post} is not there to be told"),
                )


def _is_inside(pack: Pack, post_id: str) -> bool:
    return post_id in pack.posts and pack.posts[post_id].commissioners_office


def _outside(rung: Rung) -> str:
    return f"none of {', '.join(rung.posts)} is a post of the Commissioner's office"


def used_ladders(waits: Waits, kind: str = "") -> Iterator[tuple[Ladder, Channel, str]]:
    """List each ladder once with the first channel and duty that it serves; of one kind of case where one is named."""
    seen: set[str] = set()
    for channel in waits.pack.channels.values():
        for duty, owed_by in owed_in(channel):
            ladder = waits.ladder(channel.id, owed_by, duty) if kind in {"", channel.kind} else None
            if ladder is not None and ladder.id not in seen:
                seen.add(ladder.id)
                yield ladder, channel, duty


def way_to_duty(channel: Channel, duty: str, machines: Mapping[str, Table]) -> tuple[str, ...]:
    """Tell the shortest way to a state in which a duty runs, or by what else it is opened."""
    ways: list[tuple[str, ...]] = []
    for row in DUTIES:
        if row.name == duty and row.machine in machines:
            found = ways_of(machines[row.machine], channel).to
            ways += [found[state] for state in row.states if state in found]
    if not ways and duty in OTHER_DUTIES:
        return (f"{duty} is opened",)
    return min(ways, key=lambda way: (len(way), way), default=())
