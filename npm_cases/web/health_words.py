"""What a check of npm_cases/health.py found, in the words of a reader."""

from datetime import timedelta

from babel.dates import format_timedelta

from npm_cases.health import Check
from npm_cases.web.rendering import Speaker


def found_in(speaker: Speaker, check: Check) -> str:
    """Say what was found."""
    return speaker.t(f"health.{check.found}", **_told(speaker, check))


def to_do(speaker: Speaker, check: Check) -> str:
    """Say what to do; nothing where all is well."""
    return speaker.t(f"health.{check.do}", **_told(speaker, check)) if check.do else ""


def ago(speaker: Speaker, seconds: float) -> str:
    """Say how long ago something was."""
    return str(format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=speaker.lang))


def _told(speaker: Speaker, check: Check) -> dict[str, str | int]:
    """Say days and instants as the reader's language does; the name of a value tells which it is."""
    return {name: _value(speaker, name, value) for name, value in check.values.items()}


def _value(speaker: Speaker, name: str, value: str | int) -> str | int:
    if isinstance(value, str) and name.endswith("_on"):
        return speaker.day(value)
    return speaker.instant(value) if isinstance(value, str) and name.endswith("_at") else value
