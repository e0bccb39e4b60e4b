"""An auditor for tests: what he holds from before anybody tampered, and a signed made history in parts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npm_cases.history.checkpoints import parse_checkpoint
from npm_cases.history.signing import SignerKey
from npm_cases.proving.trust import Kept, Trust
from npm_cases.proving.verdict import Verdict
from tests.audit.made_bundle import WITNESS, Parts, a_log_key, parts_of

FIRST, MIDDLE = 60, 150

Check = Callable[[Parts, Trust], Verdict]


@dataclass
class Auditor:
    """What an auditor holds who saw the log before anybody tampered with it."""

    key: SignerKey
    kept: Kept
    last: Kept

    def trust(self, **more: Any) -> Trust:
        return Trust(**{"keys": (self.key.verifier(),), **more})

    @property
    def with_kept(self) -> Trust:
        return self.trust(kept=(self.kept,))


def signed_parts_of(clean: Path) -> Parts:
    """Read a made history and sign it at three sizes; a witness signs the last."""
    parts = parts_of(clean)
    key = a_log_key(parts.origin)
    parts.sign(key, FIRST, MIDDLE)
    parts.sign(key, len(parts.events), witnesses=[WITNESS])
    return parts


def auditor_of(parts: Parts) -> Auditor:
    key = a_log_key(parts.origin)
    return Auditor(key, kept_of(parts, key, MIDDLE), kept_of(parts, key, len(parts.events)))


def kept_of(parts: Parts, key: SignerKey, size: int) -> Kept:
    note = parts.note(key, size)
    return Kept(f"kept-{size}.txt", note, parse_checkpoint(note.text))


def signed_again(parts: Parts, key: SignerKey) -> Parts:
    """Sign everything anew, as an insider can who holds the key."""
    parts.checkpoints = []
    parts.sign(key, FIRST, MIDDLE, len(parts.events), at="2026-05-01T00:00:00.000000Z")
    return parts


def whats(verdict: Verdict) -> str:
    return "\n".join(f"{f.case}/{f.seq}/{f.index}: {f.what}" for f in verdict.findings)
