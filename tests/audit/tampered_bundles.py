"""Ways to tamper with a bundle: what somebody can do who has the file, the format, or even a key of the log.

Each has its name; the draft is changed in place.
"""

import json
import random
from collections.abc import Callable
from typing import Any

from tests.audit.bundle_drafts import Draft, Signer, canonical_of

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
    draft.events.insert(index, canonical_of(json.loads(draft.events[index]) | {"idem": "00"}))


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
    draft.events.append(canonical_of(event | {"seq": len(office) + 1}))
    draft.made_to_fit()
    return len(draft.events) - 1
