"""The machines of every case replayed from its birth, and every proposal followed to its end."""

from collections.abc import Iterator
from typing import Any

from tests.audit.second.bundle import Bundle
from tests.audit.second.canonical import Members
from tests.audit.second.chains import chains_of
from tests.audit.second.events import Entry, Finding, of_log

BIRTHS = frozenset({"case_created", "case_imported"})
ACTS = frozenset(
    {
        "moved",
        "erased",
        "role_changed",
        "account_changed",
        "key_rotated",
        "restored",
        "pack_adopted",
        "calendar_adopted",
    }
)
"""What two people make together; the first two belong to a case, the others to the office."""


def check_moves(bundle: Bundle, ends: dict[str, Members]) -> Iterator[Finding]:
    """Replay the machines of every case from its birth; ``ends`` receives kind, number and states."""
    machines = {machine["machine"]: machine for machine in bundle.whole["tables"]["machines"]}
    for case, entries in chains_of(bundle).items():
        yield from _proposals(entries)
        if case == "office" or case.startswith("reads-"):
            yield from (
                e.find("no case lives on this chain") for e in entries if e.said.get("type") in {*BIRTHS, "moved"}
            )
            continue
        birth, kinds = entries[0], bundle.whole["tables"]["of"]
        if birth.said.get("type") not in BIRTHS or birth.facts.get("kind") not in kinds:
            yield birth.find("the chain of a case does not begin with its birth")
            continue
        kind, facts = birth.facts["kind"], birth.facts
        states = {name: facts.get("state" if name == kind else name) for name in kinds[kind]}
        yield from _birth(birth, states, machines, kind)
        for entry in entries[1:]:
            if entry.said.get("type") in BIRTHS:
                yield entry.find("the case is born a second time")
            if entry.said.get("type") == "moved":
                yield from _move(entry, states, machines)
        ends[case] = {"kind": kind, "number": facts.get("number"), "states": states}


def _birth(birth: Entry, states: Members, machines: Members, kind: str) -> Iterator[Finding]:
    for name, state in states.items():
        if state not in {each["state"] for each in machines[name]["states"]}:
            yield birth.find(f"{state} is no state of {name}")
        elif birth.said["type"] == "case_created" and state != machines[name]["initial"]:
            yield birth.find(f"a new case does not begin as {state}")
    if birth.said.get("to", states[kind]) != states[kind]:
        yield birth.find("the state of the birth is told in two ways")


def _move(entry: Entry, states: Members, machines: Members) -> Iterator[Finding]:
    said, machine = entry.said, str(entry.said.get("machine"))
    if machine not in states:
        yield entry.find(f"the case has no machine {machine}")
        return
    if said.get("frm") != states[machine]:
        yield entry.find(f"{machine} was {states[machine]}, not {said.get('frm')}")
    rows = [
        row for row in machines[machine]["rows"]
        if (row["state"], row["event"], row["next"]) == (said.get("frm"), said.get("event"), said.get("to"))
    ]  # fmt: skip
    open_to = [row for row in rows if said.get("role") in row["who"]]
    if not rows:
        yield entry.find(f"no row leads from {said.get('frm')} by {said.get('event')} to {said.get('to')}")
    elif not open_to:
        yield entry.find(f"a {said.get('role')} may not do this")
    elif all(row["second_person"] for row in open_to) and "approved_by" not in said:
        yield entry.find("nobody confirmed this, and a second person must")
    states[machine] = said.get("to")


def _proposals(entries: list[Entry]) -> Iterator[Finding]:
    """Follow every proposal to its end: confirmed once, by another person, in time, and then done as proposed."""
    open_: dict[Any, Entry] = {}
    waiting: tuple[Entry, Entry] | None = None
    for entry in entries:
        said, facts = entry.said, entry.facts
        kind, proposed = said.get("type"), open_.get(facts.get("approval"))
        if kind in ACTS and ("approved_by" in said or waiting):
            if not waiting or not _is_as_confirmed(said, waiting):
                yield entry.find("this is not what two people proposed and confirmed")
            waiting = None
        if kind == "act_proposed":
            open_[facts.get("approval")] = entry
        elif kind in {"act_confirmed", "act_expired"}:
            open_.pop(facts.get("approval"), None)
            if proposed is None or proposed.facts.get("event") != facts.get("event"):
                yield entry.find("nothing like this was proposed, or it was decided already")
            elif kind == "act_confirmed":
                waiting = (proposed, entry)
                yield from _confirmation(entry, proposed)
    if waiting:
        yield waiting[1].find("what was confirmed was never done")


def _confirmation(entry: Entry, proposed: Entry) -> Iterator[Finding]:
    if entry.facts.get("digest") != proposed.facts.get("digest"):
        yield entry.find("another act was confirmed than was proposed")
    if entry.said.get("actor") == proposed.said.get("actor"):
        yield entry.find("the person who proposed this confirmed it")
    if str(entry.said.get("at")) >= str(proposed.facts.get("expires_at")):
        yield entry.find("the proposal had lapsed")


def _is_as_confirmed(said: Members, waiting: tuple[Entry, Entry]) -> bool:
    proposed, confirmed = waiting
    named = {
        "erased": "erase",
        "restored": "declare_restore",
        "pack_adopted": "adopt_pack",
        "calendar_adopted": "adopt_calendar",
        "key_rotated": f"rotate_{said.get('facts', {}).get('which')}_key",
    }
    what = named.get(str(said["type"]), said.get("event"))
    people = (proposed.said.get("actor"), confirmed.said.get("actor"), proposed.facts.get("event"))
    return (said.get("actor"), said.get("approved_by"), what) == people


def check_states(bundle: Bundle, ends: dict[str, Members]) -> Iterator[Finding]:
    """Hold what the tables of the system said against what the events say."""
    told = bundle.lines["states"]
    if len({line["case"] for line in told}) < len(told):
        yield of_log("states.jsonl names a chain twice")
    by_case = {line["case"]: line for line in told}
    heads = {
        case: {"seq": entries[-1].said["seq"], "leaf": entries[-1].leaf.hex(), **ends.get(case, {})}
        for case, entries in chains_of(bundle).items()
        if bundle.is_log or case != "office"
    }
    for case, head in heads.items():
        last = chains_of(bundle)[case][-1]
        if case not in by_case:
            yield last.find("states.jsonl does not know this chain")
        elif by_case[case] != {"case": case, **head}:
            yield last.find("states.jsonl says something else of this chain")
    yield from (
        (case, 0, None, "states.jsonl knows a chain that has no events") for case in by_case if case not in heads
    )
