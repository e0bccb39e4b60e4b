"""The log as a Merkle tree: nodes from a height on are stored, so that a proof reads few rows and no event.

A stored node covers 64 entries or more; what lies below is made from the entries themselves. Growing by one entry
costs O(log n) at most, and one row in 64 entries on the average (docs/performance.md).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, insert, select

from npm_cases.history.tree import node_hash, peaks
from npm_cases.persistence import statements as sql
from npm_cases.persistence.database import Database, Transaction
from npm_cases.persistence.one_state import OneState
from npm_cases.persistence.schema import checkpoints, cosignatures, log_entries, tree_nodes
from npm_cases.services.log import BLOCK, LEVEL, NO_BOUND, StoredCheckpoint
from npm_cases.services.log_roots import folded

BLOCKS_AT_ONCE = 1_000
MOST_LEVELS = 62


_SIZE = select(func.coalesce(func.max(log_entries.c.idx), -1) + 1)
_LEAVES = (
    select(log_entries.c.leaf)
    .where(log_entries.c.idx >= sql.number("start"), log_entries.c.idx < sql.number("end"))
    .order_by(log_entries.c.idx)
)
_NODE = select(tree_nodes.c.hash).where(
    tree_nodes.c.level == sql.number("level"), tree_nodes.c.idx == sql.number("idx")
)
_BLOCKS_STORED = select(func.coalesce(func.max(tree_nodes.c.idx), -1) + 1).where(tree_nodes.c.level == LEVEL)
_ENTRY = select(log_entries.c.idx, log_entries.c.leaf).where(
    log_entries.c.chain == sql.b("chain"), log_entries.c.seq == sql.number("seq")
)
_NAMED = select(log_entries.c.chain, log_entries.c.seq).where(log_entries.c.idx == sql.number("idx"))
_BLOCKS = select(tree_nodes.c.hash).where(tree_nodes.c.level == LEVEL).order_by(tree_nodes.c.idx)
_LEFT, _RIGHT, _UP = (tree_nodes.alias(name) for name in ("node_left", "node_right", "node_above"))
_PAIRS = (
    select(_UP.c.hash, _LEFT.c.hash, _RIGHT.c.hash, _LEFT.c.level, _LEFT.c.idx)
    .select_from(_LEFT)
    .join(_RIGHT, and_(_RIGHT.c.level == _LEFT.c.level, _RIGHT.c.idx == _LEFT.c.idx + 1))
    .outerjoin(_UP, and_(_UP.c.level == _LEFT.c.level + 1, _UP.c.idx == _LEFT.c.idx // 2))
    .where(_LEFT.c.idx % 2 == 0)
    .order_by(_LEFT.c.level, _LEFT.c.idx)
)
_STRAY = (
    select(_UP.c.level, _UP.c.idx)
    .select_from(_UP)
    .outerjoin(_RIGHT, and_(_RIGHT.c.level == _UP.c.level - 1, _RIGHT.c.idx == _UP.c.idx * 2 + 1))
    .where(_UP.c.level != LEVEL, _RIGHT.c.idx.is_(None))
)
_GAPS = (
    select(tree_nodes.c.level)
    .group_by(tree_nodes.c.level)
    .having(func.count() != func.max(tree_nodes.c.idx) + 1)
    .order_by(tree_nodes.c.level)
)
_ADD_NODE = insert(tree_nodes)
_CHECKPOINTS = select(checkpoints).order_by(checkpoints.c.number)
_LAST_CHECKPOINT = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
_NEWEST = select(checkpoints).where(checkpoints.c.number < sql.number("number")).order_by(checkpoints.c.number.desc())
_LINES = (
    select(cosignatures.c.line)
    .where(cosignatures.c.checkpoint == sql.number("number"))
    .order_by(cosignatures.c.at, cosignatures.c.witness)
)


def grow(database: Database) -> int:
    """Store the nodes of all entries the log has, and return how many entries the stored nodes cover.

    One program at a time does it; raises TryAgain when another does not finish in time.
    """
    while True:
        with database.begin() as tx:
            if not database.is_sqlite:
                tx.one(sql.LOCK_LOG)
            stored, size = int(tx.one(_BLOCKS_STORED)[0]), int(tx.one(_SIZE)[0])
            blocks = min(size // BLOCK - stored, BLOCKS_AT_ONCE)
            if blocks <= 0:
                return stored * BLOCK
            tx.many(_ADD_NODE, list(_new_nodes(tx, stored, blocks)))
            tx.commit()


def _new_nodes(tx: Transaction, stored: int, blocks: int) -> Iterator[dict[str, Any]]:
    """Yield the nodes that new blocks complete, lower ones first; those still waiting for a sibling are read once."""
    waiting = {
        level: bytes(tx.one(_NODE, {"b_level": level, "b_idx": index})[0]) for level, index in peaks(stored * BLOCK)
    }
    leaves = tx.stream(_LEAVES, {"b_start": stored * BLOCK, "b_end": (stored + blocks) * BLOCK})
    row: list[bytes] = []
    index = stored
    for (leaf,) in leaves:
        row.append(bytes(leaf))
        if len(row) < BLOCK:
            continue
        made = folded(row)
        row.clear()
        yield from _completed(waiting, index, made)
        index += 1


def _completed(waiting: dict[int, bytes], index: int, made: bytes) -> Iterator[dict[str, Any]]:
    level = LEVEL
    yield {"level": level, "idx": index, "hash": made}
    while index % 2:
        made = node_hash(waiting.pop(level), made)
        level, index = level + 1, index // 2
        yield {"level": level, "idx": index, "hash": made}
    waiting[level] = made


def _first(level: int, index: int) -> int:
    """Return the first entry a node covers; 0 for one that no log could have."""
    first = index << level if 0 <= level < MOST_LEVELS else 0
    return first if 0 <= first < 1 << MOST_LEVELS else 0


class SqlLog(OneState):
    """Reads the log throughout as it was when the block was entered, or as a reader that lends its state sees it."""

    def __init__(self, database: Database, lent: Transaction | None = None) -> None:
        super().__init__(database, lent=lent)
        self._rows: dict[int, list[bytes]] = {}

    def size(self) -> int:
        """Return how many entries the log has."""
        return int(self.tx.one(_SIZE)[0])

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the perfect subtree over 2**level entries from index * 2**level on.

        A node that is not stored yet is made from what lies below it.
        """
        if level < LEVEL:
            start = index << level
            block = self._block(start // BLOCK)
            within = start % BLOCK
            return folded(block[within : within + (1 << level)])
        row = self.tx.one(_NODE, {"b_level": level, "b_idx": index})
        if row is not None:
            return bytes(row[0])
        if level == LEVEL:
            return folded(self._block(index))
        return node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))

    def blocks(self) -> Iterator[bytes]:
        """Yield the stored lowest nodes in order."""
        return (bytes(hash_) for (hash_,) in self.tx.stream(_BLOCKS))

    def wrong_nodes(self) -> Iterator[tuple[int, str]]:
        """Yield the stored nodes that do not follow from the two below them: the first entry they cover, and what is wrong."""
        for above, left, right, level, index in self.tx.stream(_PAIRS):
            if above is None or bytes(above) != node_hash(bytes(left), bytes(right)):
                yield (
                    _first(level, index),
                    f"the stored node of level {level + 1} over entry {_first(level, index)} is missing or another",
                )
        for level, index in self.tx.stream(_STRAY):
            yield (
                _first(level, index),
                f"the stored node of level {level} over entry {_first(level, index)} stands over nothing",
            )
        for (level,) in self.tx.stream(_GAPS):
            yield 0, f"the stored nodes of level {level} do not stand one beside another"

    def _block(self, number: int) -> list[bytes]:
        if number not in self._rows:
            found = self.tx.tuples(_LEAVES, {"b_start": number * BLOCK, "b_end": (number + 1) * BLOCK})
            self._rows = {number: [bytes(leaf) for (leaf,) in found]}
        return self._rows[number]

    def entry(self, chain: str, seq: int) -> tuple[int, bytes] | None:
        """Return index and leaf of one event, None where the log has no such entry."""
        row = self.tx.one(_ENTRY, {"b_chain": chain, "b_seq": seq})
        return (int(row[0]), bytes(row[1])) if row else None

    def named(self, index: int) -> tuple[str, int]:
        """Return chain and seq of the event an entry names; nothing (empty, 0) where there is no such entry."""
        row = self.tx.one(_NAMED, {"b_idx": index})
        return (str(row[0]), int(row[1])) if row else ("", 0)

    def last_checkpoint(self) -> StoredCheckpoint | None:
        """Return the newest checkpoint with its cosignatures, None where nothing was signed yet."""
        return self._made(self.tx.one(_LAST_CHECKPOINT))

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """Yield every checkpoint, smallest first."""
        for row in self.tx.stream(_CHECKPOINTS):
            found = self._made(row)
            if found is not None:
                yield found

    def newest(self, before: int = NO_BOUND) -> Iterator[StoredCheckpoint]:
        """Yield the checkpoints numbered below a bound, newest first."""
        for row in self.tx.stream(_NEWEST, {"b_number": before}):
            found = self._made(row)
            if found is not None:
                yield found

    def _made(self, row: Any) -> StoredCheckpoint | None:
        if row is None:
            return None
        number, size, root, note, at = row
        lines = tuple(line for (line,) in self.tx.tuples(_LINES, {"b_number": number}))
        return StoredCheckpoint(number, size, bytes(root), note, at, lines)
