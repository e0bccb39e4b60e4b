"""Which logs are short enough to be gone through while somebody waits for a page."""

from npm_cases.domain.errors import RefusedByRule
from npm_cases.domain.messages import say

MOST_ENTRIES = 100_000
"""Somebody who goes through a longer log than this in a page makes everybody else wait; the command line has its own process."""


def need_short_log(entries: int) -> None:
    """Let a page go through a log that is short enough.

    Raises RefusedByRule for a longer one: the command line goes through it in a process of its own.
    """
    if entries > MOST_ENTRIES:
        raise RefusedByRule(say("log_too_long", size=entries, most=MOST_ENTRIES), ())
