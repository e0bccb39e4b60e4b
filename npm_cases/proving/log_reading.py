"""The events of a bundle read once in log order: into the spool, into the tree, and looked through for rotations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from npm_cases.history.canonical import NotCanonical
from npm_cases.history.event import Event, EventType, read
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.tree import CompactRange
from npm_cases.proving.bundle_reading import INDEXES, Bundle, BundleWrong
from npm_cases.proving.key_history import Rotation, read_rotation, rotates_log_key
from npm_cases.proving.spool import Spool
from npm_cases.proving.verdict import Finding

_EVENTS = "events.jsonl"
_CHAIN = re.compile(rb'"case":"([^"\\]*)"')  # the first in canonical order: members before it are text
_RARE = re.compile(rb'"type":"(?:key_rotated|restored)"')
_INDEX = re.compile(rb"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Restore:
    """One declared restore: the entries from ``kept_size`` to ``lost_size`` were lost; ``lost_root`` is hex."""

    event: Event
    index: int
    kept_size: int
    lost_size: int
    lost_root: str


@dataclass
class ReadLog:
    """What one walk over the events gave. ``roots`` holds the root at each size that was asked for and reached.

    ``leaves`` are those of receipts (hex) that were found; in a bundle of one case there are no roots.
    """

    wanted: set[int]
    receipts: set[str]
    count: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    leaves: set[str] = field(default_factory=set)
    rotations: list[Rotation] = field(default_factory=list)
    restores: list[Restore] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def look_at(self, index: int, data: bytes, leaf: bytes) -> None:
        if self.receipts and leaf.hex() in self.receipts:
            self.leaves.add(leaf.hex())
        if not _RARE.search(data):
            return
        try:
            event = read(data)
        except (NotCanonical, TypeError):
            return  # the walk over its chain says what is wrong with it
        if rotates_log_key(event):
            self._rotation(event, index)
        elif event.type is EventType.RESTORED:
            self._restore(event, index)

    def _rotation(self, event: Event, index: int) -> None:
        rotation = read_rotation(event, index)
        if isinstance(rotation, str):
            self.findings.append(Finding(event.case, event.seq, index, rotation))
        else:
            self.rotations.append(rotation)

    def _restore(self, event: Event, index: int) -> None:
        facts = event.facts
        kept, lost, root = facts.get("kept_size"), facts.get("lost_size"), facts.get("lost_root")
        if type(kept) is not int or type(lost) is not int or not isinstance(root, str) or not kept <= min(lost, index):
            what = "the restore it declares cannot be: its sizes or its root are missing or do not fit its place"
            self.findings.append(Finding(event.case, event.seq, index, what))
            return
        self.restores.append(Restore(event, index, kept, lost, root))


def read_log(bundle: Bundle, spool: Spool, wanted: set[int], receipts: set[str]) -> ReadLog:
    """Read every event into the spool, with the roots at the sizes wanted.

    Raises BundleWrong. Memory does not grow with the log.
    """
    log = ReadLog(wanted, receipts)
    spool.add_events(_of_a_case(bundle, log) if bundle.manifest.is_case else _of_the_log(bundle, log))
    return log


def _of_the_log(bundle: Bundle, log: ReadLog) -> Iterator[tuple[int, str, bytes]]:
    tree = CompactRange()
    if 0 in log.wanted:
        log.roots[0] = tree.root()
    for _, data in bundle.lines(_EVENTS):
        leaf = leaf_hash(data)
        log.look_at(log.count, data, leaf)
        yield log.count, chain_named(data), data
        tree.append(leaf)
        log.count += 1
        if log.count in log.wanted:
            log.roots[log.count] = tree.root()


def _of_a_case(bundle: Bundle, log: ReadLog) -> Iterator[tuple[int, str, bytes]]:
    indexes, last = bundle.lines(INDEXES), -1
    for number, data in bundle.lines(_EVENTS):
        _, text = next(indexes, (0, b""))
        if not _INDEX.fullmatch(text):
            raise BundleWrong(f"{INDEXES} line {number}: no index of an entry stands there")
        index = int(text)
        if index <= last:
            raise BundleWrong(f"{INDEXES} line {number}: {index} does not come after {last}")
        last = index
        log.look_at(index, data, leaf_hash(data))
        log.count += 1
        yield index, chain_named(data), data
    if next(indexes, None) is not None:
        raise BundleWrong(f"{INDEXES}: more lines than {_EVENTS} has")


def chain_named(data: bytes) -> str:
    """Name the chain an event says it belongs to, without reading it whole; empty when it names none.

    Whether it says so in good form is seen when the chain is walked.
    """
    found = _CHAIN.search(data)
    return found[1].decode(errors="replace") if found else ""
