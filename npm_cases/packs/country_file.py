"""Country packs: the TOML of ``config/countries/`` read into a Pack, or refused with file, line and reason."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from importlib import resources
from pathlib import Path
from typing import Any

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.mechanism import Body, Mechanism, Membership, Model, Question, Report
from npm_cases.domain.pack import Channel, ErasureBasis, Ladder, Pack, Post
from npm_cases.domain.terms import Rule, TermError
from npm_cases.packs.calendar_file import load_calendar
from npm_cases.packs.country_checks import BODY, wrong_in
from npm_cases.packs.country_tables import ChannelTable, CountryFile, LadderTable, PostTable, RuleTable
from npm_cases.packs.located import BadPack, LocatedToml, read_toml
from npm_cases.packs.templates import with_template

STORED = "stored pack"


def load_country(path: Path, calendars: Path, models: Path | None = None) -> Pack:
    """Read a country pack, with the template it names, and its calendar; the templates are ours unless others are given.

    Raises BadPack with file, line and reason for everything that is wrong; nothing is loaded then.
    """
    toml = _located(path, models)
    written = _checked(toml)
    regional = {name: load_calendar(calendars / f"{name}.toml") for name in written.pack.regional_calendars.values()}
    return _build(toml, written, load_calendar(calendars / f"{written.pack.calendar}.toml"), regional)


def country_content(path: Path, models: Path | None = None) -> dict[str, Any]:
    """Return what a pack says, its template put in, as plain data that canonical JSON can hold: dates are ISO texts.

    Raises BadPack for anything ``load_country`` would refuse, but for the calendar, which is not looked at.
    """
    toml = _located(path, models)
    _checked(toml)
    plain: dict[str, Any] = _plain(toml.content)
    return plain


def country_from(
    content: Mapping[str, Any], calendar: Calendar, regional: Mapping[str, Calendar] | None = None
) -> Pack:
    """Build a pack from what ``country_content`` gave, on the day or years later, and its calendars.

    ``regional`` are those of its regions, by their ids. Raises BadPack, which has no lines to name then.
    """
    toml = LocatedToml(STORED, dict(content), {})
    return _build(toml, _checked(toml), calendar, regional or {})


def _located(path: Path, models: Path | None) -> LocatedToml:
    return with_template(read_toml(path), models or Path(str(resources.files("config"))) / "models")


def _checked(toml: LocatedToml) -> CountryFile:
    written = toml.checked(CountryFile)
    problems = [toml.problem(where, reason) for where, reason in wrong_in(written, toml.content)]
    if problems:
        raise BadPack.of(toml.file, problems)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _build(toml: LocatedToml, written: CountryFile, calendar: Calendar, regional: Mapping[str, Calendar]) -> Pack:
    head = written.pack
    if calendar.id != head.calendar:
        raise toml.refuse(
            ("pack", "calendar"), f"the pack counts by the calendar {head.calendar!r}, not by {calendar.id!r}"
        )
    if calendar.zone != head.zone:
        raise toml.refuse(("pack", "zone"), f"the pack's zone {head.zone} is not its calendar's, {calendar.zone}")
    for region, name in head.regional_calendars.items():
        if name not in regional:
            raise toml.refuse(("pack", "regional_calendars", region), f"the calendar {name!r} of {region} is not given")
    _tell_apart(toml, calendar, regional)
    return Pack(
        id=head.id, version=head.version, zone=head.zone, opens=head.opens, closes=head.closes, week=head.week,
        languages=tuple(head.languages), calendar=calendar,
        rules={rule_id: tuple(_rules(toml, rule_id, versions, head.week)) for rule_id, versions in written.rules.items()},
        channels={channel.id: _channel(channel, written.duties[channel.kind]) for channel in written.channels},
        posts={post.id: _post(post) for post in written.posts},
        ladders=tuple(map(_ladder, written.ladders)),
        reasons_for_exception=frozenset(head.reasons_for_exception),
        torture_investigators=frozenset(head.torture_investigators),
        torture_qualifications=frozenset(head.torture_qualifications),
        inquiry_qualifications=frozenset(head.inquiry_qualifications),
        regions={region: _without_body(labels) for region, labels in head.regions.items()},
        erasure_bases={one.id: ErasureBasis(one.id, one.labels, one.source or "") for one in written.erasure_bases},
        periodic_visit=written.places.periodic_visit,
        place_channel=written.places.channel,
        status=head.status,
        mechanism=_mechanism(written),
        regional={region: regional[name] for region, name in head.regional_calendars.items()},
    )  # fmt: skip


def _tell_apart(toml: LocatedToml, calendar: Calendar, regional: Mapping[str, Calendar]) -> None:
    """Refuse calendars of one pack that share a version: a due date keeps the version, and must be counted again by it."""
    versions = [calendar.version, *(one.version for one in regional.values())]
    if len(set(versions)) != len(versions):
        where = ("pack", "regional_calendars")
        raise toml.refuse(where, f"two calendars of the pack are both of version {versions[0]}: give each its own")


def _without_body(labels: Mapping[str, str]) -> dict[str, str]:
    return {language: said for language, said in labels.items() if language != BODY}


def _mechanism(written: CountryFile) -> Mechanism:
    head = written.pack
    return Mechanism(
        models=tuple(Model(m.model, m.source or "", m.note, m.valid_from, m.valid_to) for m in written.models),
        official_languages=tuple(head.official_languages),
        zones=(head.zone, *(zone for zone in head.zones if zone != head.zone)),
        bodies=tuple(
            Body(b.id, b.labels, b.coordinator, b.source or "", b.note, b.valid_from, b.valid_to)
            for b in written.bodies
        ),
        region_bodies={region: labels[BODY] for region, labels in head.regions.items() if BODY in labels},
        report=Report(written.report.labels, written.report.source or ""),
        membership=tuple(Membership(m.what, m.source or "") for m in written.membership),
        questions=tuple(Question(q.id, q.about, q.text) for q in written.questions),
    )


def _rules(toml: LocatedToml, rule_id: str, versions: Iterable[RuleTable], week: str) -> Iterator[Rule]:
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


def _channel(written: ChannelTable, common: Mapping[str, str]) -> Channel:
    return Channel(
        written.id, written.kind, written.issued_here, written.public, frozenset(written.approvers),
        frozenset(written.issuers), {**common, **written.duties}, written.labels, written.source or "",
    )  # fmt: skip


def _post(written: PostTable) -> Post:
    return Post(
        written.id, written.labels, written.outside, written.relative, written.commissioners_office, written.valid_from,
        written.valid_to,
    )  # fmt: skip


def _ladder(written: LadderTable) -> Ladder:
    return Ladder(
        written.id, written.version, frozenset(written.channels), frozenset(map(str, written.owed_by)),
        frozenset(written.duties), tuple(rung.rung() for rung in written.rungs), written.after_intake.rung(),
        written.valid_from, written.valid_to,
    )  # fmt: skip
