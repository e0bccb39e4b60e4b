"""Every obligation followed through its events, its due date recounted."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.audit.second.bundle import Bundle
from tests.audit.second.canonical import Members
from tests.audit.second.due_dates import NotRecounted, recount
from tests.audit.second.events import Entry, Finding, of_log

DUE_MOVED = frozenset({"obligation_opened", "obligation_extended", "obligation_resumed", "obligation_moved"})


class Owed(NamedTuple):
    """An obligation as the events tell of it: what opened it, what set its due date last, what discharged it."""

    opened: Entry
    set_by: Entry
    discharged: Entry | None

    @property
    def due_on(self) -> str:
        return str(self.set_by.facts.get("due_on"))


def check_obligations(bundle: Bundle, notes: list[str]) -> Iterator[Finding]:
    """Follow each obligation through its events, and recount how its due date was found."""
    lines = {(line["case"], line["obligation"]): line for line in bundle.lines["derivations"]}
    owed: dict[tuple[str, str], Owed] = {}
    for entry in bundle.entries:
        if str(entry.said.get("type")).startswith("obligation_"):
            yield from _followed(entry, owed)
    if len(lines) != len(bundle.lines["derivations"]):
        yield of_log("derivations.jsonl tells of one obligation twice")
    begun = [(e.said["case"], e.facts.get("rule"), e.said.get("at")) for e, _, _ in owed.values()]
    skipped: dict[str, int] = {}
    for key, one in owed.items():
        since = [str(at) for case, rule, at in begun if (case, rule) == (key[0], one.opened.facts.get("rule"))]
        if what := _derived(bundle, lines.get(key), one, since, skipped):
            yield one.set_by.find(what)
    yield from ((c, 0, None, f"no event opened the obligation {o}") for c, o in lines if (c, o) not in owed)
    notes += [f"{number} due dates were not recounted: {why}" for why, number in skipped.items()]


def _followed(entry: Entry, owed: dict[tuple[str, str], Owed]) -> Iterator[Finding]:
    kind, key = entry.said["type"], (entry.said["case"], str(entry.facts.get("obligation")))
    if kind == "obligation_opened":
        if key in owed:
            yield entry.find("this obligation was opened before")
        owed[key] = Owed(entry, entry, None)
    elif key not in owed:
        yield entry.find("this obligation was never opened")
    elif owed[key].discharged:
        yield entry.find("this obligation was discharged before")
    elif kind in DUE_MOVED:
        owed[key] = owed[key]._replace(set_by=entry)
    elif kind == "obligation_discharged":
        if entry.facts.get("due_on") != owed[key].due_on:
            yield entry.find(f"the due date was {owed[key].due_on}, not {entry.facts.get('due_on')}")
        owed[key] = owed[key]._replace(discharged=entry)


def _derived(bundle: Bundle, line: Members | None, one: Owed, begun: list[str], skipped: dict[str, int]) -> str:
    if line is None:
        return "derivations.jsonl does not say how this due date was found"
    try:
        if line["derivation"][0]["due_on"] != one.due_on:
            return f"the events say it is due on {one.due_on}, the derivation on {line['derivation'][0]['due_on']}"
        counted_by = {name: value for name, value in one.set_by.facts.items() if name == "calendar"}
        return recount(
            line, {**one.opened.facts, **counted_by}, bundle.whole["rules"], bundle.whole["calendars"], begun
        )
    except NotRecounted as why:
        skipped[str(why)] = skipped.get(str(why), 0) + 1
        return ""
    except (KeyError, IndexError, StopIteration, TypeError, ValueError) as wrong:
        return f"the derivation cannot be recounted: {type(wrong).__name__} {wrong}"
