"""Codes a person typed: reasons and bases stand in the history in clear, so they are codes and no sentences."""

from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say

LONGEST_CODE = 60
MARKS = "_-./()"
"""What symbols and paragraphs of published documents are written with beside letters and digits: A/HRC/12/3, 12(a)."""


def is_code(text: str) -> bool:
    """Say whether a text is a code: Latin letters, digits and a few marks, no space, and short."""
    return 0 < len(text) <= LONGEST_CODE and text.isascii() and all(c.isalnum() or c in MARKS for c in text)


def a_code(what: str, text: str) -> str:
    """Return a code.

    Raises BadInput naming where it was given.
    """
    if not is_code(text):
        raise BadInput(say("not_a_code", field=what, given=quoted(text), longest=LONGEST_CODE))
    return text
