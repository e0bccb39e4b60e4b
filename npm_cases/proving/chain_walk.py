"""Each chain of a bundle walked once: its links, its replay, and all the bundle says of it beside its events."""

import json
from base64 import b64decode
from binascii import Error as NotBase64Text
from collections.abc import Callable, Iterator
from hashlib import sha256

from npm_cases.history.chain_check import ChainCheck
from npm_cases.history.event import OFFICE, READS, Event
from npm_cases.history.hashing import plaintext_commitment
from npm_cases.history.machine_replay import Machines, Replay, TablesWrong
from npm_cases.history.replay_rules import undone
from npm_cases.proving.bundle_reading import SEALED, TEXTS, Bundle, BundleWrong, Manifest
from npm_cases.proving.due_dates import DueDates
from npm_cases.proving.spool import Spool
from npm_cases.proving.verdict import Finding
from npm_cases.proving.witnessed_times import TimeBounds

_STATES = {"case": str, "seq": int, "leaf": str}
_DERIVATIONS = {"case": str, "obligation": str, "rule": str, "rule_version": str, "derivation": list}
_DOCUMENTS = {"case": str, "document": str, "size": int}
_SEALED = {"case": str, "seq": int, "ciphertext": str}
_TEXTS = {"case": str, "seq": int, "blinded": str}


def spool_beside(bundle: Bundle, spool: Spool) -> None:
    """Read what stands beside the events into the spool. Raises BundleWrong.

    Of texts only their commitments are kept.
    """
    rows = bundle.rows
    spool.add("states", ((row["case"], "", json.dumps(row)) for _, row in rows("states.jsonl", _STATES)))
    spool.add(
        "derivations",
        ((row["case"], row["obligation"], json.dumps(row)) for _, row in rows("derivations.jsonl", _DERIVATIONS)),
    )
    spool.add("documents", ((row["case"], row["document"], "") for _, row in rows("documents.jsonl", _DOCUMENTS)))
    if bundle.manifest.text == "sealed":
        spool.add("texts", _commitments(bundle, SEALED, "ciphertext", lambda data: sha256(data).hexdigest()))
    elif bundle.manifest.text == "open":
        spool.add("texts", _commitments(bundle, TEXTS, "blinded", plaintext_commitment))


def _commitments(
    bundle: Bundle, member: str, name: str, commitment: Callable[[bytes], str]
) -> Iterator[tuple[str, str, str]]:
    for number, row in bundle.rows(member, _SEALED if member == SEALED else _TEXTS):
        try:
            yield row["case"], str(row["seq"]), commitment(b64decode(row[name], validate=True))
        except (NotBase64Text, ValueError) as wrong:
            raise BundleWrong(f"{member} line {number}: its member {name} is not base64") from wrong


def read_machines(bundle: Bundle) -> Machines:
    """Read the transition tables. Raises BundleWrong."""
    try:
        return Machines(bundle.whole("tables.json"))
    except TablesWrong as wrong:
        raise BundleWrong(f"tables.json: {wrong}") from wrong


class ChainWalk:
    """Walks chain by chain; memory holds one. ``notes`` gathers what an auditor should know besides."""

    def __init__(
        self, manifest: Manifest, spool: Spool, machines: Machines, dates: DueDates, bounds: TimeBounds
    ) -> None:
        self._manifest = manifest
        self._spool = spool
        self._machines = machines
        self._dates = dates
        self._bounds = bounds
        self.notes: list[str] = []

    def findings(self) -> Iterator[Finding]:
        """Name the first wrong event of each chain, or all that does not agree with a chain whose events hold."""
        for chain in self._spool.chains():
            yield from self._chain(chain)

    def _chain(self, chain: str) -> Iterator[Finding]:
        is_whole = not (self._manifest.is_case and chain == OFFICE)
        one = _OneChain(chain, self._manifest, self._machines, self._spool.of_chain("texts", chain), is_whole=is_whole)
        for index, data in self._spool.events_of(chain):
            wrong = one.take(index, data, self._bounds)
            if wrong:
                yield wrong
                return
        if not one.link.seq:
            yield Finding(chain, 0, None, f"the bundle speaks of {chain}, which has no history in it")
        elif is_whole:
            if left_undone := undone(one.replay.confirmed):
                yield Finding(chain, one.link.seq, self._spool.index_of(chain, one.link.seq), left_undone)
            yield from self._beside(one)
        if one.erased_texts:
            self.notes.append(f"{one.erased_texts} texts of {chain} were erased: what they said cannot be checked")

    def _beside(self, one: "_OneChain") -> Iterator[Finding]:
        for seq, what in (
            *self._strangers(one), *self._states(one), *self._derivations(one), *self._documents(one), *one.texts_left()
        ):  # fmt: skip
            yield Finding(one.chain, seq, self._spool.index_of(one.chain, seq), what)

    def _strangers(self, one: "_OneChain") -> Iterator[tuple[int, str]]:
        chain, case = one.chain, self._manifest.case
        if self._manifest.is_case and chain not in {case, READS + case}:
            yield 1, f"it has no place in a bundle of the case {case}"
        if chain == OFFICE or one.replay.born:
            return
        if not (chain.startswith(READS) and self._spool.has_events(chain.removeprefix(READS))):
            yield 1, "there is no case this history belongs to"

    def _states(self, one: "_OneChain") -> Iterator[tuple[int, str]]:
        said = self._spool.of_chain("states", one.chain).get("")
        last = one.link.seq
        if said is None:
            yield last, "states.jsonl does not have this chain: the tables of the system did not know of it"
            return
        row = json.loads(said)
        expected = {"case": one.chain, "seq": last, "leaf": one.link.leaf.hex()}
        if one.replay.born:
            born = one.replay.born
            expected |= {"number": born.get("number"), "kind": one.replay.kind, "states": one.replay.states}
        for name in sorted(expected.keys() | row.keys()):
            if row.get(name) != expected.get(name):
                yield last, f"{name} is {row.get(name)!r} in states.jsonl, its history says {expected.get(name)!r}"

    def _derivations(self, one: "_OneChain") -> Iterator[tuple[int, str]]:
        written = self._spool.of_chain("derivations", one.chain)
        for owed in one.replay.owed.values():
            mine = f"the obligation {owed.id} of {owed.duty}"
            line = written.pop(owed.id, None)
            if line is None:
                yield owed.seq, f"{mine} has no derivation: its due date cannot be counted"
                continue
            for what in self._dates.wrong(owed, line, one.replay.dates_moved):
                yield owed.seq, f"{mine}: {what}"
        for name in written:
            yield one.link.seq, f"the obligation {name} in derivations.jsonl was opened by no event"

    def _documents(self, one: "_OneChain") -> Iterator[tuple[int, str]]:
        kept = self._spool.of_chain("documents", one.chain)
        for document, seq in one.replay.documents.items():
            if kept.pop(document, None) is None:
                yield seq, f"the document {document} is not among the stored documents"
        for document in kept:
            yield one.link.seq, f"the document {document} in documents.jsonl was added by no event"


class _OneChain:
    """One chain on its way: its links, its replay, and the texts its events commit to."""

    def __init__(
        self, chain: str, manifest: Manifest, machines: Machines, texts: dict[str, str], *, is_whole: bool
    ) -> None:
        self.chain = chain
        self.link = ChainCheck(manifest.origin, chain, is_whole=is_whole)
        self.replay = Replay(machines)
        self.erased_texts = 0
        self._texts = texts
        is_told = chain == manifest.case if manifest.text == "open" else is_whole
        self._text = manifest.text if is_told else "none"
        self._missing: list[int] = []
        self._is_whole = is_whole

    def take(self, index: int, data: bytes, bounds: TimeBounds) -> Finding | None:
        event = self.link.take(data)
        if isinstance(event, str):
            return Finding(self.chain, self.link.seq + 1, index, event)
        wrong = bounds.wrong(index, event.at)
        if not wrong and self._is_whole:
            wrong = self.replay.take(event) or self._text_wrong(event)
        return Finding(self.chain, event.seq, index, wrong) if wrong else None

    def _text_wrong(self, event: Event) -> str:
        if self._text == "none":
            return ""
        commitment = event.body_ct if self._text == "sealed" else event.body_pt
        found = self._texts.pop(str(event.seq), None)
        if not commitment:
            return "a text lies beside it, to which it does not commit" if found is not None else ""
        if found is None:
            self._missing.append(event.seq)
            return ""
        return "" if found == commitment else "its text is not the one it commits to"

    def texts_left(self) -> Iterator[tuple[int, str]]:
        """Name texts that are missing, and texts of no event; an erased case has its sealed texts still."""
        if self._text == "open" and self.replay.is_erased:
            self.erased_texts, self._missing = len(self._missing), []
        yield from ((seq, "its text is missing") for seq in self._missing)
        yield from ((self.link.seq, f"a text is given for event {seq}, which there is not") for seq in self._texts)
