"""The signer: the one program that holds the log's key, and that never signs a shorter or a different past.

It keeps a high-water mark, best on another disk: the last checkpoint it signed. It signs only what is shown to continue
that one, and writes the mark first, so that after a crash it can only have promised less than it remembers.

Run it as ``python -m npm_cases.proving.signer COMMAND --key FILE --mark FILE``. Exit codes: 0 done, 2 the key or the mark
is missing or broken, 5 refused (stdout says ``old SIZE``), 7 the request cannot be read.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npm_cases.history.checkpoint_requests import CheckpointRequest, RequestWrong, parse_request
from npm_cases.history.checkpoints import Checkpoint, CheckpointWrong, parse_checkpoint
from npm_cases.history.notes import ED25519, Note, NoteWrong, parse_note, parse_vkey, verified
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import new_seed, signed
from npm_cases.history.signing import SignerKey, sign_note
from npm_cases.history.tree import EMPTY_ROOT, ProofWrong, check_consistency
from npm_cases.proving.kept_files import (
    KeptFileWrong,
    append_whole,
    beside,
    destroy_by_replacing,
    locked,
    read_kept,
    read_key,
    write_key,
    write_whole,
)

MARK_HEADER = "npm-cases high-water mark v1\n"
DONE, FILES_WRONG, REFUSED, REQUEST_WRONG = 0, 2, 5, 7


class Refused(Exception):
    """The signer does not sign this; ``size`` is that of the last checkpoint it did sign."""

    def __init__(self, why: str, size: int) -> None:
        super().__init__(why)
        self.size = size


@dataclass(frozen=True)
class Files:
    """Where the key and the mark lie; what goes with them lies beside them."""

    key: Path
    mark: Path

    @property
    def next_key(self) -> Path:
        return beside(self.key, ".next")

    @property
    def retired_keys(self) -> Path:
        return beside(self.key, ".retired")

    @property
    def lost_marks(self) -> Path:
        return beside(self.mark, ".lost")


def init(files: Files, origin: str) -> str:
    """Make the key and the mark of a new log; return its verifier key.

    Raises KeptFileWrong when there is a key or a mark already, NoteWrong when the origin cannot name a key.
    """
    key = SignerKey(origin, new_seed())
    begun = Checkpoint(origin, 0, EMPTY_ROOT)
    with locked(files.mark):
        if files.key.exists():
            raise KeptFileWrong(f"there is a key in {files.key} already; nothing was changed")
        if files.mark.exists() and read_mark(files.mark) != begun:
            raise KeptFileWrong(f"there is a mark in {files.mark} already: its key must be found, not made anew")
        write_mark(files.mark, begun)  # the mark first: a key without its mark is refused
        write_key(files.key, key)
    return key.verifier().text()


def sign(files: Files, request: str, *, after_mark: Callable[[], None] = lambda: None) -> str:
    """Return the signed note of the checkpoint in a request, having written the mark first.

    The same checkpoint is signed again, with the same bytes, whatever ``old`` says. ``after_mark`` is called between
    mark and signature. Raises Refused, KeptFileWrong, or RequestWrong and CheckpointWrong for an unreadable request.
    """
    asked = parse_request(request)
    checkpoint = parse_checkpoint(asked.checkpoint)
    with locked(files.mark):
        key, mark = _key_and_mark(files)
        _check_continues(mark, checkpoint, asked)
        write_mark(files.mark, checkpoint)
        after_mark()
        return Note(checkpoint.text(), (sign_note(checkpoint.text(), key),)).data().decode()


def _check_continues(mark: Checkpoint, checkpoint: Checkpoint, asked: CheckpointRequest) -> None:
    if checkpoint.origin != mark.origin:
        raise Refused(f"this is the signer of {mark.origin}, not of {checkpoint.origin}", mark.size)
    if checkpoint == mark:
        return
    if checkpoint.size == mark.size:
        raise Refused(f"another root was signed for {mark.size} entries: this is a second history", mark.size)
    if checkpoint.size < mark.size:
        raise Refused(
            f"{mark.size} entries were signed already, this checkpoint has {checkpoint.size}: the log was rolled back. "
            f"If it was restored from a backup, declare that with the command restore --lost-size {mark.size}",
            mark.size,
        )
    if asked.old != mark.size:
        raise Refused(f"the last size signed is {mark.size}, not {asked.old}: prove from there", mark.size)
    _check_proof(mark, checkpoint, asked.proof)


def _check_proof(mark: Checkpoint, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    if mark.size == 0:
        if proof:
            raise Refused("from size 0 there is nothing to prove; send no proof", mark.size)
        return
    try:
        check_consistency(mark.size, mark.root, checkpoint.size, checkpoint.root, proof)
    except ProofWrong as error:
        raise Refused(f"the log is not shown to continue what was signed at {mark.size}: {error}", mark.size) from error


def rotate(files: Files) -> dict[str, str]:
    """Make the next key unless there is one; return both keys, and the statement signed by both (hex).

    The old key goes on signing until ``activate``. Raises KeptFileWrong.
    """
    with locked(files.mark):
        key, mark = _key_and_mark(files)
        if not files.next_key.exists():
            write_key(files.next_key, SignerKey(key.name, new_seed()))
        following = read_key(files.next_key)
    old, new = key.verifier(), following.verifier()
    statement = rotation_statement(mark.origin, old, new)
    return {
        "old_key": old.text(),
        "new_key": new.text(),
        "signed_by_old": signed(key.seed, statement).hex(),
        "signed_by_new": signed(following.seed, statement).hex(),
    }


def activate(files: Files) -> str:
    """Sign with the next key from now on; the old secret is destroyed, its verifier key kept. Return the new one.

    Raises KeptFileWrong when there is no next key.
    """
    with locked(files.mark):
        key, _ = _key_and_mark(files)
        if not files.next_key.exists():
            raise KeptFileWrong(f"there is no next key in {files.next_key}; run the command rotate first")
        following = read_key(files.next_key)
        append_whole(files.retired_keys, key.verifier().text() + "\n")
        destroy_by_replacing(files.key, files.next_key)
    return following.verifier().text()


def restore(files: Files, lost_size: int) -> str:
    """Take a person's word that the log was restored: the mark goes back to 0, the old one is kept beside it.

    Raises Refused unless ``lost_size`` is the size of the mark; KeptFileWrong. Return the verifier key.
    """
    with locked(files.mark):
        key, mark = _key_and_mark(files)
        if lost_size != mark.size:
            raise Refused(f"the last size signed is {mark.size}, not {lost_size}; nothing was set back", mark.size)
        append_whole(files.lost_marks, mark.text())
        write_mark(files.mark, Checkpoint(mark.origin, 0, EMPTY_ROOT))
    return key.verifier().text()


def recover(files: Files, note: str) -> Checkpoint:
    """Put back a mark that is missing or broken, from the newest signed checkpoint somebody outside has kept.

    Raises KeptFileWrong when the mark is whole, NoteWrong or CheckpointWrong when the note is not this log's.
    """
    with locked(files.mark):
        key = read_key(files.key)
        if _is_whole(files.mark):
            raise KeptFileWrong(f"the mark in {files.mark} is whole; nothing was changed")
        read = parse_note(note.encode())
        verified(read, map(parse_vkey, {key.verifier().text(), *_retired(files)}))
        kept = parse_checkpoint(read.text)
        if kept.origin != key.name:
            raise NoteWrong(f"the note is of {kept.origin}, not of {key.name}")
        write_mark(files.mark, kept)
    return kept


def _is_whole(mark: Path) -> bool:
    try:
        read_mark(mark)
    except KeptFileWrong:
        return False
    return True


def show(files: Files) -> dict[str, Any]:
    """Return what a person may know: the verifier keys, and the last checkpoint signed. Raises KeptFileWrong."""
    with locked(files.mark):
        key, mark = _key_and_mark(files)
        shown = {"key": key.verifier().text(), "origin": mark.origin, "size": mark.size, "root": mark.root.hex()}
        if files.next_key.exists():
            shown["next_key"] = read_key(files.next_key).verifier().text()
        return shown | {"retired": _retired(files)}


def _retired(files: Files) -> list[str]:
    if not files.retired_keys.exists():
        return []
    listed = read_kept(files.retired_keys, "the list of retired keys").split("\n")[:-1]
    return list(dict.fromkeys(listed))  # twice when a crash came between the list and the change


def _key_and_mark(files: Files) -> tuple[SignerKey, Checkpoint]:
    key, mark = read_key(files.key), read_mark(files.mark)
    if key.algorithm != ED25519 or key.name != mark.origin:
        raise KeptFileWrong(f"the key {files.key} is of {key.name}, the mark {files.mark} of {mark.origin}: not a pair")
    return key, mark


def write_mark(path: Path, checkpoint: Checkpoint) -> None:
    """Write the mark whole: header, the three lines of the checkpoint, their SHA-256. Raises KeptFileWrong."""
    body = MARK_HEADER + checkpoint.text()
    write_whole(path, body + hashlib.sha256(body.encode()).hexdigest() + "\n")


def read_mark(path: Path) -> Checkpoint:
    """Read the mark; a missing one is not size 0: somebody removed it, or its disk is gone.

    Raises KeptFileWrong when it is missing or not as it was written.
    """
    advice = "Put it back from its copy, or from the newest signed checkpoint outside: recover --note FILE"
    if not path.exists():
        raise KeptFileWrong(f"the mark {path} is missing; nothing is signed without it. {advice}")
    text = read_kept(path, "the mark")
    body, _, checksum = text.removesuffix("\n").rpartition("\n")
    body += "\n"
    if checksum != hashlib.sha256(body.encode()).hexdigest() or not text.endswith("\n"):
        raise KeptFileWrong(f"the mark {path} is broken or cut off. {advice}")
    try:
        return parse_checkpoint(body.removeprefix(MARK_HEADER))
    except CheckpointWrong as error:
        raise KeptFileWrong(f"the mark {path} is broken: {error}. {advice}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    try:
        sys.stdout.write(_answer(_parser().parse_args(arguments)))
    except Refused as refused:
        sys.stdout.write(f"old {refused.size}\n")
        sys.stderr.write(f"refused: {refused}\n")
        return REFUSED
    except KeptFileWrong as wrong:
        sys.stderr.write(f"{wrong}\n")
        return FILES_WRONG
    except (RequestWrong, CheckpointWrong, NoteWrong, UnicodeDecodeError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return REQUEST_WRONG
    return DONE


def _answer(asked: argparse.Namespace) -> str:
    files = Files(asked.key, asked.mark)
    commands: dict[str, Callable[[], str]] = {
        "init": lambda: init(files, asked.origin) + "\n",
        "sign": lambda: sign(files, sys.stdin.buffer.read().decode()),
        "rotate": lambda: json.dumps(rotate(files)) + "\n",
        "activate": lambda: activate(files) + "\n",
        "restore": lambda: restore(files, asked.lost_size) + "\n",
        "recover": lambda: recover(files, read_kept(asked.note, "the note")).text(),
        "show": lambda: json.dumps(show(files)) + "\n",
    }
    return commands[asked.command]()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m npm_cases.proving.signer", description="Sign the log's checkpoints."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in _MEANINGS.items():
        command = commands.add_parser(name, help=meaning, description=meaning)
        command.add_argument("--key", type=Path, required=True, help="the key file")
        command.add_argument("--mark", type=Path, required=True, help="the high-water file, best on another disk")
    commands.choices["init"].add_argument("--origin", required=True, help="the name of the log, without spaces or '+'")
    commands.choices["restore"].add_argument("--lost-size", type=int, required=True, help="the size the mark holds")
    commands.choices["recover"].add_argument("--note", type=Path, required=True, help="the newest signed checkpoint")
    return parser


_MEANINGS = {
    "init": "make the key and the mark of a new log",
    "sign": "sign the checkpoint in the request on standard input",
    "rotate": "make the next key, and the statement that both keys sign",
    "activate": "sign with the next key from now on, and destroy the old one",
    "restore": "declare that the log was restored from a backup",
    "recover": "put back a lost mark from a signed checkpoint",
    "show": "print the verifier keys and the mark",
}

if __name__ == "__main__":
    raise SystemExit(main())
