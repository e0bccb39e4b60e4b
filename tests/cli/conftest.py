"""A command line in a sandbox of its own, at a simulated instant."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from npm_cases.cli import main
from npm_cases.cli.starting import start
from tests.databases import work_in

NOW = "2026-03-02T10:00:00+05:00"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a sandbox of its own, as a person would, and give its exit code and what it printed."""
    work_in(tmp_path / "data", monkeypatch)
    monkeypatch.setenv("NPM_CASES_LOG_LEVEL", "error")
    monkeypatch.chdir(tmp_path)
    start(Settings(data_dir=tmp_path / "data", _env_file=None), sandbox=True, now_text=NOW)  # type: ignore[call-arg]

    def in_sandbox(*arguments: str, now: str = NOW) -> Said:
        given = (
            [*arguments, "--now", now]
            if now and arguments[0] not in {"machine", "deadline", "policy"}
            else [*arguments]
        )
        monkeypatch.setattr(sys, "argv", ["npm-cases", *given])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return in_sandbox


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "letter.txt"
    path.write_text("A synthetic letter.", encoding="utf-8")
    return str(path)
