"""Events that a search found, told to a person: each line of the log with what it was, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from npm_cases.domain.pack import Pack
from npm_cases.history.event import Event, EventType
from npm_cases.services.history_search import Line
from npm_cases.services.narrative import in_words


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of the log with what it was; ``is_of_case`` says that its number is that of an event in a case's own history."""

    line: Line
    what: str
    is_of_case: bool


def told_lines(pack: Pack, lines: Iterable[Line], lang: str) -> tuple[ToldLine, ...]:
    """Tell what was found, in the order it was found; days and times are on the wall clocks of the pack's zone."""
    return tuple(
        ToldLine(line, in_words(pack, pack.zone, _event(line), lang), bool(line.case) and line.chain == line.case)
        for line in lines
    )


def _event(line: Line) -> Event:
    return Event(
        log="", case=line.chain, seq=line.seq, prev="", type=EventType(line.type), at=line.at, actor=line.actor,
        role=line.role, app="", machine=line.machine, event=line.event, on_behalf=line.on_behalf, frm=line.frm,
        to=line.to, reason=line.reason, docs=line.docs, facts=line.facts, approved_by=line.approved_by,
    )  # fmt: skip
