"""Where a page of a list ends: a short text that goes to the reader and comes back; it holds a place, no right."""

import base64
import binascii
import json
from dataclasses import dataclass

from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import say

FORM = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort value and the number of the row a page begins behind, and whether it goes backwards from there."""

    sort: str
    place: tuple[str, str]
    backwards: bool


def write(cursor: Cursor) -> str:
    """Write a cursor as letters that may stand in an address."""
    content = json.dumps([FORM, cursor.sort, *cursor.place, cursor.backwards], ensure_ascii=False)
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read(text: str, sort: str) -> Cursor:
    """Read a cursor of a list in this order.

    Raises BadInput for a text that is no cursor of ours, or belongs to another order.
    """
    try:
        content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        form, of_sort, value, number, backwards = content
    except (binascii.Error, ValueError, TypeError):
        raise BadInput(say("no_place_in_list", field="after")) from None
    if form != FORM or of_sort != sort or not (isinstance(value, str) and isinstance(number, str)):
        raise BadInput(say("place_in_other_order", field="after"))
    if not isinstance(backwards, bool) or "\x00" in value + number:  # PostgreSQL takes no NUL
        raise BadInput(say("no_place_in_list", field="after"))
    return Cursor(sort, (value, number), backwards)
