"""Two who deliver at once, and one who wakes after his claim lapsed: each mail is settled once (FAULTS F05)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Barrier, Thread

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text, from_text
from npm_cases.services.mailroom import LEASE, MailCounts, Outgoing, SendAll, Tried, bundle, deliver
from npm_cases.services.sweep import sweep
from tests.faults.checker import everything, table, violations
from tests.faults.journal import HOUSE, Mailboxes
from tests.makers import a_recommendation

NOW = "2027-09-07T06:00:00.000000Z"
LEASE_OVER = as_text(from_text(NOW) + LEASE)
MUCH_LATER = "2027-09-08T06:00:00.000000Z"


@pytest.fixture
def letters_waiting(any_app: App) -> App:
    for _ in range(6):
        a_recommendation(any_app, "served")
    sweep(any_app.office, NOW)
    return any_app


def refusing(letters: Sequence[Outgoing]) -> list[Tried]:
    return [Tried(one.message_id, "refused", "rcpt", 550, "no such box") for one in letters]


def unsure(letters: Sequence[Outgoing]) -> list[Tried]:
    return [Tried(one.message_id, "unknown", "after_dot", 0, "no answer") for one in letters]


def sleeping_through(app: App, meanwhile: SendAll, then: SendAll) -> SendAll:
    """Send nothing until the claim has lapsed and somebody else has delivered; then answer."""

    def send(letters: Sequence[Outgoing]) -> Sequence[Tried]:
        deliver(app.office, meanwhile, HOUSE, LEASE_OVER)
        return then(letters)

    return send


@pytest.mark.parametrize("then", [unsure, refusing], ids=["unsure", "refused"])
def test_who_wakes_after_his_claim_lapsed_changes_nothing(
    letters_waiting: App, tmp_path: Path, then: Callable[[Sequence[Outgoing]], list[Tried]]
) -> None:
    mailboxes = Mailboxes(tmp_path / "mailboxes")
    stale = deliver(letters_waiting.office, sleeping_through(letters_waiting, mailboxes.send, then), HOUSE, NOW)
    assert (stale.sent, stale.again, stale.dead) == (0, 0, 0)
    settled = everything(letters_waiting)
    assert {row["status"] for row in settled["outbox"]} == {"sent"}
    assert settled["incidents"] == []
    assert violations(letters_waiting) == []
    deliver(letters_waiting.office, mailboxes.send, HOUSE, MUCH_LATER)
    assert everything(letters_waiting) == settled


def test_two_who_deliver_at_once_send_each_mail_once(letters_waiting: App, tmp_path: Path) -> None:
    bundle(letters_waiting.office, NOW)
    mailboxes, barrier, counts = Mailboxes(tmp_path / "mailboxes"), Barrier(2, timeout=10), list[MailCounts]()

    def run() -> None:
        barrier.wait()
        counts.append(deliver(letters_waiting.office, mailboxes.send, HOUSE, NOW, 2))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    leaders = [row for row in table(letters_waiting, "outbox") if not row["carried_by"]]
    assert sum(count.sent for count in counts) == len(leaders) == len(mailboxes.arrived())
    assert violations(letters_waiting) == []


def test_a_mail_given_up_is_an_incident_and_is_not_tried_again(letters_waiting: App) -> None:
    counts = deliver(letters_waiting.office, refusing, HOUSE, NOW)
    dead = [row for row in table(letters_waiting, "outbox") if row["status"] == "dead" and not row["carried_by"]]
    assert counts.dead == len(dead) == len(table(letters_waiting, "incidents")) > 0
    assert deliver(letters_waiting.office, refusing, HOUSE, MUCH_LATER).dead == 0
    assert violations(letters_waiting) == []


def test_a_mail_that_may_have_arrived_is_tried_again_as_the_same_mail(letters_waiting: App, tmp_path: Path) -> None:
    mailboxes = Mailboxes(tmp_path / "mailboxes")

    def arrived_without_an_answer(letters: Sequence[Outgoing]) -> list[Tried]:
        mailboxes.send(letters)
        return unsure(letters)

    deliver(letters_waiting.office, arrived_without_an_answer, HOUSE, NOW)
    once = mailboxes.arrived()
    deliver(letters_waiting.office, mailboxes.send, HOUSE, MUCH_LATER)
    assert sorted(mailboxes.arrived()) == sorted(once * 2)
    assert {row["status"] for row in table(letters_waiting, "outbox")} == {"sent"}
    assert violations(letters_waiting) == []
