"""The chain of each case, and the events in the order of the log."""

from collections.abc import Iterator
from itertools import pairwise

from tests.audit.second.bundle import Bundle
from tests.audit.second.events import Entry, Finding, of_log


def chains_of(bundle: Bundle) -> dict[str, list[Entry]]:
    chains: dict[str, list[Entry]] = {}
    for entry in bundle.entries:
        chains.setdefault(entry.said["case"], []).append(entry)
    return chains


def check_links(bundle: Bundle) -> Iterator[Finding]:
    """Hold each chain to its numbers, its links and the order of time, and each event to this log."""
    for case, entries in chains_of(bundle).items():
        whole = bundle.is_log or case != "office"
        seq, leaf, at = 0, "", ""
        for entry in entries:
            said = entry.said
            if whole and said["seq"] != seq + 1:
                yield case, seq + 1, entry.index, f"event {said['seq']} stands where event {seq + 1} belongs"
            elif whole and said.get("prev", "") != leaf:
                yield entry.find("prev is not the leaf hash of the event before")
            elif str(said.get("at", "")) < at:
                yield entry.find("the chain runs backwards in time")
            if said.get("log") != bundle.head["origin"]:
                yield entry.find("the event is of another log")
            seq, leaf, at = said["seq"], entry.leaf.hex(), str(said.get("at", ""))


def check_scope(bundle: Bundle) -> Iterator[Finding]:
    head = bundle.head
    if len(bundle.entries) != head["events"]:
        yield of_log(f"bundle.json speaks of {head['events']} events, {len(bundle.entries)} are inside")
    if bundle.is_log and head["size"] != head["events"]:
        yield of_log(f"the log had {head['size']} entries, the bundle has {head['events']}")
    case = head.get("case", "")
    for before, entry in pairwise([None, *bundle.entries]):
        if entry is None or bundle.is_log:
            continue
        if before is not None and before.index >= entry.index:
            yield entry.find("the events are not in log order")
        if entry.index >= head["size"]:
            yield entry.find("the log had no such entry")
        is_ours = entry.said["case"] in {case, f"reads-{case}"}
        rotates = entry.said["case"] == "office" and entry.said.get("type") in {"key_rotated", "restored"}
        if not is_ours and not rotates:
            yield entry.find("the event does not belong into the bundle of this case")
