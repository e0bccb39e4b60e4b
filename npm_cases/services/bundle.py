"""The export of one case or of the whole log: one file that proves itself without us. Its form is docs/bundle.md.

Members are streamed, so that memory does not grow with the log. The export is recorded before anything is written, and
the bundle holds that event too.
"""

import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, BinaryIO

from npm_cases.domain import access
from npm_cases.domain.errors import (
    BadInput,
    ConfigurationError,
    Conflict,
    IntegrityBroken,
    NotAllowed,
    NotFound,
    SigningRefused,
    TryAgain,
)
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Actor, Case
from npm_cases.domain.rights import RIGHTS
from npm_cases.history.base64_text import encoded
from npm_cases.history.event import OFFICE, EventType
from npm_cases.history.tlog_proofs import TlogProof
from npm_cases.history.tree import consistency_proof, inclusion_proof
from npm_cases.services.checkpoints import known_keys
from npm_cases.services.exclusion import is_kept_from
from npm_cases.services.given_codes import a_code
from npm_cases.services.log import Log, StoredCheckpoint
from npm_cases.services.plain_terms import calendar_as_plain, rule_as_plain
from npm_cases.services.ports import Office
from npm_cases.services.reading import ChainRows, Reader, StoredEvent
from npm_cases.services.recording import record
from npm_cases.services.sealing import key_to_open
from npm_cases.services.team import need_team
from state_machines import MACHINES, MACHINES_OF
from state_machines.facts import Facts
from state_machines.table import StateTable

FORMAT = "npm-cases-bundle/1"
WITHOUT_TEXT, SEALED, OPEN = "none", "sealed", "open"
TEXTS = (WITHOUT_TEXT, SEALED, OPEN)
EXPORTERS = RIGHTS["export the history"]
OFFICE_PROOFS = frozenset({EventType.KEY_ROTATED.value, EventType.RESTORED.value})
TRIES = 5

_WITHOUT_SECOND = Facts(consent_live=True)


@dataclass(frozen=True, slots=True)
class Export:
    """Ask for a bundle: of one case, or of everything (``case`` empty), with its texts left out, sealed or open."""

    actor: Actor
    at: str
    case: str = ""
    text: str = WITHOUT_TEXT
    reason: str = ""


OpenReader = Callable[[], AbstractContextManager[Reader]]


def export(
    office: Office,
    open_reader: OpenReader,
    sequence: Callable[[], int],
    sign: Callable[[], object],
    command: Export,
    to: BinaryIO,
) -> int:
    """Record the export, have the log signed, write the bundle, and return how many events it holds.

    Where the signer refuses or is away, a whole log is exported all the same: that is when it is needed most.
    Raises NotAllowed, NotFound, BadInput; TryAgain when the log never stands still; Conflict for a case whose events no
    checkpoint covers.
    """
    case, role = _allowed(office, command)
    _record_export(office, case, command, role)
    with suppress(SigningRefused, ConfigurationError, TryAgain, IntegrityBroken, Conflict):
        sign()
    for _ in range(TRIES):
        sequence()
        with open_reader() as reader:
            if reader.is_sequenced():
                return _write(office, reader, case, command, to)
    if case is None:  # heads that do not add up: rows were taken away; what the log holds is exported all the same
        with open_reader() as reader:
            return _write(office, reader, case, command, to)
    raise TryAgain(say("log_outruns"))


def _allowed(office: Office, command: Export) -> tuple[Case | None, str]:
    role = access.need(command.actor, "export the history")
    if command.text not in TEXTS:
        raise BadInput(say("not_one_of", field="--text", given=quoted(command.text), known=choice_list(TEXTS)))
    if command.text != WITHOUT_TEXT or command.reason:
        a_code("--reason", command.reason)
    if command.text == OPEN:
        access.need(command.actor, "export opened text")
        if not command.case:
            raise BadInput(say("open_text_of_one_case", field="--text"))
    if not command.case:
        _need_all_sight(office, command.actor)
        return None, role
    with office.open_reading() as work:
        case = work.read_case(command.case)
        access.need_sight(command.actor, case, work.excluded(case.id), command.case)
        if command.text == OPEN:
            need_team(work, office, case, command.actor, command.at)
    return case, role


def _need_all_sight(office: Office, actor: Actor) -> None:
    """Let pass whoever no case is kept from: a log that left some out would not verify."""
    with office.open_reading() as work:
        kept = is_kept_from(work, actor)
    if kept or access.EVERYWHERE not in actor.regions:
        raise NotAllowed(say("whole_log_for_all_sight"))


def _record_export(office: Office, case: Case | None, command: Export, role: str) -> None:
    with office.open_work() as work:
        chain = work.chain(f"reads-{case.id}" if case else OFFICE)
        facts = {"what": "bundle", "scope": "case" if case else "log", "text": command.text}
        at = max(command.at, chain.last_at)
        record(work, office, chain, EventType.EXPORTED, at, command.actor, role, facts=facts, reason=command.reason)
        work.commit()


@dataclass(frozen=True)
class _Bundle:
    """One bundle in the making."""

    office: Office
    reader: Reader
    case: Case | None
    command: Export

    @property
    def log(self) -> Log:
        return self.reader.tree()


def _write(office: Office, reader: Reader, case: Case | None, command: Export, to: BinaryIO) -> int:
    bundle = _Bundle(office, reader, case, command)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        events = _write_log(file, bundle) if case is None else _write_case(file, bundle, case)
        _write_lines(file, "derivations.jsonl", _derivations(bundle))
        _write_lines(file, "states.jsonl", _states(bundle))
        _write_lines(file, "documents.jsonl", _documents(bundle))
        if command.text == SEALED:
            _write_lines(file, "sealed.jsonl", _sealed(bundle))
        elif command.text == OPEN and case is not None:
            _write_lines(file, "texts.jsonl", _texts(bundle, case))
        _write_one(file, "tables.json", tables())
        _write_one(file, "rules.json", rules(office.pack))
        _write_one(file, "calendars.json", calendars(office))
        _write_one(file, "bundle.json", _head(bundle, events))
    return events


def _head(bundle: _Bundle, events: int) -> dict[str, Any]:
    office, case, command = bundle.office, bundle.case, bundle.command
    scope: dict[str, Any] = {"scope": "case", "case": case.id} if case else {"scope": "log"}
    return {
        "format": FORMAT, "origin": office.origin, **scope, "text": command.text, "size": bundle.log.size(),
        "events": events, "made_at": command.at, "app": office.app, "keys": known_keys(office),
    }  # fmt: skip


def _write_log(file: zipfile.ZipFile, bundle: _Bundle) -> int:
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for page in bundle.reader.pages():
            count += len(page)
            yield from (data for _, _, data in page)

    _write_bytes(file, "events.jsonl", lines())
    kept = list(_distinct(bundle.log.checkpoints()))
    _write_checkpoints(file, bundle.log, kept)
    return count


def _write_case(file: zipfile.ZipFile, bundle: _Bundle, case: Case) -> int:
    log, reader = bundle.log, bundle.reader
    last = log.last_checkpoint()
    if last is None:
        raise Conflict(say("nothing_signed"))
    found = [*reader.events_of(case.id), *reader.events_of(f"reads-{case.id}"), *reader.office_events(OFFICE_PROOFS)]
    placed = sorted(((event.index, event) for event in found if event.index is not None), key=lambda pair: pair[0])
    covered = [(index, event) for index, event in placed if index < last.size]
    if len(covered) < len(placed):
        raise Conflict(say("newer_than_checkpoint"))
    _write_bytes(file, "events.jsonl", (event.data for _, event in covered))
    _write_bytes(file, "indexes.txt", (str(index).encode() for index, _ in covered))
    for index, _ in covered:
        proof = TlogProof(index, tuple(inclusion_proof(log.node, index, last.size)), last.whole)
        file.writestr(f"proofs/{index}.tlog-proof", proof.text())
    _write_checkpoints(file, log, list(_distinct(log.checkpoints())))
    return len(covered)


def _distinct(found: Iterable[StoredCheckpoint]) -> Iterator[StoredCheckpoint]:
    """Keep one checkpoint for each size, the one with the most cosignatures; a heartbeat signs a size once more."""
    best: StoredCheckpoint | None = None
    for checkpoint in found:
        if best is not None and checkpoint.size != best.size:
            yield best
            best = None
        if best is None or len(checkpoint.cosignatures) > len(best.cosignatures):
            best = checkpoint
    if best is not None:
        yield best


def _write_checkpoints(file: zipfile.ZipFile, log: Log, kept: list[StoredCheckpoint]) -> None:
    _write_lines(file, "checkpoints.jsonl", ({"at": one.at, "note": one.whole} for one in kept))
    steps = (
        {
            "old": old.size,
            "new": new.size,
            "proof": [encoded(h) for h in consistency_proof(log.node, old.size, new.size)],
        }
        for old, new in pairwise(kept)
        if new.size <= log.size()  # a larger one is shown without a proof: entries were cut off
    )
    _write_lines(file, "consistency.jsonl", steps)


# -- what the tables say


def _rows(bundle: _Bundle) -> Iterator[ChainRows]:
    wanted = None if bundle.case is None else {bundle.case.id, f"reads-{bundle.case.id}"}
    return (rows for rows in bundle.reader.chains() if wanted is None or rows.chain in wanted)


def _derivations(bundle: _Bundle) -> Iterator[dict[str, Any]]:
    for rows in _rows(bundle):
        for owed in sorted(rows.obligations, key=lambda owed: owed.id):
            yield {
                "case": rows.chain, "obligation": owed.id, "rule": owed.rule, "rule_version": owed.rule_version,
                "derivation": owed.derivation,
            }  # fmt: skip


def _states(bundle: _Bundle) -> Iterator[dict[str, Any]]:
    for rows in _rows(bundle):
        if rows.case is not None:
            case = rows.case
            states = {name: case.state if name == case.kind else getattr(case, name) for name in MACHINES_OF[case.kind]}
            yield {
                "case": case.id, "number": case.number, "kind": case.kind, "states": states, "seq": case.seq,
                "leaf": case.head.hex(),
            }  # fmt: skip
        elif rows.head is not None:
            yield {"case": rows.chain, "seq": rows.head.seq, "leaf": rows.head.head.hex()}


def _documents(bundle: _Bundle) -> Iterator[dict[str, Any]]:
    for rows in _rows(bundle):
        for document in rows.documents:
            yield {"case": rows.chain, "document": document.id, "size": document.size}


def _sealed(bundle: _Bundle) -> Iterator[dict[str, Any]]:
    if bundle.case is None:
        found: Iterable[tuple[str, int, bytes]] = bundle.reader.sealed()
    else:
        found = _sealed_of(bundle.reader.events_of(bundle.case.id), bundle.reader.events_of(f"reads-{bundle.case.id}"))
    for chain, seq, ciphertext in found:
        yield {"case": chain, "seq": seq, "ciphertext": b64encode(ciphertext).decode()}


def _sealed_of(*chains: Iterable[StoredEvent]) -> Iterator[tuple[str, int, bytes]]:
    for events in chains:
        yield from ((event.chain, event.seq, event.sealed) for event in events if event.sealed is not None)


def _texts(bundle: _Bundle, case: Case) -> Iterator[dict[str, Any]]:
    """Open the texts of the case itself; of one that was erased there are none."""
    with bundle.office.open_reading() as work:
        try:
            key = key_to_open(work, bundle.office, case.id)
        except NotFound:
            return
        for event in bundle.reader.events_of(case.id):
            if event.sealed is not None:
                blinded = bundle.office.sealer.open_blinded(key, f"{case.id}/{event.seq}", event.sealed)
                yield {"case": case.id, "seq": event.seq, "blinded": b64encode(blinded).decode()}


# -- what is published


def tables() -> dict[str, Any]:
    """Return every transition table as data, and which machines a kind of case has."""
    return {
        "machines": [_machine(table) for table in MACHINES.values()],
        "of": {k: list(m) for k, m in MACHINES_OF.items()},
    }


def _machine(table: StateTable[Any, Any]) -> dict[str, Any]:
    return {
        "machine": table.name,
        "initial": str(table.initial),
        "states": [
            {"state": str(s), "phase": str(table.phase(s)) if table.has_phases else "", "final": s in table.final}
            for s in table.states
        ],
        "rows": [
            {
                "state": str(row.state), "event": str(row.event), "next": str(row.next),
                "who": sorted(str(role) for role in row.who),
                "second_person": any(g.second_person and not g.holds(_WITHOUT_SECOND) for g in row.guards),
            }
            for row in table.rows
        ],
    }  # fmt: skip


def rules(pack: Pack) -> dict[str, Any]:
    """Return every version of every rule, as plain terms."""
    return {name: {rule.version: rule_as_plain(rule) for rule in found} for name, found in pack.rules.items()}


def calendars(office: Office) -> list[Mapping[str, Any]]:
    """Return the calendars derivations may name, days as ISO text."""
    return [calendar_as_plain(calendar) for calendar in office.calendars]


# -- members of the file


def _write_one(file: zipfile.ZipFile, name: str, value: Any) -> None:
    file.writestr(name, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a bundle")


def _write_lines(file: zipfile.ZipFile, name: str, lines: Iterable[Mapping[str, Any]]) -> None:
    _write_bytes(file, name, (json.dumps(line, ensure_ascii=False, sort_keys=True).encode() for line in lines))


def _write_bytes(file: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> None:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    with file.open(info, "w", force_zip64=True) as member:
        for line in lines:
            member.write(line + b"\n")


_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the file says when it was made in bundle.json; the same export is the same bytes
