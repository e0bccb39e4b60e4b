"""Erasure: two people, a basis, a closed case; then the key is gone, and everything still verifies."""

import json
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RefusedByRule
from npm_cases.domain.names import written_alike
from npm_cases.domain.records import Actor
from npm_cases.persistence.counters import SqlCounters
from npm_cases.services import erasure
from npm_cases.services.act import Confirm, DoAct, Done, act, confirm
from npm_cases.services.balance import balance
from npm_cases.services.case_views import open_text, show_case
from npm_cases.services.casework import OnCase, add_document
from npm_cases.services.create_case import Created
from npm_cases.services.documents import read_document
from npm_cases.services.erasure import finish_erasures, propose_erasure
from npm_cases.services.legal_hold import hold
from npm_cases.services.name_index import find_name
from npm_cases.services.registers import add_place
from npm_cases.services.watching import recorded_sweep
from tests.faults.checker import table, violations
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    COMMISSIONER,
    DELEGATE,
    MON_2_MAR,
    SECOND,
    SECRETARIAT,
    a_closed_allegation,
    a_recommendation,
    an_allegation,
)

BASIS = "retention_period_over"
TUE_3_MAR = "2026-03-03T05:00:00.000000Z"


def proposed(app: App, case: Created, by: Actor = COMMISSIONER, basis: str = BASIS, reason: str = "yearly") -> str:
    return propose_erasure(app.office, OnCase(case.number, by, MON_2_MAR), basis, reason).approval


def erased(app: App, case: Created) -> Done:
    return confirm(app.office, Confirm(proposed(app, case), DELEGATE, MON_2_MAR))


def facts_of(app: App, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row["data"])["facts"] for row in table(app, "case_events") if row["type"] == kind]


def test_two_people_erase_a_closed_case_and_the_history_says_which_data_went_on_which_basis(app: App) -> None:
    created, kept = a_closed_allegation(app), an_allegation(app)
    add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "letter.txt", b"A synthetic letter.")
    done = erased(app, created)
    (said,) = facts_of(app, "erased")
    assert len(said.pop("titled")) == 64
    assert (done.state, said) == (
        "declined",
        {"class": "protected_text", "basis": BASIS, "texts": 2, "documents": 1},
    )
    assert app.office.keys.held([created.id, kept.id]) == {kept.id}
    assert open_text(app.office, kept.number, 1, CASEWORKER, MON_2_MAR, "check")
    assert show_case(app.office, created.number, CASEWORKER, MON_2_MAR)["facts"]["erased"] == BASIS
    assert violations(app) == []


def test_reading_what_was_erased_says_who_did_it_when_and_on_which_basis(app: App) -> None:
    created = a_closed_allegation(app)
    document, _ = add_document(app.office, OnCase(created.number, CASEWORKER, MON_2_MAR), "a.txt", b"text")
    erased(app, created)
    for read in (
        lambda: open_text(app.office, created.number, 1, CASEWORKER, MON_2_MAR, "check"),
        lambda: read_document(app.office, created.number, document, CASEWORKER, MON_2_MAR, "check"),
    ):
        with pytest.raises(NotFound) as told:
            read()
        assert str(told.value).endswith(f"confirmed by delegate, basis {BASIS}.")
        assert "erased on 2026-03-02 at 10:00 (Asia/Almaty) by commissioner" in str(told.value)


def test_nothing_more_is_sealed_in_an_erased_case_but_what_needs_no_seal_is_recorded(app: App) -> None:
    created = a_closed_allegation(app)
    erased(app, created)
    with pytest.raises(Conflict, match=r"\. Nothing more can be sealed in it: make a new case and link it"):
        act(app.office, DoAct(created.number, "reopen", CASEWORKER, TUE_3_MAR, {"new_facts": "Synthetic."}))
    with pytest.raises(Conflict, match="make a new case and link it"):
        add_document(app.office, OnCase(created.number, CASEWORKER, TUE_3_MAR), "a.txt", b"text")
    assert act(app.office, DoAct(created.number, "report_reprisal", CASEWORKER, TUE_3_MAR)).state == "follow_up"
    assert app.office.keys.held([created.id]) == frozenset()
    assert violations(app) == []


def test_the_title_a_recommendation_was_listed_by_goes_with_it_unless_it_was_published(app: App) -> None:
    created = a_recommendation(app, "closed", title="A synthetic title")
    erased(app, created)
    assert show_case(app.office, created.number, CASEWORKER, MON_2_MAR)["title"] == created.number
    assert violations(app) == []


def test_the_place_of_an_allegation_goes_too(app: App) -> None:
    add_place(app.office, {"name": "Synthetic place", "region": "abai"}, CASEWORKER, MON_2_MAR)
    created = a_closed_allegation(app, place="synthetic_place")
    assert show_case(app.office, created.number, CASEWORKER, MON_2_MAR)["place"] == "synthetic_place"
    erased(app, created)
    assert show_case(app.office, created.number, CASEWORKER, MON_2_MAR)["place"] == ""
    assert violations(app) == []


@pytest.mark.parametrize("actor", [COMMISSIONER, CASEWORKER, SECOND, AUDITOR])
def test_neither_the_proposer_nor_a_wrong_role_confirms(app: App, actor: Actor) -> None:
    created = a_closed_allegation(app)
    approval = proposed(app, created)
    with pytest.raises(NotAllowed):
        confirm(app.office, Confirm(approval, actor, MON_2_MAR))
    assert app.office.keys.held([created.id]) == {created.id}
    assert facts_of(app, "erased") == []


@pytest.mark.parametrize("actor", [CASEWORKER, ADMINISTRATOR, AUDITOR])
def test_only_the_commissioner_or_a_delegate_proposes(app: App, actor: Actor) -> None:
    with pytest.raises(NotAllowed, match="commissioner, delegate"):
        proposed(app, a_closed_allegation(app), by=actor)


@pytest.mark.parametrize(("basis", "reason"), [("because", "yearly"), (BASIS, "Іс жабылды"), (BASIS, "")])
def test_a_basis_the_pack_does_not_have_or_a_sentence_for_a_reason_is_refused(
    app: App, basis: str, reason: str
) -> None:
    with pytest.raises(BadInput):
        proposed(app, a_closed_allegation(app), basis=basis, reason=reason)


def test_an_open_case_is_not_erased_and_every_reason_is_given(app: App) -> None:
    with pytest.raises(RefusedByRule) as refused:
        proposed(app, an_allegation(app))
    assert refused.value.reasons == ("case_is_open", "clock_runs")


def test_a_case_erased_once_is_not_erased_again(app: App) -> None:
    created = a_closed_allegation(app)
    first, second = proposed(app, created), proposed(app, created, by=DELEGATE)
    confirm(app.office, Confirm(first, DELEGATE, MON_2_MAR))
    with pytest.raises(RefusedByRule) as refused:
        confirm(app.office, Confirm(second, COMMISSIONER, MON_2_MAR))
    assert refused.value.reasons == ("erased_already",)
    assert violations(app) == []


def test_a_legal_hold_beats_an_erasure_also_one_that_is_proposed_already(app: App) -> None:
    created = a_closed_allegation(app)
    approval = proposed(app, created)
    hold(app.office, OnCase(created.number, SECRETARIAT, MON_2_MAR), "court_case")
    with pytest.raises(RefusedByRule, match="legal hold"):
        confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    with pytest.raises(RefusedByRule, match="legal hold"):
        proposed(app, created)
    with pytest.raises(NotAllowed):
        hold(app.office, OnCase(created.number, SECRETARIAT, MON_2_MAR), "over", lift=True)
    with pytest.raises(Conflict, match="under legal hold already"):
        hold(app.office, OnCase(created.number, DELEGATE, MON_2_MAR), "court_case")
    hold(app.office, OnCase(created.number, DELEGATE, MON_2_MAR), "over", lift=True)
    assert facts_of(app, "case_amended") == [{"legal_hold": 1}, {"legal_hold": 0}]
    confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    assert violations(app) == []


def test_a_case_reopened_after_the_proposal_is_not_erased(app: App) -> None:
    created = a_closed_allegation(app)
    approval = proposed(app, created)
    act(app.office, DoAct(created.number, "reopen", CASEWORKER, MON_2_MAR, {"new_facts": "Synthetic."}))
    with pytest.raises(RefusedByRule, match="not closed"):
        confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    assert app.office.keys.held([created.id]) == {created.id}


def test_an_erasure_that_broke_off_after_its_event_is_named_and_completed(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = a_closed_allegation(app)
    approval = proposed(app, created)
    monkeypatch.setattr(erasure, "destroy_key", lambda *_: None)  # the program ends here
    confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    monkeypatch.undo()
    assert app.office.keys.held([created.id]) == {created.id}
    with pytest.raises(NotFound, match="was erased"):
        open_text(app.office, created.number, 1, CASEWORKER, MON_2_MAR, "check")
    counted = balance(app.office, SqlCounters(app.database), MON_2_MAR)
    assert counted.counters["erasures_unfinished"] == 1
    assert "an erased case still has its key" in "; ".join(counted.unbalanced)
    recorded_sweep(app.office, TUE_3_MAR, 100)
    assert app.office.keys.held([created.id]) == frozenset()
    assert finish_erasures(app.office) == 0
    assert violations(app) == []


def test_names_that_came_back_with_an_old_key_store_find_nothing_and_the_next_sweep_removes_them(app: App) -> None:
    created = a_closed_allegation(app, alleged_victim="Synthetic Person")
    erased(app, created)
    token = app.office.sealer.token(written_alike("Synthetic Person"))
    app.key_store.add([], [(token, created.id)])
    assert find_name(app.office, "Synthetic Person", CASEWORKER, MON_2_MAR, "check") == []
    assert balance(app.office, SqlCounters(app.database), MON_2_MAR).counters["erasures_unfinished"] == 1
    assert finish_erasures(app.office) == 1
    assert app.office.keys.cases_named(token) == []


def test_the_table_of_proposals_alone_destroys_no_key(app: App) -> None:
    created = a_closed_allegation(app)
    proposed(app, created)
    with app.office.open_work() as work:
        work.update("approvals", {"status": "confirmed", "decided_by": "somebody"}, {"event": "erase"})
        work.commit()
    assert finish_erasures(app.office) == 0
    assert app.office.keys.held([created.id]) == {created.id}


def test_the_same_key_proposes_once(app: App) -> None:
    created = a_closed_allegation(app)
    command = OnCase(created.number, COMMISSIONER, MON_2_MAR, key="k-1")
    first, again = (propose_erasure(app.office, command, BASIS, "yearly") for _ in range(2))
    assert first == again


def test_on_either_database_everything_verifies_after_an_erasure(any_app: App) -> None:
    created = a_closed_allegation(any_app)
    erased(any_app, created)
    assert any_app.office.keys.held([created.id]) == frozenset()
    assert violations(any_app) == []
