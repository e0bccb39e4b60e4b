"""The written steps of docs/backup.md, executed as they stand, on an empty machine: a whole office comes back (F79)."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from npm_cases import backup
from npm_cases.bootstrap import App, build, initialise
from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import as_text
from npm_cases.domain.records import Actor
from npm_cases.persistence.key_backups import back_up
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.case_views import open_text
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.create_case import Created
from npm_cases.services.documents import read_document
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.users import FOUNDER, AddUser, add_user
from tests.databases import environment_of
from tests.faults.checker import table, violations
from tests.makers import CASEWORKER, COMMISSIONER, DELEGATE, a_closed_allegation, an_allegation, settings_of

DOC = Path(__file__).parents[2] / "docs" / "backup.md"
SECTION = "## Restore on an empty machine"


def commands() -> str:
    """The fenced commands of the section, one block after another, as a person would type them."""
    section = DOC.read_text(encoding="utf-8").partition(f"{SECTION}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 3
    return "".join(blocks)


@dataclass
class Saved:
    """What lies elsewhere when the machine is lost, and what was in it."""

    environment: dict[str, str]
    stays: Created
    erased: Created
    document: str
    signed: int


def now() -> str:
    return as_text(datetime.now(UTC))


def an_office(folder: Path) -> tuple[App, dict[str, str]]:
    """Make an installation in earnest with two people who may confirm each other's acts; returns their tokens."""
    app = initialise(settings_of(folder), sandbox=False)
    founder, tokens = Actor(FOUNDER, frozenset({"administrator"})), {}
    for user in ("administrator", "commissioner"):
        tokens[user] = add_user(app.office, AddUser(user, (user,), founder, now())).token
    return app, tokens


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """An office that was backed up, worked on and signed on, and then lost its machine."""
    app, tokens = an_office(tmp_path / "lost")
    stays, erased = an_allegation(app, now(), statement="It stays."), a_closed_allegation(app, now())
    document, _ = add_document(app.office, OnCase(stays.number, CASEWORKER, now()), "letter.txt", b"A letter.")
    proposed = propose_erasure(app.office, OnCase(erased.number, COMMISSIONER, now()), "court_decision", "order")
    confirm(app.office, Confirm(proposed.approval, DELEGATE, now()))
    app.checkpoint(now())
    backup.make(app, tmp_path / "kept" / "cases", now())
    keys = back_up(app.key_store, tmp_path / "keys", now())
    an_allegation(app, now())
    signed = app.checkpoint(now()).size
    app.close()
    shutil.copytree(tmp_path / "lost" / "signer", tmp_path / "signer")
    shutil.copy(tmp_path / "lost" / "keys" / "wrapping.key", tmp_path / "paper.key")
    for user, token in tokens.items():
        (tmp_path / user).write_text(token)
    shutil.rmtree(tmp_path / "lost")
    given = {
        "BACKUP": "kept/cases", "KEYS": str(keys), "WRAPPING": "paper.key", "SIGNER": "signer",
        "FIRST": "administrator", "SECOND": "commissioner",
    }  # fmt: skip
    environment = {name: str(tmp_path / place) for name, place in given.items()}
    return Saved(environment, stays, erased, document, signed)


def walk(saved: Saved, machine: Path) -> subprocess.CompletedProcess[str]:
    """Type the commands of the section on a machine of its own."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands()], cwd=machine, capture_output=True, text=True, check=False,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(machine), "LANG": "C.UTF-8",
            **environment_of(machine / "data"), "NPM_CASES_LOG_LEVEL": "error", **saved.environment,
        },
    )  # fmt: skip


@pytest.mark.sqlite("the written steps bring a file back")
def test_the_written_steps_bring_an_office_back(saved: Saved, tmp_path: Path) -> None:
    machine = tmp_path / "machine"
    machine.mkdir()
    walked = walk(saved, machine)
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "two people declare that they are lost" in walked.stdout
    app = build(settings_of(machine / "data"))
    assert violations(app) == []
    assert open_text(app.office, saved.stays.number, 1, CASEWORKER, now(), "check")["statement"] == "It stays."
    _, pieces = read_document(app.office, saved.stays.number, saved.document, CASEWORKER, now(), "check")
    assert b"".join(pieces) == b"A letter."
    with pytest.raises(NotFound, match="erased"):
        open_text(app.office, saved.erased.number, 1, CASEWORKER, now(), "check")
    assert app.office.keys.held([saved.erased.id]) == frozenset()
    declared = [row for row in table(app, "case_events") if row["type"] == "restored"]
    assert f'"lost_size":{saved.signed}'.encode() in bytes(declared[0]["data"])
    assert (machine / "checkpoint.txt").read_text().startswith(app.office.origin)
    app.close()


def test_a_step_that_is_refused_ends_the_walk_and_leaves_the_machine_empty(saved: Saved, tmp_path: Path) -> None:
    machine = tmp_path / "machine"
    machine.mkdir()
    with (tmp_path / "kept" / "cases" / "cases.db").open("r+b") as file:
        file.seek(9_000)
        file.write(b"!")
    walked = walk(saved, machine)
    assert walked.returncode == 8
    assert "the file cases.db of the backup holds other bytes than were written" in walked.stderr
    assert sorted(one.name for one in (machine / "data").iterdir()) == ["keys", "signer"]
