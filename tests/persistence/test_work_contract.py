"""One contract of the unit of work, held on both databases: what is written is read back, or nothing is."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from npm_cases.domain.errors import Conflict, NotFound
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_store import KeyStore
from npm_cases.persistence.work import SqlWork
from npm_cases.services.ports import CaseKey, Chain
from tests.persistence.records import (
    AT,
    CASE_ID,
    LATER,
    a_body,
    a_case,
    a_document,
    a_notice,
    a_rung,
    an_approval,
    an_event,
    an_obligation,
)  # fmt: skip


def with_a_case(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_case(a_case())
        work.commit()


@pytest.mark.parametrize("ref", [CASE_ID, "R-2026-a"])
def test_a_case_is_read_back_as_it_was_written(database: Database, ref: str) -> None:
    with_a_case(database)
    with SqlWork(database) as work:
        assert work.case(ref) == a_case()
        assert work.read_case(ref) == a_case()


def test_a_case_asked_for_by_id_and_by_number_is_one_case(database: Database) -> None:
    with_a_case(database)
    with SqlWork(database) as work:
        assert work.case(CASE_ID) is work.case("R-2026-a") is work.read_case("R-2026-a")


def test_a_case_just_added_is_found_by_id_and_by_number(database: Database) -> None:
    with SqlWork(database) as work:
        added = a_case()
        work.add_case(added)
        assert work.case(CASE_ID) is work.case("R-2026-a") is added


@pytest.mark.parametrize("ref", ["R-2026-z", "z" * 32])
def test_a_case_that_is_not_there_is_not_found(database: Database, ref: str) -> None:
    with SqlWork(database) as work:
        with pytest.raises(NotFound, match=ref):
            work.case(ref)
        with pytest.raises(NotFound, match=ref):
            work.read_case(ref)


def test_a_change_is_kept_only_by_saving_and_committing(database: Database) -> None:
    with_a_case(database)
    with SqlWork(database) as work:
        work.case(CASE_ID).title = "forgotten"
        work.commit()
    with SqlWork(database) as work:
        case = work.case(CASE_ID)
        case.title = "undone"
        work.save_case(case)
    with SqlWork(database) as work:
        case = work.case(CASE_ID)
        assert case.title == a_case().title
        case.version, case.facts, case.head = 2, {}, b"\x00\xff"
        work.save_case(case)
        work.commit()
    with SqlWork(database) as work:
        assert (work.case(CASE_ID).version, work.case(CASE_ID).facts, work.case(CASE_ID).head) == (2, {}, b"\x00\xff")


def test_a_case_added_and_changed_in_one_transaction_is_written_as_it_ended(database: Database) -> None:
    with SqlWork(database) as work:
        case = a_case()
        work.add_case(case)
        case.version = 7
        work.save_case(case)
        work.commit()
    with SqlWork(database) as work:
        assert work.case(CASE_ID).version == 7


def test_two_cases_of_one_number_are_a_conflict_and_nothing_is_written(database: Database) -> None:
    with_a_case(database)
    with SqlWork(database) as work:
        work.add_case(a_case("b"))
        work.add_case(a_case("c", number="R-2026-a"))
        with pytest.raises(Conflict):
            work.commit()
    with SqlWork(database) as work, pytest.raises(NotFound):
        work.case("b" * 32)


def test_a_chain_never_written_is_empty_and_reading_it_writes_nothing(database: Database) -> None:
    with SqlWork(database) as work:
        assert work.chain("office") == Chain("office", 0, b"", "")
    with SqlWork(database) as work:
        assert work.rows("chains") == []


def test_events_move_the_head_of_their_chain(database: Database) -> None:
    line = an_event("office")
    with SqlWork(database) as work:
        chain = work.chain("office")
        work.append(line)
        chain.seq, chain.head, chain.last_at = 1, line.leaf, AT
        work.commit()
    with SqlWork(database) as work:
        assert work.chain("office") == Chain("office", 1, line.leaf, AT)
        assert work.last_instant() == AT
        (stored,) = work.rows("case_events")
    assert (stored["data"], stored["leaf"], stored["prev"], stored["at"]) == (line.data, line.leaf, b"", AT)


def test_an_event_of_a_case_saves_the_case_with_it(database: Database) -> None:
    with_a_case(database)
    line = an_event()
    with SqlWork(database) as work:
        case = work.case(CASE_ID)
        work.append(line)
        case.seq, case.head, case.last_at = 1, line.leaf, AT
        work.commit()
    with SqlWork(database) as work:
        assert (work.case(CASE_ID).seq, work.case(CASE_ID).head) == (1, line.leaf)


def test_numbers_count_up_and_one_undone_is_given_again(database: Database) -> None:
    with SqlWork(database) as work:
        assert [work.next_number("R"), work.next_number("R"), work.next_number("A")] == [1, 2, 1]
        work.commit()
    with SqlWork(database) as work:
        assert work.next_number("R") == 3
    with SqlWork(database) as work:
        assert work.next_number("R") == 3


def test_sealed_text_and_keys_are_read_back_before_and_after_the_commit(database: Database, keys: KeyStore) -> None:
    key = CaseKey(CASE_ID, b"\x00key", "wrapped-1")
    with SqlWork(database, keys) as work:
        assert work.case_key(CASE_ID) is None
        work.add_case_key(key, AT)
        work.add_sealed(CASE_ID, 1, b"\x00text")
        assert (work.case_key(CASE_ID), work.sealed(CASE_ID, 1)) == (key, b"\x00text")
        work.commit()
    with SqlWork(database, keys) as work:
        assert (work.case_key(CASE_ID), work.sealed(CASE_ID, 1)) == (key, b"\x00text")
        assert (work.protected(CASE_ID), work.holds_sealed(CASE_ID), work.holds_sealed("other")) == (
            (1, 0),
            True,
            False,
        )
        with pytest.raises(NotFound, match="no protected text"):
            work.sealed(CASE_ID, 2)


def test_an_obligation_is_read_back_as_it_was_written(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_obligation(an_obligation())
        assert work.open_obligations(CASE_ID) == [an_obligation()]
        work.commit()
    with SqlWork(database) as work:
        assert work.open_obligations(CASE_ID) == [an_obligation()]
        assert work.last_obligation(CASE_ID, "reply") == an_obligation()
        assert work.next_rung_at() == LATER


def test_a_discharged_obligation_is_no_longer_open_and_still_the_last_one(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_obligation(an_obligation())
        work.commit()
    with SqlWork(database) as work:
        (owed,) = work.open_obligations(CASE_ID)
        owed.discharged_at, owed.next_rung_at = LATER, ""
        work.save_obligation(owed)
        assert work.open_obligations(CASE_ID) == []
        work.commit()
    with SqlWork(database) as work:
        last = work.last_obligation(CASE_ID, "reply")
        assert work.open_obligations(CASE_ID) == []
        assert work.next_rung_at() == ""
    assert last == an_obligation(discharged_at=LATER, next_rung_at="")


def test_the_last_obligation_of_a_duty_is_the_one_opened_last(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_obligation(an_obligation("later", opened_seq=9, discharged_at=LATER))
        work.add_obligation(an_obligation("earlier", opened_seq=3))
        work.commit()
    with SqlWork(database) as work:
        work.open_obligations(CASE_ID)
        last = work.last_obligation(CASE_ID, "reply")
        assert last is not None
        assert last.id == "later"
        assert work.last_obligation(CASE_ID, "begin") is None


def test_obligations_of_a_place_are_found_and_are_the_same_ones_as_those_of_the_chain(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_obligation(an_obligation(chain="office", subject_kind="place:p1"))
        work.add_obligation(an_obligation("other", chain="office", subject_kind="place:p2"))
        work.commit()
    with SqlWork(database) as work:
        (owed,) = work.obligations_of("place:p1")
        owed.discharged_at = LATER
        work.save_obligation(owed)
        assert [left.id for left in work.open_obligations("office")] == ["other"]
        assert work.obligations_of("place:p1") == []


def test_due_rungs_come_oldest_first_with_their_cases_and_no_more_than_asked_for(database: Database) -> None:
    with SqlWork(database) as work:
        for letter in "abc":
            work.add_case(a_case(letter))
            work.add_obligation(
                an_obligation(letter, letter * 32, next_rung_at=f"2026-03-0{'cab'.index(letter) + 3}T00:00")
            )
        work.add_obligation(an_obligation("not_yet", next_rung_at="2026-12-01T00:00"))
        work.add_obligation(an_obligation("never", next_rung_at=""))
        work.commit()
    with SqlWork(database) as work:
        due = work.due_rungs("2026-03-31T00:00", 10)
        assert [(item.obligation.id, item.case.id[0] if item.case else "") for item in due] == [
            ("c", "c"), ("a", "a"), ("b", "b"),
        ]  # fmt: skip
        assert due[0].case is work.case("c" * 32)
        assert due[0].obligation is work.open_obligations("c" * 32)[0]
    with SqlWork(database) as work:
        assert [item.obligation.id for item in work.due_rungs("2026-03-31T00:00", 2)] == ["c", "a"]


def test_a_due_obligation_of_no_case_comes_without_one(database: Database) -> None:
    with SqlWork(database) as work:
        line = an_event("office")
        chain = work.chain("office")
        work.append(line)
        chain.seq, chain.head, chain.last_at = 1, line.leaf, AT
        work.add_obligation(an_obligation(chain="office"))
        work.commit()
    with SqlWork(database) as work:
        (due,) = work.due_rungs(LATER, 10)
        assert (due.obligation.id, due.case) == ("owed", None)


def test_a_rung_is_taken_once(database: Database) -> None:
    with SqlWork(database) as work:
        work.take_rung(a_rung())
        work.commit()
    with SqlWork(database) as work:
        work.queue(a_notice("second"))
        work.take_rung(a_rung())
        with pytest.raises(Conflict, match="first"):
            work.commit()
    with SqlWork(database) as work:
        assert work.rows("outbox") == []
        (row,) = work.rows("rungs_taken")
    assert (row["late_by_engine"], row["posts"]) == (1, "board")


def test_what_fails_last_undoes_what_was_written_first(database: Database) -> None:
    with SqlWork(database) as work:
        work.take_rung(a_rung())
        work.commit()
    with SqlWork(database) as work:
        case, line = a_case(), an_event()
        work.add_case(case)
        work.append(line)
        work.insert("bodies", a_body("a"))
        work.add_obligation(an_obligation())
        work.next_number("R")
        work.take_rung(a_rung())
        with pytest.raises(Conflict):
            work.commit()
    with SqlWork(database) as work:
        for table in ("cases", "case_events", "log_entries", "obligations", "bodies"):
            assert work.rows(table) == []
        assert work.next_number("R") == 1


def test_an_answer_is_kept_under_its_key_once(database: Database) -> None:
    with SqlWork(database) as work:
        assert work.answer("k") is None
        work.keep_answer("k", "one", "digest", "{}", AT)
        work.commit()
    with SqlWork(database) as work:
        assert work.answer("k") == ("one", "digest", "{}")
    with SqlWork(database) as work:
        work.keep_answer("k", "two", "digest", "{}", AT)
        with pytest.raises(Conflict):
            work.commit()


def test_a_proposal_is_decided_once_and_by_another_person(database: Database) -> None:
    with SqlWork(database) as work:
        work.add_approval(an_approval())
        work.commit()
    with SqlWork(database) as work:
        assert work.approval("proposal") == an_approval()
        assert work.expired_approvals(LATER, 5) == [an_approval()]
        assert work.expired_approvals(AT, 5) == []
        work.decide_approval("proposal", "confirmed", "two", LATER)
        work.commit()
    with SqlWork(database) as work, pytest.raises(Conflict, match="decided by somebody else"):
        work.decide_approval("proposal", "confirmed", "three", LATER)
    with SqlWork(database) as work, pytest.raises(NotFound, match="no proposal"):
        work.approval("another")


def test_a_document_is_read_back(database: Database) -> None:
    with SqlWork(database) as work:
        assert work.document(a_document().id) is None
        work.add_document(a_document())
        work.commit()
    with SqlWork(database) as work:
        assert work.document(a_document().id) == a_document()


def test_an_imported_row_is_known_at_once_and_its_digest_changes(database: Database) -> None:
    with SqlWork(database) as work:
        work.remember_import("key", "one", CASE_ID, "batch-1")
        assert work.imported("key") == ("one", CASE_ID, "batch-1")
        work.commit()
    with SqlWork(database) as work:
        work.remember_import("key", "two", CASE_ID, "batch-2")
        work.commit()
    with SqlWork(database) as work:
        assert work.imported("key") == ("two", CASE_ID, "batch-2")
        assert work.imported("other") is None


def test_an_exclusion_is_known_at_once_and_twice_is_once(database: Database) -> None:
    with SqlWork(database) as work:
        work.exclude(CASE_ID, "unit", AT)
        work.exclude(CASE_ID, "unit", LATER)
        assert work.excluded(CASE_ID) == {"unit"}
        work.commit()
    with SqlWork(database) as work:
        assert work.excluded(CASE_ID) == {"unit"}


def test_a_unit_of_work_for_reading_waits_for_nobody_and_cannot_commit(database: Database) -> None:
    with_a_case(database)
    with SqlWork(database) as writing, SqlWork(database, writing=False) as reading:
        writing.case(CASE_ID)
        assert reading.case("R-2026-a") is reading.case(CASE_ID)
        assert reading.case(CASE_ID) == a_case()
        assert reading.chain("office") == Chain("office", 0, b"", "")
        assert reading.open_obligations(CASE_ID) == []
        with pytest.raises(RuntimeError, match="reading"):
            reading.commit()


def test_two_who_begin_a_chain_at_once_write_one_after_the_other(database: Database) -> None:
    patient = Database(str(database.engine.url.render_as_string(hide_password=False)), busy_seconds=10)
    barrier = Barrier(2, timeout=10)

    def append_one() -> None:
        barrier.wait()
        with SqlWork(patient) as work:
            chain = work.chain("office")
            line = an_event("office", chain.seq + 1, chain.head)
            work.append(line)
            chain.seq, chain.head, chain.last_at = line.event.seq, line.leaf, AT
            work.commit()

    threads = [Thread(target=append_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with SqlWork(patient) as work:
        assert work.chain("office").seq == 2
    patient.close()


def test_a_unit_of_work_outside_its_block_says_so(database: Database) -> None:
    with pytest.raises(RuntimeError, match="with block"):
        SqlWork(database).rows("cases")


def test_records_do_not_change_what_a_test_compares_them_with() -> None:
    assert replace(a_case(), version=2) != a_case()
