"""A command run under strace, which counts the system calls that write and strikes at one of them: a kill, or an error."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pytest

ROOT = Path(__file__).parents[2]
WRITING = (
    "pwrite64", "pwritev", "write", "writev", "fsync", "fdatasync", "ftruncate", "fallocate", "rename", "renameat",
    "renameat2", "unlink", "unlinkat", "link", "linkat", "mkdir",
)  # fmt: skip
A_CALL = re.compile(r"^(?:\d+ +)?([a-z0-9]+)\(")
SECONDS = 60


@dataclass(frozen=True)
class Call:
    """The n-th call of one name, as strace counts them; ``before`` is how many of each name went before it."""

    name: str
    number: int
    before: Mapping[str, int] = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


@cache
def why_not() -> str:
    """Say why nothing can be run under strace here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()}"


def need_strace() -> None:
    """Skip the test where strace cannot be used."""
    if why_not():
        pytest.skip(why_not())


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "npm_cases", *arguments]


def calls(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> list[Call]:
    """Run unharmed and return every call that writes into the folder, in order."""
    trace = folder.parent / "trace"
    done = _strace(["-y", "-o", str(trace), "-e", f"trace={','.join(WRITING)}"], arguments, environment)
    assert done.returncode == 0, done.stderr
    found, counted = [], Counter[str]()
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if call := A_CALL.match(line):
            if str(folder) in line:
                found.append(Call(call[1], counted[call[1]] + 1, dict(counted)))
            counted[call[1]] += 1
    return found


def struck(
    call: Call, how: str, arguments: Sequence[str], environment: Mapping[str, str], *, lasts: bool = False
) -> CompletedProcess[str]:
    """Run with a strike at one call (``signal=KILL``, ``error=EIO``); one that lasts meets every later call that writes.

    What is written to the terminal is left alone where the strike is not at a ``write``: the error must be told there.
    """
    strikes = [f"inject={call.name}:{how}:when={call.number}{'+' if lasts else ''}"]
    if lasts:
        others = [name for name in WRITING if name not in {call.name, "write"}]
        strikes += [f"inject={name}:{how}:when={call.before.get(name, 0) + 1}+" for name in others]
    options = [word for strike in strikes for word in ("-e", strike)]
    return _strace(["-o", "/dev/null", "-e", f"trace={','.join(WRITING)}", *options], arguments, environment)


def slowed(
    name: str, milliseconds: int, arguments: Sequence[str], environment: Mapping[str, str]
) -> CompletedProcess[str]:
    """Run with a wait before every call of one name."""
    wait = ["-e", f"trace={name}", "-e", f"inject={name}:delay_enter={milliseconds * 1000}"]
    return _strace(["-o", "/dev/null", *wait], arguments, environment)


def _strace(options: Sequence[str], arguments: Sequence[str], environment: Mapping[str, str]) -> CompletedProcess[str]:
    given = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    fast = [] if any("signal=" in option for option in options) else ["--seccomp-bpf"]  # with it no signal arrives
    return subprocess.run(
        ["strace", "-f", *fast, *options, *arguments],
        env=given, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
