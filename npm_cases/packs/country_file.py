"""Country packs: the TOML of ``config/countries/`` read into a Pack, or refused with file, line and reason."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from npm_cases.domain.duties import DUTIES, OTHER_DUTIES, OwedBy
from npm_cases.domain.ladders import AFTER_INTAKE
from npm_cases.domain.pack import Channel, ErasureBasis, Ladder, Pack, Post, Rung
from npm_cases.domain.terms import CountedFrom, ExtensionBound, RollsTo, Rule, Starts, Term, TermError, Unit
from npm_cases.packs.calendar_file import load_calendar
from npm_cases.packs.located import BadPack, LocatedToml, Problem, Where, read_toml

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
RELATIVE_POSTS = frozenset({"addressee", "superior", "caseworker", "issuer", "representative"})


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Sourced(_Table):
    source: str | None = None
    policy: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.source and not self.policy:
            raise ValueError('give source = "Act, article", or policy = true where no law was found')
        return self


class _Term(_Table):
    amount: int = Field(ge=0)
    unit: Unit

    def term(self) -> Term:
        return Term(self.amount, self.unit)


class _Extension(_Term):
    times: int = Field(ge=1)
    notice: _Term | None = None
    counted_from: CountedFrom = "due_date"

    def bound(self) -> ExtensionBound:
        return ExtensionBound(self.term(), self.times, self.notice.term() if self.notice else None, self.counted_from)


class _Rule(_Sourced):
    version: Code
    amount: int = Field(ge=0)
    unit: Unit
    starts: Starts
    rolls_to: RollsTo
    minimum: _Term | None = None
    maximum: _Term | None = None
    set_in_document: bool = False
    extension: _Extension | None = None
    valid_from: date
    valid_to: date | None = None
    week: Code | None = None


class _Channel(_Sourced):
    id: Code
    kind: Literal["recommendation", "allegation"]
    labels: dict[str, str]
    issued_here: bool
    public: bool
    approvers: list[Code]
    issuers: list[Code]
    duties: dict[Code, Code] = Field(default_factory=dict)


class _Post(_Sourced):
    id: Code
    labels: dict[str, str]
    outside: bool
    relative: bool
    commissioners_office: bool
    valid_from: date
    valid_to: date | None = None


class _Rung(_Table):
    id: Code = AFTER_INTAKE
    act: Literal["remind", "notify", "escalate"]
    offset: int
    posts: list[Code] = Field(min_length=1)
    event: Literal["raise_to_superior", "escalate_to_ombudsman"] | None = None
    every: int = Field(default=0, ge=0)
    at_once: bool = False

    @model_validator(mode="after")
    def _escalates_by_an_event(self) -> Self:
        if (self.act == "escalate") != (self.event is not None):
            raise ValueError("a rung that escalates names its event, and no other rung has one")
        return self

    def rung(self) -> Rung:
        return Rung(self.id, self.act, self.offset, tuple(self.posts), self.event or "", self.every, self.at_once)


class _Ladder(_Sourced):
    id: Code
    version: Code
    channels: list[Code] = Field(default_factory=list)
    owed_by: list[OwedBy] = Field(default_factory=list)
    duties: list[Code] = Field(default_factory=list)
    rungs: list[_Rung] = Field(min_length=1)
    after_intake: _Rung

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        ids = [rung.id for rung in self.rungs]
        if len(set(ids)) != len(ids):
            raise ValueError("two rungs have one id; a rung is taken once under its id")
        offsets = [rung.offset for rung in self.rungs]
        if offsets != sorted(offsets):
            raise ValueError("rungs stand in order of time: sort them by offset")
        if any(rung.every for rung in self.rungs[:-1]):
            raise ValueError("only the last rung may repeat")
        if not any(rung.event == "escalate_to_ombudsman" for rung in self.rungs):
            raise ValueError('the ladder ends below the top: add a rung with event = "escalate_to_ombudsman"')
        if not self.rungs[-1].every:
            raise ValueError("the last rung repeats (every = N), so that silence never ends the pressure")
        return self


class _Head(_Table):
    id: Code
    version: Code
    status: Literal["adopted", "reviewed", "draft"]
    zone: str
    calendar: Code
    week: Code
    opens: time
    closes: time
    languages: list[str] = Field(min_length=1)
    reasons_for_exception: list[Code]
    torture_investigators: list[Code]
    torture_qualifications: list[Code]
    inquiry_qualifications: list[Code]
    regions: dict[Code, dict[str, str]] = Field(min_length=1)


class _ErasureBasis(_Sourced):
    id: Code
    labels: dict[str, str]


class _Places(_Table):
    periodic_visit: Code
    channel: Code


class _CountryFile(_Table):
    pack: _Head
    rules: dict[Code, list[_Rule]]
    duties: dict[Literal["recommendation", "allegation"], dict[Code, Code]]
    channels: list[_Channel] = Field(min_length=1)
    posts: list[_Post] = Field(min_length=1)
    ladders: list[_Ladder] = Field(min_length=1)
    erasure_bases: list[_ErasureBasis] = Field(min_length=1)
    places: _Places


def load_country(path: Path, calendars: Path) -> Pack:
    """Read a country pack and its calendar.

    Raises BadPack with file, line and reason for everything that is wrong; nothing is loaded then.
    """
    toml = read_toml(path)
    written = toml.checked(_CountryFile)
    problems = [
        Problem(toml.line_of(where), reason)
        for check in (_rules_wrong, _channels_wrong, _ladders_wrong, _unlabelled, _bases_wrong, _repeated)
        for where, reason in check(written)
    ]
    if problems:
        raise BadPack.of(toml.file, problems)
    return _build(toml, written, calendars)


def _rules_wrong(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    for rule_id, versions in written.rules.items():
        for (_, one), (j, other) in combinations(enumerate(versions), 2):
            if _overlap(one, other):
                yield (
                    ("rules", rule_id, j, "valid_from"),
                    f"{rule_id}: versions {one.version} and {other.version} overlap",
                )


def _overlap(one: _Rule, other: _Rule) -> bool:
    ends, other_ends = one.valid_to or date.max, other.valid_to or date.max
    return one.valid_from <= other_ends and other.valid_from <= ends


def _channels_wrong(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    needed = {"recommendation": _duties_of("recommendation"), "allegation": _duties_of("allegation")}
    for kind, duties in written.duties.items():
        for duty, rule in duties.items():
            yield from _duty_wrong(("duties", kind, duty), kind, duty, rule, needed, written)
        for duty in sorted(needed[kind] - duties.keys()):
            yield ("duties", kind), f'duty {duty} of a {kind} has no rule: add {duty} = "..."'
    for i, channel in enumerate(written.channels):
        for duty, rule in channel.duties.items():
            yield from _duty_wrong(("channels", i, "duties"), channel.kind, duty, rule, needed, written)
    if written.places.periodic_visit not in written.rules:
        yield ("places", "periodic_visit"), f"there is no rule {written.places.periodic_visit!r}"
    if written.places.channel not in {channel.id for channel in written.channels}:
        yield ("places", "channel"), f"there is no channel {written.places.channel!r}"


def _duty_wrong(
    where: Where, kind: str, duty: str, rule: str, needed: Mapping[str, set[str]], written: _CountryFile
) -> Iterator[tuple[Where, str]]:
    if duty not in needed[kind]:
        yield where, f"there is no duty {duty!r} of a {kind}"
    if rule not in written.rules:
        yield where, f"duty {duty} names the rule {rule!r}, which this pack does not have"


def _duties_of(kind: str) -> set[str]:
    machines = {"recommendation"} if kind == "recommendation" else {"allegation", "compensation", "rehabilitation"}
    return {duty.name for duty in DUTIES if duty.machine in machines} | set(OTHER_DUTIES)


def _ladders_wrong(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    posts = {post.id: post for post in written.posts}
    channels = {channel.id: channel for channel in written.channels}
    for i, ladder in enumerate(written.ladders):
        for channel in set(ladder.channels) - channels.keys():
            yield ("ladders", i, "channels"), f"ladder {ladder.id} names the channel {channel!r}, which there is not"
        for rung in (*ladder.rungs, ladder.after_intake):
            for post in rung.posts:
                if post not in posts:
                    yield (
                        ("ladders", i, "rungs"),
                        f"rung {rung.id} of ladder {ladder.id} names the post {post!r}: add it to posts",
                    )
    for i, office in enumerate(written.posts):
        if office.relative != (office.id in RELATIVE_POSTS):
            yield ("posts", i, "relative"), f"relative posts are {', '.join(sorted(RELATIVE_POSTS))}"
        for language in set(written.pack.languages) - office.labels.keys():
            yield ("posts", i, "labels"), f"post {office.id} has no label in {language}"


def _unlabelled(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    """Find what people read of regions and channels that lacks a language."""
    for region, labels in written.pack.regions.items():
        for language in set(written.pack.languages) - labels.keys():
            yield ("pack", "regions", region), f"region {region} has no label in {language}"
    for i, channel in enumerate(written.channels):
        for language in set(written.pack.languages) - channel.labels.keys():
            yield ("channels", i, "labels"), f"channel {channel.id} has no label in {language}"


def _bases_wrong(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    for i, basis in enumerate(written.erasure_bases):
        for language in set(written.pack.languages) - basis.labels.keys():
            yield ("erasure_bases", i, "labels"), f"basis {basis.id} has no label in {language}"


def _repeated(written: _CountryFile) -> Iterator[tuple[Where, str]]:
    ids = {
        "channels": [channel.id for channel in written.channels],
        "posts": [post.id for post in written.posts],
        "ladders": [ladder.id for ladder in written.ladders],
        "erasure_bases": [basis.id for basis in written.erasure_bases],
    }
    for name, listed in ids.items():
        for i, one in enumerate(listed):
            if one in listed[:i]:
                yield (name, i, "id"), f"{name}: {one!r} stands twice"


def _build(toml: LocatedToml, written: _CountryFile, calendars: Path) -> Pack:
    head = written.pack
    return Pack(
        id=head.id, version=head.version, zone=head.zone, opens=head.opens, closes=head.closes, week=head.week,
        languages=tuple(head.languages), calendar=load_calendar(calendars / f"{head.calendar}.toml"),
        rules={rule_id: tuple(_rules(toml, rule_id, versions, head.week)) for rule_id, versions in written.rules.items()},
        channels={channel.id: _channel(channel, written.duties[channel.kind]) for channel in written.channels},
        posts={post.id: _post(post) for post in written.posts},
        ladders=tuple(map(_ladder, written.ladders)),
        reasons_for_exception=frozenset(head.reasons_for_exception),
        torture_investigators=frozenset(head.torture_investigators),
        torture_qualifications=frozenset(head.torture_qualifications),
        inquiry_qualifications=frozenset(head.inquiry_qualifications),
        regions=head.regions,
        erasure_bases={one.id: ErasureBasis(one.id, one.labels, one.source or "") for one in written.erasure_bases},
        periodic_visit=written.places.periodic_visit,
        place_channel=written.places.channel,
        status=head.status,
    )  # fmt: skip


def _rules(toml: LocatedToml, rule_id: str, versions: Iterable[_Rule], week: str) -> Iterator[Rule]:
    for i, written in enumerate(versions):
        members: dict[str, Any] = {
            name: getattr(written, name)
            for name in (
                "version", "amount", "unit", "starts", "rolls_to", "valid_from", "valid_to", "set_in_document", "source",
                "policy", "note",
            )
        }  # fmt: skip
        try:
            yield Rule(
                id=rule_id,
                minimum=written.minimum.term() if written.minimum else None,
                maximum=written.maximum.term() if written.maximum else None,
                extension=written.extension.bound() if written.extension else None,
                week=written.week or week,
                **members,
            )
        except TermError as wrong:
            raise toml.refuse(("rules", rule_id, i), str(wrong)) from wrong


def _channel(written: _Channel, common: Mapping[str, str]) -> Channel:
    return Channel(
        written.id, written.kind, written.issued_here, written.public, frozenset(written.approvers),
        frozenset(written.issuers), {**common, **written.duties}, written.labels,
    )  # fmt: skip


def _post(written: _Post) -> Post:
    return Post(
        written.id, written.labels, written.outside, written.relative, written.commissioners_office, written.valid_from,
        written.valid_to,
    )  # fmt: skip


def _ladder(written: _Ladder) -> Ladder:
    return Ladder(
        written.id, written.version, frozenset(written.channels), frozenset(map(str, written.owed_by)),
        frozenset(written.duties), tuple(rung.rung() for rung in written.rungs), written.after_intake.rung(),
    )  # fmt: skip
