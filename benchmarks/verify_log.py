"""Goals P7 and P13: the log verified against pure SHA-256, by one process and by two, and a proof for one event.

    python benchmarks/verify_log.py [--events 1000000] [--embedded]

One million events take about 3 GB on disk and five minutes to make. Fetching every event, hashing it, holding it
against its entry, and building the tree is what is measured; the pure hash runs over the same bytes in memory. The
replay of every chain (``audit verify`` does both) is told for comparison. With --embedded the rows lie on the embedded
PostgreSQL of the extra [pgtest]. Exits with 0 whether a goal is reached or not.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from itertools import islice
from pathlib import Path

from build import SWEPT_AT, an_installation, opened
from measured import clocked, machine, told

from npm_cases.bootstrap import App
from npm_cases.history.hashing import LEAF
from npm_cases.history.tree import check_inclusion, inclusion_proof
from npm_cases.persistence.log_hashing import in_processes
from npm_cases.persistence.log_tree import grow
from npm_cases.services.log_roots import LogRoots, hash_log
from npm_cases.services.verify import verify

ROUNDS = 3
SAMPLE = 200_000
PROOFS = 200
EVENTS_A_CASE = 3
OF_PURE = {True: 0.25, False: 0.18}
"""The goal on SQLite, and on PostgreSQL."""


def main() -> int:
    """Print every figure with its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--embedded", action="store_true", help="on PostgreSQL")
    parser.add_argument("--replay", action="store_true", help="also replay every chain (slow)")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        cases = options.events // EVENTS_A_CASE
        an_installation(folder / "made", cases, cases // 2)
        if not options.embedded:
            measured(opened(folder / "made"), with_replay=options.replay)
            return 0
        from on_server import embedded

        with embedded(folder) as server:
            server.take_in("made", folder / "made")
            print("PostgreSQL")
            measured(server.opened("made", folder / "made"), with_replay=options.replay)
    return 0


def measured(app: App, *, with_replay: bool) -> None:
    """Measure an open installation and close it."""
    measure(app)
    if with_replay:
        replay(app)
    app.close()


def measure(app: App) -> None:
    """Measure growing, hashing and proving."""
    seconds = clocked(lambda: grow(app.database))
    with app.log() as log:
        size = log.size()
    print(f"growing the stored tree over {size} entries: {seconds:.2f} s, {size / seconds:,.0f} entries/s")
    pure, one, two = [], [], []
    sample = _bytes(app)
    for _ in range(ROUNDS):
        pure.append(len(sample) / clocked(lambda: [sha256(LEAF + data).digest() for data in sample]))
        one.append(size / _hashed(lambda: _whole(app, 1)))
        two.append(size / _hashed(lambda: _whole(app, 2)))
    rates = [statistics.median(rate) for rate in (pure, one, two)]
    print("pure SHA-256 {:,.0f}/s, one process {:,.0f}/s, two processes {:,.0f}/s".format(*rates))
    goal = OF_PURE[app.database.is_sqlite]
    told("P7", f"verification of {size} events to pure SHA-256", rates[1] / rates[0], at_least=goal)
    told("P7", "two processes to one", rates[2] / rates[1], at_least=1.6)
    prove(app, size)


def _hashed(work: Callable[[], LogRoots]) -> float:
    began = time.perf_counter()
    found = work()
    if found.wrong:
        raise SystemExit(f"the log does not verify: {found.wrong[:3]}")
    return time.perf_counter() - began


def _whole(app: App, parts: int) -> LogRoots:
    with app.reader as reader:
        return hash_log(reader, (), parts=parts, ranges=in_processes(app.database))


def _bytes(app: App) -> list[bytes]:
    with app.reader as reader:
        return [data for page in islice(reader.pages(), SAMPLE // 2_000) for _, _, data in page]


def prove(app: App, size: int) -> None:
    """Make and check proofs of events all over the log."""
    indexes = [size * n // PROOFS for n in range(PROOFS)]
    slowest = []
    with app.reader as reader:
        leaves = {index: next(reader.pages(index, index + 1))[0][1] for index in indexes}
    for index in indexes:
        began = time.perf_counter()
        with app.log() as log:
            root_size = log.size()
            proof = inclusion_proof(log.node, index, root_size)
            root = _root(app, root_size)
        slowest.append((time.perf_counter() - began) * 1_000)
        check_inclusion(bytes(leaves[index]), index, root_size, proof, root)
    told("P13", f"milliseconds for a proof among {size} events, slowest of {PROOFS}", max(slowest), at_most=50)


def _root(app: App, size: int) -> bytes:
    from npm_cases.history.tree import root_of

    with app.log() as log:
        return root_of(log.node, size)


def replay(app: App) -> None:
    """Tell how fast the whole verification is, replay of the machines and recount of the due dates included."""
    began = time.perf_counter()
    with app.reader as reader:
        found = verify(app.office, reader, SWEPT_AT)
    rate = found.events / (time.perf_counter() - began)
    print(f"whole verification with replay and due dates: {rate:,.0f} events/s, {len(found.findings)} findings")


if __name__ == "__main__":
    raise SystemExit(main())
