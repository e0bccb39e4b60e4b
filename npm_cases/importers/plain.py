"""Recommendations of any channel in our own columns, as CSV or as JSON objects; ``docs/import.md`` describes them."""

from collections.abc import Callable, Sequence
from typing import Final

from npm_cases.domain.messages import say
from npm_cases.importers.checks import Unfit, check_text, day_of, needed, response_of, shown
from npm_cases.importers.rows import SEPARATOR, ImportedRow, digest_of, key_of, without_empty_status

HEADER: Final = (
    "channel", "addressee", "title", "theme", "symbol", "paragraph", "from", "number",
    "issued_on", "response", "responded_on", "session", "region", "status",
)  # fmt: skip
NEEDED: Final = frozenset({"channel", "addressee", "title"})


def row_reader() -> Callable[[int, Sequence[str]], ImportedRow]:
    """Give the function that reads one row, its cells in the order of ``HEADER``. It raises Unfit."""

    def read(line: int, cells: Sequence[str]) -> ImportedRow:
        check_text(HEADER, cells, SEPARATOR.join(cells).replace(SEPARATOR, " "))
        cell = dict(zip(HEADER, cells, strict=True))
        channel = needed("channel", cell["channel"]).strip()  # which channels there are says the country pack
        addressee = needed("addressee", cell["addressee"]).strip()
        title = needed("title", cell["title"])
        response, reason_code = response_of("response", cell["response"])
        issued_on = day_of("issued_on", cell["issued_on"])
        responded_on = day_of("responded_on", cell["responded_on"])
        if issued_on and responded_on and responded_on < issued_on:
            raise Unfit("responded_on", say("responded_before_issued", day=responded_on, issued_on=issued_on))
        return ImportedRow(
            line=line,
            key=key_of((channel, addressee, cell["symbol"], cell["paragraph"]), title),
            digest=digest_of(without_empty_status(cells)),
            channel=channel,
            addressee=addressee,
            title=title,
            themes=tuple(theme for part in cell["theme"].split(";") if (theme := part.strip())),
            recommended_by=cell["from"].strip(),
            response=response,
            reason_code=reason_code,
            session=_session(cell["session"]),
            symbol=cell["symbol"].strip(),
            paragraph=cell["paragraph"].strip(),
            responded_on=responded_on,
            region=cell["region"].strip(),
            issued_on=issued_on,
            number=cell["number"].strip(),
            status=cell["status"].strip(),
            raw=tuple(cells),
        )

    return read


def _session(value: str) -> int | None:
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) <= 4:  # noqa: PLR2004 - more is no number of a session
        return int(value)
    raise Unfit("session", say("no_session_number", given=shown(value)))
