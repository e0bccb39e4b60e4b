"""When flows run, and what becomes of one that is in trouble: the country's clocks, one incident for each flow and kind."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import Settings
from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, ConfigurationError
from npm_cases.services.flow_runs import WHAT, Trouble, report_runs
from npm_cases.services.incidents import close_incident
from npm_cases.web.words import all_words
from tests.makers import ADMINISTRATOR, settings_of

ALMATY = "Asia/Almaty"
RUN = "01a20524-c2e1-74c4-98e0-879d5ee94fd8"
EARLIER, NOW, LATER = (f"2026-03-02T0{hour}:00:00.000000Z" for hour in (4, 5, 6))


def test_mornings_and_days_are_those_of_the_country(tmp_path: Path) -> None:
    from workflows.schedules import COUNTED_FROM, rhythms

    by_name = {one.name: one.schedule(ALMATY) for one in rhythms(settings_of(tmp_path))}
    assert {name for name, one in by_name.items() if one.cron} == {"digest", "horizon"}
    assert {one.timezone for one in by_name.values()} == {ALMATY}
    daily = by_name["verify"]
    assert daily.interval == timedelta(days=1)
    assert (
        daily.anchor_date
        == datetime(2020, 1, 1, tzinfo=ZoneInfo(ALMATY))
        == COUNTED_FROM.replace(tzinfo=ZoneInfo(ALMATY))
    ), "counted from the same midnight after every start"


def test_of_what_hangs_a_second_run_goes_on_and_what_is_rare_waits(tmp_path: Path) -> None:
    from workflows.schedules import rhythms

    overlaps = {one.name: one.overlap() for one in rhythms(settings_of(tmp_path))}
    assert {name for name, one in overlaps.items() if one.limit > 1} == {"sweep", "watchdog"}
    waiting = {name for name, one in overlaps.items() if one.collision_strategy.value == "ENQUEUE"}
    assert waiting == {"digest", "horizon", "verify"}


def test_a_run_in_trouble_is_told_once_until_a_person_has_dealt_with_it(app: App) -> None:
    failed = Trouble("flow_failed", "sweep-obligations", RUN, EARLIER)
    (incident,) = report_runs(app.office, [failed, failed], NOW)
    assert report_runs(app.office, [failed], NOW) == [incident]
    close_incident(app.office, incident, ADMINISTRATOR, NOW)
    assert report_runs(app.office, [failed], LATER) == [], "it happened before somebody dealt with it"
    again = Trouble("flow_failed", "sweep-obligations", RUN, LATER)
    assert len(report_runs(app.office, [again], LATER)) == 1


@pytest.mark.parametrize(
    "given",
    [("other", "sweep", RUN), ("flow_late", "A name of a person", RUN), ("flow_late", "sweep", "not an id")],
)
def test_nothing_but_codes_names_and_ids_gets_into_an_incident(given: tuple[str, str, str]) -> None:
    with pytest.raises(BadInput):
        Trouble(*given, NOW)


def test_every_kind_of_trouble_has_words() -> None:
    wanted = {*WHAT, "prefect_silent", "history_broken", "signing_refused"}
    assert {f"incidents.{word}_{kind}" for kind in wanted for word in ("kind", "do")} <= set(all_words())


def test_a_password_of_prefect_that_everybody_can_read_is_refused(
    tmp_path: Path,
) -> None:
    from workflows.environment import _read

    secret = tmp_path / "auth"
    secret.write_text("npm-cases:synthetic", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 0600"):
        _read(secret)
    secret.chmod(0o600)
    assert _read(secret) == "npm-cases:synthetic"
    assert Settings(_env_file=None, prefect_auth_file=secret).prefect_auth_file == secret
