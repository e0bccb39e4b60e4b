"""The mailroom: bundled per person, held until working time, withdrawn when answered, given up with an incident."""

from collections.abc import Sequence

import pytest

from npm_cases.bootstrap import App, on_simulated_clock
from npm_cases.domain.errors import NotFound
from npm_cases.services.act import DoAct, act
from npm_cases.services.incidents import close_incident, open_incidents
from npm_cases.services.mailroom import Outgoing, SendAll, Tried, bundle, deliver
from npm_cases.services.registers import add_place, fill_post
from npm_cases.services.sweep import sweep
from npm_cases.services.verify import verify
from tests.makers import ADMINISTRATOR, CASEWORKER, LETTER, a_recommendation

FRI_20_MAR_NIGHT = "2026-03-20T20:00:00.000000Z"  # Saturday 01:00 in Almaty
THU_26_MAR = "2026-03-26T04:30:00.000000Z"  # the first working day after Nauryz, 09:30 in Almaty


def sends(outcome: str, sent: list[Outgoing]) -> SendAll:
    def send(letters: Sequence[Outgoing]) -> list[Tried]:
        sent.extend(letters)
        return [
            Tried(letter.message_id, outcome, "after_dot", 250 if outcome == "sent" else 550, "") for letter in letters
        ]

    return send


def statuses(app: App) -> list[str]:
    with app.office.open_reading() as work:
        return sorted(row["status"] for row in work.rows("outbox"))


def test_what_falls_at_night_goes_out_at_the_start_of_the_next_working_day(app: App) -> None:
    app = on_simulated_clock(app)
    a_recommendation(app, "served")
    sweep(app.office, FRI_20_MAR_NIGHT)
    sent: list[Outgoing] = []
    assert deliver(app.office, sends("sent", sent), app.house, FRI_20_MAR_NIGHT).sent == 0
    assert set(statuses(app)) == {"waiting"}
    assert deliver(app.office, sends("sent", sent), app.house, THU_26_MAR).sent >= 1


def test_a_reminder_that_waits_is_withdrawn_when_what_it_reminds_of_is_done(app: App) -> None:
    app = on_simulated_clock(app)
    made = a_recommendation(app, "served")
    sweep(app.office, FRI_20_MAR_NIGHT)
    assert statuses(app)
    act(app.office, DoAct(made.number, "record_reply", CASEWORKER, FRI_20_MAR_NIGHT, files=LETTER))
    bundle(app.office, THU_26_MAR)
    assert set(statuses(app)) == {"withdrawn"}
    app.sequence()
    with app.reader as reader:
        assert verify(app.office, reader, THU_26_MAR).findings == ()


def test_only_the_present_holder_of_a_post_is_written_to(app: App) -> None:
    a_recommendation(app)
    new = {"post": "secretariat", "email": "new@office.example", "valid_from": "2026-03-10", "language": "ru"}
    fill_post(app.office, new, ADMINISTRATOR, "2026-03-10T05:00:00.000000Z")
    sweep(app.office, "2026-03-20T05:00:00.000000Z")
    sent: list[Outgoing] = []
    deliver(app.office, sends("sent", sent), app.house, "2026-03-20T05:00:00.000000Z")
    addresses = {letter.to for letter in sent}
    assert "new@office.example" in addresses
    assert "secretariat@office.example" not in addresses


def test_several_notices_to_one_person_are_one_digest(app: App) -> None:
    for _ in range(5):
        a_recommendation(app)
    sweep(app.office, "2026-03-20T05:00:00.000000Z")
    sent: list[Outgoing] = []
    deliver(app.office, sends("sent", sent), app.house, "2026-03-20T05:00:00.000000Z")
    to_the_secretariat = [letter for letter in sent if letter.to == "secretariat@office.example"]
    assert [letter.template for letter in to_the_secretariat] == ["digest"]
    assert len(to_the_secretariat[0].values["items"]) >= 5


def test_a_refused_mail_is_dead_with_an_incident_and_a_line_in_each_history(app: App) -> None:
    made = a_recommendation(app)
    sweep(app.office, "2026-03-20T05:00:00.000000Z")
    deliver(app.office, sends("refused", []), app.house, "2026-03-20T05:00:00.000000Z")
    assert set(statuses(app)) == {"dead"}
    assert {incident["kind"] for incident in app.views.open_incidents()} == {"dead_mail"}
    types = [data for data, _, _ in app.views.events(made.id)]
    assert any(b"mail_failed" in data for data in types)


def test_a_place_whose_periodic_visit_is_overdue_is_named_by_its_id(app: App) -> None:
    place = {"id": "synthetic_place", "name": "Synthetic place", "region": "abai", "last_periodic_visit": "2020-01-10"}
    add_place(app.office, place, CASEWORKER, "2026-03-02T06:00:00.000000Z")
    sweep(app.office, "2026-04-20T05:00:00.000000Z")
    sent: list[Outgoing] = []
    deliver(app.office, sends("sent", sent), app.house, "2026-04-20T05:00:00.000000Z")
    named = [letter.values.get("numbers") or [number for number, _ in letter.values["items"]] for letter in sent]
    assert named
    assert all("synthetic_place" in numbers for numbers in named)


def test_a_person_closes_an_incident_once_and_the_history_keeps_it(app: App) -> None:
    a_recommendation(app)
    sweep(app.office, "2026-03-20T05:00:00.000000Z")
    deliver(app.office, sends("refused", []), app.house, "2026-03-20T05:00:00.000000Z")
    first, *others = open_incidents(app.views, CASEWORKER)
    close_incident(app.office, str(first["id"]), CASEWORKER, "2026-03-20T06:00:00.000000Z")
    assert open_incidents(app.views, CASEWORKER) == others
    with pytest.raises(NotFound, match="incident list"):
        close_incident(app.office, str(first["id"]), CASEWORKER, "2026-03-20T06:00:00.000000Z")
    assert any(b"incident_closed" in data for data, _, _ in app.views.events("office"))
