"""A pack as people read it before they take it on: model, bodies, channels, terms with their sources, ladders, questions."""

import re
from typing import Any

from npm_cases.cli.shell import table
from npm_cases.domain.calendar import Calendar
from npm_cases.domain.pack import Ladder, Pack
from npm_cases.domain.terms import Rule

POLICY = "policy"
"""What stands where a source would, when no law was found."""

_ONE = re.compile(r"\b1 (month|year|hour|calendar day|working day|time)s\b")


def shown(pack: Pack) -> dict[str, Any]:
    """Return what a pack says, as plain data; rules stand by id, then by the first day they are in force."""
    mechanism = pack.mechanism
    return {
        "id": pack.id, "version": pack.version, "status": pack.status, "zones": list(mechanism.zones),
        "calendar": _calendar(pack.calendar), "languages": list(pack.languages),
        "official_languages": list(mechanism.official_languages),
        "models": [
            {"model": m.number, **_dates(m), "source": _source(m.source, m.note)} for m in mechanism.models
        ],
        "bodies": [
            {"id": b.id, "labels": dict(b.labels), "coordinator": b.coordinator, **_dates(b), "source": _source(b.source, b.note)}
            for b in mechanism.bodies
        ],
        "regions": [
            {
                "id": region, "labels": dict(labels), "body": mechanism.region_bodies.get(region, ""),
                "calendar": _calendar(pack.regional.get(region, pack.calendar)),
            }
            for region, labels in pack.regions.items()
        ],
        "report": {"labels": dict(mechanism.report.labels), "source": _source(mechanism.report.source)},
        "membership": [{"what": dict(m.what), "source": _source(m.source)} for m in mechanism.membership],
        "channels": [
            {"id": c.id, "kind": c.kind, "labels": dict(c.labels), "source": _source(c.source)}
            for c in pack.channels.values()
        ],
        "rules": [_rule(rule) for name in sorted(pack.rules) for rule in sorted(pack.rules[name], key=_first_day)],
        "ladders": [_ladder(ladder) for ladder in pack.ladders],
        "questions": [{"id": q.id, "about": q.about, "text": dict(q.text)} for q in mechanism.questions],
    }  # fmt: skip


def _calendar(calendar: Calendar) -> str:
    return f"{calendar.id} {calendar.version}"


def _first_day(rule: Rule) -> str:
    return rule.valid_from.isoformat()


def _source(source: str | None, note: str = "") -> str:
    return source or (f"{POLICY}: {note}" if note else POLICY)


def _dates(one: Any) -> dict[str, str]:
    return {"valid_from": str(one.valid_from or ""), "valid_to": str(one.valid_to or "")}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id, "version": rule.version, "term": term_of(rule), **_dates(rule), "policy": rule.policy,
        "source": _source(rule.source, rule.note), "note": rule.note,
    }  # fmt: skip


def term_of(rule: Rule) -> str:
    """Say how long a term is and how it may be set or extended, in the units of the file."""
    said = f"{rule.amount} {rule.unit}"
    if rule.set_in_document:
        bounds = [f"at least {rule.minimum}" if rule.minimum else "", f"at most {rule.maximum}" if rule.maximum else ""]
        said += f", or as a document sets it ({', '.join(filter(None, bounds))})"
    if rule.extension:
        said += f", extended by {rule.extension.term} at most, {rule.extension.times} times at most"
    return _ONE.sub(r"1 \1", said.replace("_", " "))


def _ladder(ladder: Ladder) -> dict[str, Any]:
    return {
        "id": ladder.id, "version": ladder.version, **_dates(ladder), "channels": sorted(ladder.channels),
        "owed_by": sorted(ladder.owed_by), "duties": sorted(ladder.duties),
        "rungs": [
            {"id": r.id, "act": r.act, "working_days": r.offset, "every": r.every, "posts": list(r.posts)}
            for r in ladder.rungs
        ],
    }  # fmt: skip


def print_pack(where: Any, pack: Pack, answer: dict[str, Any], lang: str) -> None:
    """Print a pack for people, its names in one language."""
    where.print(f"[bold]Pack {pack.id} {pack.version}[/bold], {pack.status}; calendar {answer['calendar']}")
    where.print(f"zones {', '.join(answer['zones'])}; official languages {', '.join(answer['official_languages'])}")
    for model in answer["models"]:
        where.print(f"model {model['model']}{_when(model)}: {model['source']}", markup=False)
    report = answer["report"]
    where.print(f"annual report to: {report['labels'][lang]} ({report['source']})", markup=False)
    for one in answer["membership"]:
        where.print(f"members: {one['what'][lang]} ({one['source']})", markup=False)
    rows = [
        (b["id"], b["labels"][lang] + _when(b), "coordinates" if b["coordinator"] else "", b["source"])
        for b in answer["bodies"]
    ]
    table(where, "Bodies of the mechanism", ("Id", "Name", "", "Source"), rows)
    regions = [(r["id"], r["labels"][lang], r["body"], r["calendar"]) for r in answer["regions"]]
    table(where, "Regions", ("Id", "Name", "Body responsible", "Calendar"), regions)
    channels = [(c["id"], c["kind"], c["labels"][lang], c["source"]) for c in answer["channels"]]
    table(where, "Channels", ("Id", "Kind", "Name", "Source"), channels)
    terms = [(r["id"], r["term"] + _when(r), r["source"]) for r in answer["rules"]]
    table(where, "Terms", ("Rule", "Term", "Source"), terms)
    rungs = [
        (ladder["id"], rung["id"], rung["act"], _days(rung), ", ".join(rung["posts"]))
        for ladder in answer["ladders"] for rung in ladder["rungs"]
    ]  # fmt: skip
    table(where, "Ladders: working days from the due date", ("Ladder", "Rung", "Act", "Days", "Posts"), rungs)
    asked = [(q["id"], q["about"], q["text"][lang]) for q in answer["questions"]]
    if asked:
        table(where, f"{len(asked)} open questions: the pack is a draft", ("Id", "About", "Question"), asked)


def _when(one: dict[str, Any]) -> str:
    """Say from when to when, where the file says so; a rule in force from the first day on needs no words."""
    parts = [
        f"from {one['valid_from']}" if one["valid_from"] else "",
        f"to {one['valid_to']}" if one["valid_to"] else "",
    ]
    said = " ".join(filter(None, parts))
    return f", {said}" if said else ""


def _days(rung: dict[str, Any]) -> str:
    return f"{rung['working_days']:+d}" + (f", then every {rung['every']}" if rung["every"] else "")
