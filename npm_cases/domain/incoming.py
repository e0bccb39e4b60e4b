"""What an importer hands to the services: rows, and rows that were refused."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One recommendation as the file tells it, before it is a case.

    The same ``key`` and the same ``digest`` is the same row; the same key with another digest is a changed row.
    ``title`` is kept as typed, formula-leading characters included; names and codes are trimmed at both ends.
    ``response`` is "accepted", "rejected" or "" (none on file); ``reason_code`` is "noted" or "".
    In the UPR format ``issued_on`` and ``responded_on`` are the first day of the session's month: the day is unknown.
    """

    line: int
    key: str
    digest: str
    channel: str
    addressee: str
    title: str
    themes: tuple[str, ...]
    recommended_by: str
    response: str
    reason_code: str
    session: int | None
    symbol: str
    paragraph: str
    responded_on: date | None
    region: str
    issued_on: date | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not imported: where, which field, why, and its cells in the order of the format's header."""

    line: int
    field: str
    reason: str
    raw: tuple[str, ...]
