"""The signer, asked as a program of its own: it holds the log's key and high-water mark, and we hold neither.

By default it is our own program on this machine with its folder beside the data. Run under another account or on
another machine, it is reached by a command that is set (NPM_CASES_SIGNER_COMMAND), for example over ssh.
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from npm_cases.domain.errors import ConfigurationError, SigningRefused, TryAgain
from npm_cases.history.checkpoints import Checkpoint

KEY_FILE, MARK_FILE = "log.key", "high-water"
REFUSED = 5
SECONDS = 60.0


class SignerProgram:
    """One signer: the command that reaches it, and how to call it."""

    def __init__(self, command: str, folder: Path) -> None:
        self._command = shlex.split(command)
        self._folder = folder
        self._is_ours = not command

    def sign(self, request: bytes) -> bytes:
        """Hand in a request (C2SP tlog-witness form) and return the signed note.

        Raises SigningRefused with the size the signer stands at; ConfigurationError; TryAgain.
        """
        return self._run("sign", given=request)

    def rotate(self) -> dict[str, str]:
        """Let the signer make its next key; returns both verifier keys and both signatures over the statement."""
        return dict(json.loads(self._run("rotate")))

    def activate(self) -> None:
        """Let the signer put its next key in use and destroy the old one."""
        self._run("activate")

    def declare_restore(self, lost_size: int) -> None:
        """Tell the signer that the log was restored on purpose and that entries up to a size are lost."""
        self._run("restore", "--lost-size", str(lost_size))

    def key(self) -> str:
        """Return the verifier key of the log."""
        return str(self._shown()["key"])

    def mark(self) -> Checkpoint:
        """Return the last checkpoint the signer remembers to have signed."""
        shown = self._shown()
        return Checkpoint(shown["origin"], shown["size"], bytes.fromhex(shown["root"]))

    def _shown(self) -> dict[str, Any]:
        return dict(json.loads(self._run("show")))

    def _run(self, verb: str, *options: str, given: bytes = b"") -> bytes:
        where = ["--key", str(self._folder / KEY_FILE), "--mark", str(self._folder / MARK_FILE)]
        ours = [sys.executable, "-m", "npm_cases.proving.signer", verb, *where]
        try:
            done = subprocess.run(  # noqa: S603 - our own program, or the command the operator set
                [*(ours if self._is_ours else [*self._command, verb]), *options],
                input=given, capture_output=True, check=False, timeout=SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise TryAgain(f"the signer cannot be reached ({error}): nothing was signed; try again") from error
        said = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode}"
        if done.returncode == REFUSED:
            raise SigningRefused(f"the signer refused: {said}", _size(done.stdout))
        if done.returncode:
            raise ConfigurationError(f"the signer cannot sign: {said}")
        return done.stdout


def _size(answer: bytes) -> int:
    """Read the size a refusing signer names: a line ``old SIZE``."""
    word, _, size = answer.decode(errors="replace").strip().partition(" ")
    return int(size) if word == "old" and size.isdecimal() else 0
