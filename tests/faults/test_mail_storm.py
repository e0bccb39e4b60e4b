"""Thousands of notices due at once: a digest for each person, letters at a bounded rate, none lost (FAULTS F27)."""

import re
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, mail_sender
from npm_cases.domain.instants import as_text, from_text
from npm_cases.mail.sink import MailSink
from npm_cases.services.mailroom import LEASE, MailCounts, Outgoing, Tried, deliver
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.journal import HOUSE, Mailboxes
from tests.makers import POSTS, a_caseload, a_recommendation

NOW = "2027-09-07T06:00:00.000000Z"
MEBIBYTE = 1024 * 1024
MOST_MEBIBYTES = 200


def notices(app: App) -> list[dict[str, object]]:
    return [row for row in table(app, "outbox") if row["status"] != "withdrawn"]


@pytest.mark.timeout(1_800)
def test_thousands_of_notices_at_once_are_a_digest_for_each_person(
    app: App, tmp_path: Path, figure: Figure, is_long: bool
) -> None:
    """At once is within one sweep: two notices of each case are due, to the posts of the office."""
    a_caseload(app, 5_000 if is_long else 300)
    sweep(app.office, NOW)
    due, mailboxes = len(notices(app)), Mailboxes(tmp_path / "mailboxes")
    assert due >= (10_000 if is_long else 600)
    tracemalloc.start()
    began = time.monotonic()
    counts = deliver(app.office, mailboxes.send, HOUSE, NOW)
    seconds, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    figure(notices=due, mails=counts.sent, most_seconds=round(seconds, 1), most_mebibytes=round(peak / MEBIBYTE))
    per_person = Counter(line[1] for line in mailboxes.arrived())
    assert set(per_person) <= {f"{post}@office.example" for post in POSTS}
    assert max(per_person.values()) <= 1 + due // 5_000
    assert counts.dead == counts.again == 0
    assert {row["status"] for row in notices(app)} == {"sent"}
    assert peak < MOST_MEBIBYTES * MEBIBYTE
    assert violations(app) == []


@pytest.fixture
def letters(app: App, is_long: bool) -> int:
    """Overdue letters to bodies outside, which go one each."""
    for _ in range(600 if is_long else 30):
        a_recommendation(app, "served")
    sweep(app.office, NOW)
    return len([row for row in notices(app) if row["alone"]])


def delivered_in_rounds(app: App, send: object, most: int) -> Iterator[MailCounts]:
    """Deliver as the flow does, one round a minute, until a round has nothing to send."""
    at = NOW
    while (counts := deliver(app.office, send, HOUSE, at, 7, most)).sent + counts.again:  # type: ignore[arg-type]
        yield counts
        at = as_text(from_text(at) + LEASE)


def test_one_round_sends_so_many_mails_at_most_and_the_next_goes_on(app: App, letters: int, tmp_path: Path) -> None:
    mailboxes = Mailboxes(tmp_path / "mailboxes")
    rounds = [counts.sent for counts in delivered_in_rounds(app, mailboxes.send, 10)]
    assert set(rounds[:-1]) == {10}
    assert 0 < rounds[-1] <= 10
    leaders = [row for row in notices(app) if not row["carried_by"]]
    assert sum(rounds) == len(leaders) == len(set(mailboxes.arrived())) > letters > 0
    assert {row["status"] for row in notices(app)} == {"sent"}
    assert violations(app) == []


def test_a_round_of_failures_is_bounded_too(app: App, letters: int) -> None:
    tried: list[str] = []

    def later(given: Sequence[Outgoing]) -> list[Tried]:
        tried.extend(one.message_id for one in given)
        return [Tried(one.message_id, "retry", "rcpt", 450, "later") for one in given]

    assert letters > 10
    counts = deliver(app.office, later, HOUSE, NOW, 7, 10)
    assert (counts.again, len(tried)) == (10, 10)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_real_server_gets_each_mail_once_at_the_bounded_rate(
    app: App, letters: int, tmp_path: Path, figure: Figure
) -> None:
    with MailSink(tmp_path / "mail") as sink:
        given = {"smtp_port": sink.port, "smtp_security": "none"}
        began = time.monotonic()
        rounds = list(delivered_in_rounds(app, mail_sender(app.settings.model_copy(update=given)), 20))
        minutes = (time.monotonic() - began) / 60
    sent = sum(counts.sent for counts in rounds)
    files = [path.read_text(encoding="utf-8") for path in (tmp_path / "mail").glob("*.eml")]
    arrived = Counter(re.findall(r"^Message-ID: *(\S+)", "\n".join(files), re.MULTILINE | re.IGNORECASE))
    figure(mails=sent, most_mails_a_minute=round(sent / minutes), lost=sent - len(arrived))
    assert max(counts.sent for counts in rounds) <= 20
    assert len(files) == sent == len(arrived) > letters > 0
    assert set(arrived) == {row["message_id"] for row in notices(app) if not row["carried_by"]}
    assert violations(app) == []
