"""One chain checked link by link from its bytes alone: form, order, and each event's hold on the one before it.

What the events mean is not asked here: that is the replay's part.
"""

import re
from dataclasses import fields
from operator import attrgetter

from npm_cases.history.canonical import NotCanonical
from npm_cases.history.event import Event, read
from npm_cases.history.hashing import leaf_hash

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
_TEXTS = tuple(f.name for f in fields(Event) if f.name not in {"seq", "type", "docs", "facts"})
_texts_of = attrgetter(*_TEXTS)


class ChainCheck:
    """The links of one chain, taken in order; a wrong event leaves it where it was.

    ``is_whole`` is False for a chain of which only some events are at hand: then neither the count of its events nor
    their links can be checked, only that they go forward.
    """

    def __init__(self, origin: str, chain: str, *, is_whole: bool = True) -> None:
        self.seq = 0
        self.leaf = b""
        self.at = ""
        self._origin = origin
        self._chain = chain
        self._is_whole = is_whole

    def take(self, data: bytes) -> Event | str:
        """Read the next event and return it, or return what is wrong with it, in words."""
        try:
            event = read(data)
        except (NotCanonical, TypeError) as wrong:
            return f"its bytes are no event: {wrong}"
        wrong_now = _ill_formed(event) or self._out_of_place(event) or self._unlinked(event)
        if wrong_now:
            return wrong_now
        self.seq, self.leaf, self.at = event.seq, leaf_hash(data), event.at
        return event

    def _out_of_place(self, event: Event) -> str:
        if event.case != self._chain:
            return f"its bytes are event {event.seq} of {event.case}"
        if event.log != self._origin:
            return f"it belongs to the log {event.log}"
        expected = self.seq + 1
        if event.seq < expected:
            return f"event {event.seq} comes again, or after a later one"
        if self._is_whole and event.seq > expected:
            return f"event {expected} is missing: after {self.seq} comes {event.seq}"
        return ""

    def _unlinked(self, event: Event) -> str:
        if self._is_whole and event.prev != self.leaf.hex():
            return "it does not follow the event before it: prev is another leaf"
        if event.at < self.at:
            return f"it is of {event.at}, before the event ahead of it, of {self.at}"
        return ""


def _ill_formed(event: Event) -> str:
    """Name a member whose value is of another type than the format says; the profile itself was checked before."""
    if set(map(type, _texts_of(event))) != {str}:
        wrong = next(name for name in _TEXTS if type(getattr(event, name)) is not str)
        return f"its member {wrong} is not text"
    if type(event.seq) is not int or event.seq < 1:
        return "its member seq is not a number from 1"
    if not isinstance(event.facts, dict):
        return "its member facts is not an object"
    if not all(type(document) is str for document in event.docs):
        return "its member docs is not a list of texts"
    return "" if _INSTANT.fullmatch(event.at) else f"its member at is no instant in UTC: {event.at!r}"
