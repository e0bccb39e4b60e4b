"""The same engine under every pack: a year in which nobody acts brings every case before whoever heads the mechanism."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import ALLEGATION
from npm_cases.packs.known import pack_names
from npm_cases.services.case_views import ListFilter
from npm_cases.services.import_rows import import_rows
from npm_cases.services.passing import let_time_pass
from npm_cases.services.verify import verify
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation, a_row, an_allegation, an_app

A_YEAR_LATER = as_text(from_text(MON_2_MAR) + timedelta(days=366))
RAISED = {"escalated_to_ombudsman", "ombudsman_acted", "petitioned", "before_highest_authority"}


@pytest.fixture(params=pack_names())
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    found = an_app(tmp_path / "data", country=request.param)
    yield found
    found.close()


def a_case_in_each_channel(app: App) -> set[str]:
    region = next(iter(app.office.pack.regions))
    issued = [channel for channel in app.office.pack.channels.values() if channel.issued_here]
    return {
        (
            an_allegation(app, channel=channel.id, region=region)
            if channel.kind == ALLEGATION
            else a_recommendation(app, channel=channel.id, region=region)
        ).number
        for channel in issued
    }


def test_silence_brings_a_case_of_every_channel_to_the_top_and_the_history_is_clean(app: App) -> None:
    numbers = a_case_in_each_channel(app)
    for _ in let_time_pass(app.office, MON_2_MAR, A_YEAR_LATER):
        pass
    rows = {row["number"]: row["escalation"] for row in app.views.cases(ListFilter(), (), ())}
    assert set(rows) == numbers
    assert {number for number, level in rows.items() if level not in RAISED} == set()
    with app.reader as reader:
        assert verify(app.office, reader, A_YEAR_LATER).findings == ()


def test_which_channels_can_be_imported_says_the_pack(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data", country="gb")
    rows = [a_row(1, channel="urgent_notification"), a_row(2, channel="consolidated_report")]
    report = import_rows(app.office, rows, CASEWORKER, MON_2_MAR)
    app.close()
    assert report.new == 1
    (refusal,) = report.refusals
    assert refusal.field == "channel"
    assert "urgent_notification" in refusal.reason
    assert "Urgent Notification to the Minister" in refusal.why.in_("en")
