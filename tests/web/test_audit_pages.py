"""The pages of auditors: what they show and give out, that all of it is recorded, and that nothing else can be done."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import TryAgain
from npm_cases.history.event import EventType
from npm_cases.history.signatures import new_seed
from npm_cases.history.signing import SignerKey, cosign
from npm_cases.proving import verifier
from npm_cases.services.adoption import propose_pack
from npm_cases.services.checkpoints import add_cosignatures, known_keys
from npm_cases.services.history_search import Criteria, search
from npm_cases.services.policy_kept import digest_of
from npm_cases.services.rule_choice import Choice
from npm_cases.services.text_reads import TextRead, reads
from npm_cases.web.application import build_web
from npm_cases.web.pages.all_pages import PAGES
from npm_cases.web.routes import Data
from npm_cases.web.words import all_words
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with, confirmed
from tests.databases import by_its_owner
from tests.makers import ADMINISTRATOR, AUDITOR, MON_2_MAR, a_recommendation, an_allegation, walk
from tests.services.test_adoption import changed_pack
from tests.web.conftest import Browser, Clock

PAGES_OF_AUDITORS = (
    "/audit", "/audit/history", "/audit/past", "/audit/reads", "/audit/checkpoints", "/audit/export",
    "/audit/verification", "/audit/policy",
)  # fmt: skip
TUE_3_MAR = "2026-03-03T05:00:00.000000Z"
WED_4_MAR = "2026-03-04T05:00:00.000000Z"


@pytest.fixture
def auditor(as_user: Any) -> Browser:
    found: Browser = as_user("auditor")
    return found


def read_by_all(app: App) -> list[TextRead]:
    app.sequence()
    with app.views.histories() as histories:
        return list(reads(app.office, histories, Criteria(), AUDITOR).lines)


def exports(app: App) -> list[Any]:
    app.sequence()
    with app.views.histories() as histories:
        return list(search(app.office, histories, Criteria(types=(EventType.EXPORTED,)), AUDITOR).lines)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("path", PAGES_OF_AUDITORS)
@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_every_page_is_there_for_auditors_in_every_language(app: App, as_user: Any, path: str, lang: str) -> None:
    a_recommendation(app, "served")
    app.checkpoint(MON_2_MAR)
    person = as_user("auditor")
    person.post("/language", {"language": lang, "back": "/audit"})
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{lang}">' in answer.text
    assert answer.text.count("<h1") == 1


def test_the_first_page_of_an_auditor_is_the_overview(auditor: Browser) -> None:
    assert auditor.get("/").url.path == "/audit"


@pytest.mark.parametrize(
    "user", ["caseworker-one", "administrator", "leader", "council", "participant", "representative"]
)
def test_others_do_not_open_these_pages(as_user: Any, user: str) -> None:
    person = as_user(user)
    assert {person.get(path).status_code for path in PAGES_OF_AUDITORS} == {403}


def test_every_type_of_event_has_words() -> None:
    assert {f"event_type.{kind}" for kind in EventType} <= set(all_words())


# -- overview


def test_the_overview_tells_the_newest_checkpoint_its_age_and_what_it_does_not_cover(
    app: App, as_user: Any, clock: Clock
) -> None:
    a_recommendation(app)
    made = app.checkpoint(MON_2_MAR)
    clock.at = WED_4_MAR
    an_allegation(app, WED_4_MAR)
    page = as_user("auditor").get("/audit").text
    assert made.root.hex() in page
    assert "2 days ago" in page
    assert "case opened" in page
    beyond = re.search(r"no checkpoint covers yet</dt><dd>(\d+)</dd>", page)
    assert beyond
    with app.log() as log:
        assert int(beyond.group(1)) == log.size() - made.size


def test_only_events_of_the_day_are_counted(app: App, as_user: Any, clock: Clock) -> None:
    a_recommendation(app, at=MON_2_MAR)
    assert "case opened" in as_user("auditor").get("/audit").text
    clock.at = WED_4_MAR
    page = as_user("auditor").get("/audit").text
    assert "sign-in" in page
    assert "case opened" not in page


def test_a_day_with_more_events_than_are_counted_says_so(
    app: App, auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_recommendation(app)
    said = "There are more than are counted here"
    assert said not in auditor.get("/audit").text
    monkeypatch.setattr("npm_cases.services.audit_overview.COUNTED", 2)
    assert said in auditor.get("/audit").text


# -- the history search


def test_a_search_takes_every_criterion_of_the_command_line(app: App, auditor: Browser) -> None:
    number = a_recommendation(app, "served").number
    other = an_allegation(app).number
    page = auditor.get(f"/audit/history?case={number}&type=moved&type=case_created&role=secretariat").text
    assert f"/cases/{number}/events/" in page
    assert other not in page
    for query, there in (
        ("event=issue", True), ("actor=secretary", True), ("body=synthetic_colony", True), ("from=2026-03-02&to=2026-03-02", True),
        ("from=2026-03-03", False), ("region=abai", False), ("late=1", False), ("role=auditor", False),
    ):  # fmt: skip
        assert (f"/cases/{number}/events/" in auditor.get(f"/audit/history?{query}").text) == there, query


def test_a_search_says_beside_the_field_what_is_wrong(auditor: Browser) -> None:
    for query, field in (("case=R-2026-999999", ""), ("from=soon", "from"), ("role=king", "role"), ("type=party", "type"),
                         ("from=2026-03-03&to=2026-03-02", "to"), ("body=a%20body", "body")):  # fmt: skip
        answer = auditor.get(f"/audit/history?{query}")
        assert answer.status_code == (422 if field else 404), query
        assert 'role="alert"' in answer.text
        assert re.findall(r'id="(\w+)-wrong"', answer.text) == [field] * bool(field), query


@pytest.mark.parametrize("after", ["-5", "9" * 40, "x", "1e3", "٣"])
def test_a_place_in_the_log_that_is_none_is_no_fault(auditor: Browser, after: str) -> None:
    assert auditor.get(f"/audit/history?after={after}").status_code == 200
    assert auditor.get(f"/audit/checkpoints?before={after}").status_code == 200


def test_a_search_goes_on_page_by_page_without_losing_or_doubling_a_line(app: App, auditor: Browser) -> None:
    for _ in range(12):
        a_recommendation(app, "served")
    seen: list[int] = []
    path = "/audit/history?type=obligation_opened&type=moved&type=case_created&type=document_added"
    while path:
        page = auditor.get(path).text
        seen += map(int, re.findall(r'<tr id="i(\d+)">', page))
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) > 100
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_is_recorded_and_holds_everything_that_fits(app: App, auditor: Browser, form: str) -> None:
    number = a_recommendation(app, "served").number
    answer = auditor.post(f"/audit/history/{form}?type=moved", form_of="/audit/history")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="history.{form}"')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.text.count(number) == 3
    if form == "json":
        assert json.loads(answer.text)["criteria"] == {"types": ["moved"]}
    (recorded,) = exports(app)
    assert (recorded.actor, recorded.facts["what"], recorded.facts["count"]) == ("auditor", "search", 3)


def test_an_export_in_a_form_there_is_not_records_nothing(app: App, auditor: Browser) -> None:
    assert auditor.post("/audit/history/xlsx", form_of="/audit/history").status_code == 404
    assert auditor.post("/audit/history/csv?from=soon", form_of="/audit/history").status_code == 422
    assert exports(app) == []


def test_nobody_finds_a_case_that_is_kept_from_them(app: App, as_user: Any) -> None:
    number = an_allegation(app, excluded="delegate").number
    assert number not in as_user("delegate").get("/audit/history").text
    assert number in as_user("auditor").get("/audit/history").text


# -- the past


def test_a_case_is_shown_as_it_was_and_as_it_was_known(app: App, as_user: Any, clock: Clock) -> None:
    number = a_recommendation(app, "approved").number
    clock.at = WED_4_MAR
    walk(app, number, "issued", WED_4_MAR)
    auditor = as_user("auditor")
    page = text_of(
        auditor.get(
            f"/audit/past?case={number}&on=2026-03-02&known=2026-03-02&against_on=2026-03-04&against_known=2026-03-04"
        ).text
    )
    assert "recommendation approved issued" in page
    before = text_of(auditor.get(f"/audit/past?case={number}&on=2026-03-01").text)
    assert "The case was not there yet" in before


def test_the_caseload_is_counted_at_two_moments_and_the_cases_that_differ_are_named(
    app: App, as_user: Any, clock: Clock
) -> None:
    a_recommendation(app)
    clock.at = WED_4_MAR
    later = a_recommendation(app, at=WED_4_MAR).number
    page = text_of(as_user("auditor").get("/audit/past?on=2026-03-02&against_on=2026-03-04").text)
    assert re.search(r"Cases 1 2 ", page)
    assert "1 case differs" in page
    assert later in page


def test_a_day_to_come_and_knowledge_from_before_are_refused_in_words(auditor: Browser) -> None:
    for query, status in (
        ("on=2027-01-01", 422), ("on=2026-03-02&known=2026-03-01", 422), ("on=yesterday", 422),
        ("on=2026-03-01&case=R-2026-999999", 404),
    ):  # fmt: skip
        answer = auditor.get(f"/audit/past?{query}")
        assert answer.status_code == status, query
        assert 'role="alert"' in answer.text


def test_a_caseload_is_not_gone_through_in_a_page_where_the_log_is_long(
    auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("npm_cases.services.long_logs.MOST_ENTRIES", 1)
    assert auditor.get("/audit/past?on=2026-03-02").status_code == 422
    assert auditor.post("/audit/verification", form_of="/audit/export").status_code == 422


# -- reads


def test_an_auditor_sees_who_read_what_and_others_their_own_alone(app: App, as_user: Any) -> None:
    number = an_allegation(app).number
    worker, delegate = as_user("caseworker-one"), as_user("delegate")
    worker.post(f"/cases/{number}/texts/1", {"reason": "casework"}, form_of=f"/cases/{number}")
    delegate.post(f"/cases/{number}/texts/1", {"reason": "supervision"}, form_of=f"/cases/{number}")
    auditor = as_user("auditor")
    page = text_of(auditor.get("/audit/reads").text)
    assert "caseworker-one" in page
    assert "work on the case" in page
    assert "delegate" not in text_of(auditor.get("/audit/reads?actor=caseworker-one").text).partition("Who opened")[2]
    own = text_of(delegate.get("/audit/reads").text)
    assert "supervision" in own
    assert "caseworker-one" not in own
    assert delegate.get("/audit/reads?actor=caseworker-one").status_code == 403
    assert "Nothing fits" in auditor.get("/audit/reads?from=2026-03-03").text


# -- checkpoints and proofs


def test_the_list_of_checkpoints_says_which_entries_each_covers(app: App, auditor: Browser) -> None:
    a_recommendation(app)
    first = app.checkpoint(MON_2_MAR)
    a_recommendation(app)
    second = app.checkpoint(TUE_3_MAR)
    page = auditor.get("/audit/checkpoints").text
    assert f"0–{first.size - 1}" in page
    assert f"{first.size}–{second.size - 1}" in page
    assert page.index(second.root.hex()) < page.index(first.root.hex())
    note = auditor.get("/audit/checkpoints/1")
    assert note.text == first.whole
    assert note.headers["content-disposition"].startswith("attachment")
    assert auditor.get("/audit/checkpoints/3").status_code == 404


def test_the_list_of_checkpoints_has_pages(app: App, auditor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm_cases.web.pages.audit_proofs.CHECKPOINTS", 2)
    sizes = []
    for _ in range(5):
        a_recommendation(app)
        sizes.append(app.checkpoint(MON_2_MAR).size)
    seen: list[int] = []
    path = "/audit/checkpoints"
    while path:
        page = auditor.get(path).text
        seen += map(int, re.findall(r'checkpoints/(\d+)"', page))
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = following.group(1) if following else ""
    assert seen == [5, 4, 3, 2, 1]
    assert f"{sizes[1]}–{sizes[2] - 1}" in auditor.get("/audit/checkpoints?before=4").text


def test_witnesses_stand_beside_the_checkpoint_they_signed(app: App, auditor: Browser) -> None:
    made = app.checkpoint(MON_2_MAR)
    witness = SignerKey("ngo.example/w", new_seed(), 4)
    line = cosign(made.note.partition("\n\n")[0] + "\n", witness, 1_772_400_000).text()
    add_cosignatures(app.office, app.log, (made.note + line).encode(), [witness.verifier().text()], MON_2_MAR)
    assert "ngo.example/w, Mar 2, 2026, 02:20" in auditor.get("/audit/checkpoints").text
    assert auditor.get("/audit/checkpoints/1").text == made.note + line
    assert "signed by 1 witness<" in auditor.get("/audit").text


def test_an_event_is_proved_by_its_case_by_its_receipt_and_from_its_line(app: App, auditor: Browser) -> None:
    created = a_recommendation(app, "served")
    app.checkpoint(MON_2_MAR)
    receipt = f"{created.receipt.case}:{created.receipt.seq}:{created.receipt.leaf}"
    for path in (
        f"/audit/proof?case={created.number}&seq=1", f"/audit/proof?receipt={receipt}", f"/cases/{created.number}/events/1/proof",
    ):  # fmt: skip
        answer = auditor.get(path)
        assert answer.text.startswith("c2sp.org/tlog-proof@v1"), answer.text
        assert answer.headers["content-disposition"].startswith("attachment")


def test_a_receipt_for_an_event_the_log_does_not_have_is_told_as_proof_of_removal(app: App, auditor: Browser) -> None:
    created = a_recommendation(app)
    app.checkpoint(MON_2_MAR)
    answer = auditor.get(f"/audit/proof?receipt={created.receipt.case}:99:{created.receipt.leaf}")
    assert answer.status_code == 500
    assert "it was removed; keep the receipt" in answer.text
    for query, status in (
        ("receipt=mine", 422), (f"case={created.number}&seq=x", 422), (f"case={created.number}&seq=999", 404),
        ("case=R-1&seq=1", 404),
    ):  # fmt: skip
        assert auditor.get(f"/audit/proof?{query}").status_code == status, query


def test_an_event_newer_than_the_newest_checkpoint_waits_for_the_next(app: App, auditor: Browser) -> None:
    app.checkpoint(MON_2_MAR)
    number = a_recommendation(app).number
    assert auditor.get(f"/cases/{number}/events/1/proof").status_code == 409


# -- bundles


@pytest.mark.parametrize("scope", ["case", "log"])
def test_a_bundle_proves_itself_and_is_recorded(app: App, auditor: Browser, tmp_path: Path, scope: str) -> None:
    number = a_recommendation(app, "served").number
    wanted = {"case": number if scope == "case" else "", "text": "none"}
    answer = auditor.post("/audit/export", wanted, form_of="/audit/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(answer.content)
    assert verifier.main([str(bundle), "--key", known_keys(app.office)[0]]) == 0
    (recorded,) = exports(app)
    assert (recorded.actor, recorded.facts["scope"]) == ("auditor", scope)


def test_opened_texts_leave_the_house_with_a_reason_and_of_one_case_only(app: App, auditor: Browser) -> None:
    number = an_allegation(app).number
    app.checkpoint(MON_2_MAR)
    refused = auditor.post("/audit/export", {"case": number, "text": "open"}, form_of="/audit/export")
    assert refused.status_code == 422
    assert 'id="reason-wrong"' in refused.text
    whole = auditor.post("/audit/export", {"text": "open", "reason": "audit"}, form_of="/audit/export")
    assert whole.status_code == 422
    assert exports(app) == []
    given = auditor.post("/audit/export", {"case": number, "text": "open", "reason": "audit"}, form_of="/audit/export")
    assert given.status_code == 200
    assert "texts.jsonl" in zipfile.ZipFile(io.BytesIO(given.content)).namelist()
    assert [line.reason for line in exports(app)] == ["audit"]


def test_a_bundle_leaves_no_file_behind(app: App, auditor: Browser) -> None:
    a_recommendation(app)
    folder = app.settings.data_dir
    before = {path.name for path in folder.iterdir()}
    assert auditor.post("/audit/export", {}, form_of="/audit/export").status_code == 200
    assert {path.name for path in folder.iterdir()} - before <= {"cases.db-wal", "cases.db-shm"}


def test_a_bundle_asks_for_a_fresh_second_factor(app: App, auditor: Browser, clock: Clock) -> None:
    clock.at = "2026-03-02T05:15:00.000000Z"
    answer = auditor.post("/audit/export", {}, form_of="/audit/export")
    assert answer.status_code == 403
    assert exports(app) == []


def test_the_verifier_is_one_file(auditor: Browser) -> None:
    answer = auditor.get("/audit/verifier")
    assert "npm_verify.py" in answer.headers["content-disposition"]
    compile(answer.text, "npm_verify.py", "exec")


# -- verification


def test_a_verification_tells_its_level_and_what_the_level_means(app: App, auditor: Browser) -> None:
    a_recommendation(app, "served")
    app.checkpoint(MON_2_MAR)
    page = text_of(auditor.post("/audit/verification", {}, form_of="/audit/export").text)
    assert "No findings." in page
    assert "Assurance level 1" in page
    assert "auditor" in page
    assert "Assurance level 1" not in text_of(auditor.get("/audit/past").text)
    assert "No findings." in text_of(auditor.get("/audit").text)


def test_a_checkpoint_an_auditor_kept_lifts_the_level_to_2(app: App, auditor: Browser) -> None:
    a_recommendation(app, "served")
    kept = app.checkpoint(MON_2_MAR).whole
    files = {"kept": ("mine.txt", kept.encode(), "text/plain")}
    page = auditor.post("/audit/verification", {}, form_of="/audit/export", files=files).text
    assert "Assurance level 2" in text_of(page)
    for given in ({"keys": "no key"}, {"receipts": "mine"}, {"quorum": "many"}, {"quorum": "3"}):
        assert auditor.post("/audit/verification", given, form_of="/audit/export").status_code == 422
    wrong = {"kept": ("mine.txt", b"not a checkpoint", "text/plain")}
    assert auditor.post("/audit/verification", {}, form_of="/audit/export", files=wrong).status_code == 422


def test_a_history_that_does_not_hold_is_told_with_its_findings(app: App, auditor: Browser) -> None:
    number = a_recommendation(app, "served").number
    assert by_its_owner(app, f"UPDATE cases SET state = 'implemented' WHERE number = '{number}'") == 1
    page = text_of(auditor.post("/audit/verification", {}, form_of="/audit/export").text)
    assert "the history does not hold" in page
    assert "Keep everything" in page


def test_one_verification_runs_at_a_time_and_nobody_waits_for_it(
    app: App, auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from npm_cases.services.verify import Verification

    may_end, begun = Event(), []

    def slow(*_: Any) -> Verification:
        begun.append(1)
        may_end.wait(20)
        return Verification(1, ())

    monkeypatch.setattr("npm_cases.web.verifying.verify", slow)
    monkeypatch.setattr("npm_cases.web.pages.audit.WAITED_SECONDS", 0.01)
    assert "is under way" in auditor.post("/audit/verification", {}, form_of="/audit/export").text
    assert "already" in auditor.post("/audit/verification", {}, form_of="/audit/export").text
    assert auditor.get("/audit").status_code == 200
    assert begun == [1]
    from npm_cases.web.verifying import RUNS

    may_end.set()
    run = RUNS.last(app)
    assert run
    assert run.over.wait(20)
    assert "No findings." in auditor.get("/audit/verification").text


# -- policy


def test_the_policy_names_its_versions_sources_and_doubts(app: App, auditor: Browser) -> None:
    page = auditor.get("/audit/policy").text
    pack = app.office.pack
    assert pack.version in page
    assert pack.calendar.version in page
    assert "adopted" in page
    assert "come with the program" in page
    for versions in pack.rules.values():
        for rule in versions:
            assert rule.version in page
    assert "Policy: no law was found." in page
    assert str(pack.calendar.last_confirmed_year) in page


def test_the_policy_says_who_adopted_which_text_and_what_running_clocks_do(app: App, auditor: Browser) -> None:
    text, pack = changed_pack()
    proposal, _ = propose_pack(app.office, text, pack, Choice("move"), ADMINISTRATOR, MON_2_MAR)
    confirmed(app, proposal, MON_2_MAR)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), MON_2_MAR)
    page = auditor.get("/audit/policy").text
    assert "come with the program" not in page
    assert "running clocks follow the new rules; cases that do otherwise: 0" in page
    for adopted in (text, calendar_with(THURSDAY_FREE)):
        assert digest_of(adopted) in page


# -- an auditor changes nothing


MAY_POST = frozenset(
    {"open_text", "open_document", "names", "export_list", "audit_history_export", "audit_export", "audit_verification"}
)
"""What an auditor may send on cases, protected text and the history: opening, looking up and exporting, all recorded; verifying."""


def test_an_auditor_may_post_only_what_opens_looks_up_exports_or_verifies() -> None:
    of_others = {Data.CASES, Data.PROTECTED, Data.REGISTERS, Data.HISTORY, Data.ENGINE}
    posts = {page.name for page in PAGES if page.post and page.data in of_others and "auditor" in (page.roles or ())}
    assert posts == MAY_POST


def test_every_other_post_of_an_auditor_is_refused(app: App, auditor: Browser) -> None:
    number = a_recommendation(app, "replied").number
    with app.log() as log:
        before = log.size()
    tried = 0
    for page in PAGES:
        if page.post and page.roles is not None and "auditor" not in page.roles:
            path = re.sub(r"\{ref\}", number, page.path)
            path = re.sub(r"\{event\}", "reject", path)
            path = re.sub(r"\{what\}", "assign", path)
            path = re.sub(r"\{\w+\}", "x", path)
            assert auditor.post(path, {"f.reasons": "x"}, form_of="/audit/export").status_code == 403, page.name
            tried += 1
    assert tried > 4
    with app.log() as log:
        assert log.size() == before


def test_an_auditor_gets_no_button_that_acts(app: App, auditor: Browser) -> None:
    number = a_recommendation(app, "replied").number
    page = auditor.get(f"/cases/{number}").text
    assert "/acts/" not in page
    assert "/beside" not in page
    assert "/new/" not in page
    assert auditor.get("/new").status_code == 403


def test_protected_text_is_recorded_before_an_auditor_sees_it_and_stays_closed_where_it_cannot_be(
    app: App, clock: Clock
) -> None:
    number = an_allegation(app).number
    broken = {"on": False}

    def open_work() -> Any:
        if broken["on"]:
            raise TryAgain("the database is locked")
        return app.office.open_work()

    web = build_web(replace(app, office=replace(app.office, open_work=open_work)), clock)
    person = Browser(web).enter("auditor")
    broken["on"] = True
    closed = person.post(f"/cases/{number}/texts/1", {"reason": "audit"}, form_of=f"/cases/{number}")
    assert closed.status_code == 503
    assert "A synthetic statement." not in closed.text
    broken["on"] = False
    opened = person.post(f"/cases/{number}/texts/1", {"reason": "audit"}, form_of=f"/cases/{number}")
    assert "A synthetic statement." in opened.text
    assert [(one.actor, one.reason) for one in read_by_all(app)] == [("auditor", "audit")]
    assert person.post(f"/cases/{number}/texts/1", {"reason": ""}, form_of=f"/cases/{number}").status_code == 422
    assert len(read_by_all(app)) == 1
