"""Programs of edits by the strongest insider: the history is rewritten and every number, hash, link, entry, node and head fits.

He holds the database, knows the format, and has the log's key. What he cannot change is what lies outside: each program is
verified with nothing kept (level 0), with the checkpoints he left as they were (level 1), and against the checkpoints an
auditor kept (level 2), where it must be found.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from npm_cases.history.canonical import canonical
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.notes import Note
from npm_cases.history.signing import sign_note
from npm_cases.history.tree import CompactRange, node_hash
from npm_cases.persistence.signer_program import KEY_FILE
from npm_cases.proving.kept_files import read_key
from npm_cases.proving.trust import Trust
from npm_cases.services.log import BLOCK, LEVEL
from npm_cases.services.log_roots import folded
from tests.audit.bench import CHAIN_OF, Bench, Row
from tests.audit.rich_history import Outside

Members = dict[str, Any]
MOST_EDITS = 5
REWRITTEN = (
    "case_events",
    "log_entries",
    "tree_nodes",
    "sealed_texts",
    "cases",
    "chains",
    "checkpoints",
    "cosignatures",
)


@dataclass(frozen=True)
class Line:
    """One event in the order of the log, with its sealed text."""

    chain: str
    members: Members
    sealed: bytes | None = None


@dataclass
class Forgery:
    """A history being rewritten: its events in the order of the log, and the tables that are not made of them."""

    lines: list[Line]
    tables: dict[str, list[Row]]
    covered: int
    done: list[str] = field(default_factory=list)

    def of(self, chain: str) -> list[int]:
        return [place for place, line in enumerate(self.lines) if line.chain == chain]


def begun(bench: Bench, covered: int) -> Forgery:
    """Take the history as it is; ``covered`` entries are those a kept checkpoint speaks of."""
    data = {(row["chain"], row["seq"]): row["data"] for row in bench.rows["case_events"]}
    sealed = {(row["chain"], row["seq"]): row["ciphertext"] for row in bench.rows["sealed_texts"]}
    lines = [
        Line(row["chain"], json.loads(data[row["chain"], row["seq"]]), sealed.get((row["chain"], row["seq"])))
        for row in bench.rows["log_entries"]
    ]
    return Forgery(lines, {name: [*rows] for name, rows in bench.rows.items()}, covered)


# --- the edits


def change_words(forged: Forgery, chance: random.Random) -> None:
    """Say that somebody else did it, or give another reason: no table holds that."""
    place = chance.randrange(forged.covered)
    line = forged.lines[place]
    change = chance.choice(({"actor": "somebody"}, {"reason": "another"}, {"app": "9"}, {"on_behalf": "somebody"}))
    forged.lines[place] = replace(line, members={**line.members, **change})


def change_fact(forged: Forgery, chance: random.Random) -> None:
    places = [place for place in range(forged.covered) if forged.lines[place].members.get("facts")]
    place = chance.choice(places)
    line = forged.lines[place]
    name = chance.choice(sorted(line.members["facts"]))
    value = line.members["facts"][name]
    other = value + 1 if type(value) is int else f"{value}0" if isinstance(value, str) else value
    facts = {**line.members["facts"], name: other, **({} if other != value else {"forged": 1})}
    forged.lines[place] = replace(line, members={**line.members, "facts": facts})


def change_time(forged: Forgery, chance: random.Random) -> None:
    place = chance.randrange(forged.covered)
    line = forged.lines[place]
    at = line.members["at"]
    forged.lines[place] = replace(line, members={**line.members, "at": f"{at[:-2]}{(int(at[-2]) + 1) % 10}Z"})


def delete_one(forged: Forgery, chance: random.Random) -> None:
    del forged.lines[chance.randrange(forged.covered)]
    forged.covered -= 1


def put_in(forged: Forgery, chance: random.Random) -> None:
    """Put an event in once more."""
    place = chance.randrange(forged.covered)
    forged.lines.insert(place + 1, forged.lines[place])


def swap_in_log(forged: Forgery, chance: random.Random) -> None:
    """Let two events of different chains come in the other order: no chain notices."""
    lines = forged.lines
    places = [place for place in range(1, forged.covered) if lines[place].chain != lines[place - 1].chain]
    place = chance.choice(places)
    lines[place - 1], lines[place] = lines[place], lines[place - 1]


def swap_in_chain(forged: Forgery, chance: random.Random) -> None:
    chains = sorted({line.chain for line in forged.lines[: forged.covered]})
    chain = chance.choice([one for one in chains if len(forged.of(one)) > 2 and forged.of(one)[1] < forged.covered])
    places = [place for place in forged.of(chain) if place < forged.covered]
    one, two = places[-2:]
    forged.lines[one], forged.lines[two] = forged.lines[two], forged.lines[one]


def truncate_chain(forged: Forgery, chance: random.Random) -> None:
    """Take the last events of a chain away: the likeliest attack of all."""
    chain = chance.choice(sorted({line.chain for line in forged.lines[: forged.covered]}))
    places = [place for place in forged.of(chain) if place < forged.covered]
    for place in reversed(places[-chance.randint(1, 3) :]):
        del forged.lines[place]
        forged.covered -= 1


def cut_log(forged: Forgery, chance: random.Random) -> None:
    del forged.lines[chance.randrange(1, forged.covered) :]
    forged.covered = len(forged.lines)


def drop_case(forged: Forgery, chance: random.Random) -> None:
    """Take a case away with everything that names it."""
    cases = sorted(
        {line.chain for line in forged.lines[: forged.covered]} & {row["id"] for row in forged.tables["cases"]}
    )
    if not cases:
        return
    case = chance.choice(cases)
    gone = {case, f"reads-{case}"}
    forged.covered -= sum(line.chain in gone for line in forged.lines[: forged.covered])
    forged.lines = [line for line in forged.lines if line.chain not in gone]
    for name, column in CHAIN_OF.items():
        forged.tables[name] = [row for row in forged.tables[name] if row[column] not in gone]


Edit = Callable[[Forgery, random.Random], None]
EDITS: tuple[Edit, ...] = (
    change_words, change_fact, change_time, delete_one, put_in, swap_in_log, swap_in_chain, truncate_chain, cut_log,
    drop_case,
)  # fmt: skip


# --- making it fit


def settled(forged: Forgery, bench: Bench, *, is_signed_anew: bool) -> dict[str, list[Row]]:
    """Return every table that is rewritten: events numbered and linked, entries, tree, heads, and a fresh checkpoint."""
    tables = dict(forged.tables)
    heads: dict[str, tuple[int, bytes, str]] = {}
    tables |= {name: [] for name in ("case_events", "log_entries", "sealed_texts")}
    for index, line in enumerate(forged.lines):
        seq, prev = heads.get(line.chain, (0, b"", ""))[:2]
        members = {**line.members, "seq": seq + 1}
        members.pop("prev", None)
        data = canonical({**members, **({"prev": prev.hex()} if prev else {})})
        leaf = leaf_hash(data)
        copies = {name: members.get(name, "") for name in ("type", "machine", "event", "at", "actor", "role")}
        place = {"chain": line.chain, "seq": seq + 1}
        tables["case_events"].append({**place, "leaf": leaf, "prev": prev, **copies, "data": data})
        tables["log_entries"].append({"idx": index, **place, "leaf": leaf})
        if line.sealed is not None:
            tables["sealed_texts"].append({**place, "ciphertext": line.sealed})
        heads[line.chain] = (seq + 1, leaf, members["at"])
    for name in ("cases", "chains"):
        tables[name] = [_with_head(row, heads) for row in tables[name] if row["id"] in heads]
    leaves = [row["leaf"] for row in tables["log_entries"]]
    tables["tree_nodes"] = list(_nodes(leaves))
    if is_signed_anew:
        tables["checkpoints"] = [_signed_anew(bench, leaves)]
        tables["cosignatures"] = []
    return tables


def _with_head(row: Row, heads: dict[str, tuple[int, bytes, str]]) -> Row:
    seq, head, last_at = heads[row["id"]]
    return {**row, "seq": seq, "head": head, "last_at": last_at}


def _nodes(leaves: list[bytes]) -> Iterator[Row]:
    row = [folded(leaves[first : first + BLOCK]) for first in range(0, len(leaves) - BLOCK + 1, BLOCK)]
    level = LEVEL
    while row:
        yield from ({"level": level, "idx": index, "hash": made} for index, made in enumerate(row))
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        level += 1


def _signed_anew(bench: Bench, leaves: list[bytes]) -> Row:
    """Sign the whole with the real key, as somebody can who has stolen it."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    text = Checkpoint(bench.app.office.origin, len(leaves), tree.root()).text()
    note = Note(text, (sign_note(text, read_key(bench.folder / "signer" / KEY_FILE)),)).data().decode()
    return {"number": 1, "size": len(leaves), "root": tree.root(), "note": note, "at": "2026-04-02T05:00:00.000000Z"}


# --- trying it


@dataclass
class Outcome:
    """At which level each program of a kind was found."""

    tried: int = 0
    levels: Counter[int] = field(default_factory=Counter)
    undetected: list[str] = field(default_factory=list)


def try_program(bench: Bench, trust: Trust, edits: list[Edit], seed: int) -> frozenset[int]:
    """Run one program and say where it is found: 0 by itself, 1 by the checkpoints if he left them, 2 though he signed anew.

    A program that is not found against the kept checkpoints is found nowhere: the answer is empty.
    """
    chance = random.Random(seed)  # noqa: S311 - the same program for the same number
    forged = begun(bench, max(kept.checkpoint.size for kept in trust.kept))
    for edit in edits:
        if forged.covered > MOST_EDITS:
            edit(forged, chance)
    if not edits:
        forged.covered = len(forged.lines)
    anew = settled(forged, bench, is_signed_anew=True)
    with bench.laid(anew):
        against_kept = bench.verify(trust).findings
        if not against_kept:
            return frozenset()
        if bench.found():
            return frozenset({0})
    with bench.laid(settled(forged, bench, is_signed_anew=False)):
        return frozenset({1, 2} if bench.found() else {2})


def programs(count: int) -> Iterator[tuple[str, list[Edit]]]:
    """Yield each edit alone, then random programs of one to five."""
    for edit in EDITS:
        yield from [(edit.__name__, [edit])] * max(1, count // 20)
    chance = random.Random(count)  # noqa: S311 - the same programs in every run
    for _ in range(count):
        yield "random", chance.choices(EDITS, k=chance.randint(1, MOST_EDITS))


def run_programs(bench: Bench, outside: Outside, count: int, say: Callable[[str], object]) -> list[str]:
    """Run every program and say where each kind was found; returns those that were not found."""
    outcomes: dict[str, Outcome] = {}
    trust = outside.trust()
    for seed, (kind, edits) in enumerate(programs(count)):
        outcome = outcomes.setdefault(kind, Outcome())
        outcome.tried += 1
        levels = try_program(bench, trust, edits, seed)
        if not levels:
            outcome.undetected.append(f"program {seed}: {' '.join(edit.__name__ for edit in edits)}")
        outcome.levels.update(levels)
    say(f"{'program':<16}{'tried':>8}{'level 0':>9}{'level 1':>9}{'level 2':>9}{'undetected':>12}\n")
    for kind, outcome in outcomes.items():
        counts = "".join(f"{outcome.levels[level]:>9}" for level in (0, 1, 2))
        say(f"{kind:<16}{outcome.tried:>8}{counts}{len(outcome.undetected):>12}\n")
    return [one for outcome in outcomes.values() for one in outcome.undetected]
