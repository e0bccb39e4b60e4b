"""The witness: an auditor's own program that confirms, with a time, that the log only ever grew.

It remembers for each log the last checkpoint it cosigned and cosigns only what is shown to continue it, written down
before it answers. Two signed checkpoints that do not go together are kept as proof.

Run it as ``python -m npm_cases.proving.witness COMMAND --state DIR``. Exit codes: 0 done, 2 the state folder is missing or
broken, 4 not signed by the key trusted, 5 refused (stdout says ``old SIZE``), 6 a log that is not trusted, 7 the input
cannot be read.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npm_cases.history.base64_text import encoded
from npm_cases.history.checkpoint_requests import CheckpointRequest, RequestWrong, parse_request
from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.notes import (
    COSIGNATURE,
    ED25519,
    Note,
    NoteWrong,
    VerifierKey,
    parse_note,
    parse_vkey,
    verified,
)
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import holds, new_seed
from npm_cases.history.signing import SignerKey, cosign
from npm_cases.history.tree import EMPTY_ROOT, ProofWrong, check_consistency
from npm_cases.proving.kept_files import KeptFileWrong, locked, read_kept, read_key, write_key, write_whole

DONE, FILES_WRONG, NOT_SIGNED, REFUSED, UNKNOWN_LOG, INPUT_WRONG = 0, 2, 4, 5, 6, 7


class Refused(Exception):
    """The witness does not cosign this; ``size`` is that of the last checkpoint it did cosign."""

    def __init__(self, why: str, size: int) -> None:
        super().__init__(why)
        self.size = size


class UnknownLog(Exception):
    """No key is trusted for this origin; a person decides by ``trust``."""


class NotSigned(Exception):
    """The checkpoint is not signed by the key that is trusted for its origin."""


class RotationWrong(ValueError):
    """The statement does not lead from the trusted key to the new one."""


@dataclass(frozen=True)
class KnownLog:
    """What the witness keeps of a log: the keys it trusted (the last one now) and the last note it cosigned, if any."""

    keys: tuple[VerifierKey, ...]
    last: str = ""

    @property
    def key(self) -> VerifierKey:
        return self.keys[-1]

    def checkpoint(self) -> Checkpoint:
        if not self.last:
            return Checkpoint(self.key.name, 0, EMPTY_ROOT)
        return parse_checkpoint(parse_note(self.last.encode()).text)


@dataclass(frozen=True)
class State:
    """The state folder: the witness's key, a file for each log, and the proofs of fraud."""

    folder: Path

    @property
    def key(self) -> Path:
        return self.folder / "witness.key"

    def log(self, origin: str) -> Path:
        return self.folder / f"log-{short_name(origin)}.json"

    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("log-*.json"))


def short_name(origin: str) -> str:
    """Return a file name for an origin, which may hold any letter."""
    return hashlib.sha256(origin.encode()).hexdigest()[:16]


def init(state: State, name: str) -> str:
    """Make the witness's key; return its verifier key, which goes to whoever verifies.

    Raises KeptFileWrong when there is a key already, NoteWrong when the name cannot name a key.
    """
    key = SignerKey(name, new_seed(), COSIGNATURE)
    state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(state.key):
        write_key(state.key, key)
    return key.verifier().text()


def trust(state: State, vkey: str, rotation: str | None = None) -> None:
    """Trust this key for the log of its name, from size 0; the same key again changes nothing.

    Another key for a known log is taken only with the rotation statement (JSON) that leads to it. Raises Refused,
    RotationWrong, NoteWrong or KeptFileWrong.
    """
    key = parse_vkey(vkey)
    if key.algorithm != ED25519:
        raise NoteWrong(f"the key {key.name} is a witness's, not a log's")
    with locked(state.key):
        _own_key(state)
        path = state.log(key.name)
        if not path.exists():
            _write_log(state, KnownLog((key,)))
            return
        known = _read_log(path)
        if known.key == key:
            return
        if rotation is None:
            raise Refused(
                f"another key is trusted for {key.name}; follow a rotation with --replace --rotation FILE",
                known.checkpoint().size,
            )
        check_rotation(rotation, known.key, key)
        _write_log(state, KnownLog((*known.keys, key), known.last))


def check_rotation(statement: str, old: VerifierKey, new: VerifierKey) -> None:
    """Check that a rotation statement leads from the old key to the new one, signed by both.

    Raises RotationWrong saying what is wrong.
    """
    try:
        said = json.loads(statement)
        keys = parse_vkey(said["old_key"]), parse_vkey(said["new_key"])
        by_old, by_new = bytes.fromhex(said["signed_by_old"]), bytes.fromhex(said["signed_by_new"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RotationWrong(f"the rotation statement cannot be read: {error!r}") from error
    if keys != (old, new) or old.name != new.name:
        raise RotationWrong(f"the rotation does not lead from the trusted key {old.text()} to the key {new.text()}")
    message = rotation_statement(old.name, old, new)
    for key, signature in ((old, by_old), (new, by_new)):
        if not holds(key.public, signature, message):
            raise RotationWrong(f"the rotation is not signed by the key {key.text()}")


def cosign_request(state: State, request: str, at: int, *, after_writing: Callable[[], None] = lambda: None) -> str:
    """Return the cosignature line (``at``: POSIX seconds) for the signed checkpoint in a request, having written it down.

    The checkpoint cosigned last is cosigned again, whatever ``old`` says. ``after_writing`` is called between writing
    and answering. Raises Refused, NotSigned, UnknownLog, KeptFileWrong, or the error of what cannot be read.
    """
    asked = parse_request(request)
    note = parse_note(asked.checkpoint.encode())
    checkpoint = parse_checkpoint(note.text)
    with locked(state.key):
        own = _own_key(state)
        path = state.log(checkpoint.origin)
        if not path.exists():
            raise UnknownLog(f"no key is trusted for the log '{checkpoint.origin}'; a person decides: trust --key VKEY")
        known = _read_log(path)
        _check_signed(note, known.key)
        _check_continues(state, known, checkpoint, asked)
        line = cosign(note.text, own, at)
        by_log = [each for each in note.lines if (each.name, each.key_id) == (known.key.name, known.key.key_id)]
        _write_log(state, KnownLog(known.keys, Note(note.text, (by_log[0], line)).data().decode()))
        after_writing()
        return line.text()


def _check_signed(note: Note, key: VerifierKey) -> None:
    try:
        verified(note, [key])
    except NoteWrong as error:
        raise NotSigned(f"the checkpoint is not signed by the key trusted for {key.name}: {error}") from error


def _check_continues(state: State, known: KnownLog, checkpoint: Checkpoint, asked: CheckpointRequest) -> None:
    last = known.checkpoint()
    if checkpoint == last:
        return
    if checkpoint.size == last.size:
        kept = _keep_fraud(state, known, asked, "two roots signed for one size prove that the log has two histories")
        raise Refused(
            f"another root was signed for {last.size} entries: a split view. Both are kept in {kept}", last.size
        )
    if checkpoint.size < last.size:
        raise Refused(f"{last.size} entries were cosigned already; this checkpoint has {checkpoint.size}", last.size)
    if asked.old != last.size:
        raise Refused(f"the last size cosigned is {last.size}, not {asked.old}: prove from there", last.size)
    if last.size == 0:
        if asked.proof:
            raise Refused("from size 0 there is nothing to prove; send no proof", last.size)
        return
    try:
        check_consistency(last.size, last.root, checkpoint.size, checkpoint.root, asked.proof)
    except ProofWrong as error:
        why = f"the proof between them does not hold ({error}); if the log has no other proof, it has two histories"
        kept = _keep_fraud(state, known, asked, why)
        raise Refused(
            f"the log is not shown to continue what was cosigned: {error}. Kept in {kept}", last.size
        ) from error


def _keep_fraud(state: State, known: KnownLog, asked: CheckpointRequest, why: str) -> Path:
    """Keep both signed checkpoints, and the proof that failed, in one file for a person to show."""
    proof = "".join(f"{encoded(each)}\n" for each in asked.proof)
    text = f"{why}\n\n--- cosigned before\n{known.last}\n--- proof given\n{proof}\n--- offered then\n{asked.checkpoint}"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    kept = state.folder / f"fraud-{short_name(known.key.name)}-{name}.txt"
    write_whole(kept, text)
    return kept


def accept_restore(state: State, origin: str) -> Path:
    """Begin again from size 0 after a declared restore; return where the last note is kept.

    Raises UnknownLog, KeptFileWrong, or Refused when nothing was cosigned yet.
    """
    with locked(state.key):
        _own_key(state)
        path = state.log(origin)
        if not path.exists():
            raise UnknownLog(f"no key is trusted for the log '{origin}'")
        known = _read_log(path)
        if not known.last:
            raise Refused(f"nothing was cosigned for {origin} yet; there is nothing to set back", 0)
        name = hashlib.sha256(known.last.encode()).hexdigest()[:16]
        kept = state.folder / f"lost-{short_name(origin)}-{name}.txt"
        write_whole(kept, known.last)
        _write_log(state, KnownLog(known.keys))
    return kept


def show(state: State) -> dict[str, Any]:
    """Return the witness's verifier key, each log with the last size and root, and the files kept. Raises KeptFileWrong."""
    with locked(state.key):
        kept = sorted(path.name for ending in ("fraud", "lost") for path in state.folder.glob(f"{ending}-*.txt"))
        return {"key": _own_key(state).verifier().text(), "logs": list(_shown_logs(state)), "kept": kept}


def _shown_logs(state: State) -> Iterator[dict[str, Any]]:
    for path in state.logs():
        known = _read_log(path)
        last = known.checkpoint()
        yield {"origin": last.origin, "key": known.key.text(), "size": last.size, "root": last.root.hex()}


def _own_key(state: State) -> SignerKey:
    key = read_key(state.key)
    if key.algorithm != COSIGNATURE:
        raise KeptFileWrong(f"the key in {state.key} is a log's, not a witness's")
    return key


def _write_log(state: State, known: KnownLog) -> None:
    members = {"keys": [key.text() for key in known.keys], "last": known.last}
    write_whole(state.log(known.key.name), json.dumps(members, indent=1) + "\n")


def _read_log(path: Path) -> KnownLog:
    try:
        members = json.loads(read_kept(path, "the record of a log"))
        known = KnownLog(tuple(map(parse_vkey, members["keys"])), members["last"])
        is_of_this_log = path.name == f"log-{short_name(known.checkpoint().origin)}.json"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise KeptFileWrong(f"the record {path} is broken: {error!r}. Put it back from its copy") from error
    if not is_of_this_log:
        raise KeptFileWrong(f"the record {path} is of another log. Put it back from its copy")
    return known


def main(arguments: Sequence[str] | None = None, program: str = "npm_verify.py witness") -> int:
    """Run one command; return its exit code. ``program`` is what its help calls it."""
    try:
        sys.stdout.write(_answer(_parser(program).parse_args(arguments), int(time.time())))
    except Refused as refused:
        sys.stdout.write(f"old {refused.size}\n")
        sys.stderr.write(f"refused: {refused}\n")
        return REFUSED
    except tuple(_CODES) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return next(code for kind, code in _CODES.items() if isinstance(wrong, kind))
    return DONE


_CODES: dict[type[Exception], int] = {
    KeptFileWrong: FILES_WRONG,
    NotSigned: NOT_SIGNED,
    UnknownLog: UNKNOWN_LOG,
    RotationWrong: INPUT_WRONG,
    RequestWrong: INPUT_WRONG,
    CheckpointWrong: INPUT_WRONG,
    NoteWrong: INPUT_WRONG,
    UnicodeDecodeError: INPUT_WRONG,
}


def _answer(asked: argparse.Namespace, at: int) -> str:
    state = State(asked.state)
    commands: dict[str, Callable[[], str]] = {
        "init": lambda: init(state, asked.name) + "\n",
        "trust": lambda: _trusted(state, asked),
        "cosign": lambda: cosign_request(state, _request(asked.request), at),
        "accept-restore": lambda: f"set back; the last note is kept in {accept_restore(state, asked.origin)}\n",
        "show": lambda: json.dumps(show(state)) + "\n",
    }
    return commands[asked.command]()


def _trusted(state: State, asked: argparse.Namespace) -> str:
    if asked.replace != (asked.rotation is not None):
        raise RotationWrong("a key is replaced with both --replace and --rotation FILE, or not at all")
    rotation = read_kept(asked.rotation, "the rotation statement") if asked.replace else None
    trust(state, asked.key, rotation)
    return f"trusted: {asked.key}\n"


def _request(path: Path | None) -> str:
    return read_kept(path, "the request") if path else sys.stdin.buffer.read().decode()


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Witness that a log only grows.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in _MEANINGS.items():
        command = commands.add_parser(name, help=meaning, description=meaning)
        command.add_argument("--state", type=Path, required=True, help="the witness's own folder")
    commands.choices["init"].add_argument(
        "--name", required=True, help="the name of the witness, without spaces or '+'"
    )
    trusted = commands.choices["trust"]
    trusted.add_argument("--key", required=True, help="the log's verifier key, from somebody you believe")
    trusted.add_argument("--replace", action="store_true", help="replace the key trusted until now")
    trusted.add_argument("--rotation", type=Path, help="the rotation statement (JSON) that leads to the new key")
    commands.choices["cosign"].add_argument(
        "request", type=Path, nargs="?", help="the request; standard input without it"
    )
    commands.choices["accept-restore"].add_argument("--origin", required=True, help="the log that was restored")
    return parser


_MEANINGS = {
    "init": "make the key of this witness",
    "trust": "trust a key for the log of its name",
    "cosign": "cosign the signed checkpoint in a request",
    "accept-restore": "begin again with a log whose restore was declared",
    "show": "print the verifier key, the logs and what was kept",
}

if __name__ == "__main__":
    raise SystemExit(main())
