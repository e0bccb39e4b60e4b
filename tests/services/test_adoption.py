"""Changed calendars and rules put in force by two people, and what becomes of the clocks that run."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput, Conflict, IntegrityBroken, NotAllowed, RefusedByRule
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Obligation
from npm_cases.history.event import EventType, read
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text, pack_of, pack_text
from npm_cases.services.adoption import Adopted, propose_calendar, propose_pack
from npm_cases.services.casework import OnCase
from npm_cases.services.date_decisions import DecideDates, decide_dates
from npm_cases.services.recounting import Recounted, recount
from npm_cases.services.rule_choice import Choice
from npm_cases.services.sweep import sweep
from npm_cases.services.verify import verify
from tests.adopting import SATURDAY_WORKED, THURSDAY_FREE, adopt_calendar, calendar_with, confirmed
from tests.makers import ADMINISTRATOR, COMMISSIONER, a_recommendation

BEFORE_DUE, AFTER_DUE = "2026-03-10T06:00:00.000000Z", "2026-04-03T06:00:00.000000Z"


def reply_clock(app: App, number: str) -> Obligation:
    with app.office.open_reading() as work:
        case = work.read_case(number)
        return next(owed for owed in work.open_obligations(case.id) if owed.duty == "reply")


def events(app: App, number: str, kind: EventType) -> list[dict[str, object]]:
    with app.office.open_reading() as work:
        case = work.read_case(number)
        rows = work.rows("case_events", {"chain": case.id, "type": kind.value})
    return [dict(read(bytes(row["data"])).facts) for row in rows]


def findings(app: App, at: str) -> tuple[object, ...]:
    app.sequence()
    with app.reader as reader:
        return verify(app.office, reader, at).findings


def test_a_decree_moves_an_open_date_with_an_event_and_its_derivation(app: App) -> None:
    number = a_recommendation(app, "served").number
    was = reply_clock(app, number).due_on
    adopted = adopt_calendar(app, calendar_with(THURSDAY_FREE), BEFORE_DUE)
    assert adopted == Adopted("calendar", "synthetic-2", "2026.2")
    counted = recount(app.office, BEFORE_DUE)
    owed = reply_clock(app, number)
    assert (counted.moved, counted.questioned) == (1, 0)
    assert was < owed.due_on
    assert owed.calendar_version == "synthetic-2"
    (moved,) = events(app, number, EventType.OBLIGATION_MOVED)
    assert (moved["was"], moved["due_on"], moved["calendar"]) == (was, owed.due_on, "synthetic-2")
    assert recount(app.office, BEFORE_DUE) == Recounted()
    assert findings(app, BEFORE_DUE) == ()


def test_a_reminder_of_the_old_date_is_followed_by_one_correction(app: App) -> None:
    number = a_recommendation(app, "served").number
    soon = "2026-03-20T06:00:00.000000Z"
    sweep(app.office, soon)
    with app.office.open_work() as work:
        case = work.read_case(number)
        told = {
            row["post"] for row in work.rows("outbox", {"chain": case.id}) if row["template"] == "addressee_reminder"
        }
        leaders = [notice.id for notice in work.waiting_notices("2099-01-01", 99) if notice.chain == case.id]
        for notice in leaders:
            work.bundle("synthetic@office.example", [notice], soon)
        work.commit()
    assert told == {"addressee"}
    adopt_calendar(app, calendar_with(THURSDAY_FREE.replace("19", "25")), soon)
    assert recount(app.office, soon).notices == 1
    with app.office.open_reading() as work:
        (row,) = [row for row in work.rows("outbox", {"chain": case.id}) if row["rung"].startswith("corrected")]
    assert (row["post"], row["template"], row["due_on"]) == (
        "addressee", "addressee_correction", reply_clock(app, number).due_on,
    )  # fmt: skip
    assert findings(app, soon) == ()


def test_what_was_missed_is_never_un_missed_in_silence(app: App) -> None:
    number = a_recommendation(app, "served").number
    was = reply_clock(app, number).due_on
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    counted = recount(app.office, AFTER_DUE)
    assert (counted.moved, counted.questioned) == (0, 1)
    assert reply_clock(app, number).due_on == was
    (asked,) = events(app, number, EventType.OBLIGATION_QUESTIONED)
    assert (asked["due_on"], asked["would_be"] > was) == (was, True)
    assert [row["kind"] for row in app.views.open_incidents()] == ["date_questioned"]
    assert findings(app, AFTER_DUE) == ()


@pytest.mark.parametrize("takes_new", [True, False])
def test_a_person_decides_what_was_missed_and_the_history_says_why(app: App, *, takes_new: bool) -> None:
    number = a_recommendation(app, "served").number
    was = reply_clock(app, number).due_on
    adopt_calendar(app, calendar_with(THURSDAY_FREE), AFTER_DUE)
    recount(app.office, AFTER_DUE)
    decide_dates(app.office, DecideDates(OnCase(number, COMMISSIONER, AFTER_DUE), takes_new, "decree_came_late"))
    assert (reply_clock(app, number).due_on == was) is not takes_new
    assert app.views.open_incidents() == []
    with pytest.raises(Conflict):
        decide_dates(app.office, DecideDates(OnCase(number, COMMISSIONER, AFTER_DUE), takes_new, "again"))
    assert findings(app, AFTER_DUE) == ()


def test_a_saturday_that_is_worked_moves_a_date_forward_but_never_into_the_past(app: App) -> None:
    number = a_recommendation(app, "served").number
    was = reply_clock(app, number).due_on
    adopt_calendar(app, calendar_with(SATURDAY_WORKED), BEFORE_DUE)
    assert recount(app.office, BEFORE_DUE).moved == 1
    assert reply_clock(app, number).due_on < was
    adopt_calendar(app, calendar_with("", "synthetic-3"), BEFORE_DUE)
    assert recount(app.office, BEFORE_DUE).moved == 1
    assert reply_clock(app, number).due_on == was
    on_the_day = f"{was}T06:00:00.000000Z"
    adopt_calendar(app, calendar_with(SATURDAY_WORKED, "synthetic-4"), on_the_day)
    assert recount(app.office, on_the_day).questioned == 1
    assert reply_clock(app, number).due_on == was
    assert findings(app, on_the_day) == ()


def test_a_closed_case_is_left_alone(app: App) -> None:
    number = a_recommendation(app, "closed").number
    adopt_calendar(app, calendar_with(THURSDAY_FREE), BEFORE_DUE)
    recount(app.office, BEFORE_DUE)
    assert events(app, number, EventType.OBLIGATION_MOVED) == []


def test_nobody_adopts_alone_and_no_version_comes_twice(app: App) -> None:
    text = calendar_with(THURSDAY_FREE)
    calendar = parse_calendar(text, "synthetic.toml")
    proposal, _ = propose_calendar(app.office, text, calendar, ADMINISTRATOR, BEFORE_DUE)
    with pytest.raises(NotAllowed):
        confirmed(app, proposal, BEFORE_DUE, ADMINISTRATOR)
    assert app.office.pack.calendar.version == "2026.2"
    confirmed(app, proposal, BEFORE_DUE)
    with pytest.raises(Conflict):
        propose_calendar(app.office, text, calendar, ADMINISTRATOR, BEFORE_DUE)
    earlier = calendar_text("kz")
    with pytest.raises(Conflict, match="in force before"):
        propose_calendar(app.office, earlier, parse_calendar(earlier, "kz.toml"), ADMINISTRATOR, BEFORE_DUE)


def test_two_proposals_cannot_both_replace_the_same_version(app: App) -> None:
    made = []
    for version in ("synthetic-2", "synthetic-3"):
        text = calendar_with(THURSDAY_FREE, version)
        calendar = parse_calendar(text, "synthetic.toml")
        made.append(propose_calendar(app.office, text, calendar, ADMINISTRATOR, BEFORE_DUE)[0])
    confirmed(app, made[0], BEFORE_DUE)
    with pytest.raises(Conflict, match="propose it again"):
        confirmed(app, made[1], BEFORE_DUE)


def test_a_text_changed_behind_our_back_is_not_worked_by(app: App) -> None:
    adopt_calendar(app, calendar_with(THURSDAY_FREE), BEFORE_DUE)
    with app.office.open_work() as work:
        (row,) = [
            row for row in work.rows("meta") if row["name"].startswith("calendar:") and "synthetic-2" in row["value"]
        ]
        work.update("meta", {"value": row["value"] + "# slipped in"}, {"name": row["name"]})
        work.commit()
    app.looked_at, app.office = 0.0, replace(app.office, policy_stamp=())
    with pytest.raises(IntegrityBroken):
        app.renew()


@pytest.mark.parametrize("point", ["recount.after_read", "recount.before_commit"])
def test_a_recount_that_breaks_off_goes_on_where_it_was(app: App, point: str) -> None:
    numbers = [a_recommendation(app, "served").number for _ in range(3)]
    adopt_calendar(app, calendar_with(THURSDAY_FREE), BEFORE_DUE)
    struck = replace(app.office, at_point=_strikes(point, after=2))
    with pytest.raises(Struck):
        recount(struck, BEFORE_DUE, limit=2)
    recount(app.office, BEFORE_DUE, limit=2)
    assert [len(events(app, number, EventType.OBLIGATION_MOVED)) for number in numbers] == [1, 1, 1]
    assert findings(app, BEFORE_DUE) == ()


class Struck(RuntimeError):
    """Stands for the process being killed."""


def _strikes(at: str, after: int) -> Callable[[str], None]:
    seen = []

    def reach(point: str) -> None:
        seen.append(point)
        if seen.count(at) >= after:
            raise Struck(point)

    return reach


def changed_pack(version: str = "synthetic-1", *, rules: bool = True) -> tuple[str, Pack]:
    """Change the reply term of the Ombudsman's recommendations by a new version beside the old, from 2026 on."""
    text = pack_text("kz")
    text = text.replace('"version":"2026.1"', f'"version":"{version}"', 1)
    if rules:
        old = '"valid_from":"2022-11-05","version":"cl-15-2"'
        assert old in text
        text = text.replace(old, '"valid_from":"2022-11-05","valid_to":"2025-12-31","version":"cl-15-2"', 1)
        new = (
            '"ombudsman_reply":[{"version":"synthetic","amount":10,"unit":"working_days","starts":"day_after_receipt",'
            '"rolls_to":"next_working_day","valid_from":"2026-01-01","source":"a synthetic law"},'
        )
        text = text.replace('"ombudsman_reply":[', new, 1)
    return text, pack_of("kz", text, "")


def adopt_pack(app: App, choice: Choice, at: str) -> Recounted:
    text, pack = changed_pack()
    proposal, _ = propose_pack(app.office, text, pack, choice, ADMINISTRATOR, at)
    confirmed(app, proposal, at)
    return recount(app.office, at)


def test_open_clocks_keep_their_rule_unless_it_is_chosen_otherwise(app: App) -> None:
    kept, moved = (a_recommendation(app, "served") for _ in range(2))
    was = reply_clock(app, kept.number).due_on
    counted = adopt_pack(app, Choice("keep", frozenset({moved.id})), "2026-03-03T06:00:00.000000Z")
    assert (counted.kept, counted.renewed) == (1, 1)
    old, new = reply_clock(app, kept.number), reply_clock(app, moved.number)
    assert (old.rule_version, old.due_on) == ("cl-15-2", was)
    assert (new.rule_version, new.due_on < was) == ("synthetic", True)
    assert new.started_on == old.started_on
    assert findings(app, "2026-03-03T06:00:00.000000Z") == ()


def test_a_rule_that_would_put_a_date_into_the_past_is_refused(app: App) -> None:
    a_recommendation(app, "served")
    text, pack = changed_pack()
    with pytest.raises(RefusedByRule, match="which is over"):
        propose_pack(app.office, text, pack, Choice("move"), ADMINISTRATOR, "2026-03-20T06:00:00.000000Z")
    assert app.office.pack.version == "2026.1"


def test_a_rule_changed_in_place_or_taken_away_is_refused(app: App) -> None:
    text, _ = changed_pack(rules=False)
    changed = text.replace('"amount":15,"extension":{"amount":30', '"amount":16,"extension":{"amount":30', 1)
    assert changed != text
    with pytest.raises(BadInput, match="changed in place"):
        propose_pack(app.office, changed, pack_of("kz", changed, ""), Choice(), ADMINISTRATOR, BEFORE_DUE)
    pack = replace(pack_of("kz", text, ""), id="other")
    with pytest.raises(BadInput, match="is of"):
        propose_pack(app.office, text, pack, Choice(), ADMINISTRATOR, BEFORE_DUE)


def test_another_program_works_by_what_was_adopted_within_a_second(app: App) -> None:
    other = build(app.settings)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), BEFORE_DUE)
    other.looked_at = 0.0
    other.renew()
    assert other.office.pack.calendar.version == "synthetic-2"
    assert [one.version for one in other.office.earlier_calendars] == ["2026.2"]
    other.close()
