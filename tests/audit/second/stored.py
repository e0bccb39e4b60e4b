"""Stored documents and texts held against the hashes in the events."""

from collections.abc import Iterator
from hashlib import sha256

from tests.audit.second.bundle import Bundle
from tests.audit.second.events import Finding, of_log
from tests.audit.second.notes import base64_of


def check_stored(bundle: Bundle) -> Iterator[Finding]:
    """Hold stored documents and texts against the hashes that stand in the events; what was erased may be away."""
    named = {(e.said["case"], each): e for e in reversed(bundle.entries) for each in e.said.get("docs", ())}
    erased = {e.said["case"] for e in bundle.entries if e.said.get("type") == "erased"}
    there = [(line["case"], line["document"]) for line in bundle.lines["documents"]]
    if len(set(there)) < len(there):
        yield of_log("documents.jsonl names a document twice")
    for case, document in there:
        if (case, document) not in named:
            yield case, 0, None, f"no event speaks of the document {document}"
    for (case, document), entry in named.items():
        if case not in erased and (case, document) not in there:
            yield entry.find(f"the document {document} is not stored")
    yield from _texts(bundle, "sealed", "ciphertext", "body_ct", b"", erased)
    yield from _texts(bundle, "texts", "blinded", "body_pt", b"\x02", erased)


def _texts(bundle: Bundle, name: str, member: str, hashed: str, prefix: bytes, erased: set[str]) -> Iterator[Finding]:
    wanted = "sealed" if name == "sealed" else "open"
    if (name in bundle.lines) != (bundle.head["text"] == wanted):
        yield of_log(f"{name}.jsonl does not fit what bundle.json says of texts")
        return
    committed = {(e.said["case"], e.said["seq"]): e for e in bundle.entries if hashed in e.said}
    for number, line in enumerate(bundle.lines.get(name, ()), 1):
        entry = committed.pop((line["case"], line["seq"]), None)
        try:
            data = base64_of(line[member])
        except ValueError as wrong:
            raise ValueError(f"{name}.jsonl, line {number}: {wrong}") from wrong
        if entry is None or sha256(prefix + data).hexdigest() != entry.said[hashed]:
            index = entry.index if entry else None
            yield line["case"], line["seq"], index, f"{name}.jsonl holds another text"
    for entry in committed.values() if name in bundle.lines else ():
        is_reading = name == "texts" and entry.said["case"].startswith("reads-")
        if entry.said["case"] not in erased and not is_reading:
            yield entry.find(f"its text is not in {name}.jsonl")
