"""A synthetic log of seventy leaves and the requests that a log makes from it; and a second history that begins alike."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from npm_cases.history.checkpoint_requests import CheckpointRequest
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.tree import Node, consistency_proof, node_hash, root_of

ORIGIN = "cases.synthetic/log"
ROOT = Path(__file__).parents[2]


def stored(leaves: Sequence[bytes]) -> Node:
    """Levels as a log keeps them: every perfect subtree, computed once."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])
    return lambda level, index: levels[level][index]


LARGEST = 70
LEAVES = [leaf_hash(f"synthetic entry {number}".encode()) for number in range(LARGEST)]
LOG = stored(LEAVES)
FORK = stored([*LEAVES[:5], *(leaf_hash(f"forged entry {number}".encode()) for number in range(5, LARGEST))])


def checkpoint(size: int, log: Node = LOG, origin: str = ORIGIN) -> str:
    return Checkpoint(origin, size, root_of(log, size)).text()


def request(old: int, new: int, log: Node = LOG, *, text: str = "") -> str:
    """The request for the checkpoint of ``new`` leaves (or for this text), with the proof from ``old``."""
    proof = tuple(consistency_proof(log, old, new)) if old <= new else ()
    return CheckpointRequest(old, proof, text or checkpoint(new, log)).text()


def run(program: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of the programs as a person does."""
    command = [sys.executable, "-m", f"npm_cases.proving.{program}", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


def run_killed_at(code: str) -> int:
    """Run code in which ``die`` is what kill -9 does; return the exit code."""
    source = f"import os, signal\ndie = lambda: os.kill(os.getpid(), signal.SIGKILL)\n{code}"
    return subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=False, timeout=60).returncode


def run_killed_at_step(step: int, code: str) -> int:
    """Run code that is killed just before its n-th sync or rename; return the exit code."""
    counting = (
        f"left = {step}\n"
        "def killing(real):\n"
        "    def call(*given, **more):\n"
        "        global left\n"
        "        left -= 1\n"
        "        return real(*given, **more) if left else die()\n"
        "    return call\n"
        "os.fsync, os.replace = killing(os.fsync), killing(os.replace)\n"
    )
    return run_killed_at(counting + code)
