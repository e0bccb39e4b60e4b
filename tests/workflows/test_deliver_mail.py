"""The flow that delivers mail also reads what came back of earlier mail, if a folder of it is set."""

from pathlib import Path

import pytest

from npm_cases.services.mailroom import deliver
from npm_cases.services.sweep import sweep
from tests.faults.journal import HOUSE, Mailboxes
from tests.mail.reports import a_maildir, a_report, arrives
from tests.makers import a_recommendation, an_app
from workflows.deliver_mail import take_returned_mail

NOW, DAYS_LATER = "2026-03-20T05:00:00.000000Z", "2026-03-25T05:00:00.000000Z"


def test_a_run_tells_of_what_came_back_and_the_next_has_nothing_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildir = a_maildir(tmp_path / "returned")
    app = an_app(tmp_path / "data", returned_mail_dir=maildir)
    monkeypatch.setattr("workflows.deliver_mail.installation", lambda: app)
    a_recommendation(app)
    sweep(app.office, NOW)
    mailboxes = Mailboxes(tmp_path / "mailboxes")
    deliver(app.office, mailboxes.send, HOUSE, NOW)
    message_id, to, *_ = mailboxes.arrived()[0]
    arrives(maildir, "1", a_report(message_id, to))
    assert take_returned_mail.fn(DAYS_LATER)["returned"] == 1
    assert set(take_returned_mail.fn(DAYS_LATER).values()) == {0}
    app.close()
