"""An export bundle made for tests from an installation's database, in parts that a test may change before it is written."""

import json
import sqlite3
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from npm_cases.bootstrap import build
from npm_cases.history.canonical import canonical
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.notes import COSIGNATURE, Note
from npm_cases.history.signing import SignerKey, cosign, sign_note
from npm_cases.history.tlog_proofs import TlogProof
from npm_cases.history.tree import consistency_proof, inclusion_proof, node_hash, root_of
from npm_cases.services.plain_terms import calendar_as_plain, rule_as_plain
from state_machines import MACHINES, MACHINES_OF
from state_machines.facts import Facts
from state_machines.printed import as_json
from tests.audit.made_history import settings

Members = dict[str, Any]

BEFORE_ALL = "2025-03-03T05:00:00.000000Z"
WITNESS = SignerKey("witness.example.org", sha256(b"synthetic witness").digest(), COSIGNATURE)
OTHER_WITNESS = SignerKey("sister.example.org", sha256(b"synthetic sister").digest(), COSIGNATURE)


def a_log_key(origin: str, seed: bytes = b"synthetic log") -> SignerKey:
    return SignerKey(origin, sha256(seed).digest())


@dataclass
class Checkpointed:
    """One line of checkpoints.jsonl."""

    at: str
    size: int
    note: Note


@dataclass
class Parts:
    """The members of a bundle before they are written; ``checkpoints`` stay as they were signed whatever is changed."""

    origin: str
    events: list[bytes]
    states: list[Members]
    derivations: list[Members]
    documents: list[Members]
    sealed: list[Members]
    tables: Members
    rules: Members
    calendars: list[Members]
    checkpoints: list[Checkpointed] = field(default_factory=list)
    consistency: list[Members] = field(default_factory=list)
    text: str = "none"
    extra: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "Parts":
        return deepcopy(self)

    def leaves(self) -> list[bytes]:
        return [leaf_hash(data) for data in self.events]

    def root(self, size: int) -> bytes:
        return root_of(self._node, size)

    def _node(self, level: int, index: int) -> bytes:
        if not level:
            return leaf_hash(self.events[index])
        return node_hash(self._node(level - 1, 2 * index), self._node(level - 1, 2 * index + 1))

    def sign(self, key: SignerKey, *sizes: int, witnesses: Sequence[SignerKey] = (), at: str = "") -> None:
        """Sign checkpoints of these sizes over the events as they are now; a witness signs when each is made."""
        for size in sizes:
            made_at = at or max([json.loads(data)["at"] for data in self.events[:size]], default=BEFORE_ALL)
            self.checkpoints.append(
                Checkpointed(
                    made_at, size, self.note(key, size, witnesses, int(datetime.fromisoformat(made_at).timestamp()))
                )
            )
        self.checkpoints.sort(key=lambda made: made.size)
        pairs = zip(self.checkpoints, self.checkpoints[1:], strict=False)
        self.consistency = [
            {"old": old.size, "new": new.size, "proof": in_base64(consistency_proof(self._node, old.size, new.size))}
            for old, new in pairs
        ]

    def note(self, key: SignerKey, size: int, witnesses: Sequence[SignerKey] = (), at: int = 0) -> Note:
        text = Checkpoint(self.origin, size, self.root(size)).text()
        return Note(text, (sign_note(text, key), *(cosign(text, witness, at) for witness in witnesses)))

    def proof(self, index: int) -> str:
        last = self.checkpoints[-1]
        hashes = tuple(inclusion_proof(self._node, index, last.size))
        return TlogProof(index, hashes, last.note.data().decode()).text()

    def write(self, to: Path, leave_out: Iterable[str] = ()) -> Path:
        """Write a bundle of the whole log."""
        manifest = {"scope": "log", "size": len(self.events), "events": len(self.events)}
        return self._written(to, manifest, self.events, leave_out)

    def write_case(self, to: Path, case: str, leave_out: Iterable[str] = ()) -> Path:
        """Write a bundle of one case, with the proof of each event against the last checkpoint."""
        last = self.checkpoints[-1].size
        indexes = [index for index, data in enumerate(self.events[:last]) if _is_of(json.loads(data), case)]
        whole = self.copy()
        chains = {case, f"reads-{case}"}
        for name in ("states", "derivations", "documents", "sealed"):
            setattr(whole, name, [row for row in getattr(self, name) if row["case"] in chains])
        whole.extra |= {f"proofs/{index}.tlog-proof": self.proof(index).encode() for index in indexes}
        whole.extra["indexes.txt"] = "".join(f"{index}\n" for index in indexes).encode()
        manifest = {"scope": "case", "case": case, "size": last, "events": len(indexes)}
        return whole._written(to, manifest, [self.events[index] for index in indexes], leave_out)

    def _written(self, to: Path, manifest: Members, events: list[bytes], leave_out: Iterable[str]) -> Path:
        manifest |= {
            "format": "npm-cases-bundle/1", "origin": self.origin, "text": self.text, "app": "0.0.0",
            "made_at": "2026-05-01T00:00:00.000000Z", "keys": [],
        }  # fmt: skip
        members = {
            "bundle.json": as_bytes(manifest),
            "events.jsonl": b"".join(data + b"\n" for data in events),
            "checkpoints.jsonl": as_lines({"at": c.at, "note": c.note.data().decode()} for c in self.checkpoints),
            "consistency.jsonl": as_lines(self.consistency),
            "tables.json": as_bytes(self.tables),
            "rules.json": as_bytes(self.rules),
            "calendars.json": as_bytes(self.calendars),
            "derivations.jsonl": as_lines(self.derivations),
            "states.jsonl": as_lines(self.states),
            "documents.jsonl": as_lines(self.documents),
            **({"sealed.jsonl": as_lines(self.sealed)} if self.text == "sealed" else {}),
            **self.extra,
        }
        return zipped(to, {name: data for name, data in members.items() if name not in leave_out})


def zipped(to: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return to


def as_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def as_lines(rows: Iterable[object]) -> bytes:
    return b"".join(as_bytes(row) + b"\n" for row in rows)


def in_base64(hashes: Iterable[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]


def _is_of(members: Members, case: str) -> bool:
    rotates = members["type"] == "restored" or members.get("facts", {}).get("which") == "log"
    return members["case"] in {case, f"reads-{case}"} or (members["case"] == "office" and rotates)


def parts_of(folder: Path) -> Parts:
    """Read a whole installation; nothing is signed yet."""
    app = build(settings(folder))
    pack, origin = app.office.pack, app.office.origin
    app.close()
    with closing(sqlite3.connect(folder / "cases.db")) as database:
        database.row_factory = sqlite3.Row
        in_order = "SELECT data FROM case_events JOIN log_entries USING (chain, seq) ORDER BY idx"
        rules = {name: {rule.version: rule_as_plain(rule) for rule in rules} for name, rules in pack.rules.items()}
        return Parts(
            origin,
            events=[bytes(row["data"]) for row in database.execute(in_order)],
            states=sorted(_states(database), key=lambda row: row["case"]),
            derivations=_rows(
                database,
                "SELECT chain AS 'case', id AS obligation, rule, rule_version, derivation FROM obligations ORDER BY 1, 2",
                derivation=json.loads,
            ),
            documents=_rows(database, "SELECT chain AS 'case', id AS document, size FROM documents ORDER BY 1, 2"),
            sealed=_rows(
                database,
                "SELECT chain AS 'case', seq, ciphertext FROM sealed_texts ORDER BY 1, 2",
                ciphertext=lambda data: b64encode(data).decode(),
            ),
            tables=published_tables(),
            rules=rules,
            calendars=[calendar_as_plain(pack.calendar)],
        )


def _rows(database: sqlite3.Connection, query: str, **read: Callable[[Any], Any]) -> list[Members]:
    found = [dict(row) for row in database.execute(query)]
    return [row | {name: way(row[name]) for name, way in read.items()} for row in found]


def _states(database: sqlite3.Connection) -> Iterator[Members]:
    for row in database.execute("SELECT * FROM cases"):
        kind = row["kind"]
        states = {name: row["state" if name == kind else name] for name in MACHINES_OF[kind]}
        yield {
            "case": row["id"], "number": row["number"], "kind": kind, "states": states, "seq": row["seq"],
            "leaf": row["head"].hex(),
        }  # fmt: skip
    for row in database.execute("SELECT * FROM chains"):
        yield {"case": row["id"], "seq": row["seq"], "leaf": row["head"].hex()}


def published_tables() -> Members:
    machines = []
    for name, table in MACHINES.items():
        printed = json.loads(as_json(table))
        for plain, row in zip(printed["rows"], table.rows, strict=True):
            # A guard that only sometimes needs a second person asks for none here: its facts are not in the events.
            alone = Facts(consent_live=True)
            plain["second_person"] = any(g.second_person and not g.holds(alone) for g in row.guards)
        machines.append(printed | {"machine": name})
    return {"machines": machines, "of": {kind: list(names) for kind, names in MACHINES_OF.items()}}


# --- tampering


def place_of(parts: Parts, event: str) -> tuple[str, int, int]:
    """Find the first event of a name or type: its chain, its number in it, its index in the log."""
    for index, data in enumerate(parts.events):
        members = json.loads(data)
        if event in {members["type"], members.get("event")}:
            return members["case"], members["seq"], index
    raise AssertionError(f"the made history has no {event}")


def forge(parts: Parts, chain: str, change: Callable[[list[Members]], None]) -> None:
    """Rewrite a chain as somebody who knows the format: links, numbers and the state export are made to fit again.

    Events that are dropped leave the log, events that are added come at its end.
    """
    places = [index for index, data in enumerate(parts.events) if json.loads(data)["case"] == chain]
    events = [json.loads(parts.events[index]) for index in places]
    change(events)
    written: list[bytes] = []
    for seq, members in enumerate(events, start=1):
        members.pop("prev", None)
        link = {"prev": leaf_hash(written[-1]).hex()} if written else {}
        written.append(canonical({**members, "seq": seq, **link}))
    for index, data in zip(places, written, strict=False):
        parts.events[index] = data
    for index in reversed(places[len(written) :]):
        del parts.events[index]
    parts.events += written[len(places) :]
    for row in parts.states:
        if row["case"] == chain and written:
            row |= {"seq": len(written), "leaf": leaf_hash(written[-1]).hex()}


def forge_one(parts: Parts, event: str, change: Callable[[Members], None]) -> tuple[str, int, int]:
    chain, seq, index = place_of(parts, event)
    forge(parts, chain, lambda events: change(events[seq - 1]))
    return chain, seq, index
