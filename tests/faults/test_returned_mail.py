"""Mail that comes twice does no harm; mail that comes back days later is an incident, once (FAULTS F24)."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import ConfigurationError
from npm_cases.health import examine
from npm_cases.mail.returned_folder import ReturnedFolder
from npm_cases.services.incidents import close_incident
from npm_cases.services.keepers import queue_for_keepers
from npm_cases.services.mailroom import Outgoing, Tried, deliver
from npm_cases.services.my_day import my_day
from npm_cases.services.registers import fill_post
from npm_cases.services.returned_mail import take_returned
from npm_cases.services.sweep import sweep
from tests.faults.checker import everything, table, violations
from tests.faults.journal import HOUSE, Mailboxes
from tests.mail.reports import CANARY, a_maildir, a_report, arrives
from tests.makers import ADMINISTRATOR, CASEWORKER, a_recommendation

NOW = "2026-03-20T05:00:00.000000Z"
DAYS_LATER = "2026-03-25T05:00:00.000000Z"
MUCH_LATER = "2026-03-26T05:00:00.000000Z"


class Post:
    """The world outside: what arrived, and a Maildir into which it comes back."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[Outgoing] = []
        self.maildir = a_maildir(folder)
        self.returned = ReturnedFolder(self.maildir)

    def send(self, letters: list[Outgoing]) -> list[Tried]:
        self.sent += letters
        return [Tried(one.message_id, "sent", "after_dot", 250, "") for one in letters]

    def comes_back(self, letter: Outgoing, name: str = "1", **changed: str) -> None:
        arrives(self.maildir, name, a_report(letter.message_id, letter.to, **changed))

    def left(self) -> list[str]:
        return sorted(path.name for path in (self.maildir / "new").iterdir())

    def put_away(self) -> list[str]:
        return sorted(path.name for path in (self.maildir / "cur").iterdir())


def delivered(app: App, folder: Path, cases: int = 2) -> Post:
    for _ in range(cases):
        a_recommendation(app)
    sweep(app.office, NOW)
    post = Post(folder)
    deliver(app.office, post.send, HOUSE, NOW)
    assert post.sent
    return post


def found(app: App, post: Post, now: str = DAYS_LATER) -> dict[str, int]:
    counts = take_returned(app.office, post.returned, HOUSE, now)
    return {name: count for name, count in counts.items() if count}


def returned_events(app: App) -> list[dict[str, str]]:
    return [json.loads(row["data"])["facts"] for row in table(app, "case_events") if row["type"] == "mail_bounced"]


def test_a_mail_that_arrives_twice_is_the_same_mail_and_carries_no_case_data(app: App, tmp_path: Path) -> None:
    made = a_recommendation(app, title="Repair the synthetic roof", region="abai")
    sweep(app.office, NOW)
    mailboxes = Mailboxes(tmp_path / "mailboxes")

    def delivers_and_forgets(letters: list[Outgoing]) -> list[Tried]:
        mailboxes.send(letters)
        return [Tried(one.message_id, "unknown", "after_dot", 0, "no answer") for one in letters]

    deliver(app.office, delivers_and_forgets, HOUSE, NOW)
    deliver(app.office, mailboxes.send, HOUSE, DAYS_LATER)
    by_id = Counter(mailboxes.arrived())
    assert by_id
    assert set(by_id.values()) == {2}, "the second is the first, word for word"
    for letter in by_id:
        assert not re.search("roof|abai|colony", " ".join(letter), re.IGNORECASE)
    assert any(made.number in " ".join(letter) for letter in by_id)
    assert violations(app) == []


def test_what_comes_back_days_later_is_an_incident_and_a_line_in_each_history(any_app: App, tmp_path: Path) -> None:
    post = delivered(any_app, tmp_path / "post")
    letter = post.sent[0]
    post.comes_back(letter)
    assert found(any_app, post) == {"returned": 1}
    (incident,) = any_app.views.open_incidents()
    assert (incident["kind"], incident["what"]) == (
        "returned_mail", "the mail to post:secretariat came back (5.1.1)",
    )  # fmt: skip
    leader = next(row for row in table(any_app, "outbox") if row["message_id"] == letter.message_id)
    carried = [row for row in table(any_app, "outbox") if leader["id"] in {row["id"], row["carried_by"]}]
    facts = returned_events(any_app)
    assert sorted(fact["mail"] for fact in facts) == sorted(row["id"] for row in carried)
    assert {fact["status"] for fact in facts} == {"5.1.1"}
    assert violations(any_app) == []
    assert post.left() == []
    assert post.put_away() == ["1:2,S"]


def test_it_stands_in_the_day_of_whoever_looks_after_the_case(app: App, tmp_path: Path) -> None:
    post = delivered(app, tmp_path / "post")
    post.comes_back(post.sent[0])
    found(app, post)
    day = my_day(app.office, app.views, CASEWORKER, DAYS_LATER, mine=False)
    (undelivered,) = [section for section in day.sections if section.code == "mail_dead"]
    assert {row.number for row in undelivered.rows} == {row["number"] for row in table(app, "cases")}


def test_however_often_it_is_read_it_is_told_once_even_when_the_incident_is_closed(
    any_app: App, tmp_path: Path
) -> None:
    post = delivered(any_app, tmp_path / "post")
    post.comes_back(post.sent[0], "1")
    post.comes_back(post.sent[0], "2", action="failed", status="4.4.7")
    assert found(any_app, post) == {"returned": 1, "known": 1}
    (incident,) = any_app.views.open_incidents()
    close_incident(any_app.office, incident["id"], CASEWORKER, DAYS_LATER)
    settled = everything(any_app)
    post.comes_back(post.sent[0], "3")
    assert found(any_app, post, MUCH_LATER) == {"known": 1}
    assert everything(any_app) == settled


def test_two_who_read_at_once_tell_of_it_once(any_app: App, tmp_path: Path) -> None:
    post = delivered(any_app, tmp_path / "post")
    for number, letter in enumerate(post.sent):
        post.comes_back(letter, str(number))
    together, counts = Barrier(2), []

    def read() -> None:
        together.wait()
        counts.append(take_returned(any_app.office, post.returned, HOUSE, DAYS_LATER)["returned"])

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sum(counts) == len(post.sent)
    assert len(any_app.views.open_incidents()) == len(post.sent)
    assert violations(any_app) == []


HOSTILE = {
    "a mail never sent": ({"message_id": "<0000@synthetic.invalid>"}, "not_ours"),
    "another address": ({"to": "victim@elsewhere.example", "asked": "victim@elsewhere.example"}, "other_address"),
    "a delay": ({"action": "delayed", "status": "4.4.1"}, "no_failure"),
    "a success": ({"action": "delivered", "status": "2.0.0"}, "no_failure"),
    "no action": ({"action": "{}"}, "no_report"),
    "an id of two": ({"message_id": "<a@b.example> <c@d.example>"}, "no_report"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_report_that_cannot_be_believed_changes_nothing_and_is_counted(name: str, app: App, tmp_path: Path) -> None:
    changed, counted = HOSTILE[name]
    post = delivered(app, tmp_path / "post")
    settled = everything(app)
    letter = post.sent[0]
    arrives(post.maildir, "1", a_report(**{"message_id": letter.message_id, "to": letter.to, **changed}))
    assert found(app, post) == {counted: 1}
    assert everything(app) == settled
    assert post.left() == []


def test_a_letter_of_a_person_stays_unread_for_a_person(app: App, tmp_path: Path) -> None:
    post = delivered(app, tmp_path / "post")
    arrives(post.maildir, "1", b"From: a@b.example\r\nSubject: about your letter\r\n\r\nIt reached the wrong desk.\r\n")
    assert found(app, post) == {"no_report": 1}
    assert post.put_away() == ["1:2,"]


def test_a_report_on_a_mail_still_under_way_waits_until_that_is_settled(app: App, tmp_path: Path) -> None:
    a_recommendation(app)
    sweep(app.office, NOW)
    post = Post(tmp_path / "post")

    def no_answer(letters: list[Outgoing]) -> list[Tried]:
        post.send(letters)
        return [Tried(one.message_id, "unknown", "after_dot", 0, "no answer") for one in letters]

    deliver(app.office, no_answer, HOUSE, NOW)
    post.comes_back(post.sent[0])
    assert found(app, post, NOW) == {"early": 1}
    assert post.left() == ["1"]
    deliver(app.office, post.send, HOUSE, DAYS_LATER)
    assert found(app, post) == {"returned": 1}


def test_who_held_the_post_when_it_was_sent_is_who_it_came_back_from(app: App, tmp_path: Path) -> None:
    post = delivered(app, tmp_path / "post")
    (letter,) = [one for one in post.sent if one.to == "secretariat@office.example"]
    new = {"post": "secretariat", "email": "new@office.example", "valid_from": "2026-03-24", "language": "ru"}
    fill_post(app.office, new, ADMINISTRATOR, "2026-03-24T05:00:00.000000Z")
    post.comes_back(letter)
    assert found(app, post) == {"returned": 1}


def test_a_checkpoint_that_does_not_reach_its_keeper_is_told_in_the_office(app: App, tmp_path: Path) -> None:
    queue_for_keepers(app.office, app.checkpoint(NOW), 1, NOW)
    house, post = replace(HOUSE, keepers=("keeper@other-body.example",), language="en"), Post(tmp_path / "post")
    deliver(app.office, post.send, house, NOW)
    (letter,) = [one for one in post.sent if one.to == "keeper@other-body.example"]
    post.comes_back(letter)
    assert take_returned(app.office, post.returned, house, DAYS_LATER)["returned"] == 1
    (incident,) = app.views.open_incidents()
    assert incident["what"] == "the mail to keeper:1 came back (5.1.1)"
    assert violations(app) == []


def test_no_word_of_what_came_back_is_kept(app: App, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    post = delivered(app, tmp_path / "post")
    post.comes_back(post.sent[0], status=f"5.1.1 ({CANARY})")
    assert found(app, post) == {"returned": 1}
    kept = repr(everything(app)) + "".join(capfd.readouterr())
    assert "Canary" not in kept
    assert post.sent[0].to not in repr(returned_events(app))


def test_no_more_are_read_in_one_round_than_are_asked_for_and_links_are_left_alone(app: App, tmp_path: Path) -> None:
    post = delivered(app, tmp_path / "post")
    for number in range(5):
        post.comes_back(post.sent[0], str(number))
    (post.maildir / "new" / "9").symlink_to(tmp_path)
    assert sum(take_returned(app.office, post.returned, HOUSE, DAYS_LATER, most=2).values()) == 2
    assert post.left() == ["2", "3", "4", "9"]
    assert sum(take_returned(app.office, post.returned, HOUSE, DAYS_LATER).values()) == 3


def test_a_folder_that_is_no_maildir_is_refused_with_what_to_do(app: App, tmp_path: Path) -> None:
    assert app.take_returned(NOW) == {}, "off unless it is set"
    wrong = replace(app, settings=app.settings.model_copy(update={"returned_mail_dir": tmp_path / "gone"}))
    with pytest.raises(ConfigurationError, match="NPM_CASES_RETURNED_MAIL_DIR"):
        wrong.take_returned(NOW)
    right = replace(app, settings=app.settings.model_copy(update={"returned_mail_dir": a_maildir(tmp_path / "there")}))
    for one, expected in ((app, "returned_off"), (wrong, "returned_wrong"), (right, "returned_found")):
        (check,) = [check for check in examine(one, NOW) if check.code == "returned"]
        assert (check.found, check.well) == (expected, one is not wrong)
