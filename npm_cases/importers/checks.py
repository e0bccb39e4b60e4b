"""Checks that the formats share: what a cell may hold, and how a refusal is worded."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from npm_cases.domain.message_values import Quoted, quoted
from npm_cases.domain.messages import Said, say

# C0 controls except tab and line ends, delete, C1 controls, halves of surrogate pairs: no person types these, and a C1
# control usually means that the bytes were once read in the wrong encoding.
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_RESPONSES: Final = {
    "": ("", ""),
    "accepted": ("accepted", ""),
    "rejected": ("rejected", ""),
    "noted": ("rejected", "noted"),  # a State under review does not reject, it takes note: HRC resolution 5/1, para. 32
}


class Unfit(Exception):
    """A cell breaks a rule; caught where the row is known and turned into a RefusedRow."""

    def __init__(self, field: str, why: Said) -> None:
        super().__init__(field, str(why))
        self.field = field
        self.why = why


def check_text(names: Sequence[str], cells: Sequence[str], joined: str) -> None:
    """Refuse a row that holds a character no person types. ``joined`` is all its cells, to look once."""
    if joined.isascii() and joined.isprintable():
        return
    if _NOT_TEXT.search(joined) is None:
        return
    for name, cell in zip(names, cells, strict=True):
        if found := _NOT_TEXT.search(cell):
            raise Unfit(name, say("control_character", character=f"U+{ord(found[0]):04X}"))


def needed(field: str, value: str) -> str:
    """Give the cell back, or refuse the row where it is empty or only spaces."""
    if not value or value.isspace():
        raise Unfit(field, say("cell_missing"))
    return value


def response_of(field: str, value: str) -> tuple[str, str]:
    """Read a response as (response, reason code); "Noted" is a rejection with the reason code "noted"."""
    try:
        return _RESPONSES[value.strip().casefold()]
    except KeyError:
        raise Unfit(field, say("no_response", given=shown(value))) from None


def day_of(field: str, value: str) -> date | None:
    """Read a day written as 2024-03-31; an empty cell is no day."""
    value = value.strip()
    if not value:
        return None
    try:
        if _ISO_DAY.match(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unfit(field, say("no_day", given=shown(value)))


def shown(value: str) -> Quoted:
    """A value as a message shows it: quoted, and cut so that a message stays one line."""
    cut = value if len(value) <= 40 else value[:39] + "…"  # noqa: PLR2004 - a third of a terminal's line
    return quoted(cut)
