"""The search over all histories: what is found, by whom, page by page; its exports; who read protected text."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed, NotFound
from npm_cases.domain.plain_cells import inert
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, EventType, read
from npm_cases.services import registers
from npm_cases.services.act import DoAct, act
from npm_cases.services.case_views import open_text
from npm_cases.services.history_search import LATE_RECORD, Criteria, Exported, Line, Page, export, search
from npm_cases.services.history_tables import as_csv, as_json, checkpoint_line
from npm_cases.services.name_index import find_name
from npm_cases.services.text_reads import Reads, reads
from tests.audit.made_history import ONE, reading
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    COLONY,
    COMMISSIONER,
    COMMITTEE,
    LETTER,
    MON_2_MAR,
    SECOND,
    a_recommendation,
    an_allegation,
)

FRI_20_MAR = "2026-03-20T05:00:00.000000Z"
MEMBER = Actor("member", frozenset({"auditor"}), bodies=frozenset({"board"}))
NAME = "Synthetic Person"


def found(app: App, by: Actor = AUDITOR, **wanted: Any) -> tuple[Line, ...]:
    return paged(app, by, **wanted).lines


def paged(app: App, by: Actor = AUDITOR, **wanted: Any) -> Page:
    app.sequence()
    with app.views.histories() as histories:
        return search(app.office, histories, Criteria(**wanted), by)


def read_by(app: App, by: Actor = AUDITOR, **wanted: Any) -> Reads:
    app.sequence()
    with app.views.histories() as histories:
        return reads(app.office, histories, Criteria(**wanted), by)


def test_events_are_found_by_who_in_what_role_and_what(any_app: App) -> None:
    case = a_recommendation(any_app, "served")
    assert {line.actor for line in found(any_app, actor=CASEWORKER.user)} == {CASEWORKER.user}
    assert {line.event for line in found(any_app, role="commissioner", types=("moved",))} == {"approve"}
    assert [(line.case, line.frm, line.to) for line in found(any_app, event="issue")] == [
        (case.id, "approved", "issued")
    ]
    assert {line.type for line in found(any_app, types=("document_added", "case_created"))} == {"case_created"}


def test_what_was_proposed_and_what_was_refused_is_found_by_its_event(app: App) -> None:
    case = a_recommendation(app)
    act(app.office, DoAct(case.number, "mark_obsolete", CASEWORKER, MON_2_MAR, {"reason_code": "place_closed"}))
    assert [line.type for line in found(app, event="mark_obsolete")] == ["act_proposed"]


def test_events_are_found_by_the_body_of_the_case_or_in_their_facts(any_app: App) -> None:
    case = a_recommendation(any_app)
    elsewhere = an_allegation(any_app)
    lines = found(any_app, body=COLONY)
    assert {line.number for line in lines} == {"", case.number}  # the body itself was added by the office
    assert [line.type for line in lines if not line.number] == ["body_added"]
    assert found(any_app, body=COMMITTEE, case=elsewhere.number) == ()


def test_events_are_found_by_region_and_by_case_with_its_reads(any_app: App) -> None:
    here, there = an_allegation(any_app), an_allegation(any_app, region="astana")
    open_text(any_app.office, here.number, 1, CASEWORKER, FRI_20_MAR, "check")
    assert {line.number for line in found(any_app, region="astana")} == {there.number}
    lines = found(any_app, case=here.number)
    assert {line.number for line in lines} == {here.number}
    assert [line.chain for line in lines if line.type == "text_read"] == [f"reads-{here.id}"]


def test_the_days_of_a_period_are_both_inside_in_the_zone_of_the_pack(any_app: App) -> None:
    early = a_recommendation(any_app, at="2026-03-09T18:59:59.000000Z")  # the last second of 9 March in Almaty
    late = an_allegation(any_app, at="2026-03-09T19:00:00.000000Z")
    assert found(any_app, first=date(2026, 3, 10))
    assert {line.number for line in found(any_app, first=date(2026, 3, 10))} == {late.number}
    assert {line.number for line in found(any_app, last=date(2026, 3, 9))} == {"", early.number}


def test_what_was_recorded_late_is_found_and_says_how(any_app: App) -> None:
    number = a_recommendation(any_app, "acknowledged").number
    given = {"happened_on": "2026-03-10"}
    act(any_app.office, DoAct(number, "record_reply", CASEWORKER, FRI_20_MAR, given, files=LETTER))
    (line,) = found(any_app, late=True)
    assert (line.event, line.late, line.happened_on) == ("record_reply", LATE_RECORD, "2026-03-10")


def test_pages_follow_one_another_in_log_order_and_leave_nothing_out(any_app: App) -> None:
    a_recommendation(any_app, "replied")
    whole = found(any_app)
    seen: list[int] = []
    after: int | None = -1
    while after is not None:
        page = paged(any_app, after=after, limit=7)
        seen += [line.index for line in page.lines]
        after = page.next
    assert seen == [line.index for line in whole] == list(range(len(whole)))


def test_nobody_finds_a_case_that_names_them_or_their_unit(any_app: App) -> None:
    kept = an_allegation(any_app, excluded="board", alleged_victim=NAME)
    open_text(any_app.office, kept.number, 1, CASEWORKER, FRI_20_MAR, "check")
    find_name(any_app.office, NAME, CASEWORKER, FRI_20_MAR, "check")
    assert kept.number in {line.number for line in found(any_app)}
    lines = found(any_app, MEMBER)
    assert lines
    assert kept.number not in {line.number for line in lines}
    assert not [line for line in lines if kept.id in json.dumps(dict(line.facts))]
    with pytest.raises(NotFound):
        found(any_app, MEMBER, case=kept.number)


def test_others_than_auditors_find_neither_the_office_nor_the_reads_of_others(any_app: App) -> None:
    case = an_allegation(any_app)
    open_text(any_app.office, case.number, 1, SECOND, FRI_20_MAR, "check")
    mine = found(any_app, CASEWORKER)
    assert {line.actor for line in mine if line.chain == OFFICE} == {CASEWORKER.user}
    assert "text_read" not in {line.type for line in mine}
    assert "text_read" in {line.type for line in found(any_app, SECOND)}
    elsewhere = Actor("elsewhere", frozenset({"caseworker"}), frozenset({"astana"}))
    assert found(any_app, elsewhere) == ()
    with pytest.raises(NotAllowed):
        found(any_app, ADMINISTRATOR)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"role": "king"}, "--role 'king'"), ({"types": ("party",)}, "--type 'party'"), ({"event": "fly"}, "--event 'fly'"),
        ({"region": "mars"}, "--region 'mars'"), ({"actor": "Кто-то"}, "--actor"), ({"limit": -1}, "--limit"),
        ({"first": date(2026, 3, 2), "last": date(2026, 3, 1)}, "--to 2026-03-01"),
    ],
)  # fmt: skip
def test_what_nothing_can_match_is_bad_input(app: App, wanted: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        found(app, **wanted)


def exported(app: App, actor: Actor = AUDITOR, form: str = "csv", **wanted: Any) -> Exported:
    """Ask for an export and take its lines, as writing the file does."""
    app.sequence()
    with app.views.histories() as histories:
        told = export(app.office, histories, Criteria(**wanted), actor, FRI_20_MAR, form)
        return Exported(told.count, iter(list(told.lines)), told.criteria, told.checkpoint)


def export_events(app: App) -> list[dict[str, Any]]:
    stored = [read(data) for data, _, _ in app.views.events(OFFICE)]
    return [dict(event.facts) for event in stored if event.type is EventType.EXPORTED]


def test_an_export_is_in_the_history_before_a_line_is_given_out(any_app: App) -> None:
    case = a_recommendation(any_app, "approved")
    any_app.sequence()
    with any_app.views.histories() as histories:
        told = export(any_app.office, histories, Criteria(case=case.number), AUDITOR, FRI_20_MAR, "csv")
        asked = {"what": "search", "format": "csv", "count": told.count, "criteria": {"case": case.id}}
        assert export_events(any_app) == [asked]
        assert len(list(told.lines)) == told.count > 0


def test_an_export_without_a_choice_says_so_and_the_next_one_holds_it(app: App) -> None:
    first = exported(app)
    assert export_events(app) == [{"what": "search", "format": "csv", "count": first.count}]
    assert exported(app).count == first.count + 1


def test_who_may_not_export_leaves_no_event(app: App) -> None:
    with pytest.raises(NotAllowed):
        exported(app, CASEWORKER)
    with pytest.raises(BadInput):
        exported(app, role="king")
    assert export_events(app) == []


def test_the_csv_names_the_newest_checkpoint_and_what_was_asked_for(app: App) -> None:
    a_recommendation(app, "approved")
    made = app.checkpoint(FRI_20_MAR)
    told = exported(app, event="approve")
    data = b"".join(as_csv(told))
    assert not data.startswith(b"\xef\xbb\xbf")
    head, asked, columns, *lines = csv.reader(StringIO(data.decode()))
    assert head == [f"checkpoint: {made.size} entries, root {made.root.hex()}"]
    assert asked == ['events: 1, asked for: {"event": "approve"}']
    (line,) = (dict(zip(columns, cells, strict=True)) for cells in lines)
    assert (line["event"], line["from"], line["to"], line["actor"]) == (
        "approve",
        "draft",
        "approved",
        COMMISSIONER.user,
    )


def test_the_json_says_the_same(app: App) -> None:
    a_recommendation(app, "approved")
    made = app.checkpoint(FRI_20_MAR)
    file = json.loads(b"".join(as_json(exported(app, form="json", role="commissioner"))))
    assert list(file) == ["checkpoint", "criteria", "count", "events"]
    assert file["checkpoint"] == {"size": made.size, "root": made.root.hex()}
    assert file["count"] == len(file["events"])
    assert {one["role"] for one in file["events"]} == {"commissioner"}
    assert json.loads(b"".join(as_json(exported(app, form="json", event="petition"))))["events"] == []


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_a_formula(app: App, text: str) -> None:
    assert inert(text) == "'" + text
    (line, *_) = exported(app).lines
    given = Exported(
        1, iter([Line(**{name: getattr(line, name) for name in line.__slots__} | {"reason": text})]), {}, None
    )
    *_, cells = csv.reader(StringIO(b"".join(as_csv(given)).decode(), newline=""))
    assert "'" + text in cells


def test_before_the_first_checkpoint_the_foot_says_so(app: App) -> None:
    assert paged(app).checkpoint is None
    assert checkpoint_line(None).startswith("checkpoint: none yet")


def test_auditors_see_who_read_what_when_in_what_role_and_why(any_app: App) -> None:
    case = an_allegation(any_app, alleged_victim=NAME)
    open_text(any_app.office, case.number, 1, CASEWORKER, FRI_20_MAR, "first_reading")
    find_name(any_app.office, NAME, SECOND, FRI_20_MAR, "letter_received")
    exported(any_app)
    told = [(one.actor, one.what, one.number, one.event_seq, one.cases, one.reason) for one in read_by(any_app).lines]
    assert sorted(told) == sorted(
        [  # PostgreSQL gives events their places later, chain by chain
            (CASEWORKER.user, "text", case.number, 1, 0, "first_reading"),
            (SECOND.user, "name", "", 0, 1, "letter_received"),
            (SECOND.user, "name", case.number, 0, 0, "letter_received"),
            (AUDITOR.user, "export", "", 0, 0, ""),
        ]
    )
    (opened, looked_up) = read_by(any_app, case=case.number).lines
    assert (opened.role, set(opened.fields) >= {"statement", "alleged_victim"}) == ("caseworker", True)
    assert looked_up.what == "name"
    assert {one.what for one in read_by(any_app, actor=SECOND.user).lines} == {"name"}


def test_others_see_their_own_reads_alone(any_app: App) -> None:
    case = an_allegation(any_app)
    for reader in (CASEWORKER, SECOND):
        open_text(any_app.office, case.number, 1, reader, FRI_20_MAR, "check")
    assert {one.actor for one in read_by(any_app, CASEWORKER).lines} == {CASEWORKER.user}
    with pytest.raises(NotAllowed, match="for an auditor"):
        read_by(any_app, CASEWORKER, actor=SECOND.user)
    with pytest.raises(NotAllowed):
        read_by(any_app, ADMINISTRATOR)


def test_everything_of_a_made_history_is_found_once(clean: Path) -> None:
    with reading(clean) as (app, reader):
        stored = sum(1 for _ in reader.events())
        lines = found(app, ONE)
    assert [line.index for line in lines] == list(range(stored))
    assert {line.late for line in lines} == {"", "engine"}


def test_a_visit_or_a_body_of_the_office_is_found_by_an_auditor(app: App) -> None:
    registers.add_body(app.office, {"name": "Synthetic ministry", "email": "m@example.org"}, CASEWORKER, MON_2_MAR)
    assert [line.chain for line in found(app, body="synthetic_ministry")] == [OFFICE]
