"""`npm-cases mail bounces` and `tick`: what came back is read by hand, and with each delivery."""

from pathlib import Path

import pytest

from npm_cases.bootstrap import build
from npm_cases.services.mailroom import deliver
from npm_cases.services.sweep import sweep
from tests.cli.conftest import Run
from tests.faults.journal import HOUSE, Mailboxes
from tests.mail.reports import a_maildir, a_report, arrives
from tests.makers import a_recommendation, settings_of

LATER = "2026-03-27T10:00:00+05:00"


@pytest.fixture
def maildir(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Maildir of an installation whose mails were sent, with a report on the first of them."""
    assert run("user", "list").code == 0
    app = build(settings_of(tmp_path / "data"))
    a_recommendation(app, addressee="")
    sweep(app.office, "2026-03-20T05:00:00.000000Z")
    mailboxes = Mailboxes(tmp_path / "mailboxes")
    deliver(app.office, mailboxes.send, HOUSE, "2026-03-20T05:00:00.000000Z")
    app.close()
    folder = a_maildir(tmp_path / "returned")
    message_id, to, *_ = mailboxes.arrived()[0]
    arrives(folder, "1", a_report(message_id, to))
    monkeypatch.setenv("NPM_CASES_RETURNED_MAIL_DIR", str(folder))
    return folder


def test_what_came_back_is_read_by_hand(run: Run, maildir: Path) -> None:
    said = run("mail", "bounces", "--json", now=LATER)
    assert said.code == 0, said.err
    assert said.json == {
        "returned": 1, "known": 0, "no_failure": 0, "early": 0, "not_ours": 0, "other_address": 0, "no_report": 0,
    }  # fmt: skip
    assert not list((maildir / "new").iterdir())
    incidents = run("incident", "list", "--json", now=LATER).json
    assert "returned_mail" in {one["kind"] for one in incidents}


def test_a_tick_reads_it_too(run: Run, maildir: Path) -> None:
    assert list((maildir / "new").iterdir())
    assert run("tick", "--json", now=LATER).json["returned"] == 1
    assert run("tick", "--json", now=LATER).json["returned"] == 0


def test_without_a_folder_it_says_what_to_set(run: Run) -> None:
    said = run("mail", "bounces")
    assert said.code == 2
    assert "NPM_CASES_RETURNED_MAIL_DIR" in said.err


def test_a_folder_that_is_wrong_keeps_no_tick_from_sweeping(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("case", "new", "recommendation", "-f", "channel=visit", "-f", "title=Synthetic").code == 0
    monkeypatch.setenv("NPM_CASES_RETURNED_MAIL_DIR", str(tmp_path / "gone"))
    said = run("tick", "--json", now=LATER)
    assert said.code == 2
    assert "Maildir" in said.err
    monkeypatch.delenv("NPM_CASES_RETURNED_MAIL_DIR")
    assert run("tick", "--json", now=LATER).json["taken"] == 0, "all of it was done"
