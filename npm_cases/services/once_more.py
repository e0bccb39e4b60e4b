"""One automatic second try where the database was lost on the way, under the same key, so that nothing is done twice.

What was undone is asked again; what may have been done is asked again only under a key, which then gives the first answer.
"""

from collections.abc import Callable
from typing import TypeVar

from npm_cases.domain.errors import AskAgain, OutcomeUnknown

T = TypeVar("T")


def once_more(ask: Callable[[], T], key: str) -> T:
    """Ask, and ask a second time where the first was lost; raises what the second raises."""
    try:
        return ask()
    except AskAgain:
        return ask()
    except OutcomeUnknown:
        if not key:
            raise
        return ask()
