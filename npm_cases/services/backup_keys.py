"""The keys at hand held against the cases of a backup: which open, which are not there, which came back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.messages import say
from npm_cases.services.ports import Keys, Sealer

AT_ONCE = 1_000


@dataclass(slots=True)
class KeysFound:
    """Of the cases with protected text that are not erased: how many there are, whose key opens, does not, is missing.

    ``returned`` counts erased cases whose key the store still holds: the next sweep destroys it again.
    """

    all: int = 0
    opening: int = 0
    shut: int = 0
    missing: int = 0
    returned: int = 0


def look_at_keys(
    keys: Keys, sealer: Sealer, protected: Iterable[str], erased: Collection[str], since: Collection[str] = ()
) -> KeysFound:
    """Look up the key of every case with protected text; ``since`` are cases whose erasure a later history tells."""
    found, cases = KeysFound(), iter(protected)
    while asked := list(islice(cases, AT_ONCE)):
        held = keys.wrapped(asked)
        found.returned += len(held.keys() & set(erased))
        for case in asked:
            if case in erased or (case in since and case not in held):
                continue
            found.all += 1
            if case not in held:
                found.missing += 1
            elif sealer.opens(held[case]):
                found.opening += 1
            else:
                found.shut += 1
    return found


def need_keys(found: KeysFound, known_missing: int = 0) -> None:
    """Let pass only keys that open; ``known_missing`` is how many a person said are missing and will stay so.

    Raises ConfigurationError.
    """
    if found.shut:
        raise ConfigurationError(say("backup_keys_do_not_open", count=found.shut, all=found.all))
    if found.missing and found.missing != known_missing:
        raise ConfigurationError(say("backup_keys_missing", count=found.missing, all=found.all))
