"""Which cells of a table are not told, so that no small count can be read or computed back from its row and column totals.

A table is published with the totals of its rows, of its columns, and of all. A count under 5 points at people, so it is
withheld, and others with it: for every cell withheld there remain other values it might have, with which all that is
published still adds up. Source: the rule "suppress cells under 5 and complementary cells" of SECURITY.md; how a withheld cell is
kept uncertain is the cyclic move of statistical disclosure control (a cell up, its neighbour in the row down, and back).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

SMALL = 5
"""The threshold is for people to decide; counts from here on are told."""
ALL = "\x00all"
"""The row, and the column, of totals."""

Place = tuple[str, str]
Counts = Mapping[Place, tuple[int, ...]]
"""How many of each kind (say implemented, not implemented) stand in a cell; the kinds add up to what the cell holds."""


def with_totals(cells: Counts, rows: Iterable[str], columns: Iterable[str], kinds: int) -> dict[Place, tuple[int, ...]]:
    """Return every cell of a table, those that hold nothing too, with the totals of rows, of columns, and of all."""
    table = dict.fromkeys(product([*rows, ALL], [*columns, ALL]), (0,) * kinds)
    for (row, column), counts in cells.items():
        for place in ((row, column), (row, ALL), (ALL, column), (ALL, ALL)):
            table[place] = tuple(had + more for had, more in zip(table[place], counts, strict=True))
    return table


def is_small(counts: Sequence[int]) -> bool:
    """Say whether a cell cannot be told by itself: it, or one kind in it, is under the threshold and not zero."""
    return any(0 < count < SMALL for count in (sum(counts), *counts))


def withheld(table: Mapping[Place, tuple[int, ...]]) -> set[Place]:
    """Return the places of a table with totals that are not told: all small ones, and what keeps them uncertain.

    Where nothing keeps a cell uncertain, the whole table is withheld.
    """
    hidden = {place for place, counts in table.items() if is_small(counts)}
    waiting = sorted(hidden)
    kinds = len(next(iter(table.values()), ()))
    while waiting:
        place = waiting.pop()
        for kind in range(kinds):
            if not table[ALL, ALL][kind]:
                continue  # nothing of the kind is anywhere: its total says so, and there is nothing to keep
            if _is_uncertain(table, hidden, place, kind):
                continue
            added = _cheapest(table, hidden, place, kind)
            if added is None:
                return set(table)
            hidden |= added
            waiting.extend(sorted(added))
    return hidden


def _is_uncertain(table: Mapping[Place, tuple[int, ...]], hidden: set[Place], place: Place, kind: int) -> bool:
    row, column = place
    columns = [c for r, c in hidden if r == row and c != column]
    rows = [r for r, c in hidden if c == column and r != row]
    return any((r, c) in hidden and _moves(table, place, (r, c), kind) for r, c in product(rows, columns))


def _cheapest(table: Mapping[Place, tuple[int, ...]], hidden: set[Place], place: Place, kind: int) -> set[Place] | None:
    """Return the cells to withhold besides, so that a cell is uncertain: those that tell least, totals last of all."""
    best: tuple[tuple[int, int], set[Place]] | None = None
    for other in _opposite(table, place):
        if _moves(table, place, other, kind):
            added = {(place[0], other[1]), (other[0], place[1]), other} - hidden
            cost = (sum(ALL in one for one in added), sum(sum(table[one]) for one in added))
            if best is None or cost < best[0]:
                best = cost, added
    return best[1] if best else None


def _opposite(table: Mapping[Place, tuple[int, ...]], place: Place) -> Iterator[Place]:
    return (other for other in table if other[0] != place[0] and other[1] != place[1])


def _moves(table: Mapping[Place, tuple[int, ...]], place: Place, other: Place, kind: int) -> bool:
    """Say whether the four corners between two places can all move by one, up or down, with every sum kept and none below zero."""
    corners = ((place, 1), ((place[0], other[1]), -1), ((other[0], place[1]), -1), (other, 1))
    counts = [(table[corner][kind], sign * _side(corner)) for corner, sign in corners]
    return all(count + step >= 0 for count, step in counts) or all(count - step >= 0 for count, step in counts)


def _side(place: Place) -> int:
    """Return the sign with which a place stands in the sum of its line: a total stands against its parts."""
    return (-1 if place[0] == ALL else 1) * (-1 if place[1] == ALL else 1)


def withheld_of_list(counts: Mapping[str, int]) -> set[str]:
    """Return the entries of a list with a known sum that are not told: the small ones, and the next smallest with them."""
    hidden = {name for name, count in counts.items() if 0 < count < SMALL}
    others = sorted((count, name) for name, count in counts.items() if count >= SMALL)
    while hidden and (len(hidden) == 1 or sum(counts[name] for name in hidden) == len(hidden)):
        if not others:
            return set(counts)
        hidden.add(others.pop(0)[1])
    return hidden
