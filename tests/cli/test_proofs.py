"""Proofs on the command line, and the walk of docs/auditor.md: export, carry away, verify with one file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

OUTSIDER = (sys.executable, "-I")


def a_case(run: Run) -> dict[str, str]:
    made = run("case", "new", "recommendation", "-f", "channel=visit", "-f", "title=Synthetic", "--json")
    assert made.code == 0, made.err
    return dict(made.json["receipt"])


def outside(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python as an outsider does: in a folder of their own, nothing of the application importable."""
    return subprocess.run(
        [*OUTSIDER, *arguments], cwd=folder, input=given, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_the_walk_of_an_auditor(run: Run, tmp_path: Path) -> None:
    receipt = a_case(run)
    away = tmp_path / "away"
    away.mkdir()
    kept = run("audit", "checkpoint").out
    (away / "kept.txt").write_text(kept, encoding="utf-8")
    key = run("audit", "log-key", "--json").json["key"]
    assert run("audit", "verifier", str(away / "npm_verify.py")).code == 0
    vkey = outside(away, "npm_verify.py", "witness", "init", "--state", "w", "--name", "ngo.example/w").stdout.strip()
    assert outside(away, "npm_verify.py", "witness", "trust", "--state", "w", "--key", key).returncode == 0
    asked = run("audit", "checkpoint", "--for-witness", "0").out
    cosigned = outside(away, "npm_verify.py", "witness", "cosign", "--state", "w", given=asked)
    assert cosigned.returncode == 0, cosigned.stderr
    (tmp_path / "line.txt").write_text(cosigned.stdout, encoding="utf-8")
    assert run("audit", "cosigned", str(tmp_path / "line.txt"), "--witness", vkey, "--json").json == {"added": 1}
    exported = run("audit", "export", str(away / "log.zip"), "--as", "demo-auditor")
    assert exported.code == 0, exported.err
    found = outside(
        away, "npm_verify.py", "log.zip", "--key", key, "--kept", "kept.txt", "--witness", vkey,
        "--receipt", f"{receipt['case']}:{receipt['seq']}:{receipt['leaf']}", "--json",
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
    verdict = json.loads(found.stdout)
    assert (verdict["findings"], verdict["level"]) == ([], 3)
    again = run("audit", "verify", "--kept", str(away / "kept.txt"), "--key", key, "--jobs", "2", "--json")
    assert (again.code, again.json["level"], again.json["findings"]) == (0, 2, [])


def test_a_receipt_is_proved_or_missed(run: Run) -> None:
    receipt = a_case(run)
    assert run("audit", "prove", receipt["case"], str(receipt["seq"]), receipt["leaf"]).code == 5
    assert run("audit", "checkpoint").code == 0
    proved = run("audit", "prove", receipt["case"], str(receipt["seq"]), receipt["leaf"])
    assert (proved.code, proved.out.splitlines()[0]) == (0, "c2sp.org/tlog-proof@v1")
    missed = run("audit", "prove", receipt["case"], str(receipt["seq"]), "0" * 64)
    assert missed.code == 8
    assert "keep the receipt" in missed.err


def test_the_key_of_the_log_changes_hands_between_two_people(run: Run) -> None:
    before = run("audit", "log-key", "--json").json["key"]
    proposed = run("audit", "rotate-key", "--as", "demo-admin", "--json")
    assert proposed.code == 0, proposed.err
    alone = run("case", "confirm", proposed.json["pending"], "--as", "demo-admin")
    assert alone.code == 4
    done = run("case", "confirm", proposed.json["pending"], "--as", "demo-commissioner", "--json")
    assert done.code == 0, done.err
    after = run("audit", "log-key", "--json").json["key"]
    assert (done.json["old_key"], done.json["new_key"]) == (before, after)
    assert run("audit", "verify", "--json").json["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (("audit", "checkpoint", "--show"), 6, "nothing was signed yet"),
        (("audit", "verify", "--kept", "missing.txt"), 7, "cannot be read"),
        (("audit", "verify", "--key", "no key"), 7, "no key"),
        (("audit", "export", "README.md"), 7, "name another file"),
        (("audit", "verifier", "README.md"), 7, "give the name of a new file"),
        (("audit", "cosigned", "README.md", "--witness", "w"), 7, "cannot be taken"),
        (("audit", "declare-restore", "--as", "demo-caseworker"), 4, "administrator"),
        (("audit", "export", "no/such/folder/log.zip", "--as", "demo-auditor"), 7, "cannot be written"),
    ],
)
def test_what_cannot_be_done_says_why(
    run: Run, arguments: tuple[str, ...], code: int, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("synthetic", encoding="utf-8")
    said = run(*arguments)
    assert (said.code, what in said.err) == (code, True), said.err


def test_a_witness_can_be_asked_through_the_same_program(run: Run, tmp_path: Path) -> None:
    made = run("audit", "witness", "init", "--state", str(tmp_path / "w"), "--name", "sister.example/w", now="")
    assert made.code == 0, made.err
