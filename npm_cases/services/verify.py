"""Verify the whole history against itself: bytes, links, order, replay, and every table the events led to.

Without a checkpoint kept outside this proves that the database agrees with itself, and with the checkpoints it keeps. A
database rolled back as a whole agrees with itself too; only what somebody outside holds shows that (AUDIT section 1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter

from npm_cases.domain.instants import as_text, from_text
from npm_cases.history.canonical import NotCanonical
from npm_cases.history.event import OFFICE, READS, Event, read
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.replay_rules import undone
from npm_cases.proving.trust import Trust
from npm_cases.proving.verdict import Finding
from npm_cases.services.ports import Office
from npm_cases.services.reading import ChainRows, Reader, StoredEvent
from npm_cases.services.replay import Replay
from npm_cases.services.replay_registers import Registers
from npm_cases.services.replayed import found_at
from npm_cases.services.verify_beside import is_committed
from npm_cases.services.verify_dates import Recount
from npm_cases.services.verify_documents import DocumentCheck
from npm_cases.services.verify_keys import KeyCheck
from npm_cases.services.verify_log import Hashing, LogVerdict, verify_log
from npm_cases.services.verify_notices import NoticeCheck
from npm_cases.services.verify_registers import Numbering, answers_differ, registers_differ, uncommitted
from npm_cases.services.verify_rows import Checks, differences

SEQUENCED_WITHIN = timedelta(minutes=1)
NOTHING_KEPT, BY_ITSELF = Trust(), Hashing()
_COPIES = ("machine", "event", "at", "actor", "role")


@dataclass(frozen=True, slots=True)
class Verification:
    """How many events were read, what does not hold, the level reached, and how many entries of the log it covers.

    ``notes`` say what could not be checked, and why the level is no higher.
    """

    events: int
    findings: tuple[Finding, ...]
    level: int = 0
    covers: int = 0
    notes: tuple[str, ...] = ()


def verify(
    office: Office, reader: Reader, at: str, trust: Trust = NOTHING_KEPT, hashing: Hashing = BY_ITSELF
) -> Verification:
    """Verify every chain, the tables it led to, and the log; the first wrong event of a chain is named, then the next.

    ``at`` is the present instant (UTC text): where indices are given later, an event may be a minute without one.
    ``trust`` is what an auditor brings. Memory holds one chain. Nothing is raised for a broken history: it is what the
    findings are for.
    """
    late = as_text(from_text(at) - SEQUENCED_WITHIN)
    checks = Checks(office.pack, Recount(office), NoticeCheck(office))
    checked = Checked(office, reader, checks, late, KeyCheck(office, late))
    for chain, events, rows in side_by_side(reader):
        checked.chain(chain, events, rows)
    checked.findings += checked.keys.rest()
    checked.findings += checked.keys.names()
    checked.beside_the_chains()
    log = verify_log(office, reader, trust, hashing)
    checked.log(log)
    notes = (*checked.keys.notes, *checked.documents.notes, *checked.notes(), *log.notes)
    return Verification(checked.events, tuple(checked.findings), log.level, log.covers, notes)


def side_by_side(reader: Reader) -> Iterator[tuple[str, Iterable[StoredEvent], ChainRows]]:
    """Join the events and the tables by chain, keeping those that have only one of them."""
    groups, tables = groupby(reader.events(), key=attrgetter("chain")), reader.chains()
    group, rows = next(groups, None), next(tables, None)
    while group is not None or rows is not None:
        if group is not None and (rows is None or group[0] < rows.chain):
            yield group[0], group[1], ChainRows(group[0])
            group = next(groups, None)
        elif rows is not None and (group is None or rows.chain < group[0]):
            yield rows.chain, (), rows
            rows = next(tables, None)
        elif group is not None and rows is not None:
            yield group[0], group[1], rows
            group, rows = next(groups, None), next(tables, None)


@dataclass(slots=True)
class _Link:
    """What the next event of a chain must follow."""

    seq: int = 0
    leaf: bytes = b""
    at: str = ""
    index: int = -1


@dataclass
class Checked:
    """A verification under way: chains are taken one by one, what belongs to none of them last.

    ``registers`` are those of the office's chain, None once that chain does not hold; ``uncommitted`` counts cases from
    before their titles were committed to.
    """

    office: Office
    reader: Reader
    checks: Checks
    late_if_before: str
    keys: KeyCheck
    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    registers: Registers | None = field(default_factory=Registers)
    numbering: Numbering = field(default_factory=Numbering)
    uncommitted: int = 0
    documents: DocumentCheck = field(init=False)

    def __post_init__(self) -> None:
        self.documents = DocumentCheck(self.office)

    def chain(self, chain: str, events: Iterable[StoredEvent], rows: ChainRows) -> None:
        """Check one chain event by event, then its rows; after a wrong event nothing more can be said of it."""
        replay, link, is_broken = Replay(chain), _Link(), False
        for stored in events:
            self.events += 1
            if is_broken:
                continue
            event, wrong = self._event(stored, link)
            wrong = wrong or (self._taken(event, stored.index, replay) if event else "")
            if wrong:
                is_broken = True
                seq = min(stored.seq, link.seq + 1)
                index = stored.index if seq == stored.seq else None
                self.findings.append(Finding(chain, seq, index, wrong))
            else:
                link.seq, link.leaf, link.at = stored.seq, stored.leaf, stored.at
                link.index = link.index if stored.index is None else stored.index
        self._numbered(replay, is_broken=is_broken)
        if is_broken:
            return
        if not link.seq:
            self.findings.append(Finding(chain, 0, None, f"the tables name {chain}, which has no history"))
            return
        self._belongs(chain, rows, replay)
        if left_undone := undone(replay.confirmed):
            self.findings.append(Finding(chain, link.seq, link.index, left_undone))
        for wrong_row in differences(replay, rows, link.leaf, self.checks):
            self.findings.append(found_at(chain, wrong_row.mark, wrong_row.what))
        self.findings += self.keys.take(replay)
        self.findings += self.documents.take(replay)

    def _taken(self, event: Event, index: int | None, replay: Replay) -> str:
        wrong = replay.take(event, index)
        if event.case == OFFICE and self.registers is not None and not wrong:
            wrong = self.registers.take(event, replay.mark)
        return wrong

    def _numbered(self, replay: Replay, *, is_broken: bool) -> None:
        """Count what a chain adds to numbers and registers; one that does not hold leaves them unsure."""
        if replay.born:
            self.numbering.take(str(replay.born.get("number", "")))
            self.uncommitted += not is_committed(replay)
        elif is_broken and replay.chain == OFFICE:
            self.registers = None
        elif is_broken and not replay.chain.startswith(READS):
            self.numbering.is_unsure = True

    def beside_the_chains(self) -> None:
        """Check what belongs to no chain, once all of them were taken: registers, numbers, answers, rows of nothing."""
        if self.registers is not None:
            self.findings += registers_differ(self.office, self.registers, self.reader)
        self.findings += answers_differ(self.reader)
        self.findings += [Finding("", 0, None, what) for what in self.numbering.wrong(self.reader)]
        self.findings += [Finding(orphan.chain, orphan.seq, None, orphan.what) for orphan in self.reader.orphans()]

    def notes(self) -> list[str]:
        """Say which rows no commitment vouches for: they were entered before histories committed to them."""
        counts = {"cases": self.uncommitted} if self.uncommitted else {}
        counts |= uncommitted(self.registers) if self.registers is not None else {}
        return [
            f"{count} rows of {table} are from before the history committed to them: names there were not checked"
            for table, count in counts.items()
        ]

    def _event(self, stored: StoredEvent, link: _Link) -> tuple[Event | None, str]:
        """Read one event back and say what is wrong with its bytes, its link, its copies, its text or its index."""
        if stored.seq != link.seq + 1:
            missing = f"event {link.seq + 1} is missing: after {link.seq} comes {stored.seq}"
            return None, missing if stored.seq > link.seq else f"event {stored.seq} stands twice"
        if leaf_hash(stored.data) != stored.leaf:
            return None, "its bytes do not hash to its leaf"
        try:
            event = read(stored.data)
        except (NotCanonical, TypeError) as wrong:
            return None, f"its bytes are no event: {wrong}"
        checks = (_identity, _copies, _sealed)
        found = next((what for check in checks if (what := check(stored, event))), "")
        return event, found or self._order(stored, event, link)

    def _order(self, stored: StoredEvent, event: Event, link: _Link) -> str:
        if event.log != self.office.origin:
            return f"it belongs to the log {event.log}"
        if event.prev != link.leaf.hex():
            return "it does not follow the event before it: prev is another leaf"
        if event.at < link.at:
            return f"it is of {event.at}, before the event ahead of it, of {link.at}"
        if stored.index is None:
            waits = not self.reader.sequenced_at_once and event.at >= self.late_if_before
            return "" if waits else "it has no entry in the log"
        if stored.entry_leaf != stored.leaf:
            return "its entry in the log names another leaf"
        return "" if stored.index > link.index else f"its entry {stored.index} stands before the entry ahead of it"

    def _belongs(self, chain: str, rows: ChainRows, replay: Replay) -> None:
        """Find chains that are neither a case's, nor the office's, nor the reads of a case there is."""
        if chain == OFFICE or (replay.born and rows.case is not None):
            return
        if chain.startswith(READS) and self.reader.find(chain.removeprefix(READS)) is not None:
            return
        self.findings.append(Finding(chain, 1, None, "there is no case this history belongs to"))

    def log(self, log: LogVerdict) -> None:
        """Name the events at which the log does not hold, but none of a chain that is known to be broken."""
        named = {finding.case for finding in self.findings}
        for index, what in log.wrong:
            chain, seq = ("", 0) if index is None else self.reader.tree().named(index)
            if chain not in named or not chain:
                self.findings.append(Finding(chain, seq, index, what))


def _identity(stored: StoredEvent, event: Event) -> str:
    if (event.case, event.seq) != (stored.chain, stored.seq):
        return f"its bytes are event {event.seq} of {event.case}"
    return ""


def _copies(stored: StoredEvent, event: Event) -> str:
    if stored.type != event.type.value:
        return f"its type for searching is {stored.type!r}, its bytes say {event.type.value!r}"
    if stored.prev.hex() != event.prev:
        return "its prev for searching is not the one in its bytes"
    for name in _COPIES:
        if getattr(stored, name) != getattr(event, name):
            return f"its {name} for searching is {getattr(stored, name)!r}, its bytes say {getattr(event, name)!r}"
    return ""


def _sealed(stored: StoredEvent, event: Event) -> str:
    if not event.body_ct:
        return "a sealed text lies beside it, to which it does not commit" if stored.sealed is not None else ""
    if stored.sealed is None:
        return "its sealed text is missing"
    return "" if sha256(stored.sealed).hexdigest() == event.body_ct else "its sealed text is not the one it commits to"
