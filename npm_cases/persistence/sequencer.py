"""The global order of the log: one program at a time gives every event without an entry its place (AUDIT section 1).

On SQLite the place is given in the transaction of the act, so there is nothing left to do here. On PostgreSQL this runs
every few seconds and before every checkpoint.
"""

from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database, Transaction

BATCH = 5_000
PLACES_BACK = 10_000  # an event is hardly committed later than so many others that were made after it


def sequence(database: Database) -> int:
    """Give a place in the log to every committed event that has none, and return how many there were.

    Looks for events without an entry, never for those after the last one seen: an event committed late is found in the
    next round (AUDIT T5). Ordered by instant, then chain, then seq; a history never runs backwards, so the order inside
    a chain is always kept. Raises TryAgain when another program is sequencing and does not finish in time.
    """
    total = 0
    while (expected := _waiting(database)) and (placed := _one_batch(database, expected)):
        total += placed
    return total


def _waiting(database: Database) -> int:
    """Compare the heads with the log in one state: a cheap look that takes no lock when there is nothing to do."""
    with database.reading() as tx:
        events, places = tx.one(sql.LOG_STATE)
    return int(events) - int(places)


def _one_batch(database: Database, expected: int) -> int:
    with database.begin() as tx:
        if not database.is_sqlite:
            tx.one(sql.LOCK_LOG)
        placed = place(tx, expected)
        if placed:
            tx.commit()
        return placed


def place(tx: Transaction, expected: int = 0) -> int:
    """Give a place to some events without one, in a transaction that nobody else sequences beside; returns how many.

    ``expected`` says how many there were a moment ago: a few are looked for in what was written to of late, before everywhere.
    """
    is_few = 0 < expected <= BATCH and not tx.database.is_sqlite
    waiting = (_newest(tx) if is_few else []) or tx.tuples(sql.UNSEQUENCED, {"b_limit": BATCH})
    if not waiting:
        return 0
    index = int(tx.one(sql.LAST_INDEX)[0])
    entries = [
        {"idx": index + n, "chain": chain, "seq": seq, "leaf": bytes(leaf)}
        for n, (chain, seq, leaf) in enumerate(waiting, start=1)
    ]
    tx.many(sql.ADD_LOG_ENTRY, entries)
    return len(entries)


def _newest(tx: Transaction) -> list[tuple[str, int, bytes]]:
    """Return the events without a place in what was written to of late, if no other event is without one in the same state.

    Whatever was committed later than that is seen by the count, and nothing is returned.
    """
    found = tx.tuples(sql.UNSEQUENCED_LATELY, {"b_back": PLACES_BACK})
    is_all = bool(found) and int(found[0][3]) == len(found) <= BATCH
    return [(chain, seq, leaf) for chain, seq, leaf, _ in found] if is_all else []
