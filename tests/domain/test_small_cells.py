"""Nobody who sees a table with its totals can compute back what it withholds."""

import random
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from npm_cases.domain.small_cells import ALL, SMALL, is_small, with_totals, withheld, withheld_of_list

Table = dict[tuple[str, str], tuple[int, ...]]
ROWS, COLUMNS = ("a", "b", "c"), ("1", "2", "3")


def a_table(chance: random.Random, most: int) -> Table:
    cells = {place: (chance.randrange(most), chance.randrange(most)) for place in product(ROWS, COLUMNS)}
    for place in chance.sample(sorted(cells), 3):
        cells[place] = (0, 0)
    return with_totals(cells, ROWS, COLUMNS, 2)


def fillings(known: Mapping[tuple[str, str], int | None], most: int) -> Iterator[dict[tuple[str, str], int]]:
    """Every table of counts from 0 to a bound that agrees with all that is known, totals included."""
    places = list(product(ROWS, COLUMNS))

    def fill(at: int, made: dict[tuple[str, str], int]) -> Iterator[dict[tuple[str, str], int]]:
        if at == len(places):
            if fits(made, known):
                yield made
            return
        place = places[at]
        value = known[place]
        for count in range(most + 1) if value is None else [value]:
            if not row_is_over(made, place, count, known):
                yield from fill(at + 1, {**made, place: count})

    return fill(0, {})


def row_is_over(
    made: Mapping[tuple[str, str], int], place: tuple[str, str], count: int, known: Mapping[tuple[str, str], int | None]
) -> bool:
    """Cut off what no total allows any more, so that all fillings of a small table can be looked at."""
    for line in (((place[0], c) for c in (*COLUMNS, ALL)), ((r, place[1]) for r in (*ROWS, ALL))):
        *parts, total = line
        so_far = sum(made.get(part, 0) for part in parts) + count
        wanted = known[total]
        is_last = all(part in made or part == place for part in parts)
        if wanted is not None and (so_far > wanted or (is_last and so_far != wanted)):
            return True
    return False


def fits(made: Mapping[tuple[str, str], int], known: Mapping[tuple[str, str], int | None]) -> bool:
    whole = with_totals({place: (count,) for place, count in made.items()}, ROWS, COLUMNS, 1)
    return all(known[place] is None or known[place] == whole[place][0] for place in whole)


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_can_be_computed_back_from_the_totals(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same tables in every run
    most = chance.choice((4, 7))
    table = a_table(chance, most)
    hidden = withheld(table)
    small = {place for place, counts in table.items() if is_small(counts)}
    assert small <= hidden
    for kind in range(2):
        if not table[ALL, ALL][kind]:
            continue
        known = {place: None if place in hidden else counts[kind] for place, counts in table.items()}
        seen: dict[tuple[str, str], set[int]] = {place: set() for place in hidden}
        for found in fillings(known, most + 1):
            whole = with_totals({place: (count,) for place, count in found.items()}, ROWS, COLUMNS, 1)
            for place in hidden:
                seen[place].add(whole[place][0])
            if all(len(values) > 1 for values in seen.values()):
                break
        assert [place for place, values in seen.items() if len(values) < 2] == []


def test_a_table_without_small_counts_is_told_whole() -> None:
    table = with_totals(dict.fromkeys(product(ROWS, COLUMNS), (SMALL, 0)), ROWS, COLUMNS, 2)
    assert withheld(table) == set()


def test_a_single_small_cell_takes_three_others_with_it() -> None:
    cells = dict.fromkeys(product(ROWS, COLUMNS), (20, 20)) | {("a", "1"): (3, 20)}
    hidden = withheld(with_totals(cells, ROWS, COLUMNS, 2))
    assert len(hidden) == 4
    assert not any(ALL in place for place in hidden)


def test_a_small_table_of_one_row_tells_nothing_that_gives_it_away() -> None:
    table = with_totals({("a", "1"): (3, 0)}, ("a",), ("1",), 2)
    assert withheld(table) == set(table)


def test_an_entry_of_a_list_is_withheld_with_the_next_smallest() -> None:
    assert withheld_of_list({"a": 2, "b": 9, "c": 30}) == {"a", "b"}
    assert withheld_of_list({"a": 1, "b": 1, "c": 30}) == {"a", "b", "c"}
    assert withheld_of_list({"a": 0, "b": 9}) == set()
