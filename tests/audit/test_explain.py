"""Why a case stands where it stands, told from its history at any instant, and in three languages."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from npm_cases.domain.duties import OUTSIDERS, OwedBy, all_duty_names
from npm_cases.domain.duty_words import DUTIES
from npm_cases.domain.errors import BadInput, IntegrityBroken, NotFound
from npm_cases.domain.records import Actor
from npm_cases.services.case_views import show_case
from npm_cases.services.explain import Explanation, explain
from npm_cases.services.explain_words import ACTS, OWED_BY, TEMPLATES, sentences
from state_machines.labels import LANGUAGES
from tests.audit.made_history import END, ONE, after, copy_of, reading, tampered

WHOLE, SILENT, STOPPED = "R-2025-000001", "R-2025-000002", "R-2025-000003"
TOLD = "A-2025-000001"
Telling = Callable[..., Explanation]


@pytest.fixture(scope="module")
def told(clean: Path) -> Iterator[Telling]:
    with reading(clean) as (app, reader):
        yield lambda ref, at, actor=ONE: explain(app.office, reader, ref, at, actor)


def test_the_states_are_those_of_the_instant(told: Telling) -> None:
    assert told(WHOLE, after(3.5)).states["recommendation"] == "issued"
    assert told(WHOLE, after(12.5)).states["recommendation"] == "in_progress"
    assert told(WHOLE, END).states["recommendation"] == "closed"
    assert told(WHOLE, after(12.5)).phase == "in_progress"


def test_the_present_is_what_the_tables_say(clean: Path, told: Telling) -> None:
    with reading(clean) as (app, _):
        for ref in (WHOLE, SILENT, STOPPED, TOLD):
            shown, explained = show_case(app.office, ref, ONE, END), told(ref, END)
            assert shown["escalation"] == explained.states["escalation"]
            assert sorted((o["duty"], o["due_on"], o["overdue"]) for o in shown["obligations"]) == sorted(
                (clock.duty, clock.due_on, clock.overdue) for clock in explained.clocks
            )
            coming = sorted(o["next_rung_at"] for o in shown["obligations"] if o["next_rung_at"])
            assert coming == sorted(one.due_at for one in explained.coming)


def test_lateness_is_counted_from_the_day_after_the_due_date(told: Telling) -> None:
    due = next(clock for clock in told(SILENT, after(30)).clocks if clock.duty == "reply")
    assert (due.due_on, due.overdue, due.days_overdue, due.ours) == ("2025-04-03", False, 0, False)
    late = next(clock for clock in told(SILENT, after(33)).clocks if clock.duty == "reply")
    assert (late.overdue, late.days_overdue) == (True, 2)


def test_our_own_lateness_says_it_is_ours(told: Telling) -> None:
    clocks = {clock.duty: clock for clock in told("A-2025-000002", END).clocks}
    assert clocks["register"].ours
    assert clocks["register"].overdue


def test_an_escalation_names_what_was_late_and_the_rungs(told: Telling) -> None:
    explained = told(SILENT, after(60))
    assert [move.event for move in explained.escalated_by] == ["raise_to_superior", "escalate_to_ombudsman"]
    assert {(cause.duty, cause.rung) for cause in explained.causes} == {("reply", "superior"), ("reply", "ombudsman")}
    assert all(cause.due_at <= cause.taken_at for cause in explained.causes)
    assert any(cause.late_by_engine for cause in explained.causes)


def test_before_the_escalation_there_is_no_cause(told: Telling) -> None:
    explained = told(SILENT, after(20))
    assert (explained.escalated_by, explained.causes) == ((), ())
    assert {one.rung for one in explained.coming if one.duty == "reply"} == {"due_soon"}


def test_a_suspended_clock_is_not_overdue_and_has_no_next_rung(told: Telling) -> None:
    explained = told(STOPPED, after(45))
    stopped = next(clock for clock in explained.clocks if clock.duty == "reply")
    assert stopped.suspended_on == "2025-03-19"
    assert not stopped.overdue
    assert "reply" not in {one.duty for one in explained.coming}


def test_who_is_named_in_an_allegation_is_not_told_next(told: Telling) -> None:
    assert all("board" not in one.posts for one in told(TOLD, END).coming)
    assert any("board" in one.posts for one in told("A-2025-000002", END).coming)


def test_what_may_be_done_and_what_not_is_told_by_role(told: Telling) -> None:
    explained = told(SILENT, after(20))
    assert ("caseworker", "record_reply", ("reply_attached",)) in {
        (one.role, one.event, one.needs) for one in explained.permitted
    }
    refused = {(one.role, one.event): one.reasons for one in explained.not_permitted}
    assert "the_channels_own_issuer" in refused["group_leader", "withdraw"]


def test_refused_attempts_are_told_with_their_reasons(told: Telling) -> None:
    (refused,) = told(SILENT, END).refused
    assert (refused.event, refused.reasons) == ("issue", ("not_from_this_state",))
    assert told(SILENT, after(101)).refused == ()


def test_an_instant_before_the_case_is_bad_input(told: Telling) -> None:
    with pytest.raises(BadInput, match="was not there yet"):
        told(WHOLE, after(0.5))


def test_a_case_of_another_region_is_as_if_it_were_not_there(told: Telling) -> None:
    stranger = Actor("stranger", frozenset({"caseworker"}), frozenset({"abai"}))
    for ref in (WHOLE, "R-2025-999999"):
        with pytest.raises(NotFound, match=f"there is no case '{ref}'"):
            told(ref, END, stranger)


def drop_acknowledgements(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM case_events WHERE event = 'acknowledge'")


def test_a_history_that_does_not_hold_is_not_explained(clean: Path, tmp_path: Path) -> None:
    folder = copy_of(clean, tmp_path / "copy")
    tampered(folder, drop_acknowledgements)
    with reading(folder) as (app, reader), pytest.raises(IntegrityBroken, match="audit verify"):
        explain(app.office, reader, WHOLE, END, ONE)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ref", [WHOLE, SILENT, STOPPED, TOLD])
def test_every_sentence_is_whole_in_every_language(told: Telling, ref: str, lang: str) -> None:
    for at in (after(140), END):
        said = sentences(told(ref, at), lang)
        assert all(line.endswith(".") and "{" not in line for line in said)
        assert said[0].startswith(ref)


def test_an_overdue_clock_says_by_how_much_and_whose_fault_it_is(told: Telling) -> None:
    said = sentences(told(SILENT, after(40)), "en")
    assert "Reply: owed by the addressee, was due on 2025-04-03, overdue by 9 days." in said
    assert "This lateness is not ours." in said


def test_another_language_is_refused(told: Telling) -> None:
    with pytest.raises(LookupError, match="fr"):
        sentences(told(WHOLE, END), "fr")


def test_every_duty_and_everybody_who_owes_has_words() -> None:
    assert set(DUTIES) == set(all_duty_names())
    assert set(OWED_BY) == {str(one) for one in OwedBy}
    assert set(OWED_BY) > {str(one) for one in OUTSIDERS}


@pytest.mark.parametrize("words", [DUTIES, OWED_BY, ACTS, TEMPLATES])
def test_every_word_is_there_in_all_languages(words: dict[str, dict[str, str]]) -> None:
    assert not [name for name, said in words.items() if set(said) != set(LANGUAGES) or not all(said.values())]
