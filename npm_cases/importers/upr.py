"""Recommendations of the Universal Periodic Review, in the columns in which they go around as CSV.

A row is named by who recommends what to whom in which session. The regional groups, the organisations and the grade of
action are part of a row's digest and are not carried further: none of them is a fact of a case.
"""

from collections.abc import Callable, Sequence
from typing import Final

from npm_cases.domain.messages import Said, say
from npm_cases.importers.checks import Unfit, check_text, needed, response_of, shown
from npm_cases.importers.rows import SEPARATOR, ImportedRow, digest_of, key_of, without_empty_status
from npm_cases.importers.sessions import session_months

HEADER: Final = (
    "To", "To-Rgrp", "To-Org", "Text", "From", "From-Rgrp", "From-Org", "Response", "Action", "Issue", "Session", "Status",
)  # fmt: skip
NEEDED: Final = frozenset({"To", "Text", "From", "Response", "Session"})


def row_reader() -> Callable[[int, Sequence[str]], ImportedRow]:
    """Give the function that reads one row, its cells in the order of ``HEADER``. It raises Unfit."""
    months = session_months()
    numbers = {str(number): number for number in months}

    def read(line: int, cells: Sequence[str]) -> ImportedRow:
        to, _, _, text, by, _, _, said, _, issues, session_text, status = cells
        joined = SEPARATOR.join(cells)
        check_text(HEADER, cells, joined.replace(SEPARATOR, " "))
        needed("To", to)
        needed("Text", text)
        session = numbers.get(needed("Session", session_text).strip())
        if session is None:
            raise Unfit("Session", _unknown_session(session_text, numbers))
        response, reason_code = response_of("Response", said)
        month = months[session]
        return ImportedRow(
            line=line,
            key=key_of((to, by, str(session)), text),
            digest=digest_of(without_empty_status(cells)),
            channel="upr",
            addressee=to.strip(),
            title=text,
            themes=tuple(theme for part in issues.split(",") if (theme := part.strip())),
            recommended_by=by.strip(),
            response=response,
            reason_code=reason_code,
            session=session,
            symbol="",
            paragraph="",
            responded_on=month if response else None,
            region="",
            issued_on=month,
            status=status.strip(),
            raw=tuple(cells),
        )

    return read


def _unknown_session(value: str, numbers: dict[str, int]) -> Said:
    known = sorted(numbers.values())
    return say("session_not_on_file", given=shown(value), first=known[0], last=known[-1])
