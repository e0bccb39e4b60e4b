"""Users on the command line: added, changed, shut out, invited, absent; power by two people with token files."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import Settings
from npm_cases.cli import main
from npm_cases.cli.starting import start
from tests.cli.conftest import Run, Said
from tests.databases import work_in

AsPerson = Callable[..., Said]


@pytest.fixture
def in_earnest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AsPerson:
    """Run a command outside a sandbox as the holder of a token; the first administrator's is there."""
    work_in(tmp_path / "earnest", monkeypatch)
    monkeypatch.setenv("NPM_CASES_LOG_LEVEL", "error")
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path / "earnest", _env_file=None)
    tokens = {"administrator": start(settings, sandbox=False)["administrator_token"]}

    def run(who: str, *arguments: str) -> Said:
        file = tmp_path / "token"
        file.write_text(tokens[who])
        monkeypatch.setenv("NPM_CASES_TOKEN_FILE", str(file))
        monkeypatch.setattr(sys, "argv", ["npm-cases", *arguments, "--json"])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        captured = capsys.readouterr()
        said = Said(code, captured.out, captured.err)
        if code == 0 and "token" in (said.json if isinstance(said.json, dict) else {}):
            tokens[said.json.get("id") or said.json["user"]] = said.json["token"]
        return said

    return run


def test_a_user_is_added_changed_and_shut_out(run: Run) -> None:
    assert run("user", "add", "aliya", "--role", "caseworker", "--region", "abai").code == 0
    assert run("user", "set", "aliya", "--role", "delegate", "--region", "*", "--language", "kk", "--json").json == {
        "id": "aliya", "pending": "",
    }  # fmt: skip
    (row,) = [one for one in run("user", "list", "--json").json if one["id"] == "aliya"]
    assert (row["roles"], row["regions"], row["language"]) == ("delegate", "*", "kk")
    assert run("user", "disable", "aliya").code == 0
    assert run("case", "list", "--as", "aliya").code == 4
    assert run("user", "disable", "aliya").code == 5
    assert run("user", "enable", "aliya").code == 0
    assert run("case", "list", "--as", "aliya").code == 0
    assert run("user", "set", "aliya").code == 7
    assert run("user", "set", "nobody-here", "--role", "auditor").code == 6


def test_an_invitation_is_a_path_that_is_printed_once(run: Run) -> None:
    run("user", "add", "aliya", "--role", "caseworker")
    one, two = (run("user", "invite", "aliya", "--json").json["path"] for _ in range(2))
    assert one.startswith("/invitations/")
    assert one != two
    assert "shown once" in run("user", "invite", "aliya").out
    assert run("user", "invite", "aliya", "--as", "demo-caseworker").code == 4


def test_an_absence_is_recorded_and_its_days_are_read(run: Run) -> None:
    days = ("--from", "2026-03-03", "--to", "2026-03-06")
    said = run("user", "absent", "demo-caseworker", "--deputy", "demo-delegate", *days)
    assert (said.code, "demo-delegate stands in for demo-caseworker from 2026-03-03" in said.out) == (0, True)
    wrong = run("user", "absent", "demo-caseworker", "--deputy", "demo-delegate", "--from", "soon", "--to", "later")
    assert (wrong.code, "--from" in wrong.err) == (7, True)


def test_outside_a_sandbox_power_takes_two_and_a_token_opens_until_the_next(in_earnest: AsPerson) -> None:
    first = in_earnest("administrator", "user", "add", "second", "--role", "administrator")
    assert first.json["token"], "in the first days there is nobody who could confirm it"
    assert [one["kind"] for one in in_earnest("administrator", "incident", "list").json] == ["power_given"]
    added = in_earnest("administrator", "user", "add", "head", "--role", "commissioner").json
    assert set(added) == {"id", "pending"}
    assert in_earnest("administrator", "case", "confirm", added["pending"]).code == 4
    confirmed = in_earnest("second", "case", "confirm", added["pending"]).json
    assert (confirmed["user"], confirmed["path"].startswith("/invitations/")) == ("head", True)
    assert in_earnest("second", "case", "confirm", added["pending"]).code == 5
    given = in_earnest("second", "user", "token", "head").json
    assert set(given) == {"id", "pending"}
    assert in_earnest("second", "case", "confirm", given["pending"]).code == 4
    assert in_earnest("administrator", "case", "confirm", given["pending"]).code == 0
    assert in_earnest("head", "case", "list").code == 0
    assert in_earnest("head", "user", "set", "head", "--role", "administrator").code == 4
    assert in_earnest("second", "user", "set", "second", "--role", "commissioner").code == 4
    assert in_earnest("second", "user", "disable", "head").code == 0
    assert in_earnest("head", "case", "list").code == 4
    assert in_earnest("second", "audit", "verify").code == 0
