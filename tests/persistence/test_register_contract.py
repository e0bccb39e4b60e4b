"""The second half of the contract: the outbox and the registers, held on both databases."""

import pytest

from npm_cases.domain.errors import Conflict
from npm_cases.domain.records import Approval
from npm_cases.persistence.database import Database
from npm_cases.persistence.work import SqlWork
from npm_cases.services.ports import Recipient
from tests.persistence.records import AT, CASE_ID, LATER, a_body, a_case, a_notice, an_obligation


def queued(database: Database, *names: str) -> None:
    with SqlWork(database) as work:
        for name in names:
            work.queue(a_notice(name))
        work.commit()


def test_a_notice_waits_until_its_time_and_comes_back_as_it_was(database: Database) -> None:
    with SqlWork(database) as work:
        work.queue(a_notice("now"))
        work.queue(a_notice("later", not_before=LATER))
        work.commit()
    with SqlWork(database) as work:
        assert work.waiting_notices(AT, 10) == [a_notice("now")]
        assert [notice.id for notice in work.waiting_notices(LATER, 10)] == ["now", "later"]


def test_a_claimed_mail_is_leased_and_carries_its_notices(database: Database) -> None:
    queued(database, "one", "two")
    with SqlWork(database) as work:
        work.bundle("post:board", ["one", "two"], AT)
        work.commit()
    with SqlWork(database) as work:
        assert work.waiting_notices(AT, 10) == []
        ((ready, carried),) = work.claim_mail(AT, LATER, 10)
        work.commit()
    assert (ready.id, ready.message_id, ready.recipient, ready.attempts) == (
        "one",
        "<one@cases.example>",
        "post:board",
        1,
    )
    assert [notice.id for notice in carried] == ["one", "two"]
    with SqlWork(database) as work:
        assert work.claim_mail(AT, LATER, 10) == []
        ((again, _),) = work.claim_mail(LATER, LATER, 10)
        assert again.attempts == 2


def test_what_became_of_a_mail_is_written_for_all_it_carries(database: Database) -> None:
    queued(database, "one", "two")
    with SqlWork(database) as work:
        work.bundle("post:board", ["one", "two"], AT)
        work.flush()
        work.claim_mail(AT, LATER, 10)
        work.commit()
    with SqlWork(database) as work:
        work.insert_attempt("one", 1, AT, "sent", "after_dot", 250, "")
        assert work.settle_mail("one", 1, "sent", AT, "")
        work.commit()
    with SqlWork(database) as work:
        assert {(row["id"], row["status"], row["done_at"]) for row in work.rows("outbox")} == {
            ("one", "sent", AT), ("two", "sent", AT),
        }  # fmt: skip
        assert [row["outcome"] for row in work.rows("mail_attempts")] == ["sent"]


def test_a_claim_that_lapsed_settles_nothing(database: Database) -> None:
    queued(database, "one")
    with SqlWork(database) as work:
        work.bundle("post:board", ["one"], AT)
        work.flush()
        work.claim_mail(AT, AT, 10)
        work.flush()
        work.claim_mail(AT, LATER, 10)
        work.commit()
    with SqlWork(database) as work:
        assert not work.settle_mail("one", 1, "dead", AT, "")
        assert work.settle_mail("one", 2, "sent", AT, "")
        assert not work.settle_mail("one", 2, "bundled", "", AT)
        assert [row["status"] for row in work.rows("outbox")] == ["sent"]


def test_the_present_holder_of_a_post_is_reached(database: Database) -> None:
    with SqlWork(database) as work:
        for start, end, name in (("2026-01-01", "2026-02-28", "before"), ("2026-03-01", "", "now")):
            values = {
                "post": "board",
                "name": name,
                "email": f"{name}@x.example",
                "language": "kk",
                "region": "",
                "unit": "",
            }
            work.insert("holders", {**values, "valid_from": start, "valid_to": end, "user": ""})
        work.commit()
    with SqlWork(database) as work:
        assert work.recipient("post:board", "2026-02-28") == Recipient("before@x.example", "kk", "before")
        assert work.recipient("post:board", "2026-03-02") == Recipient("now@x.example", "kk", "now")
        assert work.recipient("post:board", "2025-12-31") is None
        assert work.recipient("body:nobody", "2026-03-02") is None


def test_registers_are_added_to_changed_and_read_in_order(database: Database) -> None:
    with SqlWork(database) as work:
        assert not work.has_body("b")
        for name in "cab":
            work.insert("bodies", a_body(name, superior="z"))
        assert work.has_body("b")
        assert work.update("bodies", {"email": "b@x.example"}, {"id": "b"}) == 1
        assert work.update("bodies", {"email": "x"}, {"id": "b", "kind": "no such"}) == 0
        work.commit()
    with SqlWork(database) as work:
        assert [row["id"] for row in work.rows("bodies")] == ["a", "b", "c"]
        assert work.rows("bodies", {"id": "b"}) == [a_body("b", superior="z", email="b@x.example")]
        assert work.recipient("body:b", AT) == Recipient("b@x.example", "", "b")
        assert work.superior_of("b") == "z"
        assert work.superior_of("nobody") == ""


def test_a_row_is_found_and_changed_by_a_number_too(database: Database) -> None:
    with SqlWork(database) as work:
        work.insert("checkpoints", {"number": 1, "size": 0, "root": b"root", "note": "", "at": AT})
        work.insert("case_numbers", {"series": "R-2026", "last": 7})
        assert work.rows("checkpoints", {"number": 2}) == []
        assert [row["number"] for row in work.rows("checkpoints", {"number": 1})] == [1]
        assert work.update("case_numbers", {"last": 8}, {"series": "R-2026", "last": 7}) == 1


def test_a_register_row_of_an_id_already_taken_is_a_conflict(database: Database) -> None:
    with SqlWork(database) as work:
        work.insert("bodies", a_body("a"))
        work.commit()
    with pytest.raises(Conflict), SqlWork(database) as work:
        work.insert("bodies", a_body("a"))


def test_cases_due_are_listed_for_their_assignee(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_case(a_case(assignee="one"))
        work.add_obligation(an_obligation())
        work.commit()
    with SqlWork(database) as work:
        assert work.users_with_clocks("2026-03-23") == ["one"]
        assert work.users_with_clocks("2026-03-22") == []
        assert work.cases_due("one", "2026-03-23", 5) == [("R-2026-a", "2026-03-23")]
        assert (work.assignee_of(CASE_ID), work.number_of(CASE_ID)) == ("one", "R-2026-a")
        assert (work.assignee_of("office"), work.number_of("office")) == ("", "office")


def test_the_last_sweep_is_the_newest_that_finished(database: Database) -> None:
    with SqlWork(database) as work:
        assert work.last_sweep() == ""
        for number, at in enumerate((LATER, AT)):
            work.insert("sweeps", {"id": str(number), "started_at": at, "finished_at": at, "taken": 1, "counts": "{}"})
        work.commit()
    with SqlWork(database) as work:
        assert work.last_sweep() == LATER


def test_a_proposal_is_read_by_who_only_reads_and_locked_by_who_decides(database: Database) -> None:
    given = Approval("proposed", CASE_ID, "close", "digest", b"{}", "one", AT, LATER)
    with SqlWork(database) as work:
        work.add_approval(given)
        work.commit()
    with SqlWork(database, writing=False) as work:
        assert work.approval("proposed").event == "close"
    with SqlWork(database) as work:
        assert work.approval("proposed").event == "close"
