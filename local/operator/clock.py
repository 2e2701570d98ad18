"""The operator's clock: real time plus one offset, so that a scenario can play at any moment."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """Everything the operator tells is dated by this clock; durations are measured on the event loop instead."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)


def rfc2822(instant: datetime | None) -> str | None:
    """``Sat, 21 Nov 2026 22:12:00 +0000``, as the provider writes dates; None stays None."""
    return format_datetime(instant) if instant else None
