"""Legal days and instants, above all around the hour of 29 February 2024 that happened twice in Almaty."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from npm_cases.domain.zones import (
    StaleZoneData,
    almaty_offset,
    check_zone_data,
    end_of_day,
    legal_day,
    registered_on,
    start_of_working_time,
)
from tests.makers_calendar import kazakhstan

ALMATY, AQTAU = "Asia/Almaty", "Asia/Aqtau"
thu_29_feb_2024, fri_1_mar_2024 = date(2024, 2, 29), date(2024, 3, 1)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_the_doubled_hour_belongs_to_29_february_both_times() -> None:
    first_2330, second_2330 = utc(2024, 2, 29, 17, 30), utc(2024, 2, 29, 18, 30)
    assert legal_day(first_2330, ALMATY) == legal_day(second_2330, ALMATY) == thu_29_feb_2024


def test_the_day_of_the_change_lasts_25_hours_in_almaty_and_24_in_aqtau() -> None:
    wed_28_feb_2024 = date(2024, 2, 28)
    assert end_of_day(thu_29_feb_2024, ALMATY) - end_of_day(wed_28_feb_2024, ALMATY) == timedelta(hours=25)
    assert end_of_day(thu_29_feb_2024, AQTAU) - end_of_day(wed_28_feb_2024, AQTAU) == timedelta(hours=24)


def test_before_the_change_a_day_ended_an_hour_earlier_in_almaty_than_in_aqtau() -> None:
    assert end_of_day(date(2024, 2, 1), ALMATY) == utc(2024, 2, 1, 18)
    assert end_of_day(date(2024, 2, 1), AQTAU) == utc(2024, 2, 1, 19)


def test_the_end_of_a_day_is_the_first_instant_of_the_next() -> None:
    end = end_of_day(date(2025, 6, 6), ALMATY)
    assert legal_day(end, ALMATY) == date(2025, 6, 7)
    assert legal_day(end - timedelta(microseconds=1), ALMATY) == date(2025, 6, 6)


@pytest.mark.parametrize(
    ("day", "opens_at"), [(thu_29_feb_2024, utc(2024, 2, 29, 3)), (fri_1_mar_2024, utc(2024, 3, 1, 4))]
)
def test_offices_open_at_nine_by_their_own_clocks(day: date, opens_at: datetime) -> None:
    assert start_of_working_time(day, ALMATY, time(9)) == opens_at


def test_an_instant_without_an_offset_has_no_legal_day() -> None:
    with pytest.raises(ValueError, match="no offset"):
        legal_day(datetime(2025, 6, 6, 12), ALMATY)  # noqa: DTZ001 - the mistake that is refused


@pytest.mark.parametrize(
    ("received_at", "registered"),
    [
        pytest.param(utc(2025, 6, 5, 13, 0), date(2025, 6, 5), id="Thursday 18:00, the last minute"),
        pytest.param(utc(2025, 6, 5, 13, 1), date(2025, 6, 9), id="Thursday 18:01, Friday is Kurban Ait"),
        pytest.param(utc(2025, 6, 7, 5, 0), date(2025, 6, 9), id="Saturday"),
        pytest.param(utc(2025, 1, 4, 5, 0), date(2025, 1, 5), id="Saturday, the Sunday after is worked"),
        pytest.param(utc(2024, 2, 29, 18, 30), fri_1_mar_2024, id="in the doubled hour"),
    ],
)
def test_what_comes_after_working_time_or_on_a_day_off_is_registered_on_the_next_working_day(
    received_at: datetime, registered: date
) -> None:
    """APPC art. 64(3)."""
    assert registered_on(received_at, kazakhstan(), time(18)) == registered


def test_the_zone_data_of_this_machine_knows_the_change() -> None:
    check_zone_data()


def test_zone_data_older_than_the_change_stops_the_start_and_says_what_to_install() -> None:
    with pytest.raises(StaleZoneData, match="install tzdata 2024a or newer"):
        check_zone_data(lambda _: timedelta(hours=6))


def test_zone_data_that_never_knew_utc_plus_six_stops_the_start_too() -> None:
    with pytest.raises(StaleZoneData, match=r"UTC\+5:00:00 on 2024-02-29"):
        check_zone_data(lambda _: timedelta(hours=5))


def test_the_offset_of_almaty_is_five_hours_today() -> None:
    assert almaty_offset(utc(2026, 6, 1, 12)) == timedelta(hours=5)
