"""Who was told a date that is wrong now gets a correction; nobody kept from a case gets one, and no reminder is lost."""

from dataclasses import replace
from typing import Any

import pytest

from npm_cases.bootstrap import App, on_simulated_clock
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.casework import OnCase
from npm_cases.services.corrections import Told, tell_of_correction
from npm_cases.services.date_decisions import DecideDates, decide_dates
from npm_cases.services.narrative import story
from npm_cases.services.policy_differences import by_calendar, differences
from npm_cases.services.policy_loss import losses
from npm_cases.services.recounting import Moved, recount
from npm_cases.services.remind import remind_now
from npm_cases.services.rule_choice import Choice
from npm_cases.services.sweep import sweep
from npm_cases.services.verify import verify
from tests.adopting import SATURDAY_WORKED, THURSDAY_FREE, adopt_calendar, calendar_with
from tests.makers import CASEWORKER, COMMISSIONER, MON_2_MAR, a_recommendation, an_allegation, keep_from
from tests.services.test_adoption import adopt_pack, reply_clock

FRI_6_MAR, TUE_10_MAR = "2026-03-06T06:00:00.000000Z", "2026-03-10T06:00:00.000000Z"
AFTER_DUE = "2026-04-03T06:00:00.000000Z"
WEDNESDAY_FREE = THURSDAY_FREE.replace("19]", "18, 2026-03-19]")


def notices(app: App, chain: str) -> list[dict[str, Any]]:
    with app.office.open_reading() as work:
        return sorted(work.rows("outbox", {"chain": chain}), key=lambda row: (row["created_at"], row["rung"]))


def corrections(app: App, chain: str) -> list[tuple[str, str, str]]:
    found = [row for row in notices(app, chain) if row["rung"].startswith("corrected")]
    return [(row["post"], row["due_on"], row["status"]) for row in found]


def sent(app: App, chain: str, at: str) -> None:
    """Bundle everything that waits, as if it went out."""
    with app.office.open_work() as work:
        for notice in work.waiting_notices("2099-01-01", 99):
            if notice.chain == chain:
                work.bundle(f"post:{notice.post}", [notice.id], at)
        work.commit()


def nothing_is_wrong(app: App, at: str) -> None:
    app.sequence()
    with app.reader as reader:
        assert verify(app.office, reader, at).findings == ()


def test_a_correction_overtaken_by_another_decree_is_still_owed(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), FRI_6_MAR)
    recount(app.office, FRI_6_MAR)
    first = reply_clock(app, made.number).due_on
    adopt_calendar(app, calendar_with(WEDNESDAY_FREE, "synthetic-3"), TUE_10_MAR)
    recount(app.office, TUE_10_MAR)
    now = reply_clock(app, made.number).due_on
    assert corrections(app, made.id) == [("addressee", first, "withdrawn"), ("addressee", now, "waiting")]
    nothing_is_wrong(app, TUE_10_MAR)


def test_a_decree_withdrawn_before_its_correction_went_out_leaves_the_reminder_true(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    for lines, version, at in ((THURSDAY_FREE, "synthetic-2", FRI_6_MAR), ("", "synthetic-3", TUE_10_MAR)):
        adopt_calendar(app, calendar_with(lines, version), at)
        recount(app.office, at)
    assert [status for _, _, status in corrections(app, made.id)] == ["withdrawn"]
    nothing_is_wrong(app, TUE_10_MAR)


def test_a_reminder_withdrawn_before_it_went_out_is_written_anew_with_the_date_that_holds(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    adopt_calendar(app, calendar_with(THURSDAY_FREE), FRI_6_MAR)
    assert recount(app.office, FRI_6_MAR).notices == 0
    withdrawn, anew = notices(app, made.id)
    assert (withdrawn["status"], anew["status"]) == ("withdrawn", "waiting")
    assert (anew["template"], anew["due_on"]) == ("addressee_reminder", reply_clock(app, made.number).due_on)
    nothing_is_wrong(app, FRI_6_MAR)


def test_a_rung_the_shorter_term_passes_over_is_not_lost_while_its_letter_waits(app: App) -> None:
    made = a_recommendation(app, "served")
    rung = reply_clock(app, made.number).next_rung_at
    sweep(app.office, rung)
    (waiting,) = notices(app, made.id)
    adopt_calendar(app, calendar_with(SATURDAY_WORKED), rung)
    recount(app.office, rung)
    anew = [row for row in notices(app, made.id) if row["status"] == "waiting"]
    assert [(row["post"], row["due_on"]) for row in anew] == [(waiting["post"], reply_clock(app, made.number).due_on)]
    nothing_is_wrong(app, rung)


def test_whoever_is_kept_from_a_case_by_now_gets_no_correction(app: App) -> None:
    made = an_allegation(app)
    sweep(app.office, AFTER_DUE)
    sent(app, made.id, AFTER_DUE)
    told = {row["post"] for row in notices(app, made.id)}
    assert _corrected(app, made.id) > 0
    keep_from(app, made.number, *told, at=AFTER_DUE)
    assert _corrected(app, made.id) == 0


def _corrected(app: App, chain: str) -> int:
    """Count the corrections that another date of everything told about would bring; nothing is kept."""
    with app.office.open_work() as work:
        case, number = work.case(chain), 0
        for owed in work.open_obligations(chain):
            told, owed.due_on = Told(owed.id, owed.due_on), "2026-07-01"
            number += len(tell_of_correction(work, app.office, owed, case, told, AFTER_DUE))
    return number


def decide_all(app: App, number: str, at: str = AFTER_DUE) -> None:
    """Take every date of a case that waits for a person, if any does."""
    if app.views.open_incidents():
        decide_dates(app.office, DecideDates(OnCase(number, COMMISSIONER, at), takes_new=True, reason="decree"))


def test_a_date_taken_by_a_person_is_told_to_whoever_was_reminded_of_the_old_one(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    recount(app.office, AFTER_DUE)
    assert corrections(app, made.id) == []
    decide_all(app, made.number)
    assert corrections(app, made.id) == [("addressee", reply_clock(app, made.number).due_on, "waiting")]
    nothing_is_wrong(app, AFTER_DUE)


def test_a_date_taken_that_is_over_as_well_sends_nothing_twice(app: App) -> None:
    made = a_recommendation(app, "served")
    sweep(app.office, AFTER_DUE)
    taken = len(notices(app, made.id))
    assert taken
    sent(app, made.id, AFTER_DUE)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    recount(app.office, AFTER_DUE)
    decide_all(app, made.number)
    assert reply_clock(app, made.number).due_at < AFTER_DUE
    assert sweep(app.office, AFTER_DUE).late_by_engine == 0
    nothing_is_wrong(app, AFTER_DUE)


def test_a_clock_under_a_new_rule_takes_the_reminder_of_the_old_date_back(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    counted = adopt_pack(app, Choice("move"), "2026-03-03T06:00:00.000000Z")
    assert (counted.renewed, counted.notices) == (1, 1)
    assert corrections(app, made.id) == [("addressee", reply_clock(app, made.number).due_on, "waiting")]
    nothing_is_wrong(app, "2026-03-03T06:00:00.000000Z")


def test_a_letter_that_waited_for_a_day_declared_free_later_is_no_finding(app: App) -> None:
    app = on_simulated_clock(app)
    made = a_recommendation(app, "served")
    wednesday_night = "2026-03-18T18:00:00.000000Z"
    remind_now(app.office, OnCase(made.number, CASEWORKER, wednesday_night))
    assert notices(app, made.id)[0]["not_before"].startswith("2026-03-19")
    sent(app, made.id, wednesday_night)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    recount(app.office, AFTER_DUE)
    nothing_is_wrong(app, AFTER_DUE)


@pytest.mark.parametrize(
    ("lang", "stays", "withdrawn"),
    [
        ("en", "no longer provisional", "no longer holds"),
        ("ru", "больше не предварительный", "больше не действует"),
        ("kk", "енді алдын ала емес", "енді жарамсыз"),
    ],
)
def test_the_story_says_what_a_recount_did(app: App, lang: str, stays: str, withdrawn: str) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    confirmed = calendar_text("kz")
    for day in (
        "03-15\nlast = 2026-03-16",
        "03-25\nlast = 2026-03-25",
    ):  # what was in doubt before the date was published
        confirmed = confirmed.replace(f"first = 2026-{day}", f"first = 2026-{day}".replace("-03-", "-01-"))
    for lines, version in (("", "synthetic-2"), (THURSDAY_FREE, "synthetic-3")):
        adopt_calendar(app, calendar_with(lines, version, confirmed), FRI_6_MAR)
        recount(app.office, FRI_6_MAR)
    with app.reader as reader:
        told = " ".join(one.line for one in story(app.office, reader, made.number, COMMISSIONER, lang))
    assert (stays in told, withdrawn in told) == (True, True)
    nothing_is_wrong(app, FRI_6_MAR)


def test_the_zone_and_the_calendar_of_a_country_are_not_changed_by_a_pack(app: App) -> None:
    pack = app.office.pack
    other = replace(pack, zone="Asia/Tashkent", calendar=replace(pack.calendar, id="other"))
    assert [one.where for one in losses(pack, other)] == ["pack:zone", "pack:calendar"]


def test_a_review_names_whoever_was_told_the_date_that_would_move(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    calendar = parse_calendar(calendar_with(THURSDAY_FREE), "synthetic.toml")
    found = differences(app.office, by_calendar(app.office, calendar), FRI_6_MAR)
    told = {(one.subject, one.duty, one.reminded) for one in found if one.what == "due_on" and one.reminded}
    assert told == {(made.number, "reply", ("addressee",))}


def test_what_a_recount_did_is_listed_date_by_date(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    sent(app, made.id, MON_2_MAR)
    was = reply_clock(app, made.number).due_on
    adopt_calendar(app, calendar_with(THURSDAY_FREE), FRI_6_MAR)
    (moved,) = [one for one in recount(app.office, FRI_6_MAR).dates if one.duty == "reply"]
    now = reply_clock(app, made.number).due_on
    assert moved == Moved(made.number, "reply", "moved", was, now, ("addressee",))


def test_a_reminder_that_waited_when_its_clock_got_a_new_rule_goes_out_with_the_new_date(app: App) -> None:
    made = a_recommendation(app, "served")
    remind_now(app.office, OnCase(made.number, CASEWORKER, MON_2_MAR))
    tue_3_mar = "2026-03-03T06:00:00.000000Z"
    adopt_pack(app, Choice("move"), tue_3_mar)
    waiting = [row for row in notices(app, made.id) if row["status"] == "waiting"]
    assert [(row["template"], row["due_on"]) for row in waiting] == [
        ("addressee_reminder", reply_clock(app, made.number).due_on)
    ]
    nothing_is_wrong(app, tue_3_mar)
    with app.reader as reader:
        told = " ".join(one.line for one in story(app.office, reader, made.number, COMMISSIONER, "ru"))
    assert "основание: новые правила страны" in told
