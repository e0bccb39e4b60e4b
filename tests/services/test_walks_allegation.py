"""An allegation walked through what goes wrong: late entries, spent extensions, the same authority, narrow consent."""

from datetime import date

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RefusedByRule
from npm_cases.domain.records import Actor, Obligation
from npm_cases.services.act import Confirm, DoAct, Done, act, confirm
from npm_cases.services.casework import OnCase, assign
from npm_cases.services.consent import RecordConsent, record_consent
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.explain import explain
from npm_cases.services.explain_words import sentences
from npm_cases.services.registers import add_body, fill_post
from npm_cases.services.sweep import sweep
from npm_cases.services.users import AddUser, add_user, sandbox_user
from state_machines.labels import label
from tests.makers import (
    ADMINISTRATOR,
    CASEWORKER,
    COMMISSIONER,
    MON_2_MAR,
    SECRETARIAT,
    a_recommendation,
    an_allegation,
)

DELEGATE = Actor("delegate", frozenset({"delegate"}))
REGIONAL = Actor("regional", frozenset({"representative"}), frozenset({"karaganda"}))
TUE_3_MAR, TUE_10_MAR = "2026-03-03T05:00:00.000000Z", "2026-03-10T05:00:00.000000Z"


@pytest.fixture
def office(app: App) -> App:
    for body in ("prosecutor", "prosecutor_general"):
        add_body(app.office, {"id": body, "name": f"Synthetic {body}"}, CASEWORKER, MON_2_MAR)
    return app


def do(app: App, case: str, event: str, who: Actor = CASEWORKER, at: str = MON_2_MAR, **fields: str) -> Done:
    return act(app.office, DoAct(case, event, who, at, fields))


def registered(app: App, consent: str = "given", **fields: str) -> str:
    number = an_allegation(app, **fields).number
    do(app, number, "register", consent=consent, reprisal_risk="low")
    return number


def clock(app: App, case: str, duty: str) -> Obligation:
    with app.office.open_reading() as work:
        return next(owed for owed in work.open_obligations(work.case(case).id) if owed.duty == duty)


def authorities(app: App, case: str) -> list[str]:
    with app.office.open_reading() as work:
        return list(work.case(case).facts["authorities"])


def test_an_allegation_received_before_it_is_entered_is_due_24_hours_after_that_morning(office: App) -> None:
    number = an_allegation(office, received_on="2026-02-26").number
    owed = clock(office, number, "register")
    assert (owed.started_on, owed.due_at) == ("2026-02-26", "2026-02-27T04:00:00.000000Z")


def test_the_examination_is_extended_once_and_never_again_by_ourselves(office: App) -> None:
    number = registered(office)
    told = {"reasons": "Synthetic.", "complainant_told": "true"}
    do(office, number, "extend_examination", COMMISSIONER, due_on="2026-04-30", **told)
    with pytest.raises(RefusedByRule, match="no further extension is possible") as refused:
        do(office, number, "extend_examination", COMMISSIONER, due_on="2026-05-02", **told)
    assert refused.value.reasons == ("extension_within_bound",)
    with office.office.open_reading() as work:
        assert "answer_unlawful_act" not in {o.duty for o in work.open_obligations(work.case(number).id)}


def test_a_refused_extension_says_the_latest_date(office: App) -> None:
    number = registered(office)
    told = {"reasons": "Synthetic.", "complainant_told": "true"}
    with pytest.raises(RefusedByRule, match="the latest date is 2026-05-02"):
        do(office, number, "extend_examination", COMMISSIONER, due_on="2026-06-30", **told)


def test_a_notification_that_names_nobody_goes_to_the_prosecutor_who_then_hears_no_appeal(office: App) -> None:
    number = registered(office)
    do(office, number, "notify_prosecutor")
    do(office, number, "record_refusal", at=TUE_3_MAR)
    with pytest.raises(RefusedByRule) as refused:
        do(office, number, "appeal_refusal", at=TUE_3_MAR, authority="prosecutor")
    assert refused.value.reasons == ("another_authority_named",)
    assert do(office, number, "appeal_refusal", at=TUE_3_MAR, authority="prosecutor_general").state == "referral_issued"


def test_who_decided_on_the_refusal_may_hear_the_appeal_against_the_termination(office: App) -> None:
    number = registered(office)
    do(office, number, "notify_prosecutor")
    do(office, number, "record_refusal", at=TUE_3_MAR)
    do(office, number, "appeal_refusal", at=TUE_3_MAR, authority="prosecutor_general")
    do(office, number, "record_registration", at=TUE_10_MAR, register_number="77")
    do(office, number, "open_investigation", at=TUE_10_MAR, investigator="prosecutor")
    do(office, number, "terminate", at=TUE_10_MAR)
    assert authorities(office, number) == ["prosecutor"]
    with pytest.raises(RefusedByRule):
        do(office, number, "appeal_termination", at=TUE_10_MAR, authority="prosecutor")
    assert do(office, number, "appeal_termination", at=TUE_10_MAR, authority="prosecutor_general").state == "appealed"


def test_consent_limited_to_the_commissioner_covers_the_transfer_and_not_the_prosecutor(office: App) -> None:
    number = registered(office, "limited")
    record_consent(office.office, RecordConsent(number, "limit", CASEWORKER, MON_2_MAR, recipient="commissioner"))
    with pytest.raises(RefusedByRule) as refused:
        do(office, number, "notify_prosecutor")
    assert refused.value.reasons == ("live_consent_or_pseudonym",)
    assert do(office, number, "transfer", SECRETARIAT).state == "transferred"


def test_consent_limited_to_one_authority_lets_another_hear_only_under_pseudonym(office: App) -> None:
    number = registered(office, "limited")
    record_consent(office.office, RecordConsent(number, "limit", CASEWORKER, MON_2_MAR, recipient="prosecutor_general"))
    with pytest.raises(RefusedByRule):
        do(office, number, "notify_prosecutor", authority="prosecutor")
    done = do(office, number, "notify_prosecutor", authority="prosecutor", under_pseudonym="true")
    assert done.state == "referral_issued"


def test_consent_for_a_recipient_nobody_knows_is_refused(office: App) -> None:
    number = registered(office)
    with pytest.raises(NotFound, match="prosecutr"):
        record_consent(office.office, RecordConsent(number, "limit", CASEWORKER, MON_2_MAR, recipient="prosecutr"))


def test_consent_given_anew_lasts_although_the_one_before_lapsed(office: App) -> None:
    number = registered(office)
    lapsing = RecordConsent(number, "give", CASEWORKER, MON_2_MAR, expires_on="2026-03-03")
    record_consent(office.office, lapsing)
    with pytest.raises(RefusedByRule):
        do(office, number, "notify_prosecutor", at=TUE_10_MAR)
    do(office, number, "give_consent", at=TUE_10_MAR)
    assert do(office, number, "notify_prosecutor", at=TUE_10_MAR).state == "referral_issued"


def test_a_date_before_the_act_is_refused_with_the_name_of_its_field(office: App) -> None:
    number = registered(office)
    with pytest.raises(BadInput, match="field due_on: 2026-02-01 lies before 2026-03-02"):
        do(
            office, number, "extend_examination", COMMISSIONER,
            due_on="2026-02-01", reasons="Synthetic.", complainant_told="true",
        )  # fmt: skip


def test_a_name_misspelt_among_the_excluded_is_refused(office: App) -> None:
    with pytest.raises(NotFound, match="field excluded: 'bord'"):
        an_allegation(office, excluded="commissioner,bord")


def test_whoever_held_an_excluded_post_neither_sees_nor_gets_the_case(office: App) -> None:
    wanted = AddUser("chair", ("council",), ADMINISTRATOR, MON_2_MAR)
    add_user(office.office, wanted)
    fill_post(
        office.office, {"post": "council_chair", "email": "chair@office.example", "user": "chair"}, ADMINISTRATOR,
        TUE_3_MAR,
    )  # fmt: skip
    number = an_allegation(office, TUE_3_MAR, excluded="council_chair").number
    with pytest.raises(NotFound, match="there is no case"):
        do(office, number, "register", sandbox_user(office.office, "chair"), TUE_3_MAR)
    with pytest.raises(BadInput, match="excluded"):
        assign(office.office, OnCase(number, CASEWORKER, TUE_3_MAR), "chair")


def test_a_representative_makes_cases_of_their_own_region_only(office: App) -> None:
    wanted = {"channel": "complaint", "statement": "Synthetic."}
    with pytest.raises(NotAllowed, match="acts in karaganda"):
        create_case(office.office, CreateCase("allegation", REGIONAL, MON_2_MAR, {**wanted, "region": "abai"}))
    made = create_case(office.office, CreateCase("allegation", REGIONAL, MON_2_MAR, wanted))
    with office.office.open_reading() as work:
        assert work.case(made.id).region == "karaganda"


def test_a_case_stood_down_after_a_reprisal_waits_for_its_new_date(office: App) -> None:
    number = registered(office)
    do(office, number, "report_reprisal")
    do(office, number, "recommend_individually", COMMISSIONER)
    pending = do(
        office, number, "stand_down", COMMISSIONER, reasons="Moved to safety.", successor_due_on="2026-03-20"
    ).pending
    confirm(office.office, Confirm(pending, DELEGATE, MON_2_MAR))
    sweep(office.office, TUE_3_MAR)
    with office.office.open_reading() as work:
        case = work.case(number)
        raised = [owed.duty for owed in work.open_obligations(case.id) if owed.raised]
    assert clock(office, number, "protect").due_on == date(2026, 3, 20).isoformat()
    assert "protect" not in raised


def test_a_post_cannot_be_held_from_a_day_that_is_none(office: App) -> None:
    with pytest.raises(BadInput, match="field valid_from: 'soon' is not a date"):
        fill_post(
            office.office,
            {"post": "board", "email": "a@office.example", "valid_from": "soon"},
            ADMINISTRATOR,
            TUE_3_MAR,
        )


def under_investigation(app: App, **terms: str) -> str:
    number = registered(app)
    do(app, number, "notify_prosecutor")
    do(app, number, "record_registration", register_number="77")
    do(app, number, "open_investigation", **terms)
    return number


def terms_running(app: App, case: str) -> dict[str, str]:
    with app.office.open_reading() as work:
        running = work.open_obligations(work.case(case).id)
    names = {"investigate", "inquire", "investigate_again"}
    return {owed.duty: owed.due_on for owed in running if owed.duty in names}


# CPC 192: two months for an investigation, one for an inquiry, one when it is taken up again (192(7)).
@pytest.mark.parametrize(
    ("terms", "away", "back", "expected"),
    [
        ({"qualification": "146-2"}, "", "", {"investigate": "2026-05-02"}),
        ({"qualification": "146-1"}, "", "", {"inquire": "2026-04-02"}),
        ({"qualification": "146-2"}, "interrupt", "resume", {"investigate_again": "2026-04-10"}),
        ({"qualification": "146-1"}, "interrupt", "resume", {"investigate_again": "2026-04-10"}),
        ({}, "send_to_court", "return_to_investigation", {"investigate_again": "2026-04-10"}),
    ],
)
def test_an_investigation_has_its_term_and_a_shorter_one_when_taken_up_again(
    office: App, terms: dict[str, str], away: str, back: str, expected: dict[str, str]
) -> None:
    number = under_investigation(office, **terms)
    for event in filter(None, (away, back)):
        do(office, number, event, at=TUE_10_MAR)
    assert terms_running(office, number) == expected


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_second_act_on_an_old_version_is_told_in_words(office: App, lang: str) -> None:
    number = registered(office)
    with pytest.raises(Conflict):
        act(office.office, DoAct(number, "propose_special_visit", CASEWORKER, MON_2_MAR, if_version=1))
    office.sequence()
    with office.reader as reader:
        told = sentences(explain(office.office, reader, number, TUE_3_MAR, CASEWORKER), lang)
    assert label("reason", "version_changed", lang) in " ".join(told)
    assert "version_changed" not in " ".join(told)


def test_a_refusal_names_as_permitted_only_what_is_within_reach(office: App) -> None:
    created = a_recommendation(office)
    with pytest.raises(RefusedByRule) as refused:
        do(office, created.number, "approve")
    assert "record_published" not in refused.value.permitted  # an own channel is not published by others
    assert "record_meeting" in refused.value.permitted


def test_a_requalified_investigation_is_still_counted_from_its_registration(office: App) -> None:
    """CPC 192(1): the term runs from registration in the register; what the act is called later wins no time."""
    number = registered(office)
    do(office, number, "notify_prosecutor")
    do(office, number, "record_registration", at=TUE_10_MAR, happened_on="2026-03-03", register_number="synthetic")
    do(office, number, "open_investigation", at=TUE_10_MAR, qualification="146-1")
    inquiry = clock(office, number, "inquire")
    assert (inquiry.started_on, inquiry.due_on) == ("2026-03-03", "2026-04-03")
    do(office, number, "requalify", at=TUE_10_MAR, qualification="146-2")
    torture = clock(office, number, "investigate")
    assert (torture.started_on, torture.due_on) == ("2026-03-03", "2026-05-03")


def test_nobody_excluded_is_told_whatever_post_they_hold_and_the_next_independent_post_is(office: App) -> None:
    holder = {
        "post": "commissioner",
        "email": "named@office.example",
        "user": "named-person",
        "valid_from": "2026-03-02",
    }
    add_user(office.office, AddUser("named-person", ("delegate",), ADMINISTRATOR, MON_2_MAR))
    fill_post(office.office, {**holder, "valid_from": "2026-03-03"}, ADMINISTRATOR, TUE_3_MAR)
    number = an_allegation(office, at=TUE_3_MAR, excluded="named-person,secretariat,board").number
    sweep(office.office, "2026-06-01T05:00:00.000000Z")
    with office.office.open_reading() as work:
        told = {row["post"] for row in work.rows("outbox", {"chain": work.case(number).id})}
    assert told == {"council_chair"}


def test_a_commissioners_own_act_answers_an_unlawful_extension(office: App) -> None:
    number = registered(office)
    do(office, number, "notify_prosecutor")
    do(office, number, "record_registration", register_number="synthetic")
    do(office, number, "open_investigation", qualification="146-1")
    do(office, number, "record_term_extension", due_on="2027-12-31")
    assert clock(office, number, "answer_unlawful_act")
    do(office, number, "escalate_to_ombudsman")
    do(office, number, "recommend_individually", COMMISSIONER)
    with pytest.raises(StopIteration):
        clock(office, number, "answer_unlawful_act")


def test_an_extension_we_were_told_of_too_late_is_marked(app: App) -> None:
    """C.L. 15(2): told within three working days of extending."""
    number = a_recommendation(app, "acknowledged").number
    letter = (("letter.txt", b"A synthetic letter."),)
    given = {"due_on": "2026-04-20", "happened_on": "2026-03-03"}
    act(app.office, DoAct(number, "record_extension", CASEWORKER, "2026-03-20T05:00:00.000000Z", given, files=letter))
    assert b'"notice_late":true' in b"".join(data for data, _, _ in app.views.events(case_id(app, number)))


def case_id(app: App, number: str) -> str:
    with app.office.open_reading() as work:
        return work.case(number).id
