"""Instants as text: UTC, ISO 8601 with six decimals and a Z, so that text order is time order."""

from datetime import UTC, datetime


def as_text(instant: datetime) -> str:
    """Write an instant in UTC with microseconds.

    Raises ValueError for a datetime without a zone: a time of day without its place says nothing.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; give an offset, for example +05:00")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Read an instant written by ``as_text``."""
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
