"""The caseload of a pack through months in which nobody acts: no case is forgotten and no invariant of faults breaks."""

from pathlib import Path

import pytest

from tests.packs.two_years import FIVE, simulate

SHORT, LONG = 3, 24


@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("country", FIVE)
def test_months_of_silence_break_nothing(country: str, tmp_path: Path, is_long: bool) -> None:
    if country != "fr" and not is_long:
        pytest.skip("the short form walks one pack; give --long for all five")
    seen = simulate(country, LONG if is_long else SHORT, tmp_path)
    assert seen.broken == []
    assert seen.months == (LONG if is_long else SHORT)
    assert min(seen.open_cases, seen.rungs, seen.mails) > 0
    if is_long:
        assert seen.at_the_top == seen.open_cases
