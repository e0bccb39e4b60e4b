"""Which key of the log signs checkpoints of which size: the rotations the log itself records, followed from one the auditor trusts.

From the entry that rotates the key on, checkpoints that cover it are signed by the new key alone.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from npm_cases.history.event import OFFICE, Event, EventType
from npm_cases.history.notes import ED25519, Note, NoteWrong, VerifierKey, parse_vkey, verified
from npm_cases.history.rotation import rotation_statement
from npm_cases.history.signatures import holds


@dataclass(frozen=True, slots=True)
class Rotation:
    """One change of the log's key that both keys signed, and the index of the entry that records it."""

    index: int
    old: VerifierKey
    new: VerifierKey


def rotates_log_key(event: Event) -> bool:
    """Say whether an event changes the key of the log; those of other keys are no matter of checkpoints."""
    return event.type is EventType.KEY_ROTATED and event.facts.get("which") == "log"


def read_rotation(event: Event, index: int) -> Rotation | str:
    """Read a rotation and check both signatures; return what is wrong with it, in words, when it does not hold."""
    facts = event.facts
    if event.case != OFFICE:
        return f"a key of the log is rotated in the chain {OFFICE} only"
    try:
        old, new = parse_vkey(facts["old_key"]), parse_vkey(facts["new_key"])
        signatures = bytes.fromhex(facts["signed_by_old"]), bytes.fromhex(facts["signed_by_new"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        return f"the rotation of the log's key cannot be read: {type(wrong).__name__}: {wrong}"
    if {old.algorithm, new.algorithm} != {ED25519}:
        return "the rotation of the log's key names a key that is not one of a log"
    statement = rotation_statement(event.log, old, new)
    for key, signature, which in ((old, signatures[0], "old"), (new, signatures[1], "new")):
        if not holds(key.public, signature, statement):
            return f"the rotation of the log's key was not signed by the {which} key"
    return Rotation(index, old, new)


class KeyHistory:
    """The keys of the log in order, held against those the auditor gave.

    A change of keys is followed forwards only: whoever trusts the new key alone has no reason to believe the old one,
    which may have been given up because it was stolen. Without a key of the auditor those the bundle names are used,
    and prove nothing.
    """

    def __init__(self, given: Sequence[VerifierKey], named: Iterable[str], rotations: Sequence[Rotation]) -> None:
        self.findings: list[tuple[int, str]] = []
        self.is_trusted = bool(given)
        self._given = tuple(dict.fromkeys(given))
        self._steps = self._followed(rotations)
        keys = self._keys()
        if given and keys and not set(keys) & set(given):
            self._steps = []  # a stranger's history: nothing in it is believed
        if not self._steps:
            self._given = self._given or _readable(named)

    def notes(self) -> list[str]:
        """Say in words what the auditor should know of the keys."""
        if not self.is_trusted:
            return ["no key of the log was given (--key), so no signature proves anything: the level is 0"]
        told = [
            f"entry {step.index} changes the key of the log to {step.new.text()}, which you did not give; the old key "
            "signed for it: have the change confirmed in another way, and keep the new key"
            for step in self._steps
            if step.new not in self._given
        ]
        if self._steps:
            told += [
                f"the key {key.text()} signs no part of this log" for key in self._given if key not in self._keys()
            ]
        return told

    def speaks_for(self, size: int) -> bool:
        """Say whether a checkpoint of this size was signed in the time of a key the auditor has reason to believe."""
        if not self.is_trusted or not self._steps:
            return True
        begins = 0 if self._steps[0].old in self._given else len(self._steps)
        for number, step in enumerate(self._steps, start=1):
            if step.new in self._given:
                begins = min(begins, number)
        return begins == 0 or size > self._steps[begins - 1].index

    def signers(self, size: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign a checkpoint of this size."""
        if not self._steps:
            return self._given
        covered = bisect_left([step.index for step in self._steps], size)
        return (self._steps[covered - 1].new if covered else self._steps[0].old,)

    def why_not_signed(self, note: Note, size: int, witnesses: Sequence[VerifierKey]) -> str:
        """Say in words why a note is not signed by the log as it should be; empty when it is.

        A wrong signature of a trusted witness spoils the note too.
        """
        signers = self.signers(size)
        if not signers and not self.is_trusted:
            return ""  # nobody is known who could have signed it
        try:
            found = verified(note, dict.fromkeys((*signers, *witnesses)))
        except NoteWrong as wrong:
            return self._retired(note, size) or str(wrong)
        return "" if set(found) & set(signers) else self._retired(note, size) or "no key of the log signed it"

    def _retired(self, note: Note, size: int) -> str:
        others = [key for key in dict.fromkeys(self._keys()) if key not in self.signers(size)]
        if not others:
            return ""
        try:
            found = verified(note, others)
        except NoteWrong:
            return ""
        turn = next(step for step in self._steps if found[0] in {step.old, step.new})
        return f"it is signed by the key {found[0].text()}, which is not the log's at this size: see entry {turn.index}"

    def _keys(self) -> list[VerifierKey]:
        return [self._steps[0].old, *(step.new for step in self._steps)] if self._steps else []

    def _followed(self, rotations: Sequence[Rotation]) -> list[Rotation]:
        steps: list[Rotation] = []
        for rotation in rotations:
            if steps and rotation.old != steps[-1].new:
                self.findings.append(
                    (rotation.index, "the rotation of the log's key does not go on from the key before")
                )
                break
            steps.append(rotation)
        return steps


def _readable(texts: Iterable[str]) -> tuple[VerifierKey, ...]:
    keys: dict[VerifierKey, None] = {}
    for text in texts:
        try:
            key = parse_vkey(text)
        except NoteWrong:
            continue
        if key.algorithm == ED25519:
            keys[key] = None
    return tuple(keys)
