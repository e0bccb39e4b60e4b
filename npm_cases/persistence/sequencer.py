"""The global order of the log: one program at a time gives every event without an entry its place (AUDIT section 1).

On SQLite the place is given in the transaction of the act, so there is nothing left to do here. On PostgreSQL this runs
every few seconds and before every checkpoint.
"""

from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database, Transaction

BATCH = 5_000


def sequence(database: Database) -> int:
    """Give a place in the log to every committed event that has none, and return how many there were.

    Looks for events without an entry, never for those after the last one seen: an event committed late is found in the
    next round (AUDIT T5). Ordered by instant, then chain, then seq; a history never runs backwards, so the order inside
    a chain is always kept. Raises TryAgain when another program is sequencing and does not finish in time.
    """
    if _is_complete(database):
        return 0
    total = 0
    while placed := _one_batch(database):
        total += placed
    return total


def _is_complete(database: Database) -> bool:
    """Compare the heads with the log in one state: a cheap look that takes no lock when there is nothing to do."""
    with database.reading() as tx:
        events, places = tx.one(sql.LOG_STATE)
    return int(events) == int(places)


def _one_batch(database: Database) -> int:
    with database.begin() as tx:
        if not database.is_sqlite:
            tx.one(sql.LOCK_LOG)
        placed = place(tx)
        if placed:
            tx.commit()
        return placed


def place(tx: Transaction) -> int:
    """Give a place to some events without one, in a transaction that nobody else sequences beside; returns how many."""
    waiting = tx.tuples(sql.UNSEQUENCED, {"b_limit": BATCH})
    if not waiting:
        return 0
    index = int(tx.one(sql.LAST_INDEX)[0])
    entries = [
        {"idx": index + n, "chain": chain, "seq": seq, "leaf": bytes(leaf)}
        for n, (chain, seq, leaf) in enumerate(waiting, start=1)
    ]
    tx.many(sql.ADD_LOG_ENTRY, entries)
    return len(entries)
