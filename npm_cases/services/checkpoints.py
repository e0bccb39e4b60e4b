"""Checkpoints of the log: asked of the signer, kept, shown to outsiders, mailed to keepers in different bodies.

A checkpoint is a number and a hash: it says nothing of any case, and can be given to anyone.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, IntegrityBroken, NotFound, SigningRefused
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.base64_text import encoded
from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.event import OFFICE, EventType, read
from npm_cases.history.notes import (
    COSIGNATURE,
    DASH,
    Line,
    NoteWrong,
    VerifierKey,
    line_holds,
    parse_line,
    parse_note,
    parse_vkey,
    verified,
)
from npm_cases.history.tlog_proofs import TlogProof
from npm_cases.history.tree import consistency_proof, inclusion_proof, root_of
from npm_cases.services.incidents import raise_incident
from npm_cases.services.log import LOG_KEY, Log, Signer, StoredCheckpoint
from npm_cases.services.office_acts import DECLARE_RESTORE, ROTATE_LOG_KEY, Seconded, carry, check
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

OpenLog = Callable[[], AbstractContextManager[Log]]


def is_due(log: Log, at: str, every: timedelta, heartbeat: timedelta) -> bool:
    """Say whether a checkpoint is due: after ``every`` with new entries, after ``heartbeat`` even without any."""
    last = log.last_checkpoint()
    if last is None:
        return True
    age = from_text(at) - from_text(last.at)
    return age >= heartbeat or (age >= every and log.size() > last.size)


def make_checkpoint(office: Office, open_log: OpenLog, signer: Signer, at: str) -> StoredCheckpoint:
    """Have the log as it is now signed, keep the checkpoint, and return it; the log is sequenced and grown before.

    The signer may stand further than the last checkpoint kept (it signed, and we died): it is asked again from there.
    Raises SigningRefused when it stands further than the log or at another root: the log was cut or rolled back.
    """
    with open_log() as log:
        last, size = log.last_checkpoint(), log.size()
        if last is not None and last.size > size:
            raise SigningRefused(say("log_cut_off", signed=last.size, size=size), last.size)
        present = Checkpoint(office.origin, size, root_of(log.node, size))
        signed_before = last.size if last else 0
        note, stood_at = _signed(log, signer, present, signed_before)
        if not _is_by_known_key(office, note):
            signer.activate()  # a rotation stands in the history, and broke off before the signer was told
            note, _ = _signed(log, signer, present, signed_before)
    _check_note(office, note, present)
    if stood_at < signed_before:
        _tell_of_set_back(office, stood_at, signed_before, at)
    made = StoredCheckpoint((last.number if last else 0) + 1, size, present.root, note, at)
    with office.open_work() as work:
        try:
            work.insert(
                "checkpoints",
                {"number": made.number, "size": size, "root": made.root, "note": note, "at": max(at, last.at) if last else at},
            )  # fmt: skip
            work.commit()
        except (Conflict, IntegrityBroken):
            return _made_meanwhile(open_log, size)
    return made


def _made_meanwhile(open_log: OpenLog, size: int) -> StoredCheckpoint:
    """Return the checkpoint another program kept while we asked; it covers at least as much."""
    with open_log() as log:
        last = log.last_checkpoint()
    if last is None or last.size < size:
        raise Conflict(say("checkpoint_meanwhile"))
    return last


def _signed(log: Log, signer: Signer, present: Checkpoint, old: int) -> tuple[str, int]:
    """Return the signed note, and the size the signer stood at before."""
    try:
        return signer.sign(request(log, old, present.text())).decode(), old
    except SigningRefused as refused:
        if refused.size == old:
            raise
        if refused.size > present.size:
            raise SigningRefused(say("signer_ahead", signed=refused.size, size=present.size), refused.size) from refused
        return signer.sign(request(log, refused.size, present.text())).decode(), refused.size


def _tell_of_set_back(office: Office, stood_at: int, signed_before: int, at: str) -> None:
    """Raise an incident when the signer's mark was behind what it had signed, unless a restore was declared just then."""
    with office.open_work() as work:
        rows = work.rows("case_events", {"chain": OFFICE, "type": EventType.RESTORED.value})
        if any(read(bytes(row["data"])).facts.get("kept_size") == signed_before for row in rows):
            return
        what = (
            f"the signer stood at {stood_at} entries, but had signed {signed_before}: its mark was set back; find out by "
            "whom, and have the witnesses compare"
        )
        raise_incident(work, office, "signer_set_back", "log", what, at)
        work.commit()


def request(log: Log, old: int, note: str) -> bytes:
    """Return a request to sign or cosign in the form of C2SP tlog-witness: old size, consistency proof, note."""
    checkpoint = parse_checkpoint(note.partition("\n\n")[0].rstrip("\n") + "\n")
    if old > checkpoint.size:
        raise BadInput(say("nothing_to_prove_from", size=checkpoint.size, old=old))
    proof = consistency_proof(log.node, old, checkpoint.size)
    return "".join([f"old {old}\n", *(f"{encoded(hash_)}\n" for hash_ in proof), "\n", note]).encode()


def known_keys(office: Office) -> list[str]:
    """Return the verifier key this installation knows its log by, as people write it; none before it was set up."""
    with office.open_reading() as work:
        return [str(row["value"]) for row in work.rows("meta", {"name": LOG_KEY})]


def _known_keys(office: Office) -> list[VerifierKey]:
    return [parse_vkey(text) for text in known_keys(office)]


def _is_by_known_key(office: Office, note: str) -> bool:
    try:
        known = {(key.name, key.key_id) for key in _known_keys(office)}
        return any((line.name, line.key_id) in known for line in parse_note(note.encode()).lines)
    except NoteWrong:
        return True  # what is wrong with it is said where it is checked


def _check_note(office: Office, note: str, present: Checkpoint) -> None:
    """Take only a note that says what was asked for, under the key this log is known by."""
    try:
        parsed = parse_note(note.encode())
        said = parse_checkpoint(parsed.text)
        verified(parsed, _known_keys(office))
    except (NoteWrong, CheckpointWrong) as wrong:
        raise IntegrityBroken(say("signature_does_not_hold", wrong=wrong)) from wrong
    if said != present:
        raise IntegrityBroken(say("signed_another", size=said.size))


def add_cosignatures(office: Office, open_log: OpenLog, answer: bytes, witnesses: Sequence[str], at: str) -> int:
    """Keep what witnesses signed: lines that hold under the verifier keys given; returns how many were new.

    ``answer`` is a checkpoint of ours with more lines, or the lines of witnesses alone: then the checkpoint they signed
    is found. Raises BadInput when no line holds for any checkpoint of ours.
    """
    try:
        keys = [parse_vkey(text) for text in witnesses]
        lines = [parse_line(line) for line in answer.decode().splitlines() if line.startswith(DASH)]
    except (NoteWrong, UnicodeDecodeError) as wrong:
        raise BadInput(say("cosignature_unreadable", wrong=wrong)) from wrong
    with open_log() as log:
        ours, holding = _signed_by(log, lines, keys)
    added = 0
    with office.open_work() as work:
        known = {row["witness"] for row in work.rows("cosignatures", {"checkpoint": ours.number})}
        for key, line in holding:
            if key.text() not in known:
                values = {"checkpoint": ours.number, "witness": key.text(), "line": line.text().rstrip("\n"), "at": at}
                work.insert("cosignatures", values)
                added += 1
        work.commit()
    return added


def _signed_by(
    log: Log, lines: Sequence[Line], keys: Sequence[VerifierKey]
) -> tuple[StoredCheckpoint, list[tuple[VerifierKey, Line]]]:
    """Return the newest checkpoint that witnesses signed, with their lines."""
    found: tuple[StoredCheckpoint, list[tuple[VerifierKey, Line]]] | None = None
    for ours in log.checkpoints():
        text = ours.note.partition("\n\n")[0] + "\n"
        holding = [
            (key, line)
            for key in keys
            for line in lines
            if key.algorithm == COSIGNATURE and line_holds(line, key, text)
        ]
        found = (ours, holding) if holding else found
    if found is None:
        raise BadInput(say("no_witness_signed"))
    return found


def prove(office: Office, open_log: OpenLog, case: str, seq: int, actor: Actor) -> TlogProof:
    """Return the proof that one event is in the log under the newest checkpoint (C2SP tlog-proof).

    Raises NotFound for an unknown case or event; Conflict when the event is newer than the newest checkpoint.
    """
    with office.open_reading() as work:
        found = work.read_case(case)
        access.need_sight(actor, found, work.excluded(found.id), case)
    return proof_of(open_log, found.id, seq)


def proof_of(open_log: OpenLog, chain: str, seq: int, leaf: str = "") -> TlogProof:
    """Return the proof of one event of a chain; ``leaf`` (hex) is what a receipt says of it, if one is at hand.

    Raises IntegrityBroken when a receipt names an event the log does not have, or another leaf: proof of a removal.
    """
    with open_log() as log:
        entry, last = log.entry(chain, seq), log.last_checkpoint()
        if entry is None and leaf:
            raise IntegrityBroken(say("event_removed", seq=seq, chain=chain))
        if entry is None:
            raise NotFound(say("no_such_event", seq=seq, chain=chain))
        if leaf and entry[1].hex() != leaf:
            raise IntegrityBroken(say("event_replaced", seq=seq, chain=chain))
        if last is None or entry[0] >= last.size:
            raise Conflict(say("event_newer_than_checkpoint"))
        return TlogProof(entry[0], tuple(inclusion_proof(log.node, entry[0], last.size)), last.whole)


def rotate_log_key(office: Office, signer: Signer, second: Seconded, at: str) -> Mapping[str, str]:
    """Replace the log's key: an event signed by both, then the signer puts the new one in use and destroys the old.

    Whatever breaks off after the event is finished by the next checkpoint. Raises NotAllowed, Conflict for a proposal
    that is not pending, SigningRefused, ConfigurationError.
    """
    check(office, ROTATE_LOG_KEY, second, at)
    signed = signer.rotate()
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        by = carry(work, office, chain, ROTATE_LOG_KEY, second, instant(chain, at))
        record(
            work, office, chain, EventType.KEY_ROTATED, by.at, by.actor, by.role, facts={"which": "log", **signed},
            approved_by=second.actor.user,
        )  # fmt: skip
        if not work.update("meta", {"value": signed["new_key"]}, {"name": LOG_KEY}):
            work.insert("meta", {"name": LOG_KEY, "value": signed["new_key"]})
        work.commit()
    office.at_point("rotate.before_activate")
    signer.activate()
    return signed


def declare_restore(office: Office, open_log: OpenLog, signer: Signer, second: Seconded, at: str) -> Checkpoint:
    """Record that the log was restored on purpose from a backup: what was lost stands in the history for ever.

    Returns the last checkpoint that was signed before; a declaration that broke off goes on where it was. Raises
    NotAllowed; BadInput when nothing was lost.
    """
    lost = signer.mark()
    with open_log() as log:
        last = log.last_checkpoint()
        kept = last.size if last else 0  # since then nothing was signed: up to here both histories are the same
        if log.size() >= lost.size and root_of(log.node, lost.size) == lost.root:
            raise BadInput(say("nothing_lost", size=lost.size))
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        facts: dict[str, Any] = {"lost_size": lost.size, "lost_root": lost.root.hex()}
        if not _is_declared(work, facts):
            by = carry(work, office, chain, DECLARE_RESTORE, second, instant(chain, at))
            record(
                work, office, chain, EventType.RESTORED, by.at, by.actor, by.role, facts={**facts, "kept_size": kept},
                approved_by=second.actor.user,
            )  # fmt: skip
            work.commit()
    office.at_point("restore.before_signer")
    signer.declare_restore(lost.size)
    return lost


def _is_declared(work: Work, lost: Mapping[str, object]) -> bool:
    """Say whether the history declares this very restore already: a declaration that broke off is made once."""
    rows = work.rows("case_events", {"chain": OFFICE, "type": EventType.RESTORED.value})
    return any(lost.items() <= read(bytes(row["data"])).facts.items() for row in rows)
