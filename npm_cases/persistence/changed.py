"""Writing back only what changed: an UPDATE that names a column also rewrites every index the column stands in."""

from collections.abc import Iterable, Sequence
from typing import Any

from npm_cases.persistence.database import WHERE
from npm_cases.persistence.gathering import Values


class AsRead:
    """The columns of rows as they were read; the first of them is the key."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._place = {name: place for place, name in enumerate(columns)}
        self._rows: dict[str, Sequence[Any]] = {}

    def keep(self, row: Sequence[Any]) -> None:
        self._rows[row[0]] = row

    def was(self, key: str, name: str) -> Any:
        """Return a value of a row as it was read; None where it was not, or was written since."""
        row = self._rows.get(key)
        return None if row is None else row[self._place[name]]

    def changed(self, key: str, values: Values) -> Values:
        """Return the values that differ from the row as it was read, and the key of the WHERE clause.

        A row is compared once: after it was written, or when it was never read, all values are given back.
        """
        row = self._rows.pop(key, None)
        if row is None:
            return values
        place = self._place
        return {name: value for name, value in values.items() if name not in place or row[place[name]] != value}


def alike(changes: Iterable[Values]) -> Iterable[list[Values]]:
    """Put changes of the same columns together, so that each lot is one statement; leave out those that change nothing."""
    lots: dict[tuple[str, ...], list[Values]] = {}
    for values in changes:
        lots.setdefault(tuple(values), []).append(values)
    return [lot for names, lot in lots.items() if not all(name.startswith(WHERE) for name in names)]
