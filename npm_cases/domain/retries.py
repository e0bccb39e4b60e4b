"""When to try again what failed for now, and when to give up. Pure arithmetic; the delays come from settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

_HASH_BYTES = 8
_HASH_RANGE = 256**_HASH_BYTES


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait after each failed try. The last of ``delays`` repeats until ``max_attempts`` tries were made.

    ``jitter_percent`` of a delay may be added to it, spread evenly, so that tries that failed together do not return
    together; no wait is longer than ``cap``. Raises ValueError for a policy that would never wait or never end.
    """

    delays: tuple[timedelta, ...]
    cap: timedelta
    max_attempts: int
    jitter_percent: int

    def __post_init__(self) -> None:
        if not self.delays or min(self.delays) <= timedelta(0) or self.cap <= timedelta(0):
            raise ValueError("a retry policy needs delays and a cap longer than nothing")
        if self.max_attempts < 1 or self.jitter_percent < 0:
            raise ValueError("a retry policy allows at least one try, and adds no negative jitter")


def next_attempt(attempts: int, now: datetime, policy: RetryPolicy, key: str) -> datetime | None:
    """Give the instant of the next try after ``attempts`` failed ones, the last of them at ``now``; None is giving up.

    The same ``key`` (a Message-ID) and count always give the same wait, so a repeated calculation moves nothing.
    Raises ValueError where no try was made yet, or ``now`` has no offset.
    """
    if attempts < 1 or now.utcoffset() is None:
        raise ValueError("the next try follows a failed one, at an instant with an offset")
    if attempts >= policy.max_attempts:
        return None
    delay = policy.delays[min(attempts, len(policy.delays)) - 1]
    return now + min(delay + _jitter(delay, policy.jitter_percent, f"{key}\n{attempts}"), policy.cap)


def _jitter(delay: timedelta, percent: int, key: str) -> timedelta:
    """A part of the delay between nothing and ``percent``, the same for the same key; whole microseconds."""
    drawn = int.from_bytes(sha256(key.encode()).digest()[:_HASH_BYTES])
    most = delay // timedelta(microseconds=1) * percent // 100
    return timedelta(microseconds=most * drawn // _HASH_RANGE)
