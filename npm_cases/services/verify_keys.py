"""The key store held against the histories: a lawful erasure never looks like tampering, nor tampering like an erasure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from npm_cases.history.event import EventType
from npm_cases.services.ports import Office
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Mark
from npm_cases.services.sealing import KEY_GONE

NOT_AT_HAND = "the key store is not at hand: whether each case has its key was not checked"
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class WrongKey:
    """A case whose key is there and should not be, or the other way round."""

    chain: str
    mark: Mark
    what: str


@dataclass
class KeyCheck:
    """Looks up the keys of many cases at once; ``late_if_before`` is when an erasure must be complete (UTC text)."""

    office: Office
    late_if_before: str
    _waiting: dict[str, tuple[str, Mark]] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        return () if self.office.keys.at_hand else (NOT_AT_HAND,)

    def take(self, replay: Replay) -> Iterator[WrongKey]:
        """Take a case whose history holds, and give what was found so far."""
        if self.office.keys.at_hand and replay.born and (replay.texts or replay.documents or replay.proposals):
            erased_at, mark = replay.erased or ("", replay.mark)
            self._waiting[replay.chain] = (erased_at, mark)
        if len(self._waiting) >= AT_ONCE:
            yield from self.rest()

    def rest(self) -> Iterator[WrongKey]:
        """Look up the cases that wait and give what is wrong with their keys."""
        held = self.office.keys.held(self._waiting) if self._waiting else frozenset()
        for chain, (erased_at, mark) in self._waiting.items():
            if chain in held and erased_at and erased_at < self.late_if_before:
                yield WrongKey(
                    chain, mark, f"it was erased at {erased_at}, but its key is still there: run `npm-cases tick`"
                )
            elif chain not in held and not erased_at and not self._erased_since(chain):
                yield WrongKey(chain, mark, KEY_GONE)
        self._waiting.clear()

    def _erased_since(self, chain: str) -> bool:
        """Look again: the history was read as it was before, the key store as it is now."""
        with self.office.open_reading() as work:
            return bool(work.rows("case_events", {"chain": chain, "type": EventType.ERASED.value}))
