"""Instants as the open part of the evidence writes them."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """The instant in UTC with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_the_millisecond(at: datetime) -> datetime:
    """The instant without what is finer than a millisecond."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
