"""What a case keeps beside its states, held against its history: title, region, version, consents, links, parties, imports."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from npm_cases.domain.instants import from_text
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.records import ALLEGATION, RECOMMENDATION, Case
from npm_cases.services.committed import parties, titled
from npm_cases.services.reading import ChainRows
from npm_cases.services.replay import Replay
from npm_cases.services.replay_beside import Beside, Consented
from npm_cases.services.replayed import Mark

Found = tuple[Mark, str]
"""What does not hold, at the event that last said something about it."""


def beside_differs(replay: Replay, rows: ChainRows, times: Timetable) -> Iterator[Found]:
    """List every difference of a chain whose events all hold."""
    if rows.case is not None and replay.born:
        yield from ((replay.mark, what) for what in _titled(replay, rows.case))
        yield from ((replay.mark, what) for what in _plain(replay, rows.case))
    yield from _excluded(replay, rows)
    yield from _consents(replay.beside, rows.consents, times, replay.mark)
    yield from _links(replay.beside, rows.links, replay.mark)
    yield from _imported(replay.beside, rows.imported, replay.mark)


def is_committed(replay: Replay) -> bool:
    """Say whether the history of a case commits to its title, region and place; one from before that does not."""
    return bool(replay.beside.titled)


def _titled(replay: Replay, case: Case) -> Iterator[str]:
    said = replay.beside.titled
    if not said and case.blind:
        yield "the case: random bytes of a commitment lie beside it, but its history makes none"
    elif said and titled(case) != said:
        yield "the case: its title, region or place is not the one its history commits to"


def _plain(replay: Replay, case: Case) -> Iterator[str]:
    """Compare the columns the events give in clear, and those that follow from others."""
    if case.version != replay.beside.version:
        yield f"the case: version is {case.version}, its history made {replay.beside.version} changes"
    if (replay.assignee or is_committed(replay)) and case.assignee != replay.assignee:
        yield f"the case: assignee is {case.assignee!r}, its history says {replay.assignee!r}"
    if case.kind == RECOMMENDATION and case.addressee != replay.addressee:
        yield f"the case: addressee is {case.addressee!r}, its history says {replay.addressee!r}"
    if case.kind == ALLEGATION and case.title != case.number:
        yield "the case: the title of an allegation is its number"


def _excluded(replay: Replay, rows: ChainRows) -> Iterator[Found]:
    beside, found = replay.beside, {row["post"]: row["at"] for row in rows.exclusions}
    if len(found) != beside.excluded:
        yield replay.mark, f"it is kept from {len(found)} posts or people, its history says {beside.excluded}"
    elif found and rows.case is not None and beside.parties and parties(rows.case, found) != beside.parties:
        yield replay.mark, "it is kept from other posts or people than its history commits to"
    for at in found.values():
        if at != beside.excluded_at:
            yield replay.mark, f"an exclusion is of {at}, its event of {beside.excluded_at}"


def _consents(beside: Beside, rows: Iterable[Mapping[str, Any]], times: Timetable, last: Mark) -> Iterator[Found]:
    missing, untold = dict(beside.consents), beside.untold
    for row in rows:
        said = missing.pop(row["id"], None)
        if said is not None:
            yield from ((said.mark, what) for what in _consent(said, row, times))
        elif untold:
            untold -= 1  # of a time when the event did not name its row
        else:
            yield last, f"the consent {row['id']} was recorded by no event"
    for name, said in missing.items():
        yield said.mark, f"the consent {name} is not in the table of consents"


def _consent(said: Consented, row: Mapping[str, Any], times: Timetable) -> Iterator[str]:
    expected = {
        "status": said.status, "purpose": said.purpose, "recipient": said.recipient, "form": said.form,
        "expires_on": said.expires_on, "at": said.at, "withdrawn_at": said.withdrawn_at, "language": "",
        "given_on": times.day(from_text(said.at)).isoformat(),
    }  # fmt: skip
    for name, value in expected.items():
        if row[name] != value:
            yield f"the consent {row['id']}: {name} is {row[name]!r}, its history says {value!r}"


def _links(beside: Beside, rows: Iterable[Mapping[str, Any]], last: Mark) -> Iterator[Found]:
    missing = dict(beside.links)
    for row in rows:
        mine = f"the link to {row['to_case']} as {row['kind']}"
        at, mark = missing.pop((row["to_case"], row["kind"]), ("", last))
        if not at:
            yield last, f"{mine} was made by no event"
        elif row["at"] != at:
            yield mark, f"{mine}: at is {row['at']}, its history says {at}"
    for (to_case, kind), (_, mark) in missing.items():
        yield mark, f"the link to {to_case} as {kind} is not in the table of links"


def _imported(beside: Beside, rows: Iterable[Mapping[str, Any]], last: Mark) -> Iterator[Found]:
    missing = dict(beside.imported)
    for row in rows:
        batch, mark = missing.pop(row["row_key"], ("", last))
        if row["batch"] != batch:
            yield (
                mark,
                f"the imported row {row['row_key']}: its batch is {row['batch']}, its history says {batch or 'none'}",
            )
    for key, (_, mark) in missing.items():
        yield mark, f"the imported row {key} is not in the table of imported rows"
