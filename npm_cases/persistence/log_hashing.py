"""The log hashed by several processes, each over its own connection and its own range."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from npm_cases.persistence.database import Database
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.rights import authorize
from npm_cases.services.log_roots import Hashed, hash_range


def in_processes(url: str, busy_seconds: float) -> Callable[[Sequence[tuple[int, int]]], Iterable[Hashed]]:
    """Return what hashes ranges of the log side by side: entries below a size never change, so each reads for itself."""

    def hash_all(ranges: Sequence[tuple[int, int]]) -> Iterable[Hashed]:
        spawning = multiprocessing.get_context("spawn")  # nothing of our connections is inherited
        with ProcessPoolExecutor(len(ranges), mp_context=spawning) as pool:
            yield from pool.map(_hash_one, [url] * len(ranges), [busy_seconds] * len(ranges), ranges)

    return hash_all


def _hash_one(url: str, busy_seconds: float, range_: tuple[int, int]) -> Hashed:
    database = Database(url, busy_seconds, authorize)
    try:
        with SqlReader(database) as reader:
            return hash_range(reader, *range_)
    finally:
        database.close()
