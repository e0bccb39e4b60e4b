from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.retries import RetryPolicy, next_attempt

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
STEADY = RetryPolicy((timedelta(minutes=1), timedelta(minutes=10)), timedelta(hours=1), 4, 0)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 10), (3, 10)])
def test_waits_follow_the_schedule_and_its_last_delay_repeats(attempts: int, minutes: int) -> None:
    assert next_attempt(attempts, NOW, STEADY, "<a@b>") == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("attempts", [4, 5, 400])
def test_after_the_last_try_there_is_no_next(attempts: int) -> None:
    assert next_attempt(attempts, NOW, STEADY, "<a@b>") is None


@settings(deadline=None)
@given(key=st.text(max_size=30), attempts=st.integers(1, 9), percent=st.integers(0, 300))
def test_jitter_only_lengthens_a_wait_up_to_its_share_and_the_cap_and_is_repeatable(
    key: str, attempts: int, percent: int
) -> None:
    policy = RetryPolicy((timedelta(minutes=8),), timedelta(minutes=20), 10, percent)
    again = next_attempt(attempts, NOW, policy, key)
    assert again == next_attempt(attempts, NOW, policy, key)
    assert again is not None
    most = min(timedelta(minutes=8) * (100 + percent) / 100, timedelta(minutes=20))
    assert timedelta(minutes=8) <= again - NOW <= most


def test_letters_that_failed_together_do_not_return_together() -> None:
    policy = RetryPolicy((timedelta(minutes=10),), timedelta(hours=1), 9, 50)
    instants = {next_attempt(1, NOW, policy, f"<letter-{number}@cases.example>") for number in range(100)}
    assert len(instants) == 100


@pytest.mark.parametrize(
    "members",
    [
        ((), timedelta(1), 3, 0),
        ((timedelta(0),), timedelta(1), 3, 0),
        ((timedelta(1),), timedelta(0), 3, 0),
        ((timedelta(1),), timedelta(1), 0, 0),
        ((timedelta(1),), timedelta(1), 3, -1),
    ],
)
def test_a_policy_that_never_waits_or_never_ends_is_refused(
    members: tuple[tuple[timedelta, ...], timedelta, int, int],
) -> None:
    with pytest.raises(ValueError, match="retry policy"):
        RetryPolicy(*members)


def test_a_naive_instant_or_no_try_is_refused() -> None:
    for attempts, now in ((0, NOW), (1, NOW.replace(tzinfo=None))):
        with pytest.raises(ValueError, match="failed one"):
            next_attempt(attempts, now, STEADY, "<a@b>")
