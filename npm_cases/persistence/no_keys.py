"""What stands in place of the key store: nothing, for an auditor without it, or a view of it, for a copy to try things on."""

from collections.abc import Collection, Iterable, Sequence

from npm_cases.domain.errors import ConfigurationError
from npm_cases.persistence.key_store import ABSENT, CaseKeys
from npm_cases.services.ports import CaseKey


class NoKeyStore:
    """No key store is at hand: whatever asks for a key raises ConfigurationError."""

    at_hand = False

    @property
    def wrapping(self) -> str:
        raise ConfigurationError(ABSENT)

    def find(self, case_id: str) -> CaseKey | None:
        raise ConfigurationError(f"{ABSENT} (asked for case {case_id})")

    def add(self, keys: Sequence[tuple[CaseKey, str]], tokens: Iterable[tuple[str, str]] = ()) -> None:
        if keys or any(tokens):
            raise ConfigurationError(ABSENT)

    def held(self, case_ids: Collection[str]) -> frozenset[str]:
        raise ConfigurationError(f"{ABSENT} (asked for {len(case_ids)} cases)")

    def wrapped(self, case_ids: Collection[str]) -> dict[str, CaseKey]:
        raise ConfigurationError(f"{ABSENT} (asked for {len(case_ids)} cases)")

    def indexed(self, case_ids: Collection[str]) -> frozenset[str]:
        raise ConfigurationError(f"{ABSENT} (asked for {len(case_ids)} cases)")

    def cases_named(self, token: str) -> list[str]:
        raise ConfigurationError(f"{ABSENT} (asked for a name of {len(token)} characters)")

    def destroy(self, case_id: str) -> None:
        raise ConfigurationError(f"{ABSENT} (asked for case {case_id})")

    def scrub(self) -> bool:
        raise ConfigurationError(ABSENT)


class BorrowedKeys:
    """The keys of an installation for a copy of it: read from its store, while new ones are held in memory alone.

    No key is ever copied to another file, where an erasure would not find it.
    """

    def __init__(self, lender: CaseKeys) -> None:
        self._lender = lender
        self._own: dict[str, CaseKey] = {}
        self._named: list[tuple[str, str]] = []
        self._gone: set[str] = set()

    @property
    def at_hand(self) -> bool:
        return self._lender.at_hand

    @property
    def wrapping(self) -> str:
        return self._lender.wrapping

    def find(self, case_id: str) -> CaseKey | None:
        if case_id in self._gone:
            return None
        return self._own.get(case_id) or self._lender.find(case_id)

    def add(self, keys: Sequence[tuple[CaseKey, str]], tokens: Iterable[tuple[str, str]] = ()) -> None:
        self._own |= {key.case: key for key, _ in keys}
        self._named += tokens

    def held(self, case_ids: Collection[str]) -> frozenset[str]:
        return (self._lender.held(case_ids) | self._own.keys() & set(case_ids)) - self._gone

    def wrapped(self, case_ids: Collection[str]) -> dict[str, CaseKey]:
        own = {case: self._own[case] for case in self._own.keys() & set(case_ids)}
        return {case: key for case, key in (self._lender.wrapped(case_ids) | own).items() if case not in self._gone}

    def indexed(self, case_ids: Collection[str]) -> frozenset[str]:
        own = {chain for _, chain in self._named} & set(case_ids)
        return (self._lender.indexed(case_ids) | own) - self._gone

    def cases_named(self, token: str) -> list[str]:
        own = {chain for known, chain in self._named if known == token}
        return sorted({*self._lender.cases_named(token), *own} - self._gone)

    def destroy(self, case_id: str) -> None:
        """Take a key away from the copy; the lender keeps it."""
        self._gone.add(case_id)

    def scrub(self) -> bool:
        return True
