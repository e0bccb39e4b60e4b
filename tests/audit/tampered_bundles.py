"""Bundles and ways to tamper with them: what somebody can do who has the file, the format, or even a key of the log.

Bundles are exported from a small synthetic installation, taken apart, changed, and written again. Signatures are made
here, so that a whole log can be signed anew under a key the auditor trusts.
"""

import io
import json
import random
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
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
from tests.audit.second_verifier import (
    DASH,
    LOG_KEY,
    WITNESS_KEY,
    canonical_or_refuse,
    leaf_of,
    merkle_root,
)
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
        self.events[index] = _canonical({name: value for name, value in said.items() if value is not None})

    def change_facts(self, index: int, **facts: Any) -> None:
        self.change(index, facts=json.loads(self.events[index]).get("facts", {}) | facts)

    def made_to_fit(self) -> None:
        """Number every chain anew, link it anew, and let the other members say the same: an insider without the key."""
        heads: dict[str, tuple[int, str]] = {}
        for index, said in enumerate(self.said()):
            seq, leaf = heads.get(said["case"], (0, ""))
            said |= {"seq": seq + 1, "prev": leaf}
            self.events[index] = _canonical({name: value for name, value in said.items() if value != ""})
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


def _canonical(said: Members) -> bytes:
    return canonical_or_refuse(json.dumps(said).encode())


def consistency(leaves: Sequence[bytes], old: int, *, known: bool = True) -> list[bytes]:
    """PROOF and SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if known else [merkle_root(leaves)]
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old <= middle:
        return [*consistency(leaves[:middle], old, known=known), merkle_root(leaves[middle:])]
    return [*consistency(leaves[middle:], old - middle, known=False), merkle_root(leaves[:middle])]


# -- ways to tamper, each with its name; the draft is changed in place

Tamper = Callable[[Draft], None]


def forged(draft: Draft, event: str, **members: Any) -> None:
    """Change the last event of a name and make everything else fit."""
    draft.change(draft.place(event), **members)
    draft.made_to_fit()


def _drop(draft: Draft) -> None:
    del draft.events[draft.place("record_reply")]


def _duplicate(draft: Draft) -> None:
    index = draft.place("record_reply")
    draft.events.insert(index, draft.events[index])


def _swap(draft: Draft) -> None:
    index = draft.place("record_reply")
    draft.events[index : index + 2] = draft.events[index : index + 2][::-1]


def _insert(draft: Draft) -> None:
    index = draft.place("record_reply")
    draft.events.insert(index, _canonical(json.loads(draft.events[index]) | {"idem": "00"}))


def _cut_log(draft: Draft) -> None:
    del draft.events[-4:]


def _cut_case(draft: Draft) -> None:
    index = draft.place("close")
    case = json.loads(draft.events[index])["case"]
    draft.events = [line for i, line in enumerate(draft.events) if i < index or json.loads(line)["case"] != case]


def _drop_case(draft: Draft) -> None:
    case = json.loads(draft.events[draft.place("close")])["case"]
    draft.events = [line for line in draft.events if json.loads(line)["case"] != case]
    for name in ("states.jsonl", "derivations.jsonl", "documents.jsonl"):
        draft.rows[name] = [row for row in draft.rows[name] if row["case"] != case]


def _false_due_date(draft: Draft) -> None:
    """The event and the derivation agree on a date that no counting gives."""
    index = draft.place("obligation_opened")
    draft.change_facts(index, due_on="2099-01-01")
    opened = json.loads(draft.events[index])["facts"]["obligation"]
    for row in draft.rows["derivations.jsonl"]:
        if row["obligation"] == opened:
            row["derivation"][0]["due_on"] = row["derivation"][-1]["day"] = "2099-01-01"
    draft.made_to_fit()


def _false_second_person(draft: Draft) -> None:
    proposer = json.loads(draft.events[draft.place("act_proposed")])["actor"]
    draft.change(draft.place("act_confirmed"), actor=proposer)
    draft.change(draft.place("close"), approved_by=proposer)
    draft.made_to_fit()


def _facts(draft: Draft, event: str, **facts: Any) -> None:
    draft.change_facts(draft.place(event), **facts)
    draft.made_to_fit()


def _discharge_twice(draft: Draft) -> None:
    index = draft.place("obligation_discharged")
    draft.events.insert(index, draft.events[index])


def _other_digest(draft: Draft) -> None:
    _facts(draft, "act_confirmed", digest="00" * 32)


def lapsed_before_confirmed(draft: Draft) -> None:
    """The proposal had expired when the second person confirmed it."""
    _facts(draft, "act_proposed", expires_at="2026-01-01T00:00:00.000000Z")


def _without_derivation(draft: Draft) -> None:
    del draft.rows["derivations.jsonl"][-1]


def _without_document(draft: Draft) -> None:
    del draft.rows["documents.jsonl"][-1]


def _unknown_chain(draft: Draft) -> None:
    draft.rows["states.jsonl"].append({"case": "synthetic", "seq": 1, "leaf": "00" * 32})


def _wrong_state(draft: Draft) -> None:
    row = next(row for row in draft.rows["states.jsonl"] if row.get("kind"))
    row["states"][row["kind"]] = "withdrawn"


def _without_state(draft: Draft) -> None:
    del draft.rows["states.jsonl"][0]


def _other_origin(draft: Draft) -> None:
    draft.head["origin"] = "npm-cases/another"


def _older_checkpoint_last(draft: Draft) -> None:
    draft.rows["checkpoints.jsonl"].reverse()


def _foreign_checkpoints(draft: Draft) -> None:
    draft.sign(Signer(draft.head["origin"], "a key nobody knows"), [len(draft.events)])


def _no_consistency(draft: Draft) -> None:
    draft.rows["consistency.jsonl"] = []


def _fit(tamper: Tamper) -> Tamper:
    def both(draft: Draft) -> None:
        tamper(draft)
        draft.made_to_fit()

    return both


CLUMSY: dict[str, Tamper] = {
    "drop an event": _drop,
    "duplicate an event": _duplicate,
    "swap two events": _swap,
    "insert an event": _insert,
    "cut the log": _cut_log,
    "cut one case": _cut_case,
    "drop a case": _drop_case,
    "state of a case": _wrong_state,
    "leave a state out": _without_state,
    "leave a derivation out": _without_derivation,
    "leave a document out": _without_document,
    "a state of no chain": _unknown_chain,
    "another origin": _other_origin,
    "checkpoints out of order": _older_checkpoint_last,
    "checkpoints of a stranger": _foreign_checkpoints,
    "no consistency": _no_consistency,
}
"""Somebody changes the file and leaves the rest as it is."""

FITTED: dict[str, Tamper] = {
    "drop an event": _fit(_drop),
    "duplicate an event": _fit(_duplicate),
    "swap two events": _fit(_swap),
    "insert an event": _fit(_insert),
    "cut the log": _fit(_cut_log),
    "cut one case": _fit(_cut_case),
    "drop a case": _fit(_drop_case),
    "false due date": _false_due_date,
    "false second person": _false_second_person,
    "impossible move": lambda draft: forged(draft, "record_reply", to="closed"),
    "a role that may not": lambda draft: forged(draft, "record_reply", role="auditor"),
    "nobody confirmed": lambda draft: forged(draft, "close", approved_by=None),
    "false reason": lambda draft: forged(draft, "record_reply", reason="synthetic"),
    "discharged twice": _fit(_discharge_twice),
    "confirmed another act": _other_digest,
    "born in another state": lambda draft: _facts(draft, "case_created", state="registered"),
    "an unknown version": lambda draft: forged(draft, "record_reply", v=2),
    "a member too many": lambda draft: forged(draft, "record_reply", note="synthetic"),
    "an event of another log": lambda draft: forged(draft, "record_reply", log="another"),
    "backdated": lambda draft: forged(draft, "body_added", at="2020-01-01T00:00:00.000000Z"),
}
"""Somebody knows the format and makes numbers, links and states fit again, without the key."""


# -- random programs of edits


def _pick(draft: Draft, chance: random.Random) -> int:
    return chance.randrange(len(draft.events))


def _random_swap(draft: Draft, chance: random.Random) -> None:
    one, two = _pick(draft, chance), _pick(draft, chance)
    draft.events[one], draft.events[two] = draft.events[two], draft.events[one]


def _random_drop(draft: Draft, chance: random.Random) -> None:
    del draft.events[_pick(draft, chance)]


def _random_insert(draft: Draft, chance: random.Random) -> None:
    draft.events.insert(_pick(draft, chance), draft.events[_pick(draft, chance)])


def _random_actor(draft: Draft, chance: random.Random) -> None:
    draft.change(_pick(draft, chance), actor=f"synthetic-{chance.randrange(100)}")


def _random_time(draft: Draft, chance: random.Random) -> None:
    draft.change(_pick(draft, chance), at=f"2026-02-{chance.randrange(10, 29)}T05:00:00.000000Z")


def _random_cut(draft: Draft, chance: random.Random) -> None:
    del draft.events[-chance.randrange(1, 6) :]


EDITS = (_random_swap, _random_drop, _random_insert, _random_actor, _random_time, _random_cut)


def random_program(draft: Draft, seed: int) -> bool:
    """Make one to five edits and let everything fit; says whether the log is another one afterwards."""
    chance, before = random.Random(seed), list(draft.events)  # noqa: S311 - a program to be repeated, no secret
    for _ in range(chance.randrange(1, 6)):
        chance.choice(EDITS)(draft, chance)
    draft.made_to_fit()
    return draft.events != before


def with_rotation(draft: Draft, old: Signer, new: Signer, at: str) -> int:
    """Append the change of the log's key, signed by both, and return its index."""
    said = draft.said()
    office = [one for one in said if one["case"] == "office"]
    text = f"npm-cases key rotation v1\n{draft.head['origin']}\n{old.vkey}\n{new.vkey}\n".encode()
    facts = {
        "which": "log", "old_key": old.vkey, "new_key": new.vkey,
        "signed_by_old": old.key.sign(text).hex(), "signed_by_new": new.key.sign(text).hex(),
    }  # fmt: skip
    event = {name: office[-1][name] for name in ("v", "log", "case", "app")}
    event |= {"type": "key_rotated", "at": at, "actor": "administrator", "role": "administrator", "facts": facts}
    draft.events.append(_canonical(event | {"seq": len(office) + 1}))
    draft.made_to_fit()
    return len(draft.events) - 1
