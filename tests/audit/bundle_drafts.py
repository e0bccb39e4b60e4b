"""Bundles to be changed: exported from a small synthetic installation, taken apart, and written again.

Signatures are made here, so that a whole log can be signed anew under a key the auditor trusts.
"""

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from npm_cases.bootstrap import App
from npm_cases.services.bundle import Export, export
from tests.audit.second.canonical import canonical_or_refuse
from tests.audit.second.notes import DASH, LOG_KEY, WITNESS_KEY
from tests.audit.second.tree import leaf_of, merkle_root
from tests.makers import AUDITOR, COMMISSIONER

Members = dict[str, Any]


@dataclass(frozen=True)
class Signer:
    """A key with the name it signs under: that of the log, or of a witness."""

    name: str
    seed: str
    algorithm: int = LOG_KEY

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(self.seed.encode()).digest())

    @property
    def public(self) -> bytes:
        return bytes([self.algorithm]) + self.key.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self.public).decode()}"

    def line(self, text: str, second: int = 0) -> str:
        """Sign a note's text; a witness says when."""
        stamp, message = b"", text.encode()
        if self.algorithm == WITNESS_KEY:
            stamp, message = second.to_bytes(8, "big"), f"cosignature/v1\ntime {second}\n".encode() + message
        return f"{DASH}{self.name} {b64encode(self.id + stamp + self.key.sign(message)).decode()}\n"


WITNESS = Signer("witness.example.org", "synthetic witness", WITNESS_KEY)
SISTER = Signer("sister.example.org", "synthetic sister", WITNESS_KEY)


def exported(app: App, at: str, case: str = "", text: str = "none") -> bytes:
    """Export the whole log or one case of an installation; the export signs a checkpoint."""
    to = io.BytesIO()
    command = Export(COMMISSIONER if text == "open" else AUDITOR, at, case, text, "" if text == "none" else "synthetic")
    export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(at), command, to)
    return to.getvalue()


@dataclass
class Draft:
    """A bundle in parts: events as lines, the rows of JSON Lines, everything else as bytes."""

    events: list[bytes]
    rows: dict[str, list[Members]]
    others: dict[str, bytes]
    head: Members = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> "Draft":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = {name: file.read(name) for name in file.namelist()}
        events, head = members.pop("events.jsonl").splitlines(), json.loads(members.pop("bundle.json"))
        names = [name for name in members if name.endswith(".jsonl")]
        rows = {name: [json.loads(line) for line in members.pop(name).splitlines()] for name in names}
        return cls(events, rows, members, head)

    def copy(self) -> "Draft":
        return deepcopy(self)

    def members(self) -> dict[str, bytes]:
        return {
            "bundle.json": json.dumps(self.head).encode(),
            "events.jsonl": b"".join(line + b"\n" for line in self.events),
            **{name: b"".join(_plain(row) + b"\n" for row in rows) for name, rows in self.rows.items()},
            **self.others,
        }

    def write(self, to: Path) -> Path:
        return zipped(to, self.members())

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_of(line) for line in self.events]

    def said(self) -> list[Members]:
        return [json.loads(line) for line in self.events]

    def kept(self) -> list[bytes]:
        """Return the checkpoints as an auditor may have kept them."""
        return [row["note"].encode() for row in self.rows["checkpoints.jsonl"]]

    def place(self, event: str) -> int:
        """Return the index of the last event of a type, or of a machine's event of that name."""
        return max(i for i, said in enumerate(self.said()) if event in {said["type"], said.get("event")})

    def note(self, signer: Signer, size: int, at: str, witnesses: Iterable[Signer] = ()) -> str:
        text = f"{self.head['origin']}\n{size}\n{b64encode(merkle_root(self.leaves[:size])).decode()}\n"
        second = int(datetime.fromisoformat(at).timestamp())
        return text + "\n" + signer.line(text) + "".join(witness.line(text, second) for witness in witnesses)

    def sign(self, signer: Signer, sizes: Sequence[int], witnesses: Iterable[Signer] = ()) -> None:
        """Make new checkpoints of these sizes, with their proofs, in place of those there are."""
        notes = [(size, max(said["at"] for said in self.said()[:size])) for size in sizes]
        self.rows["checkpoints.jsonl"] = [
            {"at": at, "note": self.note(signer, size, at, witnesses)} for size, at in notes
        ]
        self.prove(sizes)

    def prove(self, sizes: Sequence[int]) -> None:
        """Write the consistency proofs from each size to the next."""
        self.rows["consistency.jsonl"] = [
            {"old": old, "new": new, "proof": [b64encode(h).decode() for h in consistency(self.leaves[:new], old)]}
            for old, new in pairwise(sizes)
        ]

    def change(self, index: int, **members: Any) -> None:
        """Change members of one event; None takes a member out."""
        said = json.loads(self.events[index]) | members
        self.events[index] = canonical_of({name: value for name, value in said.items() if value is not None})

    def change_facts(self, index: int, **facts: Any) -> None:
        self.change(index, facts=json.loads(self.events[index]).get("facts", {}) | facts)

    def made_to_fit(self) -> None:
        """Number every chain anew, link it anew, and let the other members say the same: an insider without the key."""
        heads: dict[str, tuple[int, str]] = {}
        for index, said in enumerate(self.said()):
            seq, leaf = heads.get(said["case"], (0, ""))
            said |= {"seq": seq + 1, "prev": leaf}
            self.events[index] = canonical_of({name: value for name, value in said.items() if value != ""})
            heads[said["case"]] = (seq + 1, leaf_of(self.events[index]).hex())
        self.rows["states.jsonl"] = [row for row in self.rows["states.jsonl"] if row["case"] in heads]
        for row in self.rows["states.jsonl"]:
            row["seq"], row["leaf"] = heads[row["case"]]
        opened = {said["facts"]["obligation"] for said in self.said() if said["type"] == "obligation_opened"}
        derived = self.rows["derivations.jsonl"]
        self.rows["derivations.jsonl"] = [row for row in derived if row["obligation"] in opened]
        self.head |= {"events": len(self.events), "size": len(self.events)}


def zipped(to: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return to


def _plain(row: Members) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode()


def canonical_of(said: Members) -> bytes:
    return canonical_or_refuse(json.dumps(said).encode())


def consistency(leaves: Sequence[bytes], old: int, *, known: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if known else [merkle_root(leaves)]
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old <= middle:
        return [*consistency(leaves[:middle], old, known=known), merkle_root(leaves[middle:])]
    return [*consistency(leaves[middle:], old - middle, known=False), merkle_root(leaves[:middle])]
