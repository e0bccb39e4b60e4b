"""What an importer hands to the services: rows, and rows that were refused."""

from dataclasses import dataclass, field
from datetime import date

from npm_cases.domain.messages import Said


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One recommendation as the file tells it, before it is a case.

    The same ``key`` and the same ``digest`` is the same row; the same key with another digest is a changed row.
    ``title`` is kept as typed, formula-leading characters included; names and codes are trimmed at both ends.
    ``response`` is "accepted", "rejected" or "" (none on file); ``reason_code`` is "noted" or "".
    ``status`` is a published word of some vocabulary, as typed, or "".
    ``raw`` are its cells as typed, in the order of the format's header, so that it can be mended where it is refused later.
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
    status: str = ""
    raw: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not imported: where, which field, why, and its cells in the order of the format's header."""

    line: int
    field: str
    why: Said
    raw: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why, as the command line says it; ``why.told(lang)`` is what a page says after the name of the field."""
        return str(self.why)
