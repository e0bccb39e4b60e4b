"""How long a session lasts, how often somebody may guess, how long an invitation holds; all in seconds, all settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of signing in; the settings of an installation fill them in, and have the same defaults (ASVS 7.3, 6.3.1).

    ``failures`` wrong tries in a row lock an account for ``lock_seconds``. ``fresh_seconds`` is how long a second factor
    counts as fresh before the gravest acts.
    """

    idle_seconds: int = 1_200
    absolute_seconds: int = 36_000
    fresh_seconds: int = 600
    failures: int = 5
    lock_seconds: int = 900
    invitation_seconds: int = 259_200
    api_token_seconds: int = 31_622_400
