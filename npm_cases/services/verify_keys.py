"""The key store held against the histories: a lawful erasure never looks like tampering, nor tampering like an erasure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from npm_cases.history.event import EventType
from npm_cases.proving.verdict import Finding
from npm_cases.services.ports import CaseKey, Office
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Mark, found_at
from npm_cases.services.sealing import KEY_GONE

NOT_AT_HAND = "the key store is not at hand: whether each case has its key was not checked"
NOT_READY = "the wrapping key is not at hand: whether the key of each case opens was not checked"
DOES_NOT_OPEN = (
    "the key of this case does not open: it was changed or is the key of another case; put the key store back"
)
NAMES_DO_NOT_OPEN = "the key of the name index is gone or does not open: no name is found; put the key store back"
AT_ONCE = 1_000


@dataclass
class KeyCheck:
    """Looks up the keys of many cases at once; ``late_if_before`` is when an erasure must be complete (UTC text)."""

    office: Office
    late_if_before: str
    _waiting: dict[str, tuple[str, Mark]] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.office.keys.at_hand:
            return (NOT_AT_HAND,)
        return () if self._is_ready else (NOT_READY,)

    @cached_property
    def _is_ready(self) -> bool:
        return self.office.keys.at_hand and self.office.sealer.is_ready()

    def take(self, replay: Replay) -> Iterator[Finding]:
        """Take a case whose history holds, and give what was found so far."""
        if self.office.keys.at_hand and replay.born and (replay.texts or replay.documents or replay.proposals):
            erased_at, mark = replay.erased or ("", replay.mark)
            self._waiting[replay.chain] = (erased_at, mark)
        if len(self._waiting) >= AT_ONCE:
            yield from self.rest()

    def rest(self) -> Iterator[Finding]:
        """Look up the cases that wait and give what is wrong with their keys."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        held = self.office.keys.wrapped(waiting)
        indexed = self.office.keys.indexed([chain for chain, (erased_at, _) in waiting.items() if erased_at])
        shut = self._shut([key for chain, key in held.items() if not waiting[chain][0]])
        for chain, (erased_at, mark) in waiting.items():
            left = "key is" if chain in held else "names are" if chain in indexed else ""
            if left and erased_at and erased_at < self.late_if_before:
                yield found_at(
                    chain, mark, f"it was erased at {erased_at}, but its {left} still there: run `npm-cases tick`"
                )
            elif chain in shut:
                yield found_at(chain, mark, DOES_NOT_OPEN)
            elif chain not in held and not erased_at and not self._erased_since(chain):
                yield found_at(chain, mark, KEY_GONE)

    def names(self) -> Iterator[Finding]:
        """Give what is wrong with the key of the name index, which is no case's."""
        if self._is_ready and not self.office.sealer.opens_names():
            yield found_at("", Mark(0, None), NAMES_DO_NOT_OPEN)

    def _shut(self, keys: Collection[CaseKey]) -> frozenset[str]:
        """Name the cases whose key does not open, looked up twice: the wrapping key may be rotated in between."""
        if not self._is_ready:
            return frozenset()
        opens = self.office.sealer.opens
        doubtful = [key.case for key in keys if not opens(key)]
        again = self.office.keys.wrapped(doubtful) if doubtful else {}
        return frozenset(case for case, key in again.items() if not opens(key))

    def _erased_since(self, chain: str) -> bool:
        """Look again: the history was read as it was before, the key store as it is now."""
        with self.office.open_reading() as work:
            return bool(work.rows("case_events", {"chain": chain, "type": EventType.ERASED.value}))
