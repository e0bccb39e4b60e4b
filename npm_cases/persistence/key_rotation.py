"""The steps of a rotation of the wrapping key, over key store and key files."""

from npm_cases.persistence.key_ring import KeyRing
from npm_cases.persistence.wrapping import WrappingKeys


class WrappingRotation:
    """The steps in their order; each finds out how far an earlier try came.

    Raises, from every method: ConfigurationError when a key is missing; TryAgain when the key store stood in the way.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._store, self._vault = ring.own_store(), ring.vault
        self._files: WrappingKeys = ring.wrapping

    def is_begun(self) -> bool:
        """Say whether an earlier rotation broke off: its successor is there."""
        return self._files.has_successor()

    def begin(self) -> tuple[str, str]:
        """Make the successor unless it is there, and return the names of the present key and of its successor."""
        new = self._files.make_successor()
        return self._files.present_name(), new

    def wrap_anew(self, old: str, new: str) -> int:
        """Wrap every key with the successor, in one transaction; returns how many keys of cases lie under it."""
        if self._store.wrapping_now() != new:
            self._store.wrap_anew(old, new, lambda key: self._vault.wrapped_anew(key, new))
        return self._store.wrapped_with(new)

    def finish(self) -> None:
        """Destroy the old key and put the new one in its place."""
        self._files.succeed()
