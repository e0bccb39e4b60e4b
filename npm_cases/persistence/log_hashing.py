"""The log hashed by several processes, each over its own connection and its own range.

Entries below a size never change, so each process reads for itself. A child is this module run as a program: it is given SQL
ready to run and loads the driver alone, because what else the programme imports would cost it more time than its share of
the work (docs/performance.md). Jobs and answers are JSON over pipes.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from npm_cases.services.log_roots import Hashed, hash_range

if TYPE_CHECKING:
    from npm_cases.persistence.database import Database

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Job:
    """What one child needs: where the database is, the query of its range, and the one for a row that must be looked up."""

    is_sqlite: bool
    address: str
    start: int
    end: int
    query: str
    values: Any
    look_up: str
    index_name: str


def in_processes(database: "Database") -> Callable[[Sequence[tuple[int, int]]], Iterable[Hashed]]:
    """Return what hashes ranges of the log side by side.

    Raises RuntimeError when a child cannot read its range.
    """

    def hash_all(ranges: Sequence[tuple[int, int]]) -> Iterator[Hashed]:
        children = [_started(_job(database, start, end)) for start, end in ranges]
        yield from map(_answered, children)

    return hash_all


def _started(job: Job) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "npm_cases.persistence.log_hashing"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own module
    if child.stdin is not None:
        child.stdin.write(json.dumps(asdict(job)).encode())  # not as an argument: an address may hold a password
        child.stdin.close()
    return child


def _answered(child: subprocess.Popen[bytes]) -> Hashed:
    with child:
        said = child.stdout.read() if child.stdout else b""
    if child.returncode:
        raise RuntimeError("a process that hashes the log ended early; what it said stands above")
    answer = json.loads(said)
    rest = [bytes.fromhex(leaf) for leaf in answer["rest"]]
    wrong = [(index, what) for index, what in answer["wrong"]]
    return Hashed(answer["start"], answer["size"], bytearray.fromhex(answer["blocks"]), rest, wrong)


def _job(database: "Database", start: int, end: int) -> Job:
    from npm_cases.persistence.reading import log_pages, one_in_log

    pages = database.prepared(log_pages(is_sqlite=database.is_sqlite))
    look_up = database.prepared(one_in_log)
    url = database.engine.url
    address = str(url.database) if database.is_sqlite else url.set(drivername="postgresql").render_as_string(False)
    values = pages.arrange({"b_start": start, "b_end": end})
    return Job(database.is_sqlite, address, start, end, pages.sql, values, look_up.sql, "b_start")


def _hash_one(job: Job) -> Hashed:
    link = _linked(job)
    try:
        return hash_range(_RawPages(job, link), job.start, job.end)
    finally:
        link.close()


def _linked(job: Job) -> Any:
    if job.is_sqlite:
        import sqlite3

        return sqlite3.connect(f"file:{job.address}?mode=ro", uri=True)
    import psycopg

    link = psycopg.connect(job.address)
    link.isolation_level, link.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    return link


class _RawPages:
    """The log in order over the driver's own connection: what hash_range asks of a reader, and nothing else."""

    def __init__(self, job: Job, link: Any) -> None:
        self._job = job
        self._link = link

    def pages(self, _: int = 0, __: int = 0) -> Iterator[list[tuple[int, bytes, bytes]]]:
        cursor = self._link.cursor() if self._job.is_sqlite else self._link.cursor(name="log", binary=True)
        cursor.execute(self._job.query, self._job.values)
        while page := cursor.fetchmany(PAGE):
            yield [row[:3] if row[3] else (row[0], row[1], self._looked_up(row[0])) for row in page]

    def _looked_up(self, index: int) -> bytes:
        values = (index,) if self._job.is_sqlite else {self._job.index_name: index}
        row = self._link.cursor().execute(self._job.look_up, values).fetchone()
        return bytes(row[0]) if row else b""


def main() -> None:
    """Hash the range of the job on standard input."""
    done = _hash_one(Job(**json.load(sys.stdin)))
    answer = {
        "start": done.start, "size": done.size, "blocks": done.blocks.hex(), "rest": [leaf.hex() for leaf in done.rest],
        "wrong": done.wrong,
    }  # fmt: skip
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
