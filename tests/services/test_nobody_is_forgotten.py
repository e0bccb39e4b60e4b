"""If nobody acts, every open case reaches the Ombudsman within the bound `policy check` prints, outages or not."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, copy_of
from npm_cases.domain.instants import as_text, from_text
from npm_cases.importers import read_rows
from npm_cases.services.case_views import ListFilter
from npm_cases.services.import_rows import import_rows
from npm_cases.services.passing import let_time_pass
from npm_cases.services.policy_check import check_policy
from npm_cases.services.verify import verify
from tests.makers import CASEWORKER, MON_2_MAR, WAY, a_caseload, a_recommendation, an_allegation, an_app

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "upr_kazakhstan.csv"
TWO_YEARS_LATER = as_text(from_text(MON_2_MAR) + timedelta(days=730))
RAISED = {"escalated_to_ombudsman", "ombudsman_acted", "petitioned", "before_highest_authority"}


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[App]:
    """Cases in many states: recommendations on their way, allegations, and imported rows overdue at intake."""
    app = an_app(tmp_path / "data")
    for state in ("draft", *WAY):
        a_recommendation(app, state)
    for _ in range(2):
        an_allegation(app)
    a_caseload(app, 20)
    if SHARED.exists():
        import_rows(app.office, list(read_rows(SHARED, "upr"))[:60], CASEWORKER, MON_2_MAR)
    yield app
    app.close()


def acts_of(app: App) -> set[tuple[str, str]]:
    return {(act["obligation"], act["rung"]) for act in app.views.rungs_since(MON_2_MAR)}


def pass_two_years(app: App, stops: list[str]) -> None:
    """Let two years pass; the engine runs only at the stops, as if it had been switched off in between."""
    for start in stops:
        for _ in let_time_pass(app.office, start, start):
            pass
    for _ in let_time_pass(app.office, TWO_YEARS_LATER, TWO_YEARS_LATER):
        pass


def test_every_open_case_reaches_the_ombudsman_within_the_printed_bound(caseload: App) -> None:
    report = check_policy(caseload.office.pack, date(2026, 3, 2))
    intake = {b.channel: b.days for b in report.bounds if b.state == "overdue_at_intake"}
    per_state = {(b.channel, b.state): b.days for b in report.bounds}
    before = {row["number"]: row for row in caseload.views.cases(_all(), (), ())}
    first_raised: dict[str, str] = {}
    for at, _ in let_time_pass(caseload.office, MON_2_MAR, TWO_YEARS_LATER):
        for row in caseload.views.cases(_all(), (), ()):
            if row["escalation"] in RAISED:
                first_raised.setdefault(row["number"], at)
    for number, row in before.items():
        if row["state"] == "closed":
            continue
        assert number in first_raised, f"{number} in {row['state']} was forgotten"
        days = (from_text(first_raised[number]) - from_text(MON_2_MAR)).days
        bound = max(per_state[row["channel"], row["state"]], intake[row["channel"]])
        assert days <= bound, f"{number} in {row['state']} took {days} days, the bound is {bound}"


def test_an_engine_stopped_at_random_for_days_does_the_same_acts_each_once(caseload: App) -> None:
    with copy_of(caseload) as steady:
        for _ in let_time_pass(steady.office, MON_2_MAR, TWO_YEARS_LATER):
            pass
        wanted = acts_of(steady)
        levels = {row["number"]: row["escalation"] for row in steady.views.cases(_all(), (), ())}
    chance = random.Random(20260302)  # noqa: S311 - a fixed choice of outages, nothing secret
    days = sorted(chance.sample(range(1, 730), 90))
    stops = [as_text(from_text(MON_2_MAR) + timedelta(days=day, hours=chance.randrange(24))) for day in days]
    pass_two_years(caseload, stops)
    assert acts_of(caseload) == wanted
    taken = [(act["obligation"], act["rung"]) for act in caseload.views.rungs_since(MON_2_MAR)]
    assert len(taken) == len(set(taken))
    assert {row["number"]: row["escalation"] for row in caseload.views.cases(_all(), (), ())} == levels
    caseload.sequence()
    with caseload.reader as reader:
        assert verify(caseload.office, reader, TWO_YEARS_LATER).findings == ()


def test_what_an_outage_delayed_keeps_its_due_time_and_is_marked_as_the_engines_lateness(caseload: App) -> None:
    half_a_year_later = as_text(from_text(MON_2_MAR) + timedelta(days=180))
    for _ in let_time_pass(caseload.office, half_a_year_later, half_a_year_later):
        pass
    acts = caseload.views.rungs_since(MON_2_MAR)
    assert acts
    assert all(act["due_at"] <= act["act_at"] == half_a_year_later for act in acts)
    assert all(act["late_by_engine"] for act in acts if act["due_at"] < half_a_year_later[:10])


def _all() -> ListFilter:

    return ListFilter()
