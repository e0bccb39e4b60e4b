"""What a hostile reader tried and got, each as a test: links, logs, proposals, imports, assignments, tokens, uploads, polls."""

from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import EventType
from npm_cases.services.act import DoAct, act
from npm_cases.services.api_tokens import make_api_token
from npm_cases.services.audit_overview import overview
from npm_cases.services.bundle import Export, export
from npm_cases.services.casework import OnCase, assign, link
from npm_cases.services.import_rows import import_rows
from npm_cases.services.incidents import close_incident, raise_incident
from npm_cases.services.users import AddUser, add_user
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    COMMISSIONER,
    MON_2_MAR,
    SECOND,
    a_recommendation,
    a_row,
    an_allegation,
    keep_from,
)
from tests.web.conftest import ADDRESS, Browser, Clock

MEGABYTES = b"x" * (3 * 1024 * 1024)
REGIONAL = Actor("regional", frozenset({"caseworker"}), frozenset({"abai"}))


def test_a_link_to_a_kept_case_names_none(app: App, web: Starlette) -> None:
    kept = an_allegation(app, excluded="caseworker-two")
    shown = a_recommendation(app, "served")
    link(app.office, OnCase(shown.number, CASEWORKER, MON_2_MAR), kept.number, "related")
    app.sequence()
    actor = Actor("caseworker-two", frozenset({"caseworker"}))
    token = make_api_token(app.office, "t", ("read", "audit"), date(2026, 12, 31), actor, MON_2_MAR)
    program = TestClient(web, base_url=ADDRESS, headers={"Authorization": f"Bearer {token}"})
    browser = Browser(web).enter("caseworker-two")
    for path in (f"/cases/{shown.number}", "/cases", "/day"):
        assert kept.id not in browser.get(path).text
        assert kept.number not in browser.get(path).text
    for path in (f"/cases/{shown.number}", f"/cases/{shown.number}/history", "/history"):
        assert kept.id not in program.get(f"/api/v1{path}").text, path
    assert kept.id in Browser(web).enter("caseworker-one").get(f"/cases/{shown.number}").text


@pytest.mark.parametrize("actor", [Actor("auditor", frozenset({"auditor"}), frozenset({"abai"})), AUDITOR])
def test_the_whole_log_is_exported_by_those_no_case_is_kept_from(actor: Actor, app: App, tmp_path: Any) -> None:
    an_allegation(app, excluded="auditor" if actor is AUDITOR else "caseworker-two")
    with (tmp_path / "log.zip").open("wb") as to, pytest.raises(NotAllowed, match="no case is kept"):
        export(
            app.office,
            lambda: app.reader,
            app.sequence,
            lambda: app.checkpoint(MON_2_MAR),
            Export(actor, MON_2_MAR),
            to,
        )


def test_a_proposal_is_read_by_those_who_may_confirm_it_while_it_waits(app: App, web: Starlette) -> None:
    number = an_allegation(app).number
    assign(app.office, OnCase(number, CASEWORKER, MON_2_MAR), "caseworker-one")
    given = {"about_ill_treatment": "false", "reasons": "Synthetic reasons."}
    pending = act(app.office, DoAct(number, "decline", CASEWORKER, MON_2_MAR, given)).pending
    path = f"/proposals/{pending}/exact"
    participant, second = Browser(web).enter("participant"), Browser(web).enter("caseworker-two")
    assert participant.client.post(path, data={"csrf": participant.csrf}).status_code == 403
    assert "Synthetic reasons." in second.client.post(path, data={"csrf": second.csrf}).text
    assert second.client.post(f"/proposals/{pending}", data={"csrf": second.csrf}).status_code == 200
    assert second.client.post(path, data={"csrf": second.csrf}).status_code == 409


def test_following_a_link_to_a_proposal_records_no_reading(app: App, web: Starlette) -> None:
    number = a_recommendation(app, "implemented").number
    pending = act(app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR)).pending
    Browser(web).enter("caseworker-two").get(f"/proposals/{pending}", headers={"Sec-Fetch-Site": "cross-site"})
    with app.office.open_reading() as work:
        assert work.chain(f"reads-{work.case(number).id}").seq == 0


def test_confirming_asks_for_a_fresh_factor(app: App, web: Starlette, clock: Clock) -> None:
    number = a_recommendation(app, "implemented").number
    pending = act(app.office, DoAct(number, "close", CASEWORKER, MON_2_MAR)).pending
    second = Browser(web).enter("caseworker-two")
    clock.at = "2026-03-02T05:15:00.000000Z"
    assert second.client.post(f"/proposals/{pending}", data={"csrf": second.csrf}).status_code == 403


def test_an_import_touches_nothing_the_importer_may_not_know(app: App) -> None:
    import_rows(app.office, [a_row(1, region="astana")], CASEWORKER, MON_2_MAR)
    rows = [a_row(1, region="astana", digest="other"), a_row(2, region="astana"), a_row(3, region="abai")]
    report = import_rows(app.office, rows, REGIONAL, MON_2_MAR)
    assert (report.refused, report.new, report.changed, report.same) == (2, 1, 0, 0)


def test_a_case_is_given_by_its_team_to_somebody_who_sees_it(app: App) -> None:
    add_user(app.office, AddUser("regional", ("caseworker",), ADMINISTRATOR, MON_2_MAR, regions=("abai",)))
    number = an_allegation(app, region="astana").number
    for nobody in ("regional", "administrator"):
        with pytest.raises(BadInput, match="does not see this case"):
            assign(app.office, OnCase(number, CASEWORKER, MON_2_MAR), nobody)
    assign(app.office, OnCase(number, CASEWORKER, MON_2_MAR), "caseworker-one")
    with pytest.raises(NotAllowed, match="caseworker-one has"):
        assign(app.office, OnCase(number, SECOND, MON_2_MAR), "caseworker-two")
    assign(app.office, OnCase(number, COMMISSIONER, MON_2_MAR), "caseworker-two")


@pytest.mark.parametrize(("scopes", "until"), [(("everything",), date(2026, 12, 31)), (("read",), date(9999, 12, 31))])
def test_a_token_has_known_scopes_and_an_end(scopes: tuple[str, ...], until: date, app: App) -> None:
    with pytest.raises(BadInput):
        make_api_token(app.office, "t", scopes, until, CASEWORKER, MON_2_MAR)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 413), ("/cases/R-2026-000001/beside/document", 303), ("/api/v1/cases", 401),
        ("/api/v1/cases/R-2026-000001/documents", 401),
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, {"Cookie": "__Host-npm-cases=nobody", "Authorization": "Bearer nobody"}])
def test_nobody_unknown_has_a_large_file_read(
    path: str, status: int, headers: dict[str, str], shared_web: Starlette
) -> None:
    client = TestClient(shared_web, base_url=ADDRESS, headers={"Origin": ADDRESS, **headers})
    answer = client.post(path, files={"file": ("a.txt", MEGABYTES)}, follow_redirects=False)
    assert answer.status_code == status


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app: App, web: Starlette, clock: Clock) -> None:
    number = a_recommendation(app, "served").number
    browser = Browser(web).enter("caseworker-one")
    for minute in range(2, 40, 2):
        clock.at = f"2026-03-02T05:{minute:02}:00.000000Z"
        answer = browser.client.get(
            f"/cases/{number}/news?version=1", headers={"HX-Request": "true"}, follow_redirects=False
        )
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize(
    "path",
    ["/cases/R-2026-000001?done=\u00b2", "/cases/R-2026-000001?done=" + "9" * 5_000, "/cases/R-2026-000001/why?at=0001-01-01T00:00",
     "/me/reads?after=\u00b2", "/me/reads?after=99999999999999999999", "/audit/history?first=0001-01-01",
     "/audit/past?on=9999-12-31&known=9999-12-31", "/audit/proof?case=R-2026-000001&seq=" + "9" * 5_000, "/calendar?month=0000"],
)  # fmt: skip
def test_no_address_is_an_unforeseen_failure(path: str, shared_web: Starlette) -> None:
    assert Browser(shared_web).enter("").get(path).status_code < 500


def test_somebody_signed_in_to_a_sandbox_may_become_somebody_else(shared_web: Starlette) -> None:
    browser = Browser(shared_web).enter("caseworker-one")
    answer = browser.post("/sign-in/sandbox", {"user": "auditor", "next": "/"}, form_of="/sign-in")
    assert answer.status_code == 200


# -- what auditors are shown of cases kept from them


def test_a_verification_names_no_case_kept_from_its_reader(app: App, web: Starlette) -> None:
    kept, other = an_allegation(app).number, a_recommendation(app).number
    keep_from(app, kept, "auditor")
    for ref in (kept, other):
        with app.office.open_work() as work:
            work.update("cases", {"title_key": "x", "state": "closed"}, {"id": work.read_case(ref).id})
            work.commit()
    with app.office.open_reading() as work:
        hidden, seen = work.read_case(kept), work.read_case(other)
    browser = Browser(web).enter("auditor")
    page = browser.post("/audit/verification", {}, form_of="/audit/verification").text
    assert seen.id in page
    assert hidden.id not in page
    assert hidden.number not in page
    assert page.count("ask another auditor to look") == page.count('scope="row">…<') >= 1
    assert hidden.id in Browser(web).enter("commissioner").get("/audit/verification").text


def test_the_events_of_the_day_and_the_incidents_leave_a_kept_case_out(app: App) -> None:
    reader = Actor("auditor", frozenset({"auditor"}))
    with app.log() as log:
        before = overview(app.office, app.views, log, reader, MON_2_MAR)
    kept = an_allegation(app).number
    keep_from(app, kept, "auditor")
    with app.office.open_work() as work:
        case = work.read_case(kept)
        incident = raise_incident(work, app.office, "everybody_excluded", case.id, "synthetic", MON_2_MAR)
        work.commit()
    app.sequence()
    with app.log() as log:
        after = overview(app.office, app.views, log, reader, MON_2_MAR)
        everything = overview(app.office, app.views, log, COMMISSIONER, MON_2_MAR)
    created = EventType.CASE_CREATED.value
    assert dict(after.today).get(created, 0) == dict(before.today).get(created, 0)
    assert dict(everything.today)[created] == dict(before.today).get(created, 0) + 1
    assert after.incidents == before.incidents
    assert [row["id"] for row in everything.incidents] == [incident]
    clerk = Actor("auditor", frozenset({"caseworker"}))
    with pytest.raises(NotFound):
        close_incident(app.office, incident, clerk, MON_2_MAR)


def test_an_incident_about_power_is_closed_by_neither_administrators_nor_clerks(app: App) -> None:
    with app.office.open_work() as work:
        incident = raise_incident(work, app.office, "power_given", "somebody", "synthetic", MON_2_MAR)
        work.commit()
    for actor in (ADMINISTRATOR, CASEWORKER, Actor("both", frozenset({"administrator", "secretariat"}))):
        with pytest.raises(NotAllowed, match="about power"):
            close_incident(app.office, incident, actor, MON_2_MAR)
    close_incident(app.office, incident, COMMISSIONER, MON_2_MAR)
