"""Calls of auditors: search of the history, who read what, checkpoints, and the proof that an event is in the log."""

from itertools import islice
from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.responses import PlainTextResponse, Response

from npm_cases.services import history_search
from npm_cases.services.checkpoints import prove
from npm_cases.services.given_days import a_day_if_given
from npm_cases.services.history_tables import members
from npm_cases.services.text_reads import reads
from npm_cases.web.api import models
from npm_cases.web.api.caller import Called

Word = Annotated[str, Query(max_length=200)]
MOST_ROWS = 200
Size = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Index = Annotated[int, Query(ge=-1, le=2**53)]


def asked(
    case: Word = "", actor: Word = "", after: Index = -1, size: Size = 100, first: Word = "", last: Word = ""
) -> history_search.Criteria:
    """Read what to look for.

    Raises BadInput naming the field.
    """
    return history_search.Criteria(
        case=case, actor=actor, after=after, limit=size,
        first=a_day_if_given("first", first), last=a_day_if_given("last", last),
    )  # fmt: skip


Asked = Annotated[history_search.Criteria, Depends(asked)]


def search(called: Called, wanted: Asked) -> models.Events:
    """Search the events the caller may know of, in log order."""
    with called.app.views.histories() as histories:
        page = history_search.search(called.office, histories, wanted, called.actor)
    return models.Events(events=[members(line) for line in page.lines], next=page.next)


def who_read(called: Called, wanted: Asked) -> models.Events:
    """Return who opened protected text, looked a name up, or exported; others than auditors see their own alone."""
    with called.app.views.histories() as histories:
        page = reads(called.office, histories, wanted, called.actor)
    rows = [{name: getattr(line, name) for name in line.__dataclass_fields__} for line in page.lines]
    return models.Events(events=rows, next=page.next)


def checkpoints(called: Called, size: Size = 50) -> models.Checkpoints:
    """Return the newest signed checkpoints, each with its note."""
    with called.app.log() as log:
        found = list(islice(log.newest(), size))
    rows = [{"number": c.number, "size": c.size, "root": c.root.hex(), "at": c.at, "note": c.whole} for c in found]
    return models.Checkpoints(checkpoints=rows)


def proof(
    called: Called,
    ref: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")],
    seq: Annotated[int, Path(ge=1, le=2**53)],
) -> Response:
    """Return the proof that an event of a case is in the log, as a C2SP tlog-proof."""
    called.app.sequence()
    found = prove(called.office, called.app.log, ref, seq, called.actor)
    return PlainTextResponse(found.text(), headers={"Content-Disposition": "attachment"})
