"""A bundle read from its file: all members, not yet believed."""

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tests.audit.second.canonical import Members, canonical_or_refuse, json_of
from tests.audit.second.events import Entry, Finding, wrong_in_form
from tests.audit.second.shapes import SHAPES, need_shape
from tests.audit.second.tree import leaf_of

LINES = ("events", "checkpoints", "consistency", "derivations", "states", "documents")
WHOLE = ("bundle", "tables", "rules", "calendars")


class Bundle(NamedTuple):
    """All members of a bundle, read but not yet believed."""

    whole: dict[str, Any]
    lines: dict[str, list[Any]]
    proofs: dict[int, str]
    entries: list[Entry]
    findings: list[Finding]
    strays: list[str]

    @property
    def head(self) -> Members:
        return dict(self.whole["bundle"])

    @property
    def is_log(self) -> bool:
        return bool(self.head["scope"] == "log")


def _lines(name: str, data: bytes) -> list[bytes]:
    if data and not data.endswith(b"\n"):
        raise ValueError(f"{name}, last line: it is not ended")
    return data.split(b"\n")[:-1]


def _parsed(name: str, number: int, line: bytes) -> Any:
    try:
        value = json_of(line)
        need_shape("it", value, SHAPES[name.partition(".")[0]])
    except ValueError as wrong:
        raise ValueError(f"{name}, line {number}: {wrong}") from wrong
    return value


def _members(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            if len(set(file.namelist())) < len(file.namelist()):
                raise ValueError(f"{path.name}: a member stands twice")
            return {name: file.read(name) for name in file.namelist()}
    except zipfile.BadZipFile as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def read_bundle(path: Path) -> Bundle:
    """Read a bundle; ValueError names the member and line that cannot be read."""
    members = _members(path)
    needed = {*(f"{name}.jsonl" for name in LINES), *(f"{name}.json" for name in WHOLE)}
    if missing := sorted(needed - set(members)):
        raise ValueError(f"{missing[0]}, line 1: the member is missing")
    whole = {name: _parsed(f"{name}.json", 1, members[f"{name}.json"]) for name in WHOLE}
    if whole["bundle"].get("format") != "npm-cases-bundle/1" or whole["bundle"].get("scope") not in {"log", "case"}:
        raise ValueError("bundle.json, line 1: another format or scope")
    if whole["bundle"]["text"] not in {"none", "sealed", "open"}:
        raise ValueError("bundle.json, line 1: text is none, sealed or open")
    optional = [name for name in ("sealed", "texts") if f"{name}.jsonl" in members]
    lines = {
        name: [
            _parsed(f"{name}.jsonl", n, line)
            for n, line in enumerate(_lines(f"{name}.jsonl", members[f"{name}.jsonl"]), 1)
        ]
        for name in (*LINES[1:], *optional)
    }
    raw = _lines("events.jsonl", members["events.jsonl"])
    places = list(range(len(raw)))
    if whole["bundle"]["scope"] == "case":
        places = [
            _number("indexes.txt", n, line) for n, line in enumerate(_lines("indexes.txt", members["indexes.txt"]), 1)
        ]
    found = re.compile(r"proofs/(0|[1-9][0-9]*)\.tlog-proof")
    proofs = {int(m[1]): data.decode() for name, data in members.items() if (m := found.fullmatch(name))}
    known = needed | {f"{name}.jsonl" for name in optional} | {"indexes.txt"}
    strays = [f"{name} does not belong into a bundle" for name in members if name not in known | _names(proofs)]
    findings: list[Finding] = []
    if len(places) != len(raw):
        raise ValueError(f"indexes.txt, line {len(places)}: {len(raw)} events have {len(places)} indexes")
    entries = [_entry(n, place, line, findings) for n, (place, line) in enumerate(zip(places, raw, strict=True), 1)]
    return Bundle(whole, lines, proofs, entries, findings, strays)


def _names(proofs: Iterable[int]) -> set[str]:
    return {f"proofs/{index}.tlog-proof" for index in proofs}


def _number(name: str, number: int, line: bytes) -> int:
    if not re.fullmatch(rb"0|[1-9][0-9]{0,17}", line):
        raise ValueError(f"{name}, line {number}: no index")
    return int(line)


def _entry(number: int, index: int, line: bytes, findings: list[Finding]) -> Entry:
    try:
        canonical = canonical_or_refuse(line)
    except ValueError as wrong:
        raise ValueError(f"events.jsonl, line {number}: {wrong}") from wrong
    said = json.loads(line)
    if not isinstance(said, dict) or not isinstance(said.get("case"), str) or type(said.get("seq")) is not int:
        raise ValueError(f"events.jsonl, line {number}: no event with case and seq")
    entry = Entry(index, leaf_of(line), said)
    if canonical != line:
        findings.append(entry.find("the event is not in canonical form"))
    findings += [entry.find(what) for what in wrong_in_form(said)]
    return entry
