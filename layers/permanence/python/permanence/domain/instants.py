"""Instants are aware datetimes in UTC; Europe/Paris appears at the edges only."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def format_instant(instant: datetime) -> str:
    """An aware datetime to fixed-width ISO 8601 in UTC, so that text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """The inverse of `format_instant`; raises ValueError on anything without a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {text!r}")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def to_paris(instant: datetime) -> datetime:
    """The same instant on the clocks of Europe/Paris."""
    return instant.astimezone(PARIS)


def paris_month(instant: datetime) -> str:
    """The Paris-local month of an instant as ``2026-11`` (R60)."""
    return to_paris(instant).strftime("%Y-%m")


def paris_day(instant: datetime) -> date:
    """The Paris-local day of an instant."""
    return to_paris(instant).date()


def midnight(day: date) -> datetime:
    """The first instant of a Paris-local day (UTC)."""
    return datetime.combine(day, time(0), PARIS).astimezone(UTC)
