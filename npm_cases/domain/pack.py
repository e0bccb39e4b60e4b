"""A country pack as values: dated rules, channels, posts and ladders of one mechanism.

A pack is data with sources; how it is read and checked from files is the work of npm_cases/packs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.mechanism import Mechanism
from npm_cases.domain.terms import Rule

FIXED_POSTS = ("caseworker", "secretariat", "commissioner", "board")
"""The posts the engine itself turns to, whatever a ladder says: every pack has them, under the names its country uses.

``commissioner`` is whoever heads the mechanism, ``board`` whoever stands beside the head when nobody else may be told.
"""
FIRST_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way by which recommendations or allegations come: who approves, who issues, which rule each duty follows.

    ``issued_here`` is false for the channels of others (SPT, CAT, UPR): nobody here can withdraw or reissue them.
    ``public`` says that the text is published, so that it may be kept and listed in clear. ``source`` is empty where the
    channel is our own policy.
    """

    id: str
    kind: str
    issued_here: bool
    public: bool
    approvers: frozenset[str]
    issuers: frozenset[str]
    duties: Mapping[str, str]
    labels: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """An office that is told or owes; ``relative`` posts are found from the case (its addressee, its caseworker)."""

    id: str
    labels: Mapping[str, str]
    outside: bool
    relative: bool
    commissioners_office: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ErasureBasis:
    """A ground on which protected text may be destroyed; ``source`` is empty where it is our own policy."""

    id: str
    labels: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: what is done, to whom, how many working days after the due date (negative: before).

    ``every`` repeats the rung after that many working days for as long as the obligation is open.
    ``event`` is the escalation machine's event for an ``escalate`` rung. ``at_once`` ignores working time.
    """

    id: str
    act: str
    offset: int
    posts: tuple[str, ...]
    event: str = ""
    every: int = 0
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs for what is owed by some in some channels, in order of time; a repeating rung is the last.

    One id may have several versions: new clocks take the one without ``valid_to``, open ones keep theirs.
    """

    id: str
    version: str
    channels: frozenset[str]
    owed_by: frozenset[str]
    duties: frozenset[str]
    rungs: tuple[Rung, ...]
    after_intake: Rung
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> str:
        """The name an obligation keeps of it: the id, with the version of any but the first."""
        return self.id if self.version == FIRST_VERSION else f"{self.id}~{self.version}"

    @property
    def has_superior(self) -> bool:
        """Say whether the ladder passes through the body above the one that owes."""
        return any(rung.event == "raise_to_superior" for rung in self.rungs)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a mechanism decides: its zone, working time, languages, calendar, rules, channels, posts, ladders."""

    id: str
    version: str
    zone: str
    opens: time
    closes: time
    week: str
    languages: tuple[str, ...]
    calendar: Calendar
    rules: Mapping[str, tuple[Rule, ...]]
    channels: Mapping[str, Channel]
    posts: Mapping[str, Post]
    ladders: tuple[Ladder, ...]
    reasons_for_exception: frozenset[str]
    torture_investigators: frozenset[str]
    torture_qualifications: frozenset[str]
    inquiry_qualifications: frozenset[str]
    regions: Mapping[str, Mapping[str, str]]
    erasure_bases: Mapping[str, ErasureBasis]
    periodic_visit: str
    place_channel: str
    status: str
    mechanism: Mechanism
    regional: Mapping[str, Calendar] = field(default_factory=dict)
    """``status`` says how far the mechanism has taken it on; ``regional`` are calendars of regions with days of their own."""

    def channel(self, channel_id: str) -> Channel:
        """Return a channel.

        Raises ConfigurationError naming the channels there are.
        """
        try:
            return self.channels[channel_id]
        except KeyError:
            known = ", ".join(sorted(self.channels))
            raise ConfigurationError(f"channel {channel_id!r} is not in pack {self.id}; it has {known}") from None

    def rule(self, rule_id: str, on: date) -> Rule:
        """Return the version of a rule in force on a day: valid_from and valid_to are both inside.

        Raises ConfigurationError when no version is in force on that day.
        """
        for rule in self.rules.get(rule_id, ()):
            if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
                return rule
        raise ConfigurationError(f"pack {self.id} has no rule {rule_id!r} in force on {on}; add a dated, sourced rule")

    def rule_for(self, channel_id: str, duty: str, on: date) -> Rule:
        """Return the rule a duty of a channel follows on a day.

        Raises ConfigurationError when the channel gives the duty no rule.
        """
        channel = self.channel(channel_id)
        if duty not in channel.duties:
            raise ConfigurationError(f"channel {channel_id!r} of pack {self.id} gives the duty {duty!r} no rule")
        return self.rule(channel.duties[duty], on)

    def ladder_for(self, channel_id: str, owed_by: str, duty: str) -> Ladder:
        """Return the newest ladder of what is owed by somebody in a channel; the narrowest one that fits wins.

        Raises ConfigurationError when none fits.
        """
        best: tuple[int, Ladder] | None = None
        for ladder in self.ladders:
            fits = (
                ladder.valid_to is None
                and (not ladder.channels or channel_id in ladder.channels)
                and (not ladder.owed_by or owed_by in ladder.owed_by)
                and (not ladder.duties or duty in ladder.duties)
            )
            narrowness = bool(ladder.channels) + bool(ladder.owed_by) + 3 * bool(ladder.duties)
            if fits and (best is None or narrowness > best[0]):
                best = (narrowness, ladder)
        if best is None:
            raise ConfigurationError(f"pack {self.id} has no ladder for {duty!r} owed by {owed_by!r} in {channel_id!r}")
        return best[1]

    def ladder(self, key: str) -> Ladder:
        """Return a ladder by its key, of whatever version.

        Raises ConfigurationError when the pack no longer has it.
        """
        for ladder in self.ladders:
            if ladder.key == key:
                return ladder
        raise ConfigurationError(f"pack {self.id} has no ladder {key!r}")
